"""Subscribers, and what they watch, in the words in which they asked for it.

What those words mean, and who hears of what because of them, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import Address, Alert, ChatKind, OwnWatchlist, Subscriber, Subscription
from alerts.storage import erasing, moved, told_to
from alerts.storage.engine import translated
from alerts.storage.forgetting import Gone
from alerts.storage.rows import Row
from alerts.storage.subscriber_rows import (
    own_columns,
    own_watchlist,
    settings_columns,
    subscriber_of,
    subscription_columns,
)
from alerts.storage.tables import own_watchlists, subscribers, subscriptions
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberCounts:
    """How many there are, for operators."""

    subscribers: Mapping[ChatKind, int]
    #: That hear of nothing for the time being.
    paused: int
    #: Of their own.
    watchlists: int
    #: To operators' watchlists.
    subscriptions: int


class Subscribers:
    """Reads and writes subscribers."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    # --- who ----------------------------------------------------------------------------------

    async def everybody(self) -> list[Subscriber]:
        """Return all subscribers with what they watch, in the order in which they came."""
        with translated():
            async with self._readers.begin() as connection:
                return await _whole(connection)

    async def find(self, chat: Address) -> Subscriber | None:
        """Return who reads *chat*, whatever the topic; None: a stranger."""
        with translated():
            async with self._readers.begin() as connection:
                return await _reader_of(connection, chat)

    async def counts(self, *, now: datetime) -> SubscriberCounts:
        """Return how many there are."""
        by_kind = select(subscribers.c.kind, func.count()).group_by(subscribers.c.kind)
        numbers = select(
            select(func.count()).where(subscribers.c.paused_until > now).scalar_subquery(),
            select(func.count()).select_from(own_watchlists).scalar_subquery(),
            select(func.count()).select_from(subscriptions).scalar_subquery(),
        )
        with translated():
            async with self._readers.begin() as connection:
                kinds = {ChatKind(kind): n for kind, n in await connection.execute(by_kind)}
                paused, own, theirs = (await connection.execute(numbers)).one()
        return SubscriberCounts(
            subscribers=kinds, paused=paused, watchlists=own, subscriptions=theirs
        )

    async def admit(
        self,
        chat: Address,
        *,
        kind: ChatKind,
        language: str,
        time_zone: str = "UTC",
        now: datetime,
    ) -> Subscriber:
        """Return who reads *chat*, as it is stored; a stranger becomes a subscriber."""
        new = Subscriber(
            id=0,
            chat=replace(chat, thread=None),
            kind=kind,
            language=language,
            time_zone=time_zone,
            created_at=now,
        )
        key = {"channel": chat.channel, "target": chat.target, "created_at": now}

        async def work(connection: AsyncConnection) -> Subscriber:
            known = await _reader_of(connection, chat)
            if known is not None:
                return known
            statement = insert(subscribers).values(key | settings_columns(new))
            result = await connection.execute(statement.returning(subscribers))
            return subscriber_of(result.mappings().one())

        return await self._writer.run(work)

    async def keep(self, subscriber: Subscriber) -> bool:
        """Keep the settings of *subscriber*; what it watches is left alone.  False: it is gone."""
        statement = update(subscribers).where(subscribers.c.id == subscriber.id)
        return await self._changes(statement.values(settings_columns(subscriber)))

    async def move(self, old: Address, new: Address, *, now: datetime) -> None:
        """Let all that is known of the chat *old* be known of *new* (`storage.moved`)."""
        await self._writer.run(
            lambda connection: moved.move(connection, old.channel, old.target, new.target, now=now)
        )

    async def erase(self, subscriber: Subscriber, *, people: Collection[str]) -> Gone:
        """Erase all that is kept of *subscriber* (`storage.erasing`); return table -> rows."""
        return await self._writer.run(
            lambda connection: erasing.erase(connection, subscriber, people=people)
        )

    # --- what they watch ----------------------------------------------------------------------

    async def watch(self, subscriber: int, own: OwnWatchlist, *, most: int) -> OwnWatchlist | None:
        """Keep *own* in place of the one of its number, or as a new one if that is 0; return it.

        None: the subscriber or the watchlist is gone, or a new one would be one more than *most*.
        """
        values = own_columns(own)

        async def work(connection: AsyncConnection) -> OwnWatchlist | None:
            number = own.number or await _next_number(connection, subscriber, most)
            key = {"subscriber": subscriber, "number": number}
            if number is None:
                return None
            statement = (
                update(own_watchlists).where(_is_own(subscriber, number)).values(values)
                if own.number
                else insert(own_watchlists).values(values | key)
            )
            result = await connection.execute(statement.returning(own_watchlists))
            kept = result.mappings().first()
            return own_watchlist(kept) if kept is not None else None

        return await self._writer.run(work)

    async def watch_all(
        self, subscriber: int, several: Sequence[OwnWatchlist], *, most: int
    ) -> list[OwnWatchlist] | None:
        """Keep *several* as new ones, all or none, and return them.

        None: the subscriber is gone, or there would be more than *most*.
        """

        async def work(connection: AsyncConnection) -> list[OwnWatchlist] | None:
            known = await connection.scalar(
                select(func.count()).where(own_watchlists.c.subscriber == subscriber)
            )
            if not await _exists(connection, subscriber) or (known or 0) + len(several) > most:
                return None
            kept = []
            for own in several:
                number = await _next_number(connection, subscriber, most)
                row = own_columns(own) | {"subscriber": subscriber, "number": number}
                result = await connection.execute(
                    insert(own_watchlists).values(row).returning(own_watchlists)
                )
                kept.append(own_watchlist(result.mappings().one()))
            return kept

        return await self._writer.run(work)

    async def unwatch(self, subscriber: int, number: int) -> bool:
        """Delete a watchlist of a subscriber's own; False: there is none.

        Matches that it had stay: they belong to alerts that were told.
        """
        return await self._changes(delete(own_watchlists).where(_is_own(subscriber, number)))

    async def subscribe(self, subscriber: int, subscription: Subscription, *, most: int) -> bool:
        """Keep *subscription*, in place of one to the same watchlist.

        False: the subscriber is gone, or a new one would be one more than *most*.
        """
        row = subscription_columns(subscription) | {"subscriber": subscriber}
        columns = [name for name in subscription_columns(subscription) if name != "watchlist"]
        heard = select(subscriptions.c.watchlist).where(subscriptions.c.subscriber == subscriber)

        async def work(connection: AsyncConnection) -> bool:
            if not await _exists(connection, subscriber):
                return False
            known = set(await connection.scalars(heard))
            if subscription.watchlist not in known and len(known) >= most:
                return False
            await insert_new(connection, subscriptions, [row], replace=columns)
            return True

        return await self._writer.run(work)

    async def unsubscribe(self, subscriber: int, watchlist: str) -> bool:
        """End a subscription; False: there is none."""
        statement = delete(subscriptions).where(
            subscriptions.c.subscriber == subscriber, subscriptions.c.watchlist == watchlist
        )
        return await self._changes(statement)

    # --- what they were told ------------------------------------------------------------------

    async def last_told(self, addresses: Collection[str], *, most: int) -> list[Alert]:
        """Return the last alerts that were sent to *addresses*, the newest first.

        Each is an `Address.key`; one without a thread stands for all threads of its chat.
        """
        with translated():
            async with self._readers.begin() as connection:
                return await told_to.last(connection, addresses, most=most)

    async def alert_of(self, chat: Address, message_id: str) -> list[Alert]:
        """Return what the message of that number told in *chat*, in whichever topic."""
        with translated():
            async with self._readers.begin() as connection:
                return await told_to.by_message(connection, chat, message_id)

    async def _changes(self, statement: Any) -> bool:
        """Run *statement*; tell whether a row was changed by it."""

        async def work(connection: AsyncConnection) -> bool:
            return bool((await connection.execute(statement)).rowcount)

        return await self._writer.run(work)


