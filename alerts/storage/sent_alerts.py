"""Alerts as people have them before their eyes: found by the digits that a button carries."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from alerts.model import Address, Alert
from alerts.storage import outgoing
from alerts.storage.engine import translated
from alerts.storage.tables import alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAlert:
    """An alert, and whom it was for."""

    alert: Alert
    address: Address
    receiver: str


class SentAlerts:
    """Finds alerts that were told."""

    def __init__(self, readers: AsyncEngine) -> None:
        self._readers = readers

    async def find(self, beginning: str) -> SentAlert | None:
        """Return the one alert whose id has *beginning*, hex digits; None: none, or several."""
        # A range and no LIKE, which would read the whole table; "g" follows the last digit.
        query = (
            select(alerts.c.id, alerts.c.delivery)
            .where(alerts.c.id >= beginning, alerts.c.id < beginning + "g")
            .limit(2)
        )
        with translated():
            async with self._readers.begin() as connection:
                rows = (await connection.execute(query)).all()
                if len(rows) != 1:
                    return None
                carried = await outgoing.load(connection, [rows[0].delivery])
        return next(
            (
                SentAlert(alert=alert, address=delivery.address, receiver=delivery.receiver)
                for delivery in carried
                for alert in delivery.alerts
                if alert.id == rows[0].id
            ),
            None,
        )
