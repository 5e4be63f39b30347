"""The one writer: transactions wait in a queue and are committed together.

With `synchronous=FULL` each commit costs an fsync; a commit a row manages 258 rows/s where
hundreds of rows a commit manage 17,000 (STACK.md).  So everything that waits when the writer is
free goes into one transaction, each piece of work in a savepoint of its own: one that fails takes
nothing with it.  A caller returns only after the commit.

Work of one kind is done for all that waits for it at once (`Writer.run_together`): a statement costs
its way through SQLAlchemy and to the driver's thread some hundred times what a further row does.

The queue has no bound of its own: whoever waits in it waits for an answer, so that a slow disk slows
its callers, and their number bounds it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.errors import StorageError
from alerts.storage.engine import translated

T = TypeVar("T")
V = TypeVar("V")
Work = Callable[[AsyncConnection], Awaitable[T]]
#: Writes many values at once, and returns the result of each.
Together = Callable[[AsyncConnection, Sequence[V]], Awaitable[Sequence[T]]]

#: Transactions in one commit at most: bounds how long the first of them waits for the last.
_GROUP = 64


class _UndoneError(Exception):
    """The database has ended the whole transaction of a group, before its commit."""


@dataclass(slots=True, eq=False)
class _Pending:
    work: Work[Any]
    #: What *work* does for `value` alone; None: it has nothing in common with others.
    together: Together[Any, Any] | None = None
    value: Any = None
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
        try:
            self.result = await _nested(connection, self.work)
        except _UndoneError:
            raise
        except Exception as error:  # noqa: BLE001 - handed to the caller, whose error it is
            self.error = error


async def _nested(connection: AsyncConnection, work: Work[T]) -> T:
    """Run *work* in a savepoint: what it wrote is gone when it fails.

    Raises:
        _UndoneError: what was written before it is gone, too.
    """
    savepoint = await connection.begin_nested()
    try:
        with translated():
            result = await work(connection)
    except Exception as error:
        try:
            await savepoint.rollback()
        except SQLAlchemyError:
            # SQLite itself rolls back when the disk is full or fails (sqlite.org,
            # lang_transaction, 3.1); PostgreSQL when the connection breaks.
            raise _UndoneError from error
        if connection.invalidated:
            raise _UndoneError from error
        raise
    await savepoint.commit()
    return result


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
        result: T = await self._wait(_Pending(work))
        return result

    async def run_together(self, work: Together[V, T], value: V) -> T:
        """Write *value* by *work*, with all others that wait for the same *work*; as `run` does.

        If it fails for them together, it is run for each alone.

        Raises:
            StorageError: the database refused; nothing of *value* was written.
        """

        async def alone(connection: AsyncConnection) -> T:
            [result] = await work(connection, [value])
            return result

        result: T = await self._wait(_Pending(alone, together=work, value=value))
        return result

    async def _wait(self, pending: _Pending) -> Any:
        if self._task is None:
            raise StorageError("the database is open for reading alone")
        if self._closing:
            raise StorageError("the database is closed")
        self._queue.put_nowait(pending)
        return await pending.done

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
    if len(group) == 1:
        [alone] = group  # the transaction itself is savepoint enough
        alone.error = None
        alone.result = await alone.work(connection)
        return
    for like in _by_likeness(group):
        if not await _attempt_together(like, connection):
            for pending in like:
                await pending.attempt(connection)


def _by_likeness(group: list[_Pending]) -> list[list[_Pending]]:
    """Part *group* into what can be written together, in the order of what came first."""
    parts: dict[object, list[_Pending]] = {}
    for pending in group:
        parts.setdefault(pending.together or pending, []).append(pending)
    return list(parts.values())


async def _attempt_together(like: list[_Pending], connection: AsyncConnection) -> bool:
    """Write the values of *like* at once; tell if that went well."""
    together = like[0].together
    if together is None or len(like) == 1:
        return False
    values = [pending.value for pending in like]
    try:
        results = await _nested(connection, lambda connection: together(connection, values))
    except _UndoneError:
        raise
    except Exception:  # noqa: BLE001 - one of them is to blame, and will be told
        return False
    for pending, result in zip(like, results, strict=True):
        pending.result = result
    return True
