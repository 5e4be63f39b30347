"""Questions that come while one is being answered are answered together.

A query costs the event loop a millisecond on its way through SQLAlchemy, whether it asks for one row
or for a thousand; fifty polls under way ask fifty times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

_Asked = tuple[frozenset[K], "asyncio.Future[dict[K, V]]"]


class Questions(Generic[K, V]):
    """Asks for the values of keys, as few times as may be and never later for it."""

    def __init__(self, answer: Callable[[frozenset[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._answer = answer
        self._waiting: list[_Asked[K, V]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, keys: Iterable[K]) -> dict[K, V]:
        """Return the value of each of *keys* that has one.

        Raises:
            StorageError: what `answer` raises.
        """
        if not (wanted := frozenset(keys)):
            return {}
        told: asyncio.Future[dict[K, V]] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, told))
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="questions")
        return await told

    async def _run(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, []
                await self._tell(asked)
        finally:
            self._task = None

    async def _tell(self, asked: list[_Asked[K, V]]) -> None:
        try:
            found = await self._answer(frozenset().union(*(keys for keys, _ in asked)))
        except Exception as error:  # noqa: BLE001 - handed to those who asked
            for _, told in asked:
                if not told.done():
                    told.set_exception(error)
            return
        for keys, told in asked:
            if not told.done():  # whoever asked was cancelled meanwhile
                told.set_result({key: found[key] for key in keys if key in found})
