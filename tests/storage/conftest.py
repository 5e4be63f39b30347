"""Every test that asks for `storage` or `database` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from alerts.storage import Storage
from tests.servers.postgres import PostgresServer, postgres_server
from tests.storage.databases import Database, on_postgresql, on_sqlite, opened


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def sqlite(tmp_path: Path) -> Database:
    return on_sqlite(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return on_sqlite(tmp_path)
    return await on_postgresql(request.getfixturevalue("postgres"))


@pytest.fixture
async def storage(database: Database) -> AsyncIterator[Storage]:
    async with opened(database) as storage:
        yield storage
