"""What operators silence, what that kept from ringing, and its end.

A match that meets a silence is stored and counted, and sent to nobody; an alert rings for what is left.
That is decided in the transaction that writes the match, so that a silence holds from the moment at
which it is stored.  It also holds what waits already and says nothing else.  Its end is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    exists,
    insert,
    select,
    union_all,
    update,
)
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import (
    Article,
    DeliveryKind,
    DeliveryState,
    HeldBy,
    LabelMatcher,
    Notice,
    Receiver,
    RoutedMatch,
    Severity,
    Watchlist,
)
from alerts.storage import notices, rows
from alerts.storage.engine import translated
from alerts.storage.many import portions, rows_for
from alerts.storage.silence import Silence, first_met
from alerts.storage.tables import (
    Moment,
    alert_matches,
    alerts,
    articles,
    deliveries,
    matches,
    silences,
    updates,
)
from alerts.storage.writer import Writer
from alerts.watchlists.matchers import labels, written

#: What a silence can hold back; a digest is its reader's hour and leaves whatever it says.
_HELD_BACK: tuple[str, ...] = tuple(
    kind.value for kind in (DeliveryKind.ALERT, DeliveryKind.LIST, DeliveryKind.UPDATE)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A silence, and what it held at once."""

    silence: Silence
    #: Deliveries that waited, and say nothing that is not silenced.
    held: int


