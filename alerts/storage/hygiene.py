"""What lies still, and what makes noise: reads of what months of matches, alerts and deliveries say.

Everything is counted by watchlist or by receiver; what it means is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from alerts.model import DeliveryState, HeldBy
from alerts.storage.answers import IS_ANSWER
from alerts.storage.engine import translated
from alerts.storage.feedback import Verdict
from alerts.storage.many import rows_for, stretches
from alerts.storage.tables import (
    Moment,
    addresses,
    alert_matches,
    alerts,
    articles,
    deliveries,
    feedback,
    matches,
    notices,
)
from alerts.storage.turns import WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far the stored articles go back."""

    #: Since the moment that was asked for.
    articles: int
    #: When the oldest of all was seen; None: there is none.
    first_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What came of one watchlist."""

    matches: int
    #: Of the matches: kept for somebody to look at, sent to nobody (`unknown: hold`).
    held: int
    #: Of the matches: silenced by the operator.
    silenced: int
    #: Stories that somebody was to hear of because of it.
    stories: int


class Found(NamedTuple):
    """Words that met a term of a watchlist."""

    watchlist: str
    #: As `Evidence.term`: an entity's canonical name, or the term as its author wrote it.
    term: str
    surface: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What people said of the alerts of one watchlist; each person has one word an alert."""

    useful: int = 0
    false_alarms: int = 0


class Fate(NamedTuple):
    """What became of an alert: the state of its delivery and, where that is held, by what."""

    state: DeliveryState
    held_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """Messages of one receiver to one target that did not arrive, with none that has arrived since."""

    receiver: str
    channel: str
    target: str
    dead: int
    #: Those that are still tried, and those that the receiver's fallback has.
    waiting: int
    #: When the oldest of them all was made.
    since: datetime
    #: Of the newest.
    error: str


class Gone(NamedTuple):
    """Why nothing is sent to a target, and since when."""

    since: datetime
    reason: str


