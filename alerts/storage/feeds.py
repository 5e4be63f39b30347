"""The feeds that rule files name, and what is remembered of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import Article, Feed, FeedState
from alerts.model.feed_state import Pace
from alerts.storage import rows
from alerts.storage.engine import translated
from alerts.storage.many import rows_for
from alerts.storage.tables import articles, feeds, pace
from alerts.storage.writer import Writer


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

        async def work(connection: AsyncConnection) -> dict[str, FeedState]:
            known = set(await connection.scalars(select(feeds.c.url)))
            await connection.execute(update(feeds).values(listed=False))
            if again := publishers.keys() & known:
                await connection.execute(
                    update(feeds)
                    .where(feeds.c.url == bindparam("known"))
                    .values(listed=True, publisher=bindparam("newest")),
                    [{"known": url, "newest": publishers[url]} for url in again],
                )
            fresh = [
                rows.feed_columns(FeedState(url=url, next_due_at=first_due_at[url]))
                | {"publisher": publishers[url], "listed": True}
                for url in publishers
                if url not in known
            ]
            if fresh:
                await connection.execute(insert(feeds), fresh)
            result = await connection.execute(select(feeds).where(feeds.c.listed))
            return {row["url"]: rows.feed_state(row) for row in result.mappings()}

        return await self._writer.run(work)

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
        if not ids:
            return []
        query = select(articles, feeds.c.url.label("feed_url")).join(
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
