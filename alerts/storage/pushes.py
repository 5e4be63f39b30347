"""What was agreed with hubs, a row a feed: it must survive a restart in the middle of a sentence."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import Push, PushState
from alerts.storage.engine import translated
from alerts.storage.tables import pushes
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer

_COLUMNS = tuple(field.name for field in fields(Push))


class Pushes:
    """Reads and writes agreements with hubs."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def all(self) -> list[Push]:
        """Return every agreement."""
        with translated():
            async with self._readers.begin() as connection:
                found = (await connection.execute(select(pushes))).mappings().all()
        values: list[dict[str, Any]] = [{name: row[name] for name in _COLUMNS} for row in found]
        return [Push(**value | {"state": PushState(value["state"])}) for value in values]

    async def keep(self, push: Push) -> None:
        """Write *push* in the place of whatever was agreed about its feed.

        Raises:
            StorageError: nothing was written.
        """
        row = {name: getattr(push, name) for name in _COLUMNS} | {"state": push.state.value}

        async def work(connection: AsyncConnection) -> None:
            await insert_new(connection, pushes, [row], replace=_COLUMNS)

        await self._writer.run(work)

    async def drop(self, feed: str) -> None:
        """Forget what was agreed about *feed*.

        Raises:
            StorageError: nothing was written.
        """

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(pushes).where(pushes.c.feed == feed))

        await self._writer.run(work)
