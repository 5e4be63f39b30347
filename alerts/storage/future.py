"""Moments that a wrong clock wrote.

Once the clock is set right they lie in the future, and would keep everything waiting until then.  A
delivery is made when something happens, so one that was made later than now shows by how much the
clock was wrong; what waits for it is moved back by as much.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.storage import turns
from alerts.storage.tables import Span, addresses, deliveries, feeds, hosts

#: Clocks differ by so much at any time, and are corrected so.
_USUAL = timedelta(minutes=2)


async def mend(connection: AsyncConnection, *, now: datetime) -> timedelta:
    """Move back what waits for a time that a wrong clock set; return by how much, or zero."""
    latest = [
        await connection.scalar(select(func.max(moment)))
        for moment in (deliveries.c.created_at, deliveries.c.sent_at, feeds.c.last_polled_at)
    ]
    ahead = max((at - now for at in latest if at is not None), default=timedelta(0))
    if ahead <= _USUAL:
        return timedelta(0)
    future, back = now + _USUAL, literal(ahead, Span())
    for waits in (deliveries.c.due_at, deliveries.c.created_at):
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.state.in_(turns.WAITING), deliveries.c.created_at > now)
            .where(waits > now)
            .values({waits.name: waits - back})
        )
    await connection.execute(
        update(deliveries).where(deliveries.c.sent_at > now).values(sent_at=now)
    )
    await connection.execute(
        update(addresses)
        .where(addresses.c.not_before_at > future)
        .values(not_before_at=addresses.c.not_before_at - back)
    )
    await connection.execute(
        update(feeds)
        .where(feeds.c.last_polled_at > now)
        .values(last_polled_at=now, next_due_at=feeds.c.next_due_at - back)
    )
    await connection.execute(
        update(hosts)
        .where(hosts.c.not_before_at > future)
        .values(not_before_at=hosts.c.not_before_at - back)
    )
    return ahead