class Silences:
    """Begins, lists and ends silences."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def begin(
        self,
        matchers: Iterable[LabelMatcher],
        *,
        author: str,
        comment: str,
        until: datetime,
        watchlists: Mapping[str, Watchlist],
        now: datetime,
    ) -> Begun:
        """Silence what meets all of *matchers* until *until*; hold what waits and says nothing else.

        *watchlists* says, by id, whose and with which tags the matches are that wait.
        """
        row = {
            "matchers": [written(matcher) for matcher in matchers],
            "author": author,
            "comment": comment,
            "begins_at": now,
            "ends_at": until,
            "silenced": 0,
        }

        async def work(connection: AsyncConnection) -> Begun:
            number = await connection.scalar(insert(silences).values(row).returning(silences.c.id))
            held = await _hold_waiting(connection, watchlists, now=now)
            [begun] = await _silences(connection, silences.c.id == number)
            return Begun(silence=begun, held=held)

        return await self._writer.run(work)

    async def expire(self, number: int, *, now: datetime) -> Silence | None:
        """End a silence before its time, and return it; nothing is told, and what was held stays so.

        None: there is none that lasts.
        """
        where = and_(silences.c.id == number, _lasts(now))

        async def work(connection: AsyncConnection) -> Silence | None:
            if not (
                await connection.execute(update(silences).where(where).values(ended_at=now))
            ).rowcount:
                return None
            [ended] = await _silences(connection, silences.c.id == number)
            return ended

        return await self._writer.run(work)

    async def lasting(self, *, now: datetime) -> list[Silence]:
        """Return the silences that last; the first to end first."""
        return await self._read(_lasts(now))

    async def over(self, *, now: datetime) -> list[Silence]:
        """Return the silences that are over, by themselves or because somebody ended them."""
        return await self._read(~_lasts(now))

    async def end_due(self, operator: Receiver, *, now: datetime) -> int:
        """End what is over and tell *operator* of it; return how many ended."""
        due = and_(silences.c.ends_at <= now, silences.c.ended_at.is_(None))

        async def work(connection: AsyncConnection) -> int:
            ended = await _silences(connection, due)
            for silence in ended:
                await notices.tell(connection, _ending(silence), operator, now=now)
            await connection.execute(update(silences).where(due).values(ended_at=now))
            return len(ended)

        return await self._writer.run(work)

    async def _read(self, where: ColumnElement[bool]) -> list[Silence]:
        with translated():
            async with self._readers.begin() as connection:
                return await _silences(connection, where)


async def ringing(
    connection: AsyncConnection, routed: Sequence[RoutedMatch], *, now: datetime
) -> Sequence[RoutedMatch]:
    """Return those of *routed*, whose matches are stored, that no silence meets; note the others.

    What nobody was to hear of anyway is not silenced.
    """
    lasting = await _lasting(connection, now)
    if not lasting:
        return routed
    left: list[RoutedMatch] = []
    met: dict[tuple[str, str], int] = {}
    for item in routed:
        silence = first_met(lasting, item.labels) if item.destinations else None
        if silence is None:
            left.append(item)
        else:
            met[item.match.article, item.match.watchlist] = silence.id
    await _note(connection, met)
    return left


async def _note(connection: AsyncConnection, met: Mapping[tuple[str, str], int]) -> None:
    """Note of the matches *met*, by article and watchlist, which silence kept them from ringing."""
    # One that an alert names has rung, or waits; it comes again because its article was changed.
    query = select(matches.c.id, matches.c.article, matches.c.watchlist).where(
        matches.c.silence.is_(None), ~exists().where(alert_matches.c.match == matches.c.id)
    )
    found = await rows_for(connection, query, matches.c.article, {each for each, _ in met})
    by_pair = {(row["article"], row["watchlist"]): row["id"] for row in found}
    await _mark(connection, {by_pair[pair]: met[pair] for pair in met if pair in by_pair})


async def _mark(connection: AsyncConnection, silenced: Mapping[int, int]) -> None:
    """Store match -> the silence that kept it from ringing, and count it there."""
    for number in sorted(set(silenced.values())):
        count = 0
        for some in portions(match for match, silence in silenced.items() if silence == number):
            unmarked = and_(matches.c.id.in_(some), matches.c.silence.is_(None))
            marking = update(matches).where(unmarked).values(silence=number)
            count += (await connection.execute(marking)).rowcount
        await connection.execute(
            update(silences)
            .where(silences.c.id == number)
            .values(silenced=silences.c.silenced + count)
        )


async def _hold_waiting(
    connection: AsyncConnection, watchlists: Mapping[str, Watchlist], *, now: datetime
) -> int:
    """Hold what waits and says nothing that is not silenced; return how many deliveries."""
    lasting = await _lasting(connection, now)
    held: list[str] = []
    silenced: dict[int, int] = {}
    waiting = (await connection.execute(_waiting())).mappings()
    for delivery, said in groupby(waiting, key=itemgetter("delivery")):
        met = {row["id"]: first_met(lasting, _labels(row, watchlists)) for row in said}
        by = {match: silence.id for match, silence in met.items() if silence is not None}
        if len(by) == len(met):
            held.append(delivery)
            silenced |= by
    for some in portions(held):
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(some))
            .values(state=DeliveryState.HELD.value, held_by=HeldBy.SILENCED.value)
        )
    await _mark(connection, silenced)
    return len(held)


def _waiting() -> Any:
    """Select the matches of what has certainly not arrived and can be held, by delivery."""
    # An update says more of an alert that another delivery has carried.
    carrying = union_all(
        select(alerts.c.id.label("alert"), alerts.c.delivery),
        select(updates.c.alert, updates.c.delivery),
    ).subquery()
    return (
        select(matches, articles.c.publisher, articles.c.tags, carrying.c.delivery)
        .join(deliveries, deliveries.c.id == carrying.c.delivery)
        .join(alert_matches, alert_matches.c.alert == carrying.c.alert)
        .join(matches, matches.c.id == alert_matches.c.match)
        .join(articles, articles.c.id == matches.c.article)
        .where(
            deliveries.c.state == DeliveryState.PENDING.value,
            deliveries.c.possible_repeat.is_(False),
            deliveries.c.kind.in_(_HELD_BACK),
        )
        .order_by(carrying.c.delivery)
    )


def _labels(row: RowMapping, watchlists: Mapping[str, Watchlist]) -> Mapping[str, tuple[str, ...]]:
    article = Article(id=row["article"], publisher=row["publisher"], tags=tuple(row["tags"]))
    return labels(watchlists.get(row["watchlist"]), rows.match(row), article)


def _lasts(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return what `Silence.lasts` says, for the database."""
    return and_(
        silences.c.ended_at.is_(None), silences.c.begins_at <= now, silences.c.ends_at > now
    )


_ORDERED = select(silences).order_by(silences.c.ends_at, silences.c.id)
#: Built once, since every poll that matches asks it.
_LASTING = _ORDERED.where(_lasts(bindparam("now", type_=Moment())))


async def _lasting(connection: AsyncConnection, now: datetime) -> list[Silence]:
    found = await connection.execute(_LASTING, {"now": now})
    return [Silence.of(row) for row in found.mappings()]


async def _silences(connection: AsyncConnection, where: ColumnElement[bool]) -> list[Silence]:
    found = await connection.execute(_ORDERED.where(where))
    return [Silence.of(row) for row in found.mappings()]


def _ending(silence: Silence) -> Notice:
    """Return what is told of the end of *silence*."""
    met = " ".join(map(written, silence.matchers)) or "everything"
    count = silence.silenced
    kept = f"{count:,} match{'es' * (count != 1)} did not ring" if count else "Nothing was silenced"
    return Notice(
        about=f"silence {silence.id}",
        state="over",
        subject=f"Silence {silence.id} is over: {met}",
        text=f"{kept} meanwhile. It was set by {silence.author}: {silence.comment}",
        severity=Severity.INFO,
    )
