"""Digests that gather: when the rules in force want them to leave, and those that leave empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import DeliveryKind, DeliveryState, Destination, Severity
from alerts.storage import baskets, rows
from alerts.storage.tables import Moment, alerts, deliveries
from alerts.storage.upsert import insert_new


async def move(
    connection: AsyncConnection, hours: Mapping[str, datetime], *, now: datetime
) -> None:
    """Let what gathers leave at *hours*; without an hour at once, and empty not at all."""
    await connection.execute(deliveries.delete().where(_gathers(now), ~_carries()))
    at_once = literal(now, Moment())
    their_hours = {name: literal(at, Moment()) for name, at in hours.items()}
    due_at = case(their_hours, value=deliveries.c.receiver, else_=at_once) if hours else at_once
    await connection.execute(update(deliveries).where(_gathers(now)).values(due_at=due_at))


async def move_one(
    connection: AsyncConnection, receiver: str, due_at: datetime, *, now: datetime
) -> None:
    """Let what gathers for *receiver* leave at *due_at*; empty not before it is promised again."""
    ours = and_(_gathers(now), deliveries.c.receiver == receiver)
    await connection.execute(deliveries.delete().where(ours, ~_carries()))
    await connection.execute(update(deliveries).where(ours).values(due_at=due_at))


async def promise(
    connection: AsyncConnection, promised: Sequence[Destination], *, now: datetime
) -> None:
    """Open each of *promised* unless its address has a digest that gathers."""
    for destination in promised:
        if await baskets.open_basket(connection, destination) is None:
            key = baskets.digest_id(destination)
            made = rows.new_delivery(key, destination, Severity.INFO, now=now)
            await insert_new(connection, deliveries, [made])


def _gathers(now: datetime) -> ColumnElement[bool]:
    return and_(
        deliveries.c.kind == DeliveryKind.DIGEST.value,
        deliveries.c.state == DeliveryState.PENDING.value,
        deliveries.c.attempt == 0,
        deliveries.c.due_at > now,
    )


def _carries() -> ColumnElement[bool]:
    return exists(select(alerts.c.id).where(alerts.c.delivery == deliveries.c.id))
