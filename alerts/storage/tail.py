"""What came in since, and what became of it: read again and again beside the process that works.

Articles have the time at which they were read, and are stored a little later; so each look goes back
a few minutes and leaves out what was shown.  Matches are numbered in the order in which they are
stored: what a changed article meets newly is told by its number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import Address, DeliveryKind, DeliveryState, Match, Novelty
from alerts.storage import rows
from alerts.storage.engine import translated
from alerts.storage.many import rows_for
from alerts.storage.tables import (
    alert_matches,
    alerts,
    articles,
    deliveries,
    feeds,
    matches,
    updates,
)

#: Between reading an article and storing it lie a second or two; a disk may hold it up.
LOOK_BACK: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A message that tells of a match."""

    delivery: str
    kind: DeliveryKind
    receiver: str
    address: Address
    state: DeliveryState
    #: Why it is held; or empty.
    held_by: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A match, and what was decided about it."""

    match: Match
    #: The rule files that decided, by their hash.
    rule_set: str
    #: The silence that kept it from everybody; None: none did.
    silence: int | None
    rings: tuple[Ring, ...]
    #: Somebody has heard of the story before, or hears of it now.
    is_story_told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An article, without its words but for the title, and what it met."""

    id: str
    story: str
    feed: str
    publisher: str
    title: str
    url: str
    language: str
    novelty: Novelty
    #: When it was read; of one whose publisher changed it, when its new words were matched.
    at: datetime
    #: It is told for the second time, with what it meets newly.
    is_changed: bool
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far somebody has read."""

    at: datetime
    #: The number of the last match.
    match: int
    #: Articles of the last minutes: id -> when it was read, and its last match.
    shown: Mapping[str, tuple[datetime, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What comes next."""

    seen: tuple[Seen, ...]
    #: Where to go on.
    place: Place
    #: There is nothing more at present.
    is_end: bool


class Tail:
    """Reads what comes in."""

    def __init__(self, readers: AsyncEngine) -> None:
        self._readers = readers

    async def begin(self, since: datetime) -> Place:
        """Return the place from which everything is told that was read at *since* or later."""
        before = select(func.max(matches.c.id)).where(matches.c.matched_at < since)
        recent = _MOMENTS.where(articles.c.seen_at > since - LOOK_BACK, articles.c.seen_at < since)
        with translated():
            async with self._readers.begin() as connection:
                last = await connection.scalar(before) or 0
                known = await connection.execute(recent)
                return Place(at=since, match=last, shown={id_: (at, last) for id_, at in known})

    async def read(self, place: Place, *, now: datetime, most: int = 200) -> Stretch:
        """Return what comes after *place*: at most *most* articles, and as many matches of others."""
        with translated():
            async with self._readers.begin() as connection:
                # In this order: what is stored meanwhile is new at the next look, not changed.
                later = await _later_matches(connection, place, most)
                fresh, are_all = await _fresh(connection, place, most)
                changed = _changed(place, later)
                numbers = {row["id"] for row in later if row["article"] in changed}
                told = await _seen(connection, fresh, only=None)
                told += await _seen(connection, changed, only=numbers)
        last = max((row["id"] for row in later), default=place.match)
        return Stretch(
            seen=tuple(sorted((seen for seen, _ in told), key=lambda seen: (seen.at, seen.id))),
            place=_moved(place, fresh, told, last=last, now=now),
            is_end=are_all and len(later) < most,
        )

    async def watchlists(self) -> list[str]:
        """Return the ids of all watchlists that ever matched something stored."""
        query = select(matches.c.watchlist).distinct().order_by(matches.c.watchlist)
        with translated():
            async with self._readers.begin() as connection:
                return list(await connection.scalars(query))


_MOMENTS = select(articles.c.id, articles.c.seen_at)
_LATER = select(matches.c.id, matches.c.article, articles.c.seen_at).join(
    articles, articles.c.id == matches.c.article
)
_ARTICLES = select(
    *(
        articles.c[name]
        for name in ("id", "story", "publisher", "title", "url", "language", "novelty", "seen_at")
    ),
    feeds.c.url.label("feed_url"),
).join(feeds, feeds.c.id == articles.c.feed)


async def _later_matches(
    connection: AsyncConnection, place: Place, most: int
) -> Sequence[RowMapping]:
    query = _LATER.where(matches.c.id > place.match).order_by(matches.c.id).limit(most)
    return (await connection.execute(query)).mappings().all()


async def _fresh(
    connection: AsyncConnection, place: Place, most: int
) -> tuple[dict[str, datetime], bool]:
    """Return the next articles that were not shown, and whether these are all there are."""
    query = (
        _MOMENTS.where(articles.c.seen_at > place.at - LOOK_BACK)
        .order_by(articles.c.seen_at, articles.c.id)
        .limit(len(place.shown) + most)
    )
    found = [(id_, at) for id_, at in await connection.execute(query) if id_ not in place.shown]
    return dict(found[:most]), len(found) < most


