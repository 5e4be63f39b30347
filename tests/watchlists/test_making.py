"""The table of known entities is made of rule files, when they or what reads them have changed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from alerts.errors import RulesError
from alerts.gazetteer.entity_making import signature_of
from alerts.gazetteer.entity_rows import SHIPPED
from alerts.gazetteer.known import KnownEntities
from alerts.gazetteer.shipped import known
from alerts.watchlists.load import load_entities
from alerts.watchlists.making import FOLDER, fingerprint, make

HTS = """\
entities:
  hts: {type: group, name: Hayat Tahrir al-Sham, weak_aliases: [HTS], support: [Syria, '@idlib']}
"""
IDLIB = "entities: {idlib: {type: place, name: Idlib, at: [35.93, 36.63], in: [SY]}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "entities"
    made.mkdir()
    (made / "groups.yml").write_text(HTS)
    (made / "places.yml").write_text(IDLIB)
    return made


def test_the_shipped_table_is_up_to_date() -> None:
    assert signature_of(SHIPPED) == fingerprint(), "make it: python -m alerts.watchlists.making"


def test_what_ships_is_what_the_files_say() -> None:
    assert {each.id: each for each in known()} == load_entities(FOLDER)
    assert len(known().ids()) >= 1_000


def test_the_table_holds_what_the_loader_reads(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "entities.sqlite"
    assert make(path, folder)
    with closing(KnownEntities.open(path)) as made:
        assert {each.id: each for each in made} == load_entities(folder)


def test_it_is_made_again_only_when_something_changed(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "entities.sqlite"
    assert make(path, folder)
    before = path.stat()
    assert not make(path, folder)
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    (folder / "places.yml").write_text(IDLIB.replace("name: Idlib", "name: Idlib City"))
    assert make(path, folder)
    with closing(KnownEntities.open(path)) as made:
        assert [each.name for each in made] == ["Hayat Tahrir al-Sham", "Idlib City"]


@pytest.mark.parametrize(
    "broken", ["entities: {x: {type: group}}", "entities: [", HTS, HTS.replace("hts", "isis")]
)
def test_broken_files_make_no_table_and_leave_the_older_one(
    folder: Path, tmp_path: Path, broken: str
) -> None:
    path = tmp_path / "entities.sqlite"
    make(path, folder)
    before = path.read_bytes()
    (folder / "places.yml").write_text(broken)
    with pytest.raises(RulesError):
        make(path, folder)
    assert path.read_bytes() == before


def test_a_missing_folder_makes_no_table(tmp_path: Path) -> None:
    with pytest.raises(RulesError):
        make(tmp_path / "entities.sqlite", tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []
