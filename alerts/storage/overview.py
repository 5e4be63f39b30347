"""What people ask about the state of things: counts, feeds, deliveries, recent alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Subquery, and_, case, func, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import Address, Delivery, DeliveryKind, DeliveryState, FeedState, Severity
from alerts.storage import outgoing, rows
from alerts.storage.answers import IS_ANSWER
from alerts.storage.engine import translated
from alerts.storage.many import stretches
from alerts.storage.tables import (
    addresses,
    articles,
    channels,
    deliveries,
    feeds,
    full_texts,
    rule_sets,
)
from alerts.storage.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """A feed as `tocsin feeds list` shows it."""

    publisher: str
    state: FeedState
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCounts:
    """How many feeds fare how; together all that rule files name."""

    failing: int = 0
    never_read: int = 0
    read: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What became of the pages behind a feed's articles (`full_text: true`)."""

    asked: int
    unread: int
    #: Why the newest of those could not be read; empty: all were read.
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDelivery:
    """A delivery as `tocsin deliveries list` shows it."""

    id: str
    kind: DeliveryKind
    state: DeliveryState
    severity: Severity
    receiver: str
    address: Address
    attempt: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    possible_repeat: bool
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The numbers of `tocsin status`, the pages and the metrics."""

    articles: int = 0
    #: State -> how many, but for answers.
    deliveries: dict[DeliveryState, int] = field(default_factory=dict)
    #: The channels that wait for an operator, with the reason.
    paused: dict[str, str] = field(default_factory=dict)
    #: What the bot says to whoever spoke to it, and has not left.
    answers_waiting: int = 0
    #: When the oldest message became due that nobody has taken yet, but for answers.
    oldest_due_at: datetime | None = None
    rule_set: str = ""
    #: Why the newest edit of the rule files was refused.
    refusal: str = ""


class Overview:
    """Reads for people."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def counts(self) -> Counts:
        """Return the numbers as they stand now."""
        with translated():
            async with self._readers.begin() as connection:
                return await _counts(connection)

    async def feeds(self) -> list[ListedFeed]:
        """Return the feeds that rule files name, by publisher and URL."""
        counted = select(articles.c.feed, func.count().label("articles")).group_by(articles.c.feed)
        query, found = select(feeds).where(feeds.c.listed), []
        with translated():
            async with self._readers.begin() as connection:
                stored: dict[int, int] = {}
                async for some in stretches(connection, counted, articles.c.feed):
                    stored |= {row["feed"]: row["articles"] for row in some}
                async for some in stretches(connection, query, feeds.c.id):
                    found += [_listed(row, stored) for row in some]
        return sorted(found, key=lambda feed: (feed.publisher, feed.state.url))

    async def feed_counts(self) -> FeedCounts:
        """Return how the feeds fare that rule files name."""
        failing = case((feeds.c.error != "", 1), else_=0)
        waiting = case((and_(feeds.c.error == "", feeds.c.last_read_at.is_(None)), 1), else_=0)
        query = select(func.count(), func.sum(failing), func.sum(waiting)).where(feeds.c.listed)
        with translated():
            async with self._readers.begin() as connection:
                every, ill, never = (await connection.execute(query)).one()
        return FeedCounts(
            failing=ill or 0, never_read=never or 0, read=every - (ill or 0) - (never or 0)
        )

    async def pages(self, *, since: datetime) -> dict[str, Pages]:
        """Return URL -> pages of the feed's articles that were seen after *since*, if there are any."""
        newest = _newest_pages(since)
        query = select(newest).where(newest.c.place == 1)
        with translated():
            async with self._readers.begin() as connection:
                return {
                    row.url: Pages(asked=row.asked, unread=row.unread, error=row.error)
                    for row in await connection.execute(query)
                }

    async def deliveries(
        self, *, states: Sequence[DeliveryState] = (), limit: int = 50
    ) -> list[ListedDelivery]:
        """Return the newest deliveries, of *states* only when they are given."""
        query = select(deliveries).order_by(deliveries.c.created_at.desc(), deliveries.c.id)
        if states:
            query = query.where(deliveries.c.state.in_([state.value for state in states]))
        with translated():
            async with self._readers.begin() as connection:
                result = await connection.execute(query.limit(limit))
                return [listed_delivery(row) for row in result.mappings()]

    async def recent(self, *, limit: int = 20) -> list[Delivery]:
        """Return the newest deliveries with everything that they say, but for answers.

        Those are between the bot and whoever asked.
        """
        query = (
            select(deliveries.c.id)
            .where(~IS_ANSWER)
            .order_by(deliveries.c.created_at.desc(), deliveries.c.id)
            .limit(limit)
        )
        with translated():
            async with self._readers.begin() as connection:
                ids = list((await connection.execute(query)).scalars())
                return await outgoing.load(connection, ids)

    async def note_refusal(self, refusal: str) -> None:
        """Remember why an edit newer than the rule set in force was refused."""
        newest = select(func.max(rule_sets.c.loaded_at)).scalar_subquery()
        statement = update(rule_sets).where(rule_sets.c.loaded_at == newest).values(refusal=refusal)
        await self._writer.run(lambda connection: connection.execute(statement))


