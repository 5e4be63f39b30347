"""Databases for a test: a new SQLite file, or a new database on the private PostgreSQL."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from alerts.model import Feed, FeedState, Sighting
from alerts.storage import PollRecord, Storage, open_storage
from alerts.storage.engine import async_url, open_writer
from tests.builders import NOW, a_feed, a_state
from tests.servers.postgres import PostgresServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An empty database, and what TOCSIN_DATABASE_URL would say."""

    url: str
    #: None: PostgreSQL.
    path: Path | None = None

    @property
    def is_sqlite(self) -> bool:
        return self.path is not None


def on_sqlite(folder: Path) -> Database:
    """Return a database file in *folder* that does not exist yet."""
    path = folder / "tocsin.db"
    return Database(url=f"sqlite:///{path}", path=path)


async def on_postgresql(server: PostgresServer) -> Database:
    """Return the one database on *server*, emptied: faster than a new one."""
    await command(server, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return Database(url=server.url())


async def command(server: PostgresServer, statement: str) -> None:
    """Have *server* do something that is not Tocsin's business."""
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def connected(database: Database) -> AsyncIterator[AsyncEngine]:
    """Reach the database as the migrations do, beside everything else."""
    engine = open_writer(async_url(database.url))
    try:
        yield engine
    finally:
        await engine.dispose()


async def list_feeds(
    storage: Storage, *feeds: Feed, first_due_at: datetime = NOW
) -> dict[str, FeedState]:
    """Make *feeds*, or the one that the builders name, the feeds that are polled."""
    named = feeds or (a_feed(),)
    return await storage.feeds.enlist(named, dict.fromkeys((f.url for f in named), first_due_at))


async def record(
    storage: Storage, *sightings: Sighting, now: datetime = NOW, **fields: Any
) -> tuple[int, int, int]:
    """Record a poll; return how many articles, revisions and alerts were news."""
    given: dict[str, Any] = {"state": a_state(), "sightings": sightings, "rule_set": "r1"}
    told = await storage.polls.record(PollRecord(**given | fields), now=now)
    return told.articles, told.revisions, told.alerts


async def fetch(storage: Storage, query: Select[Any]) -> Sequence[Mapping[str, Any]]:
    """Return the rows of *query*."""
    async with storage.outbox._readers.begin() as connection:
        return [dict(row) for row in (await connection.execute(query)).mappings()]


async def table(storage: Storage, source: Table) -> Sequence[Mapping[str, Any]]:
    """Return all rows of a table."""
    return await fetch(storage, select(source))


async def count(storage: Storage, source: Table) -> int:
    """Return how many rows a table has."""
    [row] = await fetch(storage, select(func.count().label("rows")).select_from(source))
    return int(row["rows"])


def opened(database: Database) -> contextlib.AbstractAsyncContextManager[Storage]:
    """Open *database* as `tocsin run` does."""
    return open_storage(database.url, now=NOW)
