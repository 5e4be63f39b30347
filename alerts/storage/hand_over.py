"""What a receiver cannot have in time goes to its fallback.

The fallback is told as by a route of its own: an address that knows the story already is not told
twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import and_, exists, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Delivery, DeliveryState, Destination, HeldBy
from alerts.storage import outgoing, rows
from alerts.storage.announce import tell
from alerts.storage.tables import addresses, alerts, deliveries, notices
from alerts.storage.told import Announcement
from alerts.storage.upsert import insert_new

#: Handed over in one go; the next look finds the others.
_AT_ONCE = 100


async def overdue(
    connection: AsyncConnection, channel: str, receivers: Collection[str], *, before: datetime
) -> list[Delivery]:
    """Return what has waited on *channel* for *receivers* since *before*, the oldest first.

    What waits for an address that is gone has waited long enough.
    """
    is_gone = exists().where(
        addresses.c.channel == deliveries.c.channel,
        addresses.c.target == deliveries.c.target,
        addresses.c.gone_at.is_not(None),
    )
    # What quiet hours hold waits because its receiver wants it to.
    was_due = or_(deliveries.c.attempt > 0, deliveries.c.due_at <= before)
    waits = and_(
        deliveries.c.state == DeliveryState.PENDING.value,
        or_(is_gone, and_(deliveries.c.gathers == "", deliveries.c.created_at <= before, was_due)),
    )
    is_held = and_(
        deliveries.c.state == DeliveryState.HELD.value, deliveries.c.held_by == HeldBy.GONE.value
    )
    query = (
        select(deliveries.c.id)
        .where(deliveries.c.channel == channel, deliveries.c.receiver.in_(receivers))
        .where(deliveries.c.possible_repeat.is_(False), or_(waits, is_held))
        .order_by(deliveries.c.created_at)
        .limit(_AT_ONCE)
    )
    return await outgoing.load(connection, list(await connection.scalars(query)))


async def hand_over(
    connection: AsyncConnection,
    delivery: Delivery,
    to: Mapping[str, Sequence[Destination]],
    *,
    now: datetime,
) -> None:
    """Write what *delivery* says for others; *to* maps its alerts, or "", to where they go."""
    if delivery.notice is not None:
        for destination in to.get("", ()):
            await _notify(connection, delivery, destination, now=now)
    if not delivery.alerts:
        return
    rule_set = await connection.scalar(
        select(alerts.c.rule_set).where(alerts.c.id == delivery.alerts[0].id)
    )
    wanted = [
        Announcement(story=alert.story, destination=destination, matches=list(alert.matches))
        for alert in delivery.alerts
        for destination in to.get(alert.id, ())
    ]
    await tell(connection, wanted, rule_set=rule_set or "", now=now)


async def _notify(
    connection: AsyncConnection, delivery: Delivery, destination: Destination, *, now: datetime
) -> None:
    said = (
        await connection.execute(select(notices).where(notices.c.delivery == delivery.id))
    ).mappings()
    text = f"handed over\0{delivery.id}\0{destination.address.key}"
    key = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    made = rows.new_delivery(key, destination, delivery.severity, now=now)
    await insert_new(connection, deliveries, [made])
    await connection.execute(insert(notices), [dict(row) | {"delivery": key} for row in said])
