"""Everything that one poll found, written at once: state, articles, matches, deliveries.

Either all of it is in the tables or nothing: validators that were stored without their articles
would lose them, and articles without their deliveries would never ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import FeedState, RoutedMatch, Sighting
from alerts.model.feed_state import Pace
from alerts.storage import rows
from alerts.storage.announce import announce
from alerts.storage.many import portions, rows_for
from alerts.storage.tables import articles, feeds, matches, pace, revisions, stories, story_keys
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer

#: Earlier states of an article that are kept; what its publisher does after that is not looked at.
MOST_REVISIONS = 24
#: The same headline is the same story for so long (FEEDS.md, What is new).
_HEADLINE_LASTS = timedelta(days=7)
#: `listed_at` is exact to a day: a write for each poll would wear the disk for nothing.
_LISTED_EXACT_TO = timedelta(days=1)


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


class Polls:
    """Writes polls."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def record(self, poll: PollRecord, *, now: datetime) -> Recorded:
        """Write *poll* in one transaction.

        Raises:
            StorageError: nothing was written; polling the feed again brings the same articles.
        """

        async def work(connection: AsyncConnection) -> Recorded:
            if poll.pace is not None:
                await _write_pace(connection, poll.pace)
            feed = await _write_state(connection, poll.state)
            if feed is None:  # an edit of the rule files removed it during the poll
                return Recorded()
            recorded = await _write_articles(connection, feed, poll, now)
            await _write_listed(connection, poll.listed, now)
            return recorded

        return await self._writer.run(work)


async def _write_state(connection: AsyncConnection, state: FeedState) -> int | None:
    statement = (
        update(feeds)
        .where(feeds.c.url == state.url)
        .values(rows.feed_columns(state))
        .returning(feeds.c.id)
    )
    feed: int | None = await connection.scalar(statement)
    return feed


async def _write_pace(connection: AsyncConnection, value: Pace) -> None:
    columns = rows.pace_columns(value)
    await insert_new(connection, pace, [columns | {"id": 1}], replace=tuple(columns))


async def _write_articles(
    connection: AsyncConnection, feed: int, poll: PollRecord, now: datetime
) -> Recorded:
    if not poll.sightings:
        return Recorded()
    known = await _known(connection, [sighting.article.id for sighting in poll.sightings])
    once: dict[str, Sighting] = {}
    for sighting in poll.sightings:  # a document may list an article twice: its first words count
        once.setdefault(sighting.article.id, sighting)
    fresh = [sighting for key, sighting in once.items() if key not in known]
    told = {row["id"]: row["story"] for row in known.values()}
    told |= await _open_stories(connection, fresh, now)
    if fresh:
        await connection.execute(
            insert(articles),
            [_article_row(sighting, feed, told[sighting.article.id], now) for sighting in fresh],
        )
    revised = 0
    for key in once.keys() & known.keys():
        revised += await _revise(connection, known[key], once[key], now)
    routed = [match for sighting in poll.sightings for match in sighting.matches]
    alerted = await write_matches(connection, routed, told, rule_set=poll.rule_set, now=now)
    return Recorded(articles=len(fresh), revisions=revised, alerts=alerted)


async def _known(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, RowMapping]:
    stored = await rows_for(connection, select(articles), articles.c.id, ids)
    return {row["id"]: row for row in stored}


def _article_row(sighting: Sighting, feed: int, story: str, now: datetime) -> dict[str, Any]:
    return rows.article_columns(sighting.article) | {
        "feed": feed,
        "story": story,
        "novelty": sighting.novelty.value,
        "digest": sighting.digest,
        "seen_at": sighting.article.seen_at or now,
        "listed_at": now,
    }


async def _open_stories(
    connection: AsyncConnection, sightings: Sequence[Sighting], now: datetime
) -> dict[str, str]:
    """Return article id -> story, opening those that nobody has told yet."""
    if not sightings:
        return {}
    keys = {key for sighting in sightings for key in sighting.story_keys}
    stored = await rows_for(connection, select(story_keys), story_keys.c.key, keys)
    by_key = {
        row["key"]: row["story"] for row in stored if _still_holds(row["key"], row["seen_at"], now)
    }
    told: dict[str, str] = {}
    for sighting in sightings:
        known = (by_key[key] for key in sighting.story_keys if key in by_key)
        told[sighting.article.id] = story = next(known, sighting.article.id)
        for key in sighting.story_keys:
            by_key.setdefault(key, story)
    opened = {story for article, story in told.items() if story == article}
    if opened:
        await connection.execute(
            insert(stories), [{"id": story, "opened_at": now} for story in sorted(opened)]
        )
    await insert_new(
        connection,
        story_keys,
        [{"key": key, "story": by_key[key], "seen_at": now} for key in sorted(keys)],
        replace=("story", "seen_at"),
    )
    return told


def _still_holds(key: str, seen_at: datetime, now: datetime) -> bool:
    return not key.startswith("title:") or now - seen_at <= _HEADLINE_LASTS


async def _revise(
    connection: AsyncConnection, row: RowMapping, sighting: Sighting, now: datetime
) -> int:
    """Keep the earlier words of a changed article and store the new ones; return 1 if it did."""
    newest = await connection.scalar(
        select(revisions.c.number)
        .where(revisions.c.article == row["id"])
        .order_by(revisions.c.number.desc())
        .limit(1)
    )
    number = (newest or 0) + 1
    if row["digest"] == sighting.digest or number > MOST_REVISIONS:
        return 0
    kept = {name: row[name] for name in ("digest", "url", "title", "summary", "content")}
    await connection.execute(
        insert(revisions).values(article=row["id"], number=number, replaced_at=now, **kept)
    )
    changed = {name: getattr(sighting.article, name) for name in kept if name != "digest"}
    # New words may be in another language; the earlier one is told by the earlier words.
    changed["language"] = sighting.article.language
    await connection.execute(
        update(articles).where(articles.c.id == row["id"]).values(digest=sighting.digest, **changed)
    )
    return 1


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


async def _write_listed(connection: AsyncConnection, listed: Iterable[str], now: datetime) -> None:
    for ids in portions(listed):
        await connection.execute(
            update(articles)
            .where(articles.c.id.in_(ids), articles.c.listed_at < now - _LISTED_EXACT_TO)
            .values(listed_at=now)
        )
