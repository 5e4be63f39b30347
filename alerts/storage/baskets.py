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
    open_baskets: dict[tuple[str, str, Address], str] = {}
    made: dict[str, dict[str, Any]] = {}
    for alert, (destination, severity) in wanted.items():
        basket = (destination.gathers, destination.receiver, destination.address)
        delivery = open_baskets.get(basket) if destination.gathers else alert
        is_new = not destination.gathers
        if delivery is None:
            found = await open_basket(connection, destination)
            is_new = found is None
            delivery = found or await _new_basket(connection, destination, alert)
            open_baskets[basket] = delivery
        carried[alert] = delivery
        if is_new:
            made[delivery] = rows.new_delivery(delivery, destination, severity, now=now)
        elif delivery in made:
            made[delivery]["rank"] = max(made[delivery]["rank"], severity.rank)
        else:
            await raise_rank(connection, delivery, severity)
    await insert_new(connection, deliveries, list(made.values()))
    return carried


def basket_id(destination: Destination, opener: str) -> str:
    """Return the id of a delivery that gathers: it is named for the alert that opens it."""
    text = f"{destination.gathers}\0{destination.address.key}\0{opener}"
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest_id(destination: Destination) -> str:
    """Return the id of a digest: its receiver and its hour, so that the hour has one."""
    return basket_id(destination, f"{destination.receiver}\0{destination.due_at.isoformat()}")


async def _new_basket(connection: AsyncConnection, destination: Destination, opener: str) -> str:
    """Return the id of a delivery that is to gather for *destination*, and is not there yet."""
    if destination.kind is not DeliveryKind.DIGEST:
        return basket_id(destination, opener)
    # A poll that began before the hour is written after the digest has left; and an edit may bring
    # an hour back whose digest left at another.
    digest = digest_id(destination)
    has_left = await connection.scalar(select(deliveries.c.id).where(deliveries.c.id == digest))
    return basket_id(destination, opener) if has_left else digest


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
