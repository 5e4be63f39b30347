"""A connection of aiosqlite that crosses to its thread once a statement.

aiosqlite runs SQLite in a thread of its own.  Through SQLAlchemy a query crosses to it four times
(make a cursor, execute, fetch, close), and an alert is some thirty statements: 120 crossings of a
quarter of a millisecond each, measured while the loop was otherwise idle, where the statements
themselves took a tenth of that.  Here a statement is executed, fetched and closed in one crossing.
Results are small: nothing in this package reads more than one document's worth of rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import aiosqlite


async def connect(path: Path) -> aiosqlite.Connection:
    """Open the database file at *path*."""
    connection = OneHopConnection(partial(sqlite3.connect, path), iter_chunk_size=64)
    # A thread that waits for work must not keep a process alive that wants to end.
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does for its own
    return await connection


class OneHopConnection(aiosqlite.Connection):
    """aiosqlite's connection with cheaper cursors, for SQLAlchemy."""

    def cursor(self) -> OneHopCursor:  # type: ignore[override]
        """Return a cursor that exists only while it executes."""
        return OneHopCursor(self)

    async def commit(self) -> None:
        """Commit, if there is anything to commit."""
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Roll back, if there is anything to roll back."""
        if self.in_transaction:
            await super().rollback()

    async def run(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        """Run *work* on SQLite's own connection, in its thread."""
        return await self._execute(work, self._conn)  # type: ignore[no-untyped-call]


class OneHopCursor:
    """What SQLAlchemy asks of a cursor."""

    arraysize = 1

    def __init__(self, connection: OneHopConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Sequence[Any] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is left open."""

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute one statement and fetch all that it returns."""
        await self._connection.run(lambda raw: self._keep(raw.execute(statement, parameters)))
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Execute a statement that returns nothing, once for each of *parameters*."""
        await self._connection.run(lambda raw: self._keep(raw.executemany(statement, parameters)))
        return self

    async def fetchall(self) -> list[Any]:
        """Return what was fetched."""
        return self._rows

    async def close(self) -> None:
        """Nothing is left open."""

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        self._rows = cursor.fetchall() if cursor.description else []
        # After the fetch: only then does RETURNING know how many rows it touched.
        self.description, self.rowcount = cursor.description, cursor.rowcount
        self.lastrowid = cursor.lastrowid
        cursor.close()
