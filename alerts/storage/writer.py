"""The one writer: transactions wait in a queue and are committed together.

With `synchronous=FULL` each commit costs an fsync; a commit a row manages 258 rows/s where
hundreds of rows a commit manage 17,000 (STACK.md).  So everything that waits when the writer is
free goes into one transaction, each piece of work in a savepoint of its own: one that fails takes
nothing with it.  A caller returns only after the commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.errors import StorageError
from alerts.storage.engine import translated

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]

#: Transactions in one commit at most: bounds how long the first of them waits for the last.
_GROUP = 64
#: Callers that may wait; further ones wait for a place, so that a slow disk slows the pollers.
_WAITING = 1024


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


class Writer:
    """Runs transactions one group at a time on one connection."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._queue: asyncio.Queue[_Pending | None] = asyncio.Queue(_WAITING)
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
        if self._closing:
            raise StorageError("the database is closed")
        pending = _Pending(work)
        await self._queue.put(pending)
        result: T = await pending.done
        return result

    async def close(self) -> None:
        """Finish what waits, then stop."""
        self._closing = True
        if self._task is not None:
            await self._queue.put(None)
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
                    for pending in group:
                        await self._attempt(pending, connection, alone=len(group) == 1)
        except Exception as error:  # noqa: BLE001 - handed to the callers, whose error it is
            for pending in group:
                pending.settle(error)
        else:
            for pending in group:
                pending.settle()

    @staticmethod
    async def _attempt(pending: _Pending, connection: AsyncConnection, *, alone: bool) -> None:
        if alone:  # the transaction itself is savepoint enough
            pending.result = await pending.work(connection)
            return
        try:
            with translated():
                async with connection.begin_nested():
                    pending.result = await pending.work(connection)
        except Exception as error:  # noqa: BLE001 - handed to its caller
            pending.error = error
