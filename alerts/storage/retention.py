"""What is forgotten, and when: small transactions, so that nobody waits for them.

A story is forgotten as a whole, with its articles, matches and alerts, and only when nothing can ring
a second time for want of it: none of its articles may be listed any more, nor was one of them lately,
and everything that told of it has arrived, or was given up long ago.  Deliveries, which may tell of
many stories, go when their last alert has gone.  Answers of the bot go after a day: they may quote
what people wrote.

When did a feed cease to list an article?  Only what was parsed says so: a feed that fails for months, or
answers 304, still lists what it listed then.  So an article has left when its feed brought something
new without it, and its ninety days begin there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, Self, TypeVar

from sqlalchemy import Column, Select, and_, exists, false, func, or_, select, text, tuple_
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import ColumnElement

from alerts.model import DeliveryState
from alerts.storage.answers import IS_ANSWER
from alerts.storage.engine import translated
from alerts.storage.forgetting import (
    Gone,
    forget_before,
    forget_deliveries,
    forget_notices,
    forget_stories,
)
from alerts.storage.tables import (
    Moment,
    alerts,
    articles,
    bot_updates,
    bounces,
    deliveries,
    notices,
    story_keys,
    updates,
)
from alerts.storage.writer import Writer

_Item = TypeVar("_Item")

_DAY = timedelta(days=1)
#: Rows that are looked at together, beside the writer.
_LOOKED_AT = 1_000
#: A transaction: so many stories, which are some 500 rows, or so many rows of another kind.
_STORIES, _ROWS = 50, 500
#: `articles.listed_at` is exact to a day.
_LISTED_EXACT_TO = 2 * _DAY
#: The same headline is the same story for seven days: what is forgotten sooner could ring again.
LEAST = 14 * _DAY
#: What may be forgotten some day; everything else is still under way.
SETTLED = frozenset({DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.HELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """For how long what is kept."""

    #: After a feed has ceased to list them (FEEDS.md, What is new); at least `LEAST`.
    articles: timedelta = 90 * _DAY
    #: Since they were sent or made.  States that are not named are kept for ever.
    deliveries: Mapping[DeliveryState, timedelta] = field(
        default_factory=lambda: MappingProxyType(
            {
                DeliveryState.SENT: 90 * _DAY,
                DeliveryState.DEAD: 180 * _DAY,
                DeliveryState.HELD: 180 * _DAY,
            }
        )
    )
    #: The database is larger than so many bytes: the oldest stories go sooner, after `LEAST` at the
    #: earliest.  None: it may grow.  PostgreSQL's size is its administrator's.
    size: int | None = None
    #: Since they were made; for as long the Bot API may repeat what they answer.
    answers: timedelta = _DAY
    bounces: timedelta = 90 * _DAY
    #: The Bot API repeats an update for a day at most.
    bot_updates: timedelta = 7 * _DAY

    @classmethod
    def days(cls, *, articles: int, sent: int, dead: int, megabytes: int | None = None) -> Self:
        """Return so many days of each; what is held is kept for as long as dead letters."""
        states = {
            DeliveryState.SENT: sent * _DAY,
            DeliveryState.DEAD: dead * _DAY,
            DeliveryState.HELD: dead * _DAY,
        }
        size = None if megabytes is None else megabytes * 1_000_000
        return cls(articles=articles * _DAY, deliveries=states, size=size)

    def least(self) -> Self:
        """Return what is kept at least, however large the database is."""
        sent = self.deliveries.get(DeliveryState.SENT)
        states = dict(self.deliveries)
        if sent is not None:
            states[DeliveryState.SENT] = min(sent, LEAST)
        return replace(self, articles=LEAST, deliveries=states)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What `Keep` means at one moment."""

    now: datetime
    keep: Keep
    #: Feed -> when it brought something new, the last time before `articles`.
    newest: Mapping[int, datetime]

    @property
    def articles(self) -> datetime:
        """What left its feed before may be forgotten."""
        return self.now - self.keep.articles

    def may_ring(self, feed: int, listed_at: datetime) -> bool:
        """Tell whether an article could still be listed: *feed* brought nothing without it in time."""
        newest = self.newest.get(feed)
        return newest is None or listed_at >= newest - _LISTED_EXACT_TO

    def is_old(self) -> ColumnElement[bool]:
        """Say of a delivery that it has been settled for as long as it is kept."""
        since = {DeliveryState.SENT: deliveries.c.sent_at}
        conditions = (
            and_(
                deliveries.c.state == state.value,
                since.get(state, deliveries.c.created_at) < self.now - kept,
            )
            for state, kept in self.keep.deliveries.items()
        )
        return or_(false(), *conditions)


