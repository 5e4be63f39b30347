"""From a notice to its deliveries: trouble is told once, and so is its end.

Whatever is told about one thing falls into episodes, which a trouble opens and its end closes.  A
delivery's id is the hash of thing, episode, state and address, so that the same trouble, told again
by a second reload or a second process, finds itself told.  In the next episode it is news again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Address, DeliveryKind, DeliveryState, Destination, Notice, Receiver
from alerts.storage import rows
from alerts.storage.silenced import silenced
from alerts.storage.tables import deliveries, notices

#: Two troubles with one thing leave so far apart: an editor may save a broken file every second.
APART = timedelta(minutes=1)


async def tell(
    connection: AsyncConnection, notice: Notice, receiver: Receiver, *, now: datetime
) -> int:
    """Write what *receiver* has not been told yet; return how many deliveries are new.

    An end is told only when trouble was.  A trouble that follows too soon upon another waits, and
    gives way to whatever is told before its time.
    """
    await _withdraw(connection, notice.about, now)
    episode = await _episode(connection, notice)
    if episode is None:
        return 0
    due_at = now if notice.is_end else await _due_at(connection, notice.about, now)
    standings = await silenced(connection, receiver.addresses, now=now)
    wanted = {
        delivery_id(notice, episode, address): Destination(
            receiver=receiver.name,
            address=standings.moved(address, receiver.name),
            due_at=due_at,
            kind=DeliveryKind.NOTICE,
        )
        for address in receiver.addresses
    }
    told = await connection.scalars(
        select(notices.c.delivery).where(notices.c.delivery.in_(wanted))
    )
    fresh = wanted.keys() - set(told)
    if fresh:
        opened = [rows.new_delivery(key, wanted[key], notice.severity, now=now) for key in fresh]
        await connection.execute(insert(deliveries), opened)
        said = rows.notice_columns(notice) | {"episode": episode, "due_at": due_at}
        await connection.execute(insert(notices), [{"delivery": key} | said for key in fresh])
    return len(fresh)


def delivery_id(notice: Notice, episode: int, address: Address) -> str:
    """Return the id of the one delivery that tells *address* of *notice* in *episode*."""
    parts = ("notice", notice.about, str(episode), notice.state, address.key)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


async def open_troubles(connection: AsyncConnection, prefix: str) -> list[str]:
    """Return every thing whose name begins with *prefix* that was told to be in trouble and lasts."""
    newest = (
        select(notices.c.about, func.max(notices.c.episode).label("episode"))
        .where(notices.c.about.startswith(prefix, autoescape=True))
        .group_by(notices.c.about)
        .subquery()
    )
    ended = (
        select(notices.c.about)
        .where(notices.c.about == newest.c.about)
        .where(notices.c.episode == newest.c.episode, notices.c.state == "")
    )
    query = select(newest.c.about).where(~ended.exists()).order_by(newest.c.about)
    return list(await connection.scalars(query))


async def _withdraw(connection: AsyncConnection, about: str, now: datetime) -> None:
    """Take back what still waits for its first time to leave: something newer is to be told."""
    waiting = await connection.scalars(
        select(deliveries.c.id)
        .join(notices, notices.c.delivery == deliveries.c.id)
        .where(notices.c.about == about)
        .where(deliveries.c.state == DeliveryState.PENDING.value)
        .where(deliveries.c.attempt == 0, deliveries.c.due_at > now)
    )
    ids = list(waiting)
    await connection.execute(delete(notices).where(notices.c.delivery.in_(ids)))
    await connection.execute(delete(deliveries).where(deliveries.c.id.in_(ids)))


async def _episode(connection: AsyncConnection, notice: Notice) -> int | None:
    """Return the episode that *notice* belongs to; None for an end without a trouble."""
    newest = select(func.max(notices.c.episode)).where(notices.c.about == notice.about)
    result = await connection.execute(
        select(notices.c.episode, notices.c.state)
        .where(notices.c.about == notice.about)
        .where(notices.c.episode == newest.scalar_subquery())
    )
    told = result.all()
    number = told[0].episode if told else 0
    is_open = bool(told) and all(row.state for row in told)
    if notice.is_end:
        return number if is_open else None
    return number if is_open else number + 1


async def _due_at(connection: AsyncConnection, about: str, now: datetime) -> datetime:
    """Return when a trouble may leave: now, or a while after the last one."""
    last_at: datetime | None = await connection.scalar(
        select(func.max(notices.c.due_at)).where(notices.c.about == about, notices.c.state != "")
    )
    # A clock that was set back keeps nobody waiting for longer.
    return now if last_at is None else min(max(now, last_at + APART), now + APART)
