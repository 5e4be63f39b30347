"""Two subscribers that turn out to be one chat: the settings of one, the watchlists of both."""

from __future__ import annotations

from sqlalchemy import BindParameter, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Subscriber
from alerts.storage import rows
from alerts.storage.muted import MuteKind
from alerts.storage.tables import (
    consents,
    deliveries,
    dialogues,
    matches,
    mutes,
    own_watchlists,
    subscribers,
    subscriptions,
)


async def unite(connection: AsyncConnection, other: int, *, into: int) -> None:
    """Give what the subscriber *other* watches to *into*, whose settings stay; *other* goes.

    Its own watchlists keep their order and get numbers that were never used.
    """
    leaving, gone_after = await _subscriber(connection, other)
    staying, offset = await _subscriber(connection, into)
    await _renumber(connection, leaving, staying, offset=offset, last=gone_after)
    await _resubscribe(connection, other, into)
    for table in (deliveries, mutes):
        await connection.execute(
            update(table).where(table.c.receiver == leaving.name).values(receiver=staying.name)
        )
    # A mailbox agreed to the list that is there no more.
    await connection.execute(delete(consents).where(consents.c.list == leaving.name))
    if offset:
        # They name watchlists by numbers that are others' now.
        await connection.execute(
            delete(dialogues).where(
                dialogues.c.channel == leaving.chat.channel,
                dialogues.c.target == leaving.chat.target,
            )
        )
    await connection.execute(delete(subscribers).where(subscribers.c.id == other))


async def _subscriber(connection: AsyncConnection, number: int) -> tuple[Subscriber, int]:
    """Return a subscriber, by what names it, and the last number that it gave to a watchlist."""
    query = select(subscribers).where(subscribers.c.id == number)
    row = (await connection.execute(query)).mappings().one()
    named = Subscriber(id=number, chat=rows.address(row), created_at=row["created_at"])
    return named, row["next_number"] - 1


async def _renumber(
    connection: AsyncConnection,
    leaving: Subscriber,
    staying: Subscriber,
    *,
    offset: int,
    last: int,
) -> None:
    """Count the watchlists 1 to *last* of *leaving* on from *offset*, also those that were deleted.

    What they matched is found by these numbers, and is erased by them.
    """
    own = own_watchlists.c
    await connection.execute(
        update(own_watchlists)
        .where(own.subscriber == leaving.id)
        .values(subscriber=staying.id, number=own.number + offset)
    )
    await connection.execute(
        update(subscribers)
        .where(subscribers.c.id == staying.id)
        .values(next_number=offset + last + 1)
    )
    names = [
        {"old": leaving.watchlist_id(each), "new": staying.watchlist_id(each + offset)}
        for each in range(1, last + 1)
    ]
    if names:
        old: BindParameter[str] = bindparam("old")
        new: BindParameter[str] = bindparam("new")
        await connection.execute(
            update(matches).where(matches.c.watchlist == old).values(watchlist=new), names
        )
        is_watchlist = mutes.c.kind == MuteKind.WATCHLIST.value
        await connection.execute(
            update(mutes).where(is_watchlist, mutes.c.value == old).values(value=new), names
        )


async def _resubscribe(connection: AsyncConnection, other: int, into: int) -> None:
    """Let *into* hear of what *other* subscribed to; its own subscriptions stay as they are."""
    theirs = subscriptions.c.subscriber == other
    heard = select(subscriptions.c.watchlist).where(subscriptions.c.subscriber == into)
    known = list(await connection.scalars(heard))
    await connection.execute(
        delete(subscriptions).where(theirs, subscriptions.c.watchlist.in_(known))
    )
    await connection.execute(update(subscriptions).where(theirs).values(subscriber=into))