class Hygiene:
    """Reads for whoever cleans up; nothing here writes."""

    def __init__(self, readers: AsyncEngine) -> None:
        self._readers = readers

    async def reach(self, *, since: datetime) -> Reach:
        """Return how many articles were seen *since*, and when the first of all was."""
        recent = select(func.count()).select_from(articles).where(articles.c.seen_at >= since)
        first = select(func.min(articles.c.seen_at, type_=Moment()))
        [[count]], [[first_at]] = await self._read(recent), await self._read(first)
        return Reach(articles=count, first_at=first_at)

    async def last_matches(self, watchlists: Collection[str]) -> dict[str, datetime]:
        """Return watchlist -> when it matched last; without those that never did."""
        last = func.max(matches.c.matched_at, type_=Moment()).label("last_at")
        query = select(matches.c.watchlist, last).group_by(matches.c.watchlist)
        with translated():
            async with self._readers.begin() as connection:
                found = await rows_for(connection, query, matches.c.watchlist, watchlists)
        return {row["watchlist"]: row["last_at"] for row in found}

    async def activity(self, *, since: datetime) -> dict[str, Activity]:
        """Return what came of each watchlist that has matched *since*."""
        counted = (
            select(
                matches.c.watchlist,
                func.count().label("matches"),
                func.count().filter(matches.c.held).label("held"),
                func.count(matches.c.silence).label("silenced"),
            )
            .where(matches.c.matched_at >= since)
            .group_by(matches.c.watchlist)
        )
        told = (
            select(matches.c.watchlist, func.count(alerts.c.story.distinct()).label("stories"))
            .select_from(_TOLD)
            .where(matches.c.matched_at >= since)
            .group_by(matches.c.watchlist)
        )
        stories = {row.watchlist: row.stories for row in await self._read(told)}
        return {
            row.watchlist: Activity(
                matches=row.matches,
                held=row.held,
                silenced=row.silenced,
                stories=stories.get(row.watchlist, 0),
            )
            for row in await self._read(counted)
        }

    async def stories_told(self, *, since: datetime) -> int:
        """Return of how many stories somebody was to hear because of matches *since*."""
        query = (
            select(func.count(alerts.c.story.distinct()))
            .select_from(_TOLD)
            .where(matches.c.matched_at >= since)
        )
        [[count]] = await self._read(query)
        return int(count)

    async def fates(self, *, since: datetime) -> dict[str, Mapping[Fate, int]]:
        """Return watchlist -> what became of the alerts that name matches of it *since*."""
        count = func.count(alerts.c.id.distinct()).label("alerts")
        fate = (deliveries.c.state, deliveries.c.held_by)
        query = (
            select(matches.c.watchlist, *fate, count)
            .select_from(_TOLD.join(deliveries, deliveries.c.id == alerts.c.delivery))
            .where(matches.c.matched_at >= since)
            .group_by(matches.c.watchlist, *fate)
        )
        found: dict[str, Mapping[Fate, int]] = {}
        for row in await self._read(query):
            fate_of = Fate(DeliveryState(row.state), row.held_by)
            found[row.watchlist] = {**found.get(row.watchlist, {}), fate_of: row.alerts}
        return found

    async def told_before(self, watchlists: Collection[str], *, since: datetime) -> frozenset[str]:
        """Return those of *watchlists* with a match *since* on a story that people were told of.

        By other matches: who knows a story is not told again, and the match is named by no alert.
        """
        query = (
            select(matches.c.watchlist)
            .join(articles, articles.c.id == matches.c.article)
            .join(alerts, alerts.c.story == articles.c.story)
            .join(deliveries, deliveries.c.id == alerts.c.delivery)
            .where(matches.c.matched_at >= since)
            .where(deliveries.c.state == DeliveryState.SENT.value)
            .where(~exists().where(alert_matches.c.match == matches.c.id))
            .where(matches.c.held.is_(False), matches.c.silence.is_(None))
            .distinct()
        )
        with translated():
            async with self._readers.begin() as connection:
                found = await rows_for(connection, query, matches.c.watchlist, watchlists)
        return frozenset(row["watchlist"] for row in found)

    async def found(self, *, since: datetime) -> frozenset[Found]:
        """Return by which words each watchlist was met *since*, each once.

        Others have the event loop meanwhile: 100,000 matches take some seconds.
        """
        query = select(matches.c.id, matches.c.watchlist, matches.c.evidence)
        found: set[Found] = set()
        with translated():
            async with self._readers.begin() as connection:
                asked = query.where(matches.c.matched_at >= since)
                async for some in stretches(connection, asked, matches.c.id):
                    for row in some:
                        found.update(
                            Found(row["watchlist"], term, surface)
                            for _, _, _, surface, term, _ in row["evidence"]
                        )
        return frozenset(found)

    async def verdicts(self, *, since: datetime) -> dict[str, Verdicts]:
        """Return watchlist -> what was said *since* of alerts that name it."""
        said = (
            select(matches.c.watchlist, feedback.c.alert, feedback.c.person, feedback.c.verdict)
            .select_from(feedback)
            .join(alert_matches, alert_matches.c.alert == feedback.c.alert)
            .join(matches, matches.c.id == alert_matches.c.match)
            .where(feedback.c.given_at >= since)
            # An alert may name several matches of one watchlist.
            .distinct()
            .subquery()
        )
        useful = func.count().filter(said.c.verdict == Verdict.USEFUL.value)
        false = func.count().filter(said.c.verdict == Verdict.FALSE_ALARM.value)
        query = select(said.c.watchlist, useful.label("useful"), false.label("false_alarms"))
        return {
            row.watchlist: Verdicts(useful=row.useful, false_alarms=row.false_alarms)
            for row in await self._read(query.group_by(said.c.watchlist))
        }

    async def undelivered(self, *, since: datetime) -> list[Undelivered]:
        """Return what was made *since* and did not arrive, wherever nothing has arrived later.

        By receiver and target; what was not tried yet is not meant.
        """
        newest = _undelivered(since)
        query = select(newest).where(newest.c.place == 1)
        return [
            Undelivered(
                receiver=row.receiver,
                channel=row.channel,
                target=row.target,
                dead=row.dead,
                waiting=row.failed - row.dead,
                since=row.since,
                error=row.error,
            )
            for row in await self._read(query.order_by(*_of(newest.c)))
        ]

    async def gone(self) -> dict[tuple[str, str], Gone]:
        """Return channel and target -> why nothing is sent there any more."""
        query = select(addresses).where(addresses.c.gone_at.is_not(None))
        return {
            (row.channel, row.target): Gone(row.gone_at, row.reason)
            for row in await self._read(query)
        }

    async def last_told_at(self, about: str) -> datetime | None:
        """Return when the operator was told of trouble with a thing, the last time; None: never."""
        last = func.max(notices.c.due_at, type_=Moment())
        query = select(last).where(notices.c.about == about, notices.c.state != "")
        [[told_at]] = await self._read(query)
        at: datetime | None = told_at
        return at

    async def _read(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with translated():
            async with self._readers.begin() as connection:
                found: Sequence[Row[Any]] = (await connection.execute(query)).all()
                return found


_TOLD = matches.join(alert_matches, alert_matches.c.match == matches.c.id).join(
    alerts, alerts.c.id == alert_matches.c.alert
)


def _of(columns: Any) -> tuple[Any, ...]:
    return columns.receiver, columns.channel, columns.target


def _undelivered(since: datetime) -> Subquery:
    """Return messages that did not arrive; the newest to each target has place 1."""
    sent = deliveries.alias("sent")
    arrived = (
        select(*_of(sent.c), func.max(sent.c.sent_at, type_=Moment()).label("at"))
        .where(sent.c.state == DeliveryState.SENT.value)
        .group_by(*_of(sent.c))
        .subquery()
    )
    is_dead = deliveries.c.state == DeliveryState.DEAD.value
    key = _of(deliveries.c)
    order = (deliveries.c.created_at.desc(), deliveries.c.id)
    same = and_(*(mine == theirs for mine, theirs in zip(key, _of(arrived.c), strict=True)))
    first = func.min(deliveries.c.created_at, type_=Moment())
    return (
        select(
            *key,
            deliveries.c.error,
            func.count().over(partition_by=key).label("failed"),
            func.count().filter(is_dead).over(partition_by=key).label("dead"),
            first.over(partition_by=key).label("since"),
            func.row_number().over(partition_by=key, order_by=order).label("place"),
        )
        .outerjoin(arrived, same)
        .where(deliveries.c.created_at >= since, ~IS_ANSWER)
        .where(or_(is_dead, _is_tried(), deliveries.c.held_by == HeldBy.HANDED_OVER.value))
        .where(or_(arrived.c.at.is_(None), deliveries.c.created_at > arrived.c.at))
        .subquery()
    )


def _is_tried() -> ColumnElement[bool]:
    """Say of a delivery that it was tried in vain and is tried again, perhaps right now."""
    under_way = [*WAITING, DeliveryState.LEASED.value]
    return and_(deliveries.c.state.in_(under_way), deliveries.c.error != "")
