"""What became of one article: everything that the tables know of its way, from poll to message."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import Address, Article, Match, Novelty, Severity
from alerts.storage import rows
from alerts.storage.engine import translated
from alerts.storage.muted import Mute, MuteKind
from alerts.storage.overview import ListedDelivery, listed_delivery
from alerts.storage.silenced import EVERY, Consent, Standing
from alerts.storage.tables import (
    addresses,
    alert_matches,
    alerts,
    articles,
    channels,
    consents,
    deliveries,
    feeds,
    full_texts,
    matches,
    mutes,
    silences,
    stories,
    updates,
)

#: Other reports of a story that are named; all are counted.
_MOST_REPORTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SilencedBy:
    """The silence because of which nobody was told of a match."""

    id: int
    author: str
    comment: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMatch:
    """A match as it was decided."""

    match: Match
    #: The hash of the rule set that decided.
    rule_set: str
    matched_at: datetime
    silence: SilencedBy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What became of reading the page behind the article (`full_text: true`)."""

    #: Attempts that failed.
    attempt: int
    #: When it is tried again; None: it is settled.
    due_at: datetime | None
    #: Empty: it was read.
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Another article of the story."""

    id: str
    publisher: str
    title: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One alert of the story, and the message that carries it."""

    alert: str
    episode: int
    severity: Severity
    rule_set: str
    created_at: datetime
    #: The watchlists of this article that it names; empty: it tells of the story by other reports.
    watchlists: tuple[str, ...]
    delivery: ListedDelivery
    #: Why the message is held (`HeldBy`); or empty.
    held_by: str
    gathers: str
    is_silent: bool
    #: The channel's id of the message; empty until it was sent.
    message_id: str
    #: Nothing is sent to its address before.
    not_before_at: datetime | None
    #: Why nothing at all is sent to its address; or empty.
    gone: str
    #: Why nothing at all is sent on its channel; or empty.
    paused: str
    #: What its address does not want to hear of this article.
    mutes: tuple[Mute, ...]
    #: Messages that told what became of the story since.
    updates: tuple[ListedDelivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The way of one article."""

    #: As it was last seen.
    article: Article
    novelty: Novelty
    #: When its feed was first read; None: never to its end.
    baselined_at: datetime | None
    #: False: no rule file names the feed any more.
    is_listed: bool
    page: Page | None
    story: str
    opened_at: datetime
    #: Other articles of the story, the first seen first; a few of `reported`.
    reports: tuple[Report, ...]
    reported: int
    #: The most severe first.
    matches: tuple[StoredMatch, ...]
    #: All alerts of the story, the oldest first.
    tellings: tuple[Telling, ...]

    def match(self, watchlist: str) -> StoredMatch | None:
        """Return the match of *watchlist*; None: it did not match."""
        return next((one for one in self.matches if one.match.watchlist == watchlist), None)


class Histories:
    """Looks back at single articles."""

    def __init__(self, readers: AsyncEngine) -> None:
        self._readers = readers

    async def of(self, article: str) -> History | None:
        """Return the way of *article*; None: it is not stored."""
        with translated():
            async with self._readers.begin() as connection:
                result = await connection.execute(_ARTICLE.where(articles.c.id == article))
                found = result.mappings().first()
                return await _history(connection, found) if found else None

    async def refused(
        self, wanted: Collection[tuple[Address, str]], *, now: datetime
    ) -> dict[tuple[Address, str], Standing]:
        """Return those of *wanted*, an address and a receiver each, that want no messages at *now*."""
        targets = {address.target for address, _ in wanted}
        query = select(consents).where(consents.c.target.in_(targets))
        with translated():
            async with self._readers.begin() as connection:
                found = (await connection.execute(query)).mappings().all()
        said = {(row["channel"], row["target"], row["list"]): Standing.of(row) for row in found}
        refusals: dict[tuple[Address, str], Standing] = {}
        for address, receiver in wanted:
            for list_ in (receiver, EVERY):
                standing = said.get((address.channel, address.target, list_), Standing()).at(now)
                if standing.state is not Consent.GIVEN:
                    refusals[address, receiver] = standing
        return refusals


async def _history(connection: AsyncConnection, row: RowMapping) -> History:
    article = rows.article(row, feed=row["feed_url"])
    stored = await _matches(connection, article.id)
    reports = await _reports(connection, row["story"], article.id)
    reported = select(func.count()).where(articles.c.story == row["story"])
    count = await connection.scalar(reported.where(articles.c.id != article.id))
    return History(
        article=article,
        novelty=Novelty(row["novelty"]),
        baselined_at=row["baselined_at"],
        is_listed=row["listed"],
        page=_page(row),
        story=row["story"],
        opened_at=row["opened_at"],
        reports=reports,
        reported=count or 0,
        matches=stored,
        tellings=await _tellings(connection, row["story"], article, stored),
    )


def _page(row: RowMapping) -> Page | None:
    if row["page_attempt"] is None:
        return None
    return Page(attempt=row["page_attempt"], due_at=row["page_due_at"], error=row["page_error"])


async def _matches(connection: AsyncConnection, article: str) -> tuple[StoredMatch, ...]:
    found = (await connection.execute(_MATCHES.where(matches.c.article == article))).mappings()
    stored = [
        StoredMatch(
            match=rows.match(row),
            rule_set=row["rule_set"],
            matched_at=row["matched_at"],
            silence=_silence(row),
        )
        for row in found
    ]
    return tuple(sorted(stored, key=lambda one: (-one.match.severity.rank, one.match.watchlist)))


def _silence(row: RowMapping) -> SilencedBy | None:
    if row["silence"] is None:
        return None
    return SilencedBy(
        id=row["silence"],
        author=row["author"],
        comment=row["comment"],
        begins_at=row["begins_at"],
        ends_at=row["ended_at"] or row["ends_at"],
    )


async def _reports(connection: AsyncConnection, story: str, article: str) -> tuple[Report, ...]:
    query = (
        select(articles.c.id, articles.c.publisher, articles.c.title, articles.c.seen_at)
        .where(articles.c.story == story, articles.c.id != article)
        .order_by(articles.c.seen_at, articles.c.id)
        .limit(_MOST_REPORTS)
    )
    return tuple(Report(**row) for row in (await connection.execute(query)).mappings())


async def _tellings(
    connection: AsyncConnection, story: str, article: Article, stored: Sequence[StoredMatch]
) -> tuple[Telling, ...]:
    told = (await connection.execute(_TELLINGS.where(alerts.c.story == story))).mappings().all()
    named = await _named(connection, story, article.id)
    since = await _updates(connection, story)
    muted = await _mutes(connection, {row["address_key"] for row in told}, story, article, stored)
    return tuple(
        _telling(row, named.get(row["alert"], ()), since.get(row["alert"], ()), muted)
        for row in told
    )


def _telling(
    row: RowMapping,
    watchlists: Iterable[str],
    since: Iterable[ListedDelivery],
    muted: Sequence[Mute],
) -> Telling:
    return Telling(
        alert=row["alert"],
        episode=row["episode"],
        severity=Severity(row["alert_severity"]),
        rule_set=row["alert_rule_set"],
        created_at=row["alerted_at"],
        watchlists=tuple(watchlists),
        delivery=listed_delivery(row),
        held_by=row["held_by"],
        gathers=row["gathers"],
        is_silent=row["silent"],
        message_id=row["message_id"],
        not_before_at=row["not_before_at"],
        gone=(row["gone"] or "gone") if row["gone_at"] is not None else "",
        paused=(row["paused"] or "paused") if row["paused_at"] is not None else "",
        mutes=tuple(mute for mute in muted if mute.address.key == row["address_key"]),
        updates=tuple(since),
    )


async def _named(connection: AsyncConnection, story: str, article: str) -> Mapping[str, list[str]]:
    """Return alert of *story* -> the watchlists of *article* that it names."""
    query = (
        select(alerts.c.id, matches.c.watchlist)
        .join(alert_matches, alert_matches.c.alert == alerts.c.id)
        .join(matches, matches.c.id == alert_matches.c.match)
        .where(alerts.c.story == story, matches.c.article == article)
        .order_by(matches.c.watchlist)
    )
    named: dict[str, list[str]] = {}
    for alert, watchlist in await connection.execute(query):
        named.setdefault(alert, []).append(watchlist)
    return named


async def _updates(connection: AsyncConnection, story: str) -> Mapping[str, list[ListedDelivery]]:
    query = (
        select(deliveries, updates.c.alert)
        .join(updates, updates.c.delivery == deliveries.c.id)
        .join(alerts, alerts.c.id == updates.c.alert)
        .where(alerts.c.story == story)
        .order_by(deliveries.c.created_at, deliveries.c.id)
    )
    since: dict[str, list[ListedDelivery]] = {}
    for row in (await connection.execute(query)).mappings():
        since.setdefault(row["alert"], []).append(listed_delivery(row))
    return since


async def _mutes(
    connection: AsyncConnection,
    keys: Collection[str],
    story: str,
    article: Article,
    stored: Iterable[StoredMatch],
) -> list[Mute]:
    """Return what the addresses *keys* do not want to hear of *article*."""
    watchlists = [one.match.watchlist for one in stored]
    kinds = (
        (MuteKind.STORY, [story]),
        (MuteKind.WATCHLIST, watchlists),
        (MuteKind.PUBLISHER, [article.publisher.casefold()]),
    )
    meant = [and_(mutes.c.kind == kind.value, mutes.c.value.in_(of)) for kind, of in kinds]
    query = select(mutes).where(mutes.c.address.in_(keys), or_(*meant)).order_by(mutes.c.id)
    return [Mute.of(row) for row in (await connection.execute(query)).mappings()]


_ARTICLE = (
    select(
        articles,
        feeds.c.url.label("feed_url"),
        feeds.c.baselined_at,
        feeds.c.listed,
        stories.c.opened_at,
        full_texts.c.attempt.label("page_attempt"),
        full_texts.c.due_at.label("page_due_at"),
        full_texts.c.error.label("page_error"),
    )
    .join(feeds, feeds.c.id == articles.c.feed)
    .join(stories, stories.c.id == articles.c.story)
    .outerjoin(full_texts, full_texts.c.article == articles.c.id)
)
_MATCHES = select(
    matches,
    silences.c.author,
    silences.c.comment,
    silences.c.begins_at,
    silences.c.ends_at,
    silences.c.ended_at,
).outerjoin(silences, silences.c.id == matches.c.silence)
_TELLINGS = (
    select(
        deliveries,
        alerts.c.id.label("alert"),
        alerts.c.address.label("address_key"),
        alerts.c.episode,
        alerts.c.severity.label("alert_severity"),
        alerts.c.rule_set.label("alert_rule_set"),
        alerts.c.created_at.label("alerted_at"),
        addresses.c.not_before_at,
        addresses.c.gone_at,
        addresses.c.reason.label("gone"),
        channels.c.paused_at,
        channels.c.reason.label("paused"),
    )
    .join(deliveries, deliveries.c.id == alerts.c.delivery)
    .outerjoin(
        addresses,
        and_(
            addresses.c.channel == deliveries.c.channel,
            addresses.c.target == deliveries.c.target,
        ),
    )
    .outerjoin(channels, channels.c.name == deliveries.c.channel)
    .order_by(alerts.c.created_at, alerts.c.id)
)
