"""Everything that one poll found, written at once: state, articles, matches, deliveries.

Either all of it is in the tables or nothing: validators that were stored without their articles
would lose them, and articles without their deliveries would never ring.  Polls that wait at the same
time are written by the same statements, which each cost more than a row does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import FeedState, Pace, RoutedMatch, Sighting
from alerts.storage import rows
from alerts.storage.announce import announce
from alerts.storage.latecomers import without_the_gone
from alerts.storage.many import portions, rows_for
from alerts.storage.sightings import Sighted, Written, write_sightings
from alerts.storage.tables import articles, feeds, matches, pace
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer

#: `listed_at` is exact to a day: a write for each poll would wear the disk for nothing.
_LISTED_EXACT_TO = timedelta(days=1)
_NUMBERS = select(feeds.c.url, feeds.c.id)
_WRITE_STATE = (
    update(feeds)
    .where(feeds.c.url == bindparam("feed_url"))
    .values({name: bindparam(name) for name in rows.STATE_COLUMNS if name != "url"})
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """What a poll found, and the state that it leaves."""

    state: FeedState
    sightings: tuple[Sighting, ...] = ()
    #: The ids of all articles that the document lists, known ones included.
    listed: tuple[str, ...] = ()
    rule_set: str = ""
    #: Of all feeds together; None: it stays as it is.
    pace: Pace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What of a `PollRecord` was news to the database."""

    articles: int = 0
    revisions: int = 0
    alerts: int = 0


@dataclass(frozen=True, slots=True)
class _Ended:
    """A poll and when it ended."""

    poll: PollRecord
    now: datetime


class Polls:
    """Writes polls."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def record(self, poll: PollRecord, *, now: datetime) -> Recorded:
        """Write *poll* in one transaction.

        Raises:
            StorageError: nothing was written; polling the feed again brings the same articles.
        """
        return await self._writer.run_together(_write, _Ended(poll, now))


async def _write(connection: AsyncConnection, ended: Sequence[_Ended]) -> list[Recorded]:
    for each in ended:
        if each.poll.pace is not None:
            await _write_pace(connection, each.poll.pace)
    await connection.execute(_WRITE_STATE, [_state_row(each.poll.state) for each in ended])
    written = await _write_articles(connection, ended)
    recorded = [await _write_alerts(connection, each, written) for each in ended]
    await _write_listed(connection, ended, written.new)
    return recorded


async def _write_pace(connection: AsyncConnection, value: Pace) -> None:
    columns = rows.pace_columns(value)
    await insert_new(connection, pace, [columns | {"id": 1}], replace=tuple(columns))


def _state_row(state: FeedState) -> dict[str, object]:
    columns = rows.feed_columns(state)
    return columns | {"feed_url": columns.pop("url")}


async def _write_articles(connection: AsyncConnection, ended: Sequence[_Ended]) -> Written:
    found = [each for each in ended if each.poll.sightings]
    if not found:
        return Written(told={}, new=frozenset(), revised=frozenset())
    urls = (each.poll.state.url for each in found)
    stored = await rows_for(connection, _NUMBERS, feeds.c.url, urls)
    numbers = {row["url"]: row["id"] for row in stored}
    return await write_sightings(
        connection,
        (
            Sighted(sighting=sighting, feed=numbers[each.poll.state.url], now=each.now)
            for each in found
            if each.poll.state.url in numbers  # an edit of the rules removed it during the poll
            for sighting in each.poll.sightings
        ),
    )


async def _write_alerts(connection: AsyncConnection, each: _Ended, written: Written) -> Recorded:
    ids = {sighting.article.id for sighting in each.poll.sightings}
    routed = [
        match
        for sighting in each.poll.sightings
        if sighting.article.id in written.told
        for match in sighting.matches
    ]
    alerts = await write_matches(
        connection, routed, written.told, rule_set=each.poll.rule_set, now=each.now
    )
    return Recorded(
        articles=len(ids & written.new), revisions=len(ids & written.revised), alerts=alerts
    )


async def write_matches(
    connection: AsyncConnection,
    routed: Sequence[RoutedMatch],
    told: Mapping[str, str],
    *,
    rule_set: str,
    now: datetime,
) -> int:
    """Write *routed* and the alerts that they make; return how many are new.

    *told* maps the article of each match to its story.
    """
    routed = await without_the_gone(connection, routed)
    if not routed:
        return 0
    await insert_new(
        connection,
        matches,
        [
            rows.match_columns(item.match) | {"rule_set": rule_set, "matched_at": now}
            for item in routed
        ],
        unless=("article", "watchlist"),
    )
    return await announce(connection, routed, told, rule_set=rule_set, now=now)


async def _write_listed(
    connection: AsyncConnection, ended: Iterable[_Ended], new: frozenset[str]
) -> None:
    """Note that articles are still listed; those that are *new* were written with it."""
    listed = {key: each.now for each in ended for key in each.poll.listed if key not in new}
    if not listed:
        return
    # What is written together was read within seconds.
    now = max(listed.values())
    for ids in portions(listed):
        await connection.execute(
            update(articles)
            .where(articles.c.id.in_(ids), articles.c.listed_at < now - _LISTED_EXACT_TO)
            .values(listed_at=now)
        )
