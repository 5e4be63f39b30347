"""The one writer: transactions wait in a queue and are committed together.

With `synchronous=FULL` each commit costs an fsync; a commit a row manages 258 rows/s where
hundreds of rows a commit manage 17,000 (STACK.md).  So everything that waits when the writer is
free goes into one transaction, each piece of work in a savepoint of its own: one that fails takes
nothing with it.  A caller returns only after the commit.

The queue has no bound of its own: whoever waits in it waits for an answer, so that a slow disk slows
its callers, and their number bounds it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.errors import StorageError
from alerts.storage.engine import translated

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]

#: Transactions in one commit at most: bounds how long the first of them waits for the last.
_GROUP = 64


class _UndoneError(Exception):
    """The database has ended the whole transaction of a group, before its commit."""


@dataclass(slots=True, eq=False)
class _Pending:
    work: Work[Any]
    done: asyncio.Future[Any] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    result: Any = None
    error: Exception | None = None

    def settle(self, error: Exception | None = None) -> None:
        if self.done.done():  # its caller was cancelled meanwhile
            return
        error = error or self.error
        if error is not None:
            self.done.set_exception(error)
        else:
            self.done.set_result(self.result)

    async def attempt(self, connection: AsyncConnection) -> None:
        """Run the work inside the transaction of a group.

        Raises:
            _UndoneError: it failed and took the group with it.
        """
        savepoint = await connection.begin_nested()
        try:
            with translated():
                self.result = await self.work(connection)
        except Exception as error:
            self.error = error
            try:
                await savepoint.rollback()
            except SQLAlchemyError:
                # SQLite itself rolls back when the disk is full or fails (sqlite.org,
                # lang_transaction, 3.1); PostgreSQL when the connection breaks.
                raise _UndoneError from error
            if connection.invalidated:
                raise _UndoneError from error
        else:
            await savepoint.commit()


class Writer:
    """Runs transactions one group at a time on one connection."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._queue: asyncio.Queue[_Pending | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def start(self) -> Self:
        """Begin to work off the queue."""
        self._task = asyncio.create_task(self._run(), name="storage-writer")
        return self

    async def run(self, work: Work[T]) -> T:
        """Run *work* in a transaction and return its result after the commit.

        Raises:
            StorageError: the database refused; nothing of *work* was written.
        """
        if self._task is None:
            raise StorageError("the database is open for reading alone")
        if self._closing:
            raise StorageError("the database is closed")
        pending = _Pending(work)
        self._queue.put_nowait(pending)
        result: T = await pending.done
        return result

    async def close(self) -> None:
        """Finish what waits, then stop."""
        self._closing = True
        if self._task is not None:
            self._queue.put_nowait(None)
            await self._task

    async def _run(self) -> None:
        while (first := await self._queue.get()) is not None:
            group = [first]
            while len(group) < _GROUP and not self._queue.empty():
                following = self._queue.get_nowait()
                if following is None:
                    await self._commit(group)
                    return
                group.append(following)
            await self._commit(group)

    async def _commit(self, group: list[_Pending]) -> None:
        try:
            with translated():
                async with self._engine.begin() as connection:
                    await _attempt(group, connection)
        except _UndoneError:
            # A poll too large for the disk must not cost the note that a message was sent.
            for pending in group:
                await self._commit([pending])
        except Exception as error:  # noqa: BLE001 - handed to the callers, whose error it is
            for pending in group:
                pending.settle(error)
        else:
            for pending in group:
                pending.settle()


async def _attempt(group: list[_Pending], connection: AsyncConnection) -> None:
    if len(group) > 1:
        for pending in group:
            await pending.attempt(connection)
        return
    [alone] = group  # the transaction itself is savepoint enough
    alone.error = None
    alone.result = await alone.work(connection)
