"""Alerts that wait for one address become one message.

An alert moves from a delivery of its own to one of the kind "list"; what is left empty is deleted.
Nothing can be told twice by that: alerts are unique, deliveries only carry them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import (
    Address,
    Crowd,
    DeliveryKind,
    DeliveryState,
    Destination,
    Gathering,
    Severity,
)
from alerts.storage import baskets, rows
from alerts.storage.tables import Moment, addresses, alerts, deliveries
from alerts.storage.upsert import insert_new

_HOUR = timedelta(hours=1)
#: What alerts travel in that may still be put together.
_LOOSE = (DeliveryKind.ALERT.value, DeliveryKind.LIST.value)


async def crowds(
    connection: AsyncConnection, channel: str, *, restrained: Collection[str], now: datetime
) -> list[Crowd]:
    """Return the addresses of *channel* for which several alerts are due, at *now*.

    Of the receivers in *restrained* also those for which one is due.
    """
    waiting = func.count().label("waiting")
    by = (deliveries.c.receiver, deliveries.c.channel, deliveries.c.target, deliveries.c.thread)
    query = (
        select(*by, waiting, func.max(addresses.c.not_before_at).label("not_before_at"))
        .outerjoin(
            addresses,
            and_(
                addresses.c.channel == deliveries.c.channel,
                addresses.c.target == deliveries.c.target,
            ),
        )
        .where(deliveries.c.channel == channel, deliveries.c.due_at <= now, *_loose())
        .where(deliveries.c.rank < Severity.CRITICAL.rank, addresses.c.gone_at.is_(None))
        .group_by(*by)
    )
    found = (await connection.execute(query)).mappings().all()
    names = frozenset(restrained)  # thousands by night, more than a statement may name
    return [
        Crowd(
            receiver=row["receiver"],
            address=rows.address(row),
            waiting=row["waiting"],
            not_before_at=row["not_before_at"],
            sent=await _sent(connection, row, now) if row["receiver"] in names else (),
        )
        for row in found
        if row["waiting"] > 1 or row["receiver"] in names
    ]


async def _sent(connection: AsyncConnection, row: Any, now: datetime) -> tuple[datetime, ...]:
    """Return when messages were sent to an address of a receiver in the last hour.

    What is under way counts as sent now: else the next one is leased before this one is marked.
    """
    is_under_way = deliveries.c.state == DeliveryState.LEASED.value
    is_sent = and_(
        deliveries.c.state == DeliveryState.SENT.value, deliveries.c.sent_at > now - _HOUR
    )
    at = case((is_under_way, literal(now, Moment())), else_=deliveries.c.sent_at)
    query = select(at.label("at")).where(_to(row["receiver"], rows.address(row)))
    return tuple(await connection.scalars(query.where(or_(is_under_way, is_sent)).order_by("at")))


async def gather(
    connection: AsyncConnection,
    receiver: str,
    address: Address,
    into: Gathering,
    *,
    now: datetime,
) -> int:
    """Let the alerts that wait for *address* leave as one message; return how many there are."""
    query = (
        select(deliveries.c.id, deliveries.c.rank, deliveries.c.silent)
        .where(_to(receiver, address), deliveries.c.due_at <= now, *_loose())
        .order_by(deliveries.c.created_at, deliveries.c.id)
    )
    if into.below is not None:
        query = query.where(deliveries.c.rank < into.below.rank)
    waiting = (await connection.execute(query)).all()
    if not waiting:
        return 0
    destination = Destination(
        receiver=receiver,
        address=address,
        due_at=into.due_at,
        kind=DeliveryKind.LIST,
        gathers=into.gathers,
        is_silent=all(each.silent for each in waiting),
    )
    worst = list(Severity)[max(each.rank for each in waiting)]
    return await _move(connection, [each.id for each in waiting], destination, worst, now=now)


async def gather_all(
    connection: AsyncConnection, channel: str, target: str, *, now: datetime
) -> None:
    """Let what is due for *target* leave as one message for each of its receivers and threads."""
    by = (deliveries.c.receiver, deliveries.c.channel, deliveries.c.target, deliveries.c.thread)
    query = (
        select(*by)
        .where(deliveries.c.channel == channel, deliveries.c.target == target)
        .where(deliveries.c.due_at <= now, *_loose())
        .group_by(*by)
        .having(func.count() > 1)
    )
    summary = Gathering(gathers="", due_at=now, below=None)
    for row in (await connection.execute(query)).mappings().all():
        await gather(connection, row["receiver"], rows.address(row), summary, now=now)


async def _move(
    connection: AsyncConnection,
    emptied: Sequence[str],
    destination: Destination,
    severity: Severity,
    *,
    now: datetime,
) -> int:
    """Move the alerts of the deliveries *emptied* into one; return how many they are."""
    basket = await baskets.open_basket(connection, destination) if destination.gathers else None
    if basket is None:
        basket = baskets.basket_id(destination, f"{emptied[0]} {now.isoformat()}")
        made = rows.new_delivery(basket, destination, severity, now=now)
        await insert_new(connection, deliveries, [made])
    else:
        await baskets.raise_rank(connection, basket, severity)
        await connection.execute(
            update(deliveries).where(deliveries.c.id == basket).values(due_at=destination.due_at)
        )
    moved = await connection.execute(
        update(alerts).where(alerts.c.delivery.in_(emptied)).values(delivery=basket)
    )
    await baskets.withdraw_empty(connection, [each for each in emptied if each != basket])
    return moved.rowcount


def _loose() -> tuple[ColumnElement[bool], ...]:
    """Select alerts that have certainly not arrived; of lists those whose time has come count."""
    return (
        deliveries.c.state == DeliveryState.PENDING.value,
        deliveries.c.possible_repeat.is_(False),
        deliveries.c.kind.in_(_LOOSE),
    )


def _to(receiver: str, address: Address) -> ColumnElement[bool]:
    return and_(
        deliveries.c.receiver == receiver,
        deliveries.c.channel == address.channel,
        deliveries.c.target == address.target,
        deliveries.c.thread.is_not_distinct_from(address.thread),
    )
