"""Group commit keeps each transaction's promise: all of it or nothing, told after the commit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.errors import DatabaseFullError, StorageError
from alerts.storage import Storage, open_overview
from alerts.storage.tables import articles, channels
from alerts.storage.writer import Writer
from tests.builders import NOW, a_sighting, a_state, an_article
from tests.servers.postgres import PostgresServer
from tests.storage.databases import (
    Database,
    connected,
    count,
    list_feeds,
    on_postgresql,
    opened,
    record,
    table,
)

Work = Callable[[AsyncConnection], Awaitable[str]]


def noting(name: str) -> Work:
    """Write a row called *name*."""

    async def work(connection: AsyncConnection) -> str:
        await connection.execute(insert(channels).values(name=name, reason=""))
        return name

    return work


def failing(name: str, error: Exception) -> Work:
    """Write a row called *name*, then fail."""

    async def work(connection: AsyncConnection) -> str:
        await noting(name)(connection)
        raise error

    return work


def writer_of(storage: Storage) -> Writer:
    return storage.outbox._writer


async def noted(storage: Storage) -> set[str]:
    return {row["name"] for row in await table(storage, channels)}


def watch_commits(storage: Storage) -> list[Connection]:
    seen: list[Connection] = []
    event.listen(writer_of(storage)._engine.sync_engine, "commit", seen.append)
    return seen


async def together(storage: Storage, *works: Work) -> list[str | BaseException]:
    """Run *works* so that they wait at the same time."""
    running = (writer_of(storage).run(work) for work in works)
    return await asyncio.gather(*running, return_exceptions=True)


async def test_what_waits_at_one_time_is_committed_at_once(storage: Storage) -> None:
    commits = watch_commits(storage)
    names = [f"{number:02}" for number in range(64)]
    assert await together(storage, *map(noting, names)) == names
    assert len(commits) == 1
    assert await noted(storage) == set(names)


async def test_a_failing_transaction_leaves_the_others_of_its_group_committed(
    storage: Storage,
) -> None:
    commits = watch_commits(storage)
    bug = ValueError("a bug")
    told = await together(
        storage, noting("a"), failing("b", bug), noting("c"), noting("a"), noting("d")
    )
    assert len(commits) == 1
    assert told[:3] == ["a", bug, "c"]
    assert isinstance(told[3], StorageError)  # there is an "a" already
    assert told[4] == "d"
    assert await noted(storage) == {"a", "c", "d"}


@pytest.mark.parametrize("error", [ValueError("a bug"), StorageError("refused")])
async def test_a_transaction_that_fails_alone_writes_nothing(
    storage: Storage, error: Exception
) -> None:
    with pytest.raises(type(error)) as caught:
        await writer_of(storage).run(failing("a", error))
    assert caught.value is error
    assert await writer_of(storage).run(noting("b")) == "b"
    assert await noted(storage) == {"b"}


@pytest.mark.parametrize("group", [1, 2])
async def test_a_caller_hears_only_after_the_commit(storage: Storage, group: int) -> None:
    calls: list[asyncio.Task[str]] = []
    told_early: list[bool] = []

    def committing(_: Connection) -> None:
        told_early.extend(call.done() for call in calls)

    event.listen(writer_of(storage)._engine.sync_engine, "commit", committing)
    works = (noting(str(number)) for number in range(group))
    calls += [asyncio.create_task(writer_of(storage).run(work)) for work in works]
    await asyncio.gather(*calls)
    assert told_early == [False] * group
    assert len(await noted(storage)) == group


async def test_a_cancelled_caller_harms_nobody(storage: Storage) -> None:
    begun, release = asyncio.Event(), asyncio.Event()

    async def slow(connection: AsyncConnection) -> str:
        begun.set()
        await release.wait()
        return await noting("slow")(connection)

    impatient = asyncio.create_task(writer_of(storage).run(slow))
    await begun.wait()
    waiting = asyncio.create_task(writer_of(storage).run(noting("waiting")))
    cancelled = asyncio.create_task(writer_of(storage).run(failing("gone", ValueError())))
    await asyncio.sleep(0)  # both have asked
    impatient.cancel()
    cancelled.cancel()
    release.set()
    assert await waiting == "waiting"
    assert await writer_of(storage).run(noting("next")) == "next"
    assert "gone" not in await noted(storage)


@pytest.mark.parametrize("turns", range(1, 5))
async def test_close_finishes_what_waits(database: Database, turns: int) -> None:
    """However far the writer has come, and however many wait."""
    async with opened(database) as storage:
        calls = [
            asyncio.create_task(writer_of(storage).run(noting(str(number))))
            for number in range(300)
        ]
        for _ in range(turns):
            await asyncio.sleep(0)
    assert await asyncio.gather(*calls) == [str(number) for number in range(300)]
    async with opened(database) as storage:
        assert await count(storage, channels) == 300


async def test_a_closed_writer_refuses(database: Database) -> None:
    async with opened(database) as storage:
        pass
    with pytest.raises(StorageError, match="closed"):
        await storage.outbox.recover(now=NOW)


async def test_whoever_only_looks_cannot_write(database: Database) -> None:
    async with opened(database):
        pass
    async with open_overview(database.url) as overview:
        with pytest.raises(StorageError, match="read"):
            await overview.note_refusal("a.yml:1:1: R102")


async def test_connections_that_broke_are_made_again(postgres: PostgresServer) -> None:
    database = await on_postgresql(postgres)
    async with opened(database) as storage, connected(database) as administrator:
        await writer_of(storage).run(noting("a"))
        async with administrator.begin() as connection:
            await connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert await together(storage, noting("b"), noting("c")) == ["b", "c"]
        assert await noted(storage) == {"a", "b", "c"}


@pytest.mark.parametrize("turn", range(3))
async def test_a_connection_that_breaks_in_a_group_fails_one_alone(
    postgres: PostgresServer, turn: int
) -> None:
    async def breaking(connection: AsyncConnection) -> str:
        await noting("gone")(connection)
        await connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        return "gone"

    works = [noting("a"), noting("b")]
    works.insert(turn, breaking)
    async with opened(await on_postgresql(postgres)) as storage:
        told = await together(storage, *works)
        assert isinstance(told.pop(turn), StorageError)
        assert told == ["a", "b"]
        assert await noted(storage) == {"a", "b"}


async def room(storage: Storage, pages: int) -> None:
    """Leave room for *pages* more pages on the "disk"."""

    async def work(connection: AsyncConnection) -> None:
        used: Any = await connection.exec_driver_sql("PRAGMA page_count")
        await connection.exec_driver_sql(f"PRAGMA max_page_count={used.scalar_one() + pages}")

    await writer_of(storage).run(work)


async def test_a_full_disk_is_told_clearly_and_nothing_is_written(sqlite: Database) -> None:
    async with opened(sqlite) as storage:
        before = (await list_feeds(storage))["https://news.example/feed.xml"]
        await room(storage, 10)
        big = a_sighting(an_article(content="x" * 1_000_000))
        with pytest.raises(DatabaseFullError, match="the disk of the database is full"):
            await record(storage, big, state=a_state(etag="new"))
        assert (await list_feeds(storage))[before.url] == before
        assert await count(storage, articles) == 0
        await room(storage, 1_000)
        assert await record(storage, big, state=a_state(etag="new")) == (1, 0, 1)


@pytest.mark.parametrize("turn", range(4))
async def test_what_still_fits_on_a_full_disk_is_written(sqlite: Database, turn: int) -> None:
    """SQLite ends the whole transaction of a group when one of them fills the disk."""
    async with opened(sqlite) as storage:
        await list_feeds(storage)
        names = [f"{turn}{number}" for number in range(3)]
        works = [noting(name) for name in names]

        async def big(connection: AsyncConnection) -> str:
            await noting("big")(connection)
            row = {"name": "bigger", "reason": "x" * 1_000_000}
            await connection.execute(insert(channels).values(row))
            return "big"

        works.insert(turn, big)
        await room(storage, 10)
        told = await together(storage, *works)
        assert isinstance(told.pop(turn), DatabaseFullError)
        assert told == names
        assert await noted(storage) == set(names)
        await room(storage, 1_000)
        assert await together(storage, big, noting("next")) == ["big", "next"]
