"""Everything that is kept of a subscriber goes at once: "delete me" means that.

Receivers of rule files that lead to the same chat are the operator's decision.  What they were told
stays, but for what the subscriber's own watchlists added to it.

A delivery that is under way may go, too: its lease is gone with it, and no mark of it is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Address, DeliveryKind, Subscriber
from alerts.storage import baskets
from alerts.storage.bounces import CHANNEL as MAIL
from alerts.storage.forgetting import Gone
from alerts.storage.many import portions, rows_for
from alerts.storage.silenced import EVERY, Consent
from alerts.storage.tables import (
    addresses,
    alert_matches,
    alerts,
    answers,
    bounces,
    consents,
    deliveries,
    dialogues,
    feedback,
    invites,
    matches,
    mutes,
    notices,
    own_watchlists,
    subscribers,
    subscriptions,
    updates,
)


async def erase(
    connection: AsyncConnection, subscriber: Subscriber, *, people: Collection[str]
) -> Gone:
    """Delete all rows that speak of *subscriber*; return table -> rows that went.

    *people*, `telegram:4711`, are those whose words in this and other chats go with it.
    Deliveries of an operator's receivers to the same chat stay.
    """
    work = _Erasing(connection)
    places = await _places(connection, subscriber)
    own = await _own_matches(connection, subscriber)
    told = await _told(connection, subscriber)
    told |= await _naming(connection, subscriber, set(own.values()))
    await _alerts(work, own, told)
    await work.delete(matches.c.id, own)
    await _wishes(work, subscriber)
    await _words(work, subscriber, people)
    for place in places:
        await _place(work, place)
    return dict(+work.gone)


@dataclass(slots=True)
class _Erasing:
    """Deletes, and counts what went."""

    connection: AsyncConnection
    gone: Counter[str] = field(default_factory=Counter)

    async def where(self, table: Table, *conditions: ColumnElement[bool]) -> None:
        done = await self.connection.execute(delete(table).where(*conditions))
        self.gone[table.name] += done.rowcount

    async def delete(self, column: Column[Any], values: Iterable[Any]) -> None:
        for some in portions(values):
            await self.where(column.table, column.in_(some))


# --- what is to go ----------------------------------------------------------------------------


async def _places(connection: AsyncConnection, subscriber: Subscriber) -> set[Address]:
    """Return the chat, and the mailboxes that were told or asked for its sake."""
    chat = subscriber.chat
    said = select(consents.c.target).where(
        consents.c.channel == MAIL, consents.c.list == subscriber.name
    )
    stored = select(subscribers.c.mail).where(subscribers.c.id == subscriber.id)
    mails = {subscriber.mail, *await connection.scalars(said), *await connection.scalars(stored)}
    boxes = {Address(channel=MAIL, target=mail) for mail in mails if mail}
    return {Address(channel=chat.channel, target=chat.target), *boxes}


async def _own_matches(connection: AsyncConnection, subscriber: Subscriber) -> dict[int, str]:
    """Return the matches of all watchlists that it ever had of its own, and their titles."""
    query = select(subscribers.c.next_number).where(subscribers.c.id == subscriber.id)
    following = await connection.scalar(query) or 1
    # By their whole ids, which an index finds; prefixes it does not find on every database.
    ids = map(subscriber.watchlist_id, range(1, following))
    matched = select(matches.c.id, matches.c.title)
    found = await rows_for(connection, matched, matches.c.watchlist, ids)
    return {row["id"]: row["title"] for row in found}


async def _told(connection: AsyncConnection, subscriber: Subscriber) -> set[str]:
    """Return the deliveries for its sake, to whichever address, and answers to the chat."""
    is_answer = deliveries.c.kind == DeliveryKind.ANSWER.value
    is_its = deliveries.c.receiver == subscriber.name
    query = select(deliveries.c.id).where(or_(is_its, and_(_is_to(subscriber.chat), is_answer)))
    return set(await connection.scalars(query))


async def _naming(
    connection: AsyncConnection, subscriber: Subscriber, titles: Collection[str]
) -> set[str]:
    """Return deliveries of operators' receivers to the chat that name its own watchlists."""
    muted = f"mute of watchlist {subscriber.watchlist_id(0).removesuffix('0')}"
    told = select(notices.c.delivery).join(deliveries, deliveries.c.id == notices.c.delivery)
    is_end = notices.c.about.startswith(muted, autoescape=True)
    ends = await connection.scalars(told.where(_is_to(subscriber.chat), is_end))
    changes = select(updates.c.delivery, updates.c.watchlists).join(
        deliveries, deliveries.c.id == updates.c.delivery
    )
    said = await connection.execute(changes.where(_is_to(subscriber.chat)))
    return {*ends, *(row.delivery for row in said if not set(row.watchlists).isdisjoint(titles))}


