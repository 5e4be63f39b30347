"""What people said of alerts: useful, or a false alarm; the last word of each person counts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.storage.engine import translated
from alerts.storage.tables import feedback
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer


class Verdict(StrEnum):
    """What somebody thinks of an alert."""

    USEFUL = "useful"
    FALSE_ALARM = "false alarm"


class Feedback:
    """Reads and writes what people said."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def give(self, alert: str, person: str, verdict: Verdict, *, now: datetime) -> None:
        """Note the last word of *person*, `telegram:4711`, on *alert*, an `Alert.id`.

        Raises:
            StorageError: nothing was written; there may be no such alert.
        """
        row = {"alert": alert, "person": person, "verdict": verdict.value, "given_at": now}

        async def work(connection: AsyncConnection) -> None:
            await insert_new(connection, feedback, [row], replace=("verdict", "given_at"))

        await self._writer.run(work)

    async def of(self, alert: str) -> dict[str, Verdict]:
        """Return person -> their last word on *alert*."""
        query = select(feedback.c.person, feedback.c.verdict).where(feedback.c.alert == alert)
        with translated():
            async with self._readers.begin() as connection:
                found = await connection.execute(query)
                return {row.person: Verdict(row.verdict) for row in found}
