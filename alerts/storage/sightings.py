"""Articles that polls saw, on their way into the tables: new ones, their stories, changed words.

Sightings of many polls are written at once: a statement for all of them costs little more than for
one.  Whether everything or nothing of a poll is written is `alerts.storage.writer`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Sighting
from alerts.storage import rows
from alerts.storage.many import rows_for
from alerts.storage.tables import articles, revisions, stories, story_keys
from alerts.storage.upsert import insert_new

#: Earlier states of an article that are kept; what its publisher does after that is not looked at.
MOST_REVISIONS = 24
#: The same headline is the same story for so long (FEEDS.md, What is new).
_HEADLINE_LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """A sighting of one of the polls that are being written."""

    sighting: Sighting
    #: The number of its feed.
    feed: int
    now: datetime

    @property
    def id(self) -> str:
        """The article's."""
        return self.sighting.article.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was news to the database."""

    #: Article -> its story, also of articles that were known.
    told: Mapping[str, str]
    new: frozenset[str]
    revised: frozenset[str]


async def write_sightings(connection: AsyncConnection, seen: Iterable[Sighted]) -> Written:
    """Write what is new of the articles in *seen*, and the stories that they tell."""
    once: dict[str, Sighted] = {}
    for each in seen:  # a document may list an article twice: its first words count
        once.setdefault(each.id, each)
    known = await _known(connection, once)
    fresh = [each for key, each in once.items() if key not in known]
    told = {row["id"]: row["story"] for row in known.values()}
    told |= await _open_stories(connection, fresh)
    if fresh:
        # In the order of their keys, as of all rows here: neighbours in the table come together.
        ordered = sorted(fresh, key=lambda each: each.id)
        await connection.execute(
            insert(articles), [_article_row(each, told[each.id]) for each in ordered]
        )
    revised = [key for key, row in known.items() if await _revise(connection, row, once[key])]
    new = frozenset(each.id for each in fresh)
    return Written(told=told, new=new, revised=frozenset(revised))


async def _known(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, RowMapping]:
    stored = await rows_for(connection, select(articles), articles.c.id, ids)
    return {row["id"]: row for row in stored}


def _article_row(each: Sighted, story: str) -> dict[str, Any]:
    return rows.article_columns(each.sighting.article) | {
        "feed": each.feed,
        "story": story,
        "novelty": each.sighting.novelty.value,
        "digest": each.sighting.digest,
        "seen_at": each.sighting.article.seen_at or each.now,
        "listed_at": each.now,
    }


async def _open_stories(connection: AsyncConnection, fresh: Sequence[Sighted]) -> dict[str, str]:
    """Return article id -> story, opening those that nobody has told yet."""
    keys = {key: each.now for each in fresh for key in each.sighting.story_keys}
    stored = await rows_for(connection, select(story_keys), story_keys.c.key, keys)
    by_key = {
        row["key"]: row["story"]
        for row in stored
        if _still_holds(row["key"], row["seen_at"], keys[row["key"]])
    }
    told: dict[str, str] = {}
    for each in fresh:
        known = (by_key[key] for key in each.sighting.story_keys if key in by_key)
        told[each.id] = story = next(known, each.id)
        for key in each.sighting.story_keys:
            by_key.setdefault(key, story)
    opened = [
        {"id": each.id, "opened_at": each.now}
        for each in sorted(fresh, key=lambda each: each.id)
        if told[each.id] == each.id
    ]
    if opened:
        await connection.execute(insert(stories), opened)
    await insert_new(
        connection,
        story_keys,
        [{"key": key, "story": by_key[key], "seen_at": keys[key]} for key in sorted(keys)],
        replace=("story", "seen_at"),
    )
    return told


def _still_holds(key: str, seen_at: datetime, now: datetime) -> bool:
    return not key.startswith("title:") or now - seen_at <= _HEADLINE_LASTS


async def _revise(connection: AsyncConnection, row: RowMapping, each: Sighted) -> bool:
    """Keep the earlier words of a changed article and store the new ones; tell if it did."""
    newest = await connection.scalar(
        select(revisions.c.number)
        .where(revisions.c.article == row["id"])
        .order_by(revisions.c.number.desc())
        .limit(1)
    )
    number, sighting = (newest or 0) + 1, each.sighting
    if row["digest"] == sighting.digest or number > MOST_REVISIONS:
        return False
    words = ("digest", "url", "title", "summary", "content", "language")
    kept = {name: row[name] for name in words}
    await connection.execute(
        insert(revisions).values(article=row["id"], number=number, replaced_at=each.now, **kept)
    )
    # New words may be in another language.
    changed = {name: getattr(sighting.article, name) for name in words if name != "digest"}
    await connection.execute(
        update(articles).where(articles.c.id == row["id"]).values(digest=sighting.digest, **changed)
    )
    return True