def _is_to(place: Address) -> ColumnElement[bool]:
    return and_(deliveries.c.channel == place.channel, deliveries.c.target == place.target)


# --- how it goes, children before their parents ---------------------------------------------------


async def _alerts(work: _Erasing, own: Collection[int], told: set[str]) -> None:
    """Delete the deliveries *told* with what they tell, and the matches *own* out of all others."""
    connection = work.connection
    lost = await _ids(connection, select(alerts.c.id), alerts.c.delivery, told)
    touched = await _ids(connection, select(alert_matches.c.alert), alert_matches.c.match, own)
    await work.delete(alert_matches.c.match, own)
    await work.delete(alert_matches.c.alert, lost)
    bereft = await _bereft(connection, touched - lost)
    carriers = await _ids(connection, select(alerts.c.delivery), alerts.c.id, bereft)
    lost |= bereft
    # Nobody can be told what became of what they were not told.
    told = told | await _ids(connection, select(updates.c.delivery), updates.c.alert, lost)
    await work.delete(feedback.c.alert, lost)
    for column in (updates.c.delivery, notices.c.delivery, answers.c.delivery):
        await work.delete(column, told)
    await work.delete(alerts.c.id, lost)
    await work.delete(deliveries.c.id, told)
    await baskets.withdraw_empty(connection, carriers)


async def _bereft(connection: AsyncConnection, ids: Iterable[str]) -> set[str]:
    """Return those of the alerts *ids* that have no match any more."""
    query = select(alerts.c.id).where(~exists().where(alert_matches.c.alert == alerts.c.id))
    return await _ids(connection, query, alerts.c.id, ids)


async def _wishes(work: _Erasing, subscriber: Subscriber) -> None:
    await work.where(own_watchlists, own_watchlists.c.subscriber == subscriber.id)
    await work.where(subscriptions, subscriptions.c.subscriber == subscriber.id)
    await work.where(subscribers, subscribers.c.id == subscriber.id)


async def _words(work: _Erasing, subscriber: Subscriber, people: Collection[str]) -> None:
    """Delete what was said in the chat, and by *people* wherever they said it."""
    chat = subscriber.chat
    is_there = and_(dialogues.c.channel == chat.channel, dialogues.c.target == chat.target)
    await work.where(dialogues, or_(is_there, dialogues.c.person.in_(people)))
    is_muted_there = and_(mutes.c.channel == chat.channel, mutes.c.target == chat.target)
    await work.where(mutes, or_(is_muted_there, mutes.c.receiver == subscriber.name))
    said_there = and_(consents.c.channel == chat.channel, consents.c.target == chat.target)
    await work.where(consents, or_(said_there, consents.c.list == subscriber.name))
    await work.where(feedback, feedback.c.person.in_(people))
    await work.where(invites, invites.c.made_by.in_(people))


async def _place(work: _Erasing, place: Address) -> None:
    """Forget what is known of *place*, unless others write to it."""
    if await _is_written_to(work.connection, place):
        return
    for table in (addresses, consents):
        await work.where(table, table.c.channel == place.channel, table.c.target == place.target)
    await work.where(
        consents,
        consents.c.channel == place.channel,
        consents.c.state == Consent.MOVED.value,
        consents.c.reason == place.target,
    )
    if place.channel == MAIL:
        await work.where(bounces, bounces.c.target == place.target)


async def _is_written_to(connection: AsyncConnection, place: Address) -> bool:
    signs = [
        exists().where(_is_to(place)),
        exists().where(
            consents.c.channel == place.channel,
            consents.c.target == place.target,
            consents.c.list != EVERY,
        ),
    ]
    if place.channel == MAIL:
        signs.append(exists().where(subscribers.c.mail == place.target))
    return bool(await connection.scalar(select(or_(*signs))))


async def _ids(
    connection: AsyncConnection,
    query: Any,
    column: Column[str] | Column[int],
    values: Iterable[Any],
) -> set[str]:
    """Return the first column of the rows of *query* in which *column* is one of *values*."""
    return {next(iter(row.values())) for row in await rows_for(connection, query, column, values)}