def _changed(place: Place, later: Iterable[RowMapping]) -> dict[str, datetime]:
    """Return the articles that were shown, and have met more since."""
    return {
        row["article"]: row["seen_at"]
        for row in later
        # One that was read later, and is not among the shown, will come with all that it meets.
        if row["id"] > place.shown.get(row["article"], (row["seen_at"], 0))[1]
        and (row["article"] in place.shown or row["seen_at"] <= place.at - LOOK_BACK)
    }


def _moved(
    place: Place,
    fresh: Mapping[str, datetime],
    told: Iterable[tuple[Seen, int]],
    *,
    last: int,
    now: datetime,
) -> Place:
    # A clock that was wrong may have put articles into the future: nobody waits for it there.
    at = max([place.at, *(each for each in fresh.values() if each <= now)])
    shown = {key: value for key, value in place.shown.items() if value[0] > at - LOOK_BACK}
    for seen, number in told:
        if seen.id in fresh:
            shown[seen.id] = (fresh[seen.id], number)
        elif seen.id in shown:
            shown[seen.id] = (shown[seen.id][0], number)
    return Place(at=at, match=last, shown=shown)


async def _seen(
    connection: AsyncConnection, ids: Collection[str], *, only: Collection[int] | None
) -> list[tuple[Seen, int]]:
    """Return the articles *ids*, each with its last match; with *only* those matches, if given."""
    found = await rows_for(connection, _ARTICLES, articles.c.id, ids)
    query = select(matches).order_by(matches.c.id)
    met = await rows_for(connection, query, matches.c.article, ids)
    if only is not None:
        met = [row for row in met if row["id"] in only]
    rings = await _rings(connection, met)
    told = await _told_stories(connection, {row["story"] for row in found})
    by_article: dict[str, list[RowMapping]] = {}
    for row in met:
        by_article.setdefault(row["article"], []).append(row)
    return [
        (
            _value(row, by_article.get(row["id"], ()), rings, told, is_changed=only is not None),
            max((each["id"] for each in by_article.get(row["id"], ())), default=0),
        )
        for row in found
    ]


def _value(
    row: RowMapping,
    met: Sequence[RowMapping],
    rings: Mapping[int, tuple[Ring, ...]],
    told: Collection[str],
    *,
    is_changed: bool,
) -> Seen:
    return Seen(
        id=row["id"],
        story=row["story"],
        feed=row["feed_url"],
        publisher=row["publisher"],
        title=row["title"],
        url=row["url"],
        language=row["language"],
        novelty=Novelty(row["novelty"]),
        at=max(each["matched_at"] for each in met) if is_changed else row["seen_at"],
        is_changed=is_changed,
        found=tuple(
            Found(
                match=rows.match(each),
                rule_set=each["rule_set"],
                silence=each["silence"],
                rings=rings.get(each["id"], ()),
                is_story_told=row["story"] in told,
            )
            for each in met
        ),
    )


_OF_RING = (alert_matches.c.match, deliveries)
_ALERTS = (
    select(*_OF_RING)
    .join(alerts, alerts.c.id == alert_matches.c.alert)
    .join(deliveries, deliveries.c.id == alerts.c.delivery)
)
_UPDATES = (
    select(*_OF_RING)
    .join(updates, updates.c.alert == alert_matches.c.alert)
    .join(deliveries, deliveries.c.id == updates.c.delivery)
)


async def _rings(
    connection: AsyncConnection, met: Iterable[RowMapping]
) -> dict[int, tuple[Ring, ...]]:
    """Return match -> the messages that tell of it: those of its alerts, and updates since."""
    since = {row["id"]: row["matched_at"] for row in met}
    carried = await rows_for(connection, _ALERTS, alert_matches.c.match, since)
    carried += [
        row
        for row in await rows_for(connection, _UPDATES, alert_matches.c.match, since)
        if row["created_at"] >= since[row["match"]]
    ]
    carried.sort(key=itemgetter("match", "due_at", "receiver", "target"))
    return {
        number: tuple(map(_ring, some)) for number, some in groupby(carried, itemgetter("match"))
    }


def _ring(row: RowMapping) -> Ring:
    return Ring(
        delivery=row["id"],
        kind=DeliveryKind(row["kind"]),
        receiver=row["receiver"],
        address=rows.address(row),
        state=DeliveryState(row["state"]),
        held_by=row["held_by"],
        due_at=row["due_at"],
    )


async def _told_stories(connection: AsyncConnection, stories: Iterable[str]) -> frozenset[str]:
    query = select(alerts.c.story).distinct()
    return frozenset(
        row["story"] for row in await rows_for(connection, query, alerts.c.story, stories)
    )
