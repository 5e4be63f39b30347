"""Updates of the Bot API that were handled: neither a restart nor a webhook brings one twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.storage.engine import translated
from alerts.storage.many import rows_for
from alerts.storage.tables import bot_updates
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer


class BotUpdates:
    """Remembers updates by their numbers; `retention` forgets them."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def among(self, numbers: Iterable[int]) -> set[int]:
        """Return those of *numbers* that were handled."""
        with translated():
            async with self._readers.begin() as connection:
                found = await rows_for(
                    connection, select(bot_updates.c.id), bot_updates.c.id, numbers
                )
        return {row["id"] for row in found}

    async def note(self, number: int, *, now: datetime) -> None:
        """Note that update *number* was handled."""
        await self._writer.run_together(_write, (number, now))


async def _write(
    connection: AsyncConnection, handled: Sequence[tuple[int, datetime]]
) -> list[None]:
    rows = [{"id": number, "seen_at": at} for number, at in handled]
    await insert_new(connection, bot_updates, rows)
    return [None] * len(rows)