_BYTES_IN_USE = text(
    "SELECT (page_count - freelist_count) * page_size"
    " FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
)


class Retention:
    """Forgets what is old."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def sweep(self, now: datetime, keep: Keep = Keep()) -> Gone:
        """Forget what is older than *keep* says; return table -> rows that went.

        It may be broken off anywhere and begun anew.

        Raises:
            ValueError: *keep* would forget what could make a second alert.
        """
        if keep.articles < LEAST or not SETTLED.issuperset(keep.deliveries):
            raise ValueError("what could make a second alert is to be kept")
        gone: Counter[str] = Counter()
        deadlines = Deadlines(now, keep, await self._newest(now - keep.articles))
        async for stories in self._old_stories(deadlines.articles):
            for some in _cut(stories, _STORIES):
                gone.update(await self._forget_stories(some, deadlines))
        messages = deadlines
        if await self.is_too_large(keep):
            messages, more = await self._shrink(now, keep)
            gone.update(more)
        async for ids in self._old_answers(now - keep.answers):
            gone.update(await self._writer.run(partial(forget_deliveries, ids=ids)))
        async for ids in self._old_deliveries(messages):
            gone.update(await self._writer.run(partial(forget_deliveries, ids=ids)))
        for ids in _cut(await self._old_notices(deadlines), _ROWS):
            gone.update(await self._writer.run(partial(forget_notices, ids=ids)))
        gone.update(await self._forget_before(bounces.c.bounced_at, now - keep.bounces))
        gone.update(await self._forget_before(bot_updates.c.seen_at, now - keep.bot_updates))
        return +gone

    async def is_too_large(self, keep: Keep) -> bool:
        """Tell whether the database is larger than *keep* wants.

        What counts is what is in use: a file of SQLite keeps the room of what was forgotten, and
        fills it again.
        """
        if keep.size is None:
            return False
        with translated():
            async with self._readers.begin() as connection:
                if connection.dialect.name != "sqlite":
                    return False
                return int(await connection.scalar(_BYTES_IN_USE) or 0) > keep.size

    async def _shrink(self, now: datetime, keep: Keep) -> tuple[Deadlines, Gone]:
        """Forget the oldest stories that may be, until the database is small enough."""
        gone: Counter[str] = Counter()
        least = keep.least()
        deadlines = Deadlines(now, least, await self._newest(now - least.articles))
        async for stories in self._old_stories(deadlines.articles):
            for some in _cut(stories, _STORIES):
                gone.update(await self._forget_stories(some, deadlines))
                if not await self.is_too_large(keep):
                    return deadlines, gone
        return deadlines, gone

    async def _newest(self, before: datetime) -> dict[int, datetime]:
        """Return feed -> when it brought something new, the last time *before* that moment."""
        newest = func.max(articles.c.seen_at, type_=Moment()).label("newest")
        query = select(articles.c.feed, newest).where(articles.c.seen_at < before)
        return {row.feed: row.newest for row in await self._read(query.group_by(articles.c.feed))}

    async def _old_stories(self, before: datetime) -> AsyncIterator[Sequence[str]]:
        """Yield the stories of articles that were first seen *before*; a story may come again."""
        query = (
            select(articles.c.seen_at, articles.c.id, articles.c.story)
            .where(articles.c.seen_at < before)
            .order_by(articles.c.seen_at, articles.c.id)
            .limit(_LOOKED_AT)
        )
        place = tuple_(articles.c.seen_at, articles.c.id)
        found = await self._read(query)
        while found:
            yield list(dict.fromkeys(row.story for row in found))
            found = await self._read(query.where(place > (found[-1].seen_at, found[-1].id)))

    async def _forget_stories(self, ids: Sequence[str], deadlines: Deadlines) -> Gone:
        with translated():
            async with self._readers.begin() as connection:
                if not await over(connection, ids, deadlines):
                    return {}

        # Looked at again where nobody else can write: an article may have been listed meanwhile.
        async def work(connection: AsyncConnection) -> Gone:
            return await forget_stories(connection, await over(connection, ids, deadlines))

        return await self._writer.run(work)

    async def _old_answers(self, before: datetime) -> AsyncIterator[Sequence[str]]:
        """Yield the answers that were made *before*, but for what is under way."""
        query = (
            select(deliveries.c.id)
            .where(IS_ANSWER, deliveries.c.created_at < before)
            .where(deliveries.c.state != DeliveryState.LEASED.value)
            .order_by(deliveries.c.id)
            .limit(_ROWS)
        )
        while found := await self._read(query):
            yield [row.id for row in found]

    async def _old_deliveries(self, deadlines: Deadlines) -> AsyncIterator[Sequence[str]]:
        """Yield deliveries that are settled and of which nothing else speaks any more."""
        query = (
            select(deliveries.c.id)
            .where(deadlines.is_old())
            .where(~exists().where(alerts.c.delivery == deliveries.c.id))
            .where(~exists().where(updates.c.delivery == deliveries.c.id))
            .where(~exists().where(notices.c.delivery == deliveries.c.id))
            .order_by(deliveries.c.id)
            .limit(_ROWS)
        )
        while found := await self._read(query):
            yield [row.id for row in found]

    async def _old_notices(self, deadlines: Deadlines) -> list[str]:
        query = select(
            notices.c.delivery,
            notices.c.about,
            notices.c.episode,
            notices.c.state,
            deadlines.is_old().label("old"),
        ).join(deliveries, deliveries.c.id == notices.c.delivery)
        return forgettable(await self._read(query))

    async def _forget_before(self, column: Column[datetime], moment: datetime) -> Gone:
        work = partial(forget_before, column=column, moment=moment, most=_ROWS)
        gone: Counter[str] = Counter()
        while sum((some := await self._writer.run(work)).values()):
            gone.update(some)
        return gone

    async def _read(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with translated():
            async with self._readers.begin() as connection:
                found: Sequence[Row[Any]] = (await connection.execute(query)).all()
                return found


async def over(connection: AsyncConnection, ids: Sequence[str], deadlines: Deadlines) -> list[str]:
    """Return those of the stories *ids* of which nothing is needed any more."""
    is_told = ~deadlines.is_old()
    told = select(alerts.c.story).where(alerts.c.story.in_(ids), is_told)
    queries = (
        select(story_keys.c.story)
        .where(story_keys.c.story.in_(ids))
        .where(story_keys.c.seen_at >= deadlines.articles),
        told.join(deliveries, deliveries.c.id == alerts.c.delivery),
        told.join(updates, updates.c.alert == alerts.c.id).join(
            deliveries, deliveries.c.id == updates.c.delivery
        ),
    )
    needed = {story for query in queries for story in await connection.scalars(query)}
    reported = await connection.execute(
        select(articles.c.story, articles.c.feed, articles.c.listed_at).where(
            articles.c.story.in_(ids)
        )
    )
    needed.update(row.story for row in reported if deadlines.may_ring(row.feed, row.listed_at))
    return [story for story in ids if story not in needed]


def forgettable(told: Collection[Any]) -> list[str]:
    """Return the deliveries of notices that nothing hangs on: old ones, of episodes that ended.

    *told* are rows of `notices`, each with `old`.  An episode goes as a whole: its trouble without
    its end would be a trouble that lasts.
    """
    newest: dict[str, int] = {}
    needed: set[tuple[str, int]] = set()
    ended: set[tuple[str, int]] = set()
    for row in told:
        newest[row.about] = max(newest.get(row.about, 0), row.episode)
        if not row.old:
            needed.add((row.about, row.episode))
        if not row.state:
            ended.add((row.about, row.episode))
    return [
        row.delivery
        for row in told
        if (row.about, row.episode) not in needed
        and (row.episode < newest[row.about] or (row.about, row.episode) in ended)
    ]


def _cut(items: Sequence[_Item], length: int) -> Iterator[Sequence[_Item]]:
    return (items[start : start + length] for start in range(0, len(items), length))