async def _counts(connection: AsyncConnection) -> Counts:
    stored = await connection.scalar(select(func.count()).select_from(articles))
    by_state = await connection.execute(
        select(deliveries.c.state, func.count()).where(~IS_ANSWER).group_by(deliveries.c.state)
    )
    asked = select(func.count()).where(IS_ANSWER, deliveries.c.state != DeliveryState.SENT.value)
    paused = await connection.execute(
        select(channels.c.name, channels.c.reason).where(channels.c.paused_at.is_not(None))
    )
    oldest: datetime | None = await connection.scalar(
        select(func.min(deliveries.c.due_at))
        .outerjoin(
            addresses,
            and_(
                addresses.c.channel == deliveries.c.channel,
                addresses.c.target == deliveries.c.target,
            ),
        )
        .where(
            ~IS_ANSWER,
            deliveries.c.state.in_([DeliveryState.PENDING.value, DeliveryState.AMBIGUOUS.value]),
            # Whoever blocked us keeps nobody waiting.
            addresses.c.gone_at.is_(None),
        )
    )
    newest = await connection.execute(
        select(rule_sets.c.hash, rule_sets.c.refusal)
        .order_by(rule_sets.c.loaded_at.desc())
        .limit(1)
    )
    rules = newest.first()
    return Counts(
        articles=stored or 0,
        deliveries={DeliveryState(state): count for state, count in by_state},
        answers_waiting=await connection.scalar(asked) or 0,
        paused={row.name: row.reason for row in paused},
        oldest_due_at=oldest,
        rule_set=rules.hash if rules else "",
        refusal=rules.refusal if rules else "",
    )


def _listed(row: RowMapping, stored: Mapping[int, int]) -> ListedFeed:
    return ListedFeed(
        publisher=row["publisher"],
        state=rows.feed_state(row),
        articles=stored.get(row["id"], 0),
    )


def _newest_pages(since: datetime) -> Subquery:
    """Return pages with the counts of their feed; the newest that was not read has place 1."""
    feed = articles.c.feed
    failed = case((full_texts.c.error != "", 1), else_=0)
    order = (failed.desc(), articles.c.seen_at.desc())
    return (
        select(
            feeds.c.url,
            full_texts.c.error,
            func.count().over(partition_by=feed).label("asked"),
            func.sum(failed).over(partition_by=feed).label("unread"),
            func.row_number().over(partition_by=feed, order_by=order).label("place"),
        )
        .join_from(full_texts, articles, articles.c.id == full_texts.c.article)
        .join(feeds, feeds.c.id == articles.c.feed)
        .where(articles.c.seen_at >= since)
        .subquery()
    )


def listed_delivery(row: RowMapping) -> ListedDelivery:
    """Return what a row of the deliveries says at a glance."""
    return ListedDelivery(
        id=row["id"],
        kind=DeliveryKind(row["kind"]),
        state=DeliveryState(row["state"]),
        severity=rows.severity(row["rank"]),
        receiver=row["receiver"],
        address=rows.address(row),
        attempt=row["attempt"],
        created_at=row["created_at"],
        due_at=row["due_at"],
        sent_at=row["sent_at"],
        possible_repeat=row["possible_repeat"],
        error=row["error"],
    )
