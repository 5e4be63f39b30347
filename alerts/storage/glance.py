"""The numbers that tell at a glance whether all is well: of a day, of a week, and of now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import DeliveryState
from alerts.storage.answers import IS_ANSWER
from alerts.storage.engine import sqlite_file, translated
from alerts.storage.tables import (
    addresses,
    articles,
    deliveries,
    matches,
    mutes,
    reigns,
    rule_sets,
    silences,
)

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
#: What is written beside the database's file.
_PARTS: Final = ("", "-wal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """How many in the last 24 hours, and in the last 7 days."""

    day: int = 0
    week: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What stands in the tables besides `Counts`."""

    #: Since when the rules are in force; None: none ever were.
    in_force_since: datetime | None = None
    articles: Lately = Lately()
    #: Since when articles are stored; None: there are none.
    first_article_at: datetime | None = None
    matches: Lately = Lately()
    #: But for answers, which are kept for a day.
    sent: Lately = Lately()
    #: Dead letters, by when they were made.
    dead: Lately = Lately()
    #: Chats and mailboxes that let nobody write to them.
    gone: int = 0
    silences: int = 0
    mutes: int = 0
    #: Of the database on its disk.
    bytes: int = 0


class Glances:
    """Looks at the tables."""

    def __init__(self, readers: AsyncEngine) -> None:
        self._readers = readers

    async def look(self, *, now: datetime) -> Glance:
        """Return how things stand at *now*."""
        is_dead = deliveries.c.state == DeliveryState.DEAD.value
        with translated():
            async with self._readers.begin() as there:
                return Glance(
                    in_force_since=await _in_force_since(there),
                    articles=await _lately(there, articles.c.seen_at, now),
                    first_article_at=await there.scalar(select(func.min(articles.c.seen_at))),
                    matches=await _lately(there, matches.c.matched_at, now),
                    sent=await _lately(there, deliveries.c.sent_at, now, ~IS_ANSWER),
                    dead=await _lately(there, deliveries.c.created_at, now, is_dead),
                    gone=await _count(there, addresses.c.gone_at.is_not(None)),
                    silences=await _count(there, _lasts(now)),
                    mutes=await _count(there, mutes.c.until > now),
                    bytes=await _size(there, self._readers.url),
                )


async def _in_force_since(there: AsyncConnection) -> datetime | None:
    newest = select(reigns.c.begun_at).order_by(reigns.c.id.desc()).limit(1)
    # A database of before reigns were noted knows when they were last loaded.
    loaded = select(func.max(rule_sets.c.loaded_at))
    since: datetime | None = await there.scalar(newest) or await there.scalar(loaded)
    return since


def _lasts(now: datetime) -> ColumnElement[bool]:
    is_not_ended = or_(silences.c.ended_at.is_(None), silences.c.ended_at > now)
    return and_(silences.c.begins_at <= now, silences.c.ends_at > now, is_not_ended)


async def _lately(
    there: AsyncConnection, at: ColumnElement[Any], now: datetime, *where: ColumnElement[bool]
) -> Lately:
    query = select(func.count(), func.count().filter(at > now - DAY)).where(at > now - WEEK, *where)
    week, day = (await there.execute(query)).one()
    return Lately(day=day, week=week)


async def _count(there: AsyncConnection, where: ColumnElement[bool]) -> int:
    return int(await there.scalar(select(func.count()).where(where)) or 0)


async def _size(there: AsyncConnection, url: URL) -> int:
    path = sqlite_file(url)
    if path is None:
        return int(await there.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    parts = (path.with_name(path.name + part) for part in _PARTS)
    return sum(part.stat().st_size for part in parts if part.exists())
