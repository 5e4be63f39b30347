"""Updates of the Bot API that were handled: neither a restart nor a webhook brings one twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.storage.engine import translated
from alerts.storage.tables import bot_updates
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer


class BotUpdates:
    """Remembers updates by their numbers; `retention` forgets them."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def is_handled(self, number: int) -> bool:
        """Tell whether update *number* was handled."""
        query = select(bot_updates.c.id).where(bot_updates.c.id == number)
        with translated():
            async with self._readers.begin() as connection:
                return await connection.scalar(query) is not None

    async def note(self, number: int, *, now: datetime) -> None:
        """Note that update *number* was handled."""

        async def work(connection: AsyncConnection) -> None:
            await insert_new(connection, bot_updates, [{"id": number, "seen_at": now}])

        await self._writer.run(work)
