"""The feeds that rule files name, and what is remembered of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import Article, Feed, FeedState, Pace
from alerts.storage import rows
from alerts.storage.engine import translated
from alerts.storage.many import STRETCH, portions, rows_for, stretches
from alerts.storage.sightings import MOST_REVISIONS
from alerts.storage.tables import articles, feeds, pace, revisions
from alerts.storage.writer import Writer

_RELISTED = (
    update(feeds)
    .where(feeds.c.id == bindparam("row"))
    .values(listed=bindparam("listed"), publisher=bindparam("newest"))
)


class Feeds:
    """Reads and lists feeds."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def enlist(
        self, named: Sequence[Feed], first_due_at: Mapping[str, datetime]
    ) -> dict[str, FeedState]:
        """Make *named* the feeds that are polled, and return their states by URL.

        A feed that is new is due at *first_due_at*; one that was known keeps its state, also after
        it was away; one that is not named any more keeps its memory and is not polled.
        """
        publishers = {feed.url: feed.publisher for feed in named}

        async def work(connection: AsyncConnection) -> None:
            fresh = await _relist(connection, publishers)
            for some in portions(fresh, STRETCH):
                rows_of = [
                    rows.feed_columns(FeedState(url=url, next_due_at=first_due_at[url]))
                    | {"publisher": publishers[url], "listed": True}
                    for url in some
                ]
                await connection.execute(insert(feeds), rows_of)

        await self._writer.run(work)
        return await self._listed()

    async def _listed(self) -> dict[str, FeedState]:
        """Return the states of the feeds that are polled, by URL."""
        states: dict[str, FeedState] = {}
        query = select(feeds).where(feeds.c.listed)
        with translated():
            async with self._readers.begin() as connection:
                async for some in stretches(connection, query, feeds.c.id):
                    states |= {row["url"]: rows.feed_state(row) for row in some}
        return states

    async def pace(self) -> Pace:
        """Return the pace of all feeds as it was last stored."""
        with translated():
            async with self._readers.begin() as connection:
                row = (await connection.execute(select(pace))).mappings().first()
                return rows.pace(row) if row else Pace()

    async def known(self, ids: Sequence[str]) -> dict[str, str]:
        """Return which of the articles *ids* are stored, with the digest of their words."""
        if not ids:
            return {}
        with translated():
            async with self._readers.begin() as connection:
                query = select(articles.c.id, articles.c.digest)
                found = await rows_for(connection, query, articles.c.id, ids)
                return {row["id"]: row["digest"] for row in found}

    async def articles(self, ids: Sequence[str]) -> list[Article]:
        """Return the stored articles *ids* as they were last seen."""
        return await self._articles(select(articles), ids)

    async def revisable(self, ids: Sequence[str]) -> list[Article]:
        """Return those of the articles *ids* of which another revision is looked at."""
        last = exists().where(
            revisions.c.article == articles.c.id, revisions.c.number >= MOST_REVISIONS
        )
        return await self._articles(select(articles).where(~last), ids)

    async def _articles(self, chosen: Select[Any], ids: Sequence[str]) -> list[Article]:
        if not ids:
            return []
        query = chosen.add_columns(feeds.c.url.label("feed_url")).join(
            feeds, feeds.c.id == articles.c.feed
        )
        with translated():
            async with self._readers.begin() as connection:
                found = await rows_for(connection, query, articles.c.id, ids)
                return [rows.article(row, feed=row["feed_url"]) for row in found]

    async def links(self, url: str) -> list[str]:
        """Return the links of the stored articles of the feed at *url*."""
        query = (
            select(articles.c.url)
            .join(feeds, feeds.c.id == articles.c.feed)
            .where(feeds.c.url == url, articles.c.url != "")
        )
        with translated():
            async with self._readers.begin() as connection:
                return list((await connection.execute(query)).scalars())

    async def newest_at(self, url: str) -> datetime | None:
        """Return the latest date that an article of the feed at *url* bears."""
        query = (
            select(func.max(articles.c.published_at))
            .join(feeds, feeds.c.id == articles.c.feed)
            .where(feeds.c.url == url)
        )
        with translated():
            async with self._readers.begin() as connection:
                newest: datetime | None = await connection.scalar(query)
        return newest


async def _relist(connection: AsyncConnection, publishers: Mapping[str, str]) -> list[str]:
    """Make those stored feeds the listed ones that *publishers* names; return who is not stored.

    Most edits of rule files change few feeds: only what differs is written.
    """
    missing = dict(publishers)
    query = select(feeds.c.id, feeds.c.url, feeds.c.publisher, feeds.c.listed)
    async for some in stretches(connection, query, feeds.c.id):
        changed = []
        for row in some:
            publisher = missing.pop(row["url"], None)
            if (row["publisher"] if row["listed"] else None) != publisher:
                newest = row["publisher"] if publisher is None else publisher
                listed = publisher is not None
                changed.append({"row": row["id"], "listed": listed, "newest": newest})
        if changed:
            await connection.execute(_RELISTED, changed)
    return list(missing)
