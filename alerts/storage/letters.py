"""Deliveries as an operator handles them: found by what is known of them, looked at, put back.

Only dead ones are put back: everything else is still under way, or has arrived, or is held for a
reason that somebody else gave.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import Delivery, DeliveryState
from alerts.storage import outgoing, rows, turns
from alerts.storage.engine import translated
from alerts.storage.many import portions, rows_for
from alerts.storage.overview import ListedDelivery, listed_delivery
from alerts.storage.tables import addresses, alerts, deliveries, updates
from alerts.storage.writer import Writer

_Row = TypeVar("_Row")

_UNSENT, _UNSURE = turns.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which deliveries; empty: all."""

    states: Collection[DeliveryState] = ()
    receivers: Collection[str] = ()
    channels: Collection[str] = ()
    #: Made since then.
    since: datetime | None = None
    #: Made before then.
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One delivery, with all that the tables know of it."""

    listed: ListedDelivery
    delivery: Delivery
    #: Why it is held; or empty.
    held_by: str
    #: The channel's id of the message; empty until it was sent.
    message_id: str
    #: The rule files that it came from, by their hashes.
    rule_sets: tuple[str, ...]
    #: Nothing is sent to its address before.
    not_before_at: datetime | None
    #: Why nothing at all is sent to its address; or empty.
    gone: str
    #: Updates of the same stories.
    updates: tuple[str, ...]


class Letters:
    """Finds deliveries and puts dead ones back."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def find(self, wanted: Wanted, *, limit: int | None = None) -> list[ListedDelivery]:
        """Return the deliveries that are *wanted*, the newest first; None: however many."""
        query = _narrowed(select(deliveries), wanted).order_by(
            deliveries.c.created_at.desc(), deliveries.c.id
        )
        with translated():
            async with self._readers.begin() as connection:
                found = await connection.execute(query.limit(limit))
                return [listed_delivery(row) for row in found.mappings()]

    async def count(self, wanted: Wanted) -> int:
        """Return how many are *wanted*."""
        query = _narrowed(select(func.count()).select_from(deliveries), wanted)
        with translated():
            async with self._readers.begin() as connection:
                return int(await connection.scalar(query) or 0)

    async def named(self, prefix: str, *, limit: int = 3) -> list[str]:
        """Return ids that begin with *prefix*, at most *limit*."""
        # A range and not LIKE: the primary key answers it.  Ids are hex, and g comes behind f.
        query = (
            select(deliveries.c.id)
            .where(deliveries.c.id >= prefix, deliveries.c.id < f"{prefix}g")
            .order_by(deliveries.c.id)
            .limit(limit)
        )
        with translated():
            async with self._readers.begin() as connection:
                return list(await connection.scalars(query))

    async def nearest(self, prefix: str, *, limit: int = 3) -> list[str]:
        """Return ids that have the longest beginning in common with *prefix*; none if there are none."""
        for length in range(len(prefix), -1, -1):
            if found := await self.named(prefix[:length], limit=limit):
                return found
        return []

    async def show(self, id_: str) -> Letter | None:
        """Return the delivery *id_* with everything that is known of it; None: there is none."""
        with translated():
            async with self._readers.begin() as connection:
                result = await connection.execute(_WITH_ADDRESS.where(deliveries.c.id == id_))
                row = result.mappings().first()
                if row is None:
                    return None
                [delivery] = await outgoing.load(connection, [id_])
                rule_sets = await connection.scalars(_RULE_SETS.where(alerts.c.delivery == id_))
                told = await connection.scalars(_UPDATES.where(alerts.c.delivery == id_))
                return Letter(
                    listed=listed_delivery(row),
                    delivery=delivery,
                    held_by=row["held_by"],
                    message_id=row["message_id"],
                    rule_sets=tuple(rule_sets),
                    not_before_at=row["not_before_at"],
                    gone=row["gone"] or "" if row["gone_at"] is not None else "",
                    updates=tuple(told),
                )

    async def unreachable(self, ids: Sequence[str]) -> dict[str, str]:
        """Return those addresses of *ids* that nothing is sent to, by their keys, and why."""
        query = _WITH_ADDRESS.where(addresses.c.gone_at.is_not(None))
        with translated():
            async with self._readers.begin() as connection:
                found = await rows_for(connection, query, deliveries.c.id, ids)
        return {rows.address(row).key: row["gone"] for row in found}

    async def retry(self, ids: Sequence[str], *, now: datetime) -> int:
        """Put those of *ids* back that are dead, as if they were made *now*; return how many.

        The horizon of their attempts begins anew: it counts from when a delivery was made.  What was
        uncertain once stays so, and is marked as a possible repeat.
        """
        values = {
            "state": case((deliveries.c.possible_repeat, _UNSURE), else_=_UNSENT),
            "attempt": 0,
            "due_at": now,
            "created_at": now,
            # A list that gathers goes as it is.
            "gathers": "",
        }

        async def work(connection: AsyncConnection) -> int:
            count = 0
            for some in portions(ids):
                done = await connection.execute(
                    update(deliveries)
                    .where(deliveries.c.id.in_(some))
                    .where(deliveries.c.state == DeliveryState.DEAD.value)
                    .values(**values)
                )
                count += done.rowcount
            return count

        return await self._writer.run(work)


def _narrowed(query: Select[_Row], wanted: Wanted) -> Select[_Row]:
    for column, values in (
        (deliveries.c.state, [state.value for state in wanted.states]),
        (deliveries.c.receiver, wanted.receivers),
        (deliveries.c.channel, wanted.channels),
    ):
        if values:
            query = query.where(column.in_(values))
    if wanted.since is not None:
        query = query.where(deliveries.c.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(deliveries.c.created_at < wanted.until)
    return query


_WITH_ADDRESS = select(
    deliveries, addresses.c.not_before_at, addresses.c.gone_at, addresses.c.reason.label("gone")
).outerjoin(
    addresses,
    (addresses.c.channel == deliveries.c.channel) & (addresses.c.target == deliveries.c.target),
)
_RULE_SETS = select(alerts.c.rule_set).distinct().order_by(alerts.c.rule_set)
_UPDATES = (
    select(updates.c.delivery)
    .join(alerts, alerts.c.id == updates.c.alert)
    .order_by(updates.c.delivery)
)
