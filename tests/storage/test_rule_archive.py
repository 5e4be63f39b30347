"""Rule files are kept byte for byte, with the time of their reign."""

from __future__ import annotations

import zlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from alerts.errors import RulesError, StorageError
from alerts.storage import Storage
from alerts.storage.rule_archive import Reign, _packed, _unpacked
from alerts.storage.tables import rule_sets
from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_contents
from tests.builders import NOW, a_sighting, an_article
from tests.storage.databases import Database, count, list_feeds, opened, record, table

MINUTE = timedelta(minutes=1)
NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)


def contents(word: str = "sarin") -> Contents:
    text = f"watchlists: [{{id: one, title: Öne, keywords: [{word}]}}]\r\n"
    return Contents.of_files({"a.yml": text.encode(), "b.yaml": b""})


@given(st.dictionaries(NAMES.filter(lambda name: name not in (".", "..")), st.binary()))
def test_any_files_come_back_as_they_were_under_their_hash(files: dict[str, bytes]) -> None:
    kept = Contents.of_files(files)
    assert _unpacked(zlib.compress(_packed(kept)), kept.hash) == files


async def test_kept_files_make_the_same_rule_set(storage: Storage) -> None:
    kept = contents()
    await storage.rule_archive.keep(kept, now=NOW)
    loaded = await storage.rule_archive.load(kept.hash)
    assert loaded is not None
    assert loaded.files == kept.files
    rules = load_contents(loaded, environment={})
    assert rules == load_contents(kept, environment={})
    assert rules.hash == kept.hash


async def test_complaints_about_kept_files_name_when_they_were_in_force(storage: Storage) -> None:
    broken = Contents.of_files({"a.yml": b"watchlists: 7"})
    await storage.rule_archive.keep(broken, now=NOW)
    loaded = await storage.rule_archive.load(broken.hash)
    assert loaded is not None
    with pytest.raises(RulesError) as error:
        load_contents(loaded, environment={})
    assert error.value.complaints[0].path == "rules of 2024-05-01 12:00/a.yml"


async def test_a_set_is_named_by_how_its_hash_begins(storage: Storage) -> None:
    kept = contents()
    await storage.rule_archive.keep(kept, now=NOW)
    for named in (kept.hash, kept.hash[:12], kept.hash[:1]):
        assert await storage.rule_archive.load(named) is not None
    other = "0" if kept.hash[0] != "0" else "1"
    for named in ("", other, kept.hash + "0", "%", "HEAD", kept.hash[:8] + "x"):
        assert await storage.rule_archive.load(named) is None


async def test_reigns_follow_one_another_and_a_restart_begins_none(storage: Storage) -> None:
    first, second = contents(), contents("vx")
    archive = storage.rule_archive
    assert await archive.in_force(NOW) == ""
    for minute, kept in enumerate((first, first, second, second, first)):
        await archive.keep(kept, now=NOW + minute * MINUTE)
    assert await archive.reigns() == [
        Reign(rule_set=first.hash, begun_at=NOW),
        Reign(rule_set=second.hash, begun_at=NOW + 2 * MINUTE),
        Reign(rule_set=first.hash, begun_at=NOW + 4 * MINUTE),
    ]
    in_force = [await archive.in_force(NOW + minute * MINUTE) for minute in range(-1, 6)]
    a, b = first.hash, second.hash
    assert in_force == ["", a, a, b, b, a, a]
    assert await count(storage, rule_sets) == 2


async def test_damaged_files_are_not_taken_for_rules(storage: Storage) -> None:
    kept = contents()
    await storage.rule_archive.keep(kept, now=NOW)

    await storage.rule_archive._writer.run(
        lambda connection: connection.execute(update(rule_sets).values(files=b"no zlib"))
    )
    with pytest.raises(StorageError, match="damaged"):
        await storage.rule_archive.load(kept.hash)


async def test_a_set_from_before_its_files_were_kept_is_kept_when_it_is_taken_again(
    database: Database,
) -> None:
    kept = contents()
    async with opened(database) as storage:
        await storage.rule_archive.keep(kept, now=NOW)
        await storage.rule_archive._writer.run(
            lambda connection: connection.execute(update(rule_sets).values(files=None))
        )
        assert await storage.rule_archive.load(kept.hash) is None
        await storage.rule_archive.keep(kept, now=NOW + MINUTE)
        assert await storage.rule_archive.load(kept.hash) is not None
        [row] = await table(storage, rule_sets)
        assert row["loaded_at"] == NOW + MINUTE


async def test_a_set_of_which_nothing_speaks_is_forgotten(storage: Storage) -> None:
    archive, day = storage.rule_archive, timedelta(days=1)
    unused, saw, matched, current = map(contents, ("a", "b", "c", "d"))
    await list_feeds(storage)
    for number, kept in enumerate((unused, saw, matched, current)):
        await archive.keep(kept, now=NOW + number * day)
    seen = an_article("seen", seen_at=NOW + day)
    await record(storage, a_sighting(seen, watchlists=()))
    told = an_article("told", seen_at=NOW - day)
    await record(storage, a_sighting(told), rule_set=matched.hash)
    # The poll that it began with may still be under way.
    assert await archive.forget(now=NOW + day + MINUTE) == 0
    for gone in (1, 0):
        assert await archive.forget(now=NOW + 99 * day) == gone
    assert await archive.load(unused.hash) is None
    reigns = [reign.rule_set for reign in await archive.reigns()]
    assert reigns == [saw.hash, matched.hash, current.hash]


async def test_a_set_that_reigned_twice_is_kept_for_either_time(storage: Storage) -> None:
    archive, day = storage.rule_archive, timedelta(days=1)
    twice, between, current = map(contents, ("a", "b", "c"))
    await list_feeds(storage)
    for number, kept in enumerate((twice, between, twice, current)):
        await archive.keep(kept, now=NOW + number * day)
    await record(storage, a_sighting(an_article(seen_at=NOW + 2 * day), watchlists=()))
    assert await archive.forget(now=NOW + 99 * day) == 1
    assert await archive.load(twice.hash) is not None
    assert await archive.in_force(NOW + day) == twice.hash
