"""A copy is whole, checked, and never in the way."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from alerts.errors import StorageError
from alerts.storage import Storage
from alerts.storage.backup import back_up
from alerts.storage.tables import articles
from tests.builders import NOW, a_sighting, a_state, an_article
from tests.storage.databases import Database, count, list_feeds, on_sqlite, opened, record


async def fill(storage: Storage, number: int, *, words: int = 1) -> None:
    long = "Khmeimim " * words
    await record(storage, a_sighting(an_article(str(number), content=long)))


def stored(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        [number] = connection.execute("SELECT count(*) FROM articles").fetchone()
        return int(number)


def copies(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("copy*")}


async def test_a_copy_holds_everything_that_was_committed(sqlite: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    async with opened(sqlite) as storage:
        await list_feeds(storage)
        for number in range(3):
            await fill(storage, number)
        copied = await back_up(sqlite.url, target)
    assert (copied.path, copied.bytes) == (target, target.stat().st_size)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    # And it is a database that Tocsin starts with.
    elsewhere = Database(url=f"sqlite:///{target}", path=target)
    async with opened(elsewhere) as storage:
        assert await count(storage, articles) == 3


async def test_a_restored_copy_takes_nothing_for_news_and_knows_what_may_have_been_sent(
    sqlite: Database, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    async with opened(sqlite) as storage:
        await list_feeds(storage)
        await record(
            storage, a_sighting(an_article("1")), state=a_state(etag='"1"', baselined_at=NOW)
        )
        await back_up(sqlite.url, target)
        assert [each.possible_repeat for each in await storage.overview.deliveries()] == [False]
        [feed] = await storage.overview.feeds()
        assert (feed.state.etag, feed.state.baselined_at) == ('"1"', NOW)
    async with opened(Database(url=f"sqlite:///{target}", path=target)) as storage:
        assert [each.possible_repeat for each in await storage.overview.deliveries()] == [True]
        [feed] = await storage.overview.feeds()
        assert (feed.state.etag, feed.state.body_hash, feed.state.baselined_at) == ("", "", None)


async def test_it_is_made_beside_a_process_that_writes(sqlite: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    told: list[tuple[int, int]] = []
    async with opened(sqlite) as storage:
        await list_feeds(storage)
        for number in range(30):
            await fill(storage, number, words=20_000)
        copying = asyncio.create_task(
            back_up(sqlite.url, target, progress=lambda done, total: told.append((done, total)))
        )
        written = 30
        while not copying.done():
            await fill(storage, written)
            written += 1
        await copying
        assert await count(storage, articles) == written
    assert 30 <= stored(target) <= written
    assert told
    assert all(done >= 0 and total > 0 for done, total in told)


@pytest.mark.parametrize("replace", [False, True])
async def test_a_file_is_replaced_only_when_that_was_asked(
    replace: bool, sqlite: Database, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    target.write_bytes(b"older")
    async with opened(sqlite):
        if replace:
            await back_up(sqlite.url, target, replace=True)
            assert stored(target) == 0
        else:
            with pytest.raises(StorageError, match="--force"):
                await back_up(sqlite.url, target)
            assert target.read_bytes() == b"older"


async def test_a_copy_that_is_not_good_replaces_nothing(sqlite: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_bytes(b"older")
    async with opened(sqlite) as storage:
        await list_feeds(storage)
        for number in range(30):
            await fill(storage, number, words=2_000)
    assert sqlite.path is not None
    with sqlite.path.open("r+b") as file:
        file.seek(20 * 4096)
        file.write(os.urandom(20 * 4096))
    with pytest.raises(StorageError):
        await back_up(sqlite.url, target, replace=True)
    assert target.read_bytes() == b"older"
    assert copies(tmp_path) == {"copy.db"}


async def test_a_copy_that_was_written_and_is_wrong_replaces_nothing(tmp_path: Path) -> None:
    """Rows are copied as they are, also those that their table could not hold."""
    source, target = tmp_path / "tocsin.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(source, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE one (word TEXT)")
        connection.execute("INSERT INTO one VALUES (NULL)")
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_schema SET sql = 'CREATE TABLE one (word TEXT NOT NULL)'")
    with pytest.raises(StorageError, match="not good, and was deleted: NULL value"):
        await back_up(f"sqlite:///{source}", target)
    assert copies(tmp_path) == set()


async def test_what_a_killed_backup_left_is_no_hindrance(sqlite: Database, tmp_path: Path) -> None:
    (tmp_path / "copy.db.unfinished").write_bytes(b"half of it")
    async with opened(sqlite):
        await back_up(sqlite.url, tmp_path / "copy.db")
    assert copies(tmp_path) == {"copy.db"}


async def test_one_that_is_broken_off_leaves_nothing(sqlite: Database, tmp_path: Path) -> None:
    async with opened(sqlite) as storage:
        await list_feeds(storage)
        for number in range(20):
            await fill(storage, number, words=20_000)
        begun = asyncio.Event()
        copying = asyncio.create_task(
            back_up(sqlite.url, tmp_path / "copy.db", progress=lambda *_: begun.set())
        )
        await begun.wait()
        copying.cancel()
        await asyncio.wait([copying])
    assert copies(tmp_path) <= {"copy.db"}


async def test_what_cannot_be_is_said(tmp_path: Path) -> None:
    database = on_sqlite(tmp_path)
    with pytest.raises(StorageError, match="there is no database"):
        await back_up(database.url, tmp_path / "copy.db")
    async with opened(database):
        assert database.path is not None
        for target, words in (
            (database.path, "the database itself"),
            (tmp_path, "name a file"),
            (tmp_path / "nowhere" / "copy.db", "no folder"),
        ):
            with pytest.raises(StorageError, match=words):
                await back_up(database.url, target, replace=True)
    with pytest.raises(StorageError, match="pg_dump"):
        await back_up("postgresql://user:canary@db.example/tocsin", tmp_path / "copy.db")
