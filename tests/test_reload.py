"""An edit of the rule files: taken whole when it has settled, or not at all."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from apscheduler.jobstores.memory import MemoryJobStore

from alerts.app import App
from alerts.app.jobs import open_scheduler
from alerts.errors import DatabaseFullError, RulesError, StorageError
from alerts.model import RuleSet
from alerts.reload import Edit, Reloader, fingerprint
from alerts.settings import load_settings
from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_contents

GOOD = "watchlists: [{id: %s, title: T, keywords: [sarin]}]"


class Desk:
    """A folder of rules and what became of its edits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken: list[str] = []
        self.refused: list[str] = []
        #: The watchlists that stayed in force at each refusal.
        self.kept: list[list[str]] = []
        #: What writing down an edit ends with, used up one by one.
        self.errors: list[StorageError] = []
        self.reloader = Reloader(
            folder,
            self._load,
            in_force=self._load().rules,
            take=self._take,
            refuse=self._refuse,
        )

    def write(self, text: str, name: str = "rules.yml") -> None:
        (self.folder / name).write_text(text)

    def _load(self) -> Edit:
        return Edit.of_folder(self.folder, environment={})

    async def _take(self, edit: Edit) -> None:
        self._fail()
        self.taken += [watchlist.id for watchlist in edit.rules.watchlists]

    async def _refuse(self, error: RulesError, kept: RuleSet) -> None:
        self._fail()
        self.refused.append(error.complaints[0].code)
        self.kept.append([watchlist.id for watchlist in kept.watchlists])

    def _fail(self) -> None:
        if self.errors:
            raise self.errors.pop()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "rules.yml").write_text(GOOD % "first")
    return Desk(tmp_path)


async def test_nothing_is_loaded_while_nothing_changes(desk: Desk) -> None:
    for _ in range(3):
        await desk.reloader.look()
    assert desk.taken == []


async def test_an_edit_is_taken_once_it_has_settled(desk: Desk) -> None:
    desk.write(GOOD % "second")
    await desk.reloader.look()
    assert desk.taken == []
    desk.write(GOOD % "thirdly")
    await desk.reloader.look()
    assert desk.taken == []
    for _ in range(3):
        await desk.reloader.look()
    assert desk.taken == ["thirdly"]


async def test_a_refused_edit_is_said_once_and_the_mended_one_is_taken(desk: Desk) -> None:
    desk.write("watchlists: [{id: x}]")
    for _ in range(4):
        await desk.reloader.look()
    assert (desk.taken, len(desk.refused)) == ([], 1)
    desk.write(GOOD % "mended")
    for _ in range(2):
        await desk.reloader.look()
    assert desk.taken == ["mended"]


async def test_a_refusal_is_told_with_the_rules_that_stay_in_force(desk: Desk) -> None:
    for text in ("watchlists: [{id: x}]", GOOD % "second", "watchlists: [{id: y}]"):
        desk.write(text)
        await desk.reloader.reload()
    assert desk.kept == [["first"], ["second"]]


@pytest.mark.parametrize("text", [GOOD % "second", "watchlists: [{id: x}]"])
async def test_what_a_full_disk_kept_from_being_written_is_tried_again(
    desk: Desk, text: str
) -> None:
    desk.errors = [DatabaseFullError("the disk is full"), DatabaseFullError("the disk is full")]
    desk.write(text)
    for _ in range(6):
        await desk.reloader.look()
    assert desk.errors == []
    assert len(desk.taken) + len(desk.refused) == 1


async def test_a_new_file_and_a_removed_one_are_edits(desk: Desk) -> None:
    desk.write(GOOD % "another", "more.yml")
    for _ in range(2):
        await desk.reloader.look()
    assert sorted(desk.taken) == ["another", "first"]
    (desk.folder / "more.yml").unlink()
    for _ in range(2):
        await desk.reloader.look()
    assert sorted(desk.taken) == ["another", "first", "first"]


async def test_a_folder_that_vanishes_changes_nothing(desk: Desk) -> None:
    (desk.folder / "rules.yml").unlink()
    desk.folder.rmdir()
    for _ in range(3):
        await desk.reloader.look()
    assert desk.taken == []
    assert len(desk.refused) == 1


def test_a_missing_folder_has_a_fingerprint(tmp_path: Path) -> None:
    assert fingerprint(tmp_path / "nowhere") == ()


async def test_rules_that_were_replaced_are_let_go(tmp_path: Path) -> None:
    """The matcher of the first ones would stay as long as the process: 30 MB with those that ship."""
    (tmp_path / "rules.yml").write_text(GOOD % "first")
    settings = load_settings(rules=tmp_path, database_url=f"sqlite:///{tmp_path}/tocsin.db")
    app = App(settings, environment={})
    try:
        async with app._system() as system:
            first = weakref.ref(system.poller._rules.matcher)
            assert first() is not None
            await system.take(app._load())
            assert first() is None
    finally:
        gc.unfreeze()


async def test_the_kept_files_are_those_that_were_compiled_and_nobody_holds_them(
    tmp_path: Path,
) -> None:
    for name, text in (("rules.yml", GOOD % "first"), ("b.yaml", "# Zürich\r\nversion: 1")):
        (tmp_path / name).write_bytes(text.encode())
    settings = load_settings(rules=tmp_path, database_url=f"sqlite:///{tmp_path}/tocsin.db")
    app = App(settings, environment={})
    try:
        async with app._system() as system:
            archive, first = system.storage.rule_archive, system.rules
            kept = await archive.load(first.hash)
            assert kept is not None
            assert kept.files == Contents.of_folder(tmp_path).files
            assert load_contents(kept, environment={}) == first
            del kept
            (tmp_path / "b.yaml").unlink()
            await system.take(app._load())
            assert [reign.rule_set for reign in await archive.reigns()] == [
                first.hash,
                system.rules.hash,
            ]
            gc.unfreeze()
            ours = {first.hash, system.rules.hash}
            held = [one for one in gc.get_objects() if isinstance(one, Contents)]
            assert not [one for one in held if one.hash in ours]
    finally:
        gc.unfreeze()


async def test_jobs_live_in_memory_and_wait_for_a_busy_loop() -> None:
    scheduler = open_scheduler()
    scheduler.start()
    try:
        job = scheduler.add_job(lambda: None, "interval", hours=1)
        assert isinstance(scheduler._lookup_jobstore("default"), MemoryJobStore)
        assert list(scheduler._jobstores) == ["default"]
        assert (job.misfire_grace_time, job.coalesce) == (None, True)
    finally:
        scheduler.shutdown()


def test_what_an_editor_leaves_beside_the_files_is_no_edit(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("version: 1\n")
    before = fingerprint(tmp_path)
    for name in (".a.yml.swp", "a.yml~", "#a.yml#", ".b.yml", "tocsin.schema.json"):
        (tmp_path / name).write_text("half an edit")
    assert fingerprint(tmp_path) == before
    (tmp_path / "b.yaml").write_text("version: 1\n")
    assert fingerprint(tmp_path) != before