async def _whole(connection: AsyncConnection, *which: ColumnElement[bool]) -> list[Subscriber]:
    """Return the subscribers of whom all of *which* hold, with what they watch."""
    of = select(subscribers.c.id).where(*which)
    found = select(subscribers).where(*which).order_by(subscribers.c.id)
    own = select(own_watchlists).order_by(own_watchlists.c.number)
    heard = select(subscriptions).order_by(subscriptions.c.created_at, subscriptions.c.watchlist)
    if which:
        own = own.where(own_watchlists.c.subscriber.in_(of))
        heard = heard.where(subscriptions.c.subscriber.in_(of))
    people = (await connection.execute(found)).mappings().all()
    watched, subscribed = await _by_owner(connection, own), await _by_owner(connection, heard)
    return [
        subscriber_of(row, watched.get(row["id"], ()), subscribed.get(row["id"], ()))
        for row in people
    ]


async def _by_owner(connection: AsyncConnection, query: Select[Any]) -> dict[int, list[Row]]:
    owned: dict[int, list[Row]] = {}
    for row in (await connection.execute(query)).mappings():
        owned.setdefault(row["subscriber"], []).append(row)
    return owned


async def _reader_of(connection: AsyncConnection, chat: Address) -> Subscriber | None:
    is_chat = and_(subscribers.c.channel == chat.channel, subscribers.c.target == chat.target)
    found = await _whole(connection, is_chat)
    return found[0] if found else None


async def _exists(connection: AsyncConnection, subscriber: int) -> bool:
    query = select(subscribers.c.id).where(subscribers.c.id == subscriber)
    return await connection.scalar(query) is not None


async def _next_number(connection: AsyncConnection, subscriber: int, most: int) -> int | None:
    """Take the next number for a watchlist; None: there are *most*, or nobody is there."""
    held = select(func.count()).where(own_watchlists.c.subscriber == subscriber)
    if int(await connection.scalar(held) or 0) >= most:
        return None
    following = subscribers.c.next_number
    statement = (
        update(subscribers)
        .where(subscribers.c.id == subscriber)
        .values(next_number=following + 1)
        .returning(following - 1)
    )
    number: int | None = await connection.scalar(statement)
    return number


def _is_own(subscriber: int, number: int) -> ColumnElement[bool]:
    return and_(own_watchlists.c.subscriber == subscriber, own_watchlists.c.number == number)
