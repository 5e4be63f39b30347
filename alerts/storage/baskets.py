"""The deliveries that carry alerts: one of its own for each, or one that gathers several.

A delivery that gathers is open until it leaves, also after an attempt that certainly failed: so a
digest that could not be delivered for a day comes once, with everything since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Address, DeliveryKind, DeliveryState, Destination, Severity
from alerts.storage import rows
from alerts.storage.tables import alerts, deliveries
from alerts.storage.upsert import insert_new


async def carry(
    connection: AsyncConnection,
    wanted: Mapping[str, tuple[Destination, Severity]],
    *,
    now: datetime,
) -> dict[str, str]:
    """Return alert -> the delivery that carries it: one that gathers and is open, or a new one."""
    carried: dict[str, str] = {}
    open_baskets: dict[tuple[str, Address], str] = {}
    made: dict[str, dict[str, Any]] = {}
    for alert, (destination, severity) in wanted.items():
        basket = (destination.gathers, destination.address)
        if destination.gathers and basket not in open_baskets:
            found = await open_basket(connection, destination)
            open_baskets[basket] = found or basket_id(destination, alert)
        delivery = carried[alert] = open_baskets.get(basket, alert)
        if delivery in made:
            made[delivery]["rank"] = max(made[delivery]["rank"], severity.rank)
        elif delivery in (alert, basket_id(destination, alert)):
            made[delivery] = rows.new_delivery(delivery, destination, severity, now=now)
        else:
            await raise_rank(connection, delivery, severity)
    await insert_new(connection, deliveries, list(made.values()))
    return carried


def basket_id(destination: Destination, opener: str) -> str:
    """Return the id of a delivery that gathers.

    That of a digest is made of its receiver and its hour, so that the hour has one, whoever opens
    it; others are named for the alert that opened them.
    """
    name = opener
    if destination.kind is DeliveryKind.DIGEST:
        name = f"{destination.receiver}\0{destination.due_at.isoformat()}"
    text = f"{destination.gathers}\0{destination.address.key}\0{name}"
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


async def raise_rank(connection: AsyncConnection, delivery: str, severity: Severity) -> None:
    """Let *delivery* be as urgent as *severity*, if it is not."""
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery, deliveries.c.rank < severity.rank)
        .values(rank=severity.rank)
    )


async def readmit(connection: AsyncConnection, delivery: str, destination: Destination) -> None:
    """Let *delivery*, which was dropped, leave as *destination* says."""
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery)
        .values(
            state=DeliveryState.PENDING.value,
            held_by="",
            due_at=destination.due_at,
            silent=destination.is_silent,
        )
    )


async def withdraw_empty(connection: AsyncConnection, ids: Iterable[str]) -> None:
    """Delete those of *ids* that carry nothing any more."""
    await connection.execute(
        delete(deliveries)
        .where(deliveries.c.id.in_(list(ids)))
        .where(~exists().where(alerts.c.delivery == deliveries.c.id))
    )


async def open_basket(connection: AsyncConnection, destination: Destination) -> str | None:
    """Return the delivery that gathers for *destination*; None: the last one has left."""
    address = destination.address
    found: str | None = await connection.scalar(
        select(deliveries.c.id)
        .where(
            deliveries.c.gathers == destination.gathers,
            deliveries.c.channel == address.channel,
            deliveries.c.target == address.target,
            deliveries.c.thread.is_not_distinct_from(address.thread),
            deliveries.c.receiver == destination.receiver,
            deliveries.c.state == DeliveryState.PENDING.value,
            deliveries.c.possible_repeat.is_(False),
        )
        .order_by(deliveries.c.created_at)
        .limit(1)
    )
    return found
