"""Chats that let the bot go by their own word, before any message was refused."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import DeliveryState, HeldBy
from alerts.storage import answers
from alerts.storage.tables import addresses, deliveries
from alerts.storage.turns import WAITING
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer


class Departures:
    """Notes who is gone; `Outbox.readmit` notes who came back."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def note(
        self, channel: str, targets: Collection[str], reason: str, *, now: datetime
    ) -> None:
        """Note that *targets*, all the names of one chat, are gone; hold what waits for them.

        Answers are deleted.
        """
        gone = [
            {"channel": channel, "target": target, "gone_at": now, "reason": reason}
            for target in targets
        ]

        async def work(connection: AsyncConnection) -> None:
            await insert_new(connection, addresses, gone, replace=("gone_at", "reason"))
            await answers.let_go(connection, channel, targets)
            await connection.execute(
                update(deliveries)
                .where(deliveries.c.channel == channel, deliveries.c.target.in_(list(targets)))
                .where(deliveries.c.state.in_(WAITING))
                .values(state=DeliveryState.HELD.value, held_by=HeldBy.GONE.value, error=reason)
            )

        await self._writer.run(work)
