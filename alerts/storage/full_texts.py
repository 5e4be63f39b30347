"""Which articles want their page read, and what came of it.

Nobody hands articles over: whatever is new in a feed that asks for full text, and was not looked at
since its words last changed, is wanted.  So a restart forgets none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import Article, Novelty, Sighting
from alerts.storage import rows
from alerts.storage.engine import translated
from alerts.storage.many import portions
from alerts.storage.polls import write_matches
from alerts.storage.tables import articles, feeds, full_texts
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer

#: Articles of one feed that are looked at together.
_OF_A_FEED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedText:
    """An article whose page is to be read."""

    article: Article
    #: Of the words that the feed gives; `articles.digest`.
    digest: str
    #: Earlier attempts that failed.
    attempt: int = 0


class FullTexts:
    """Finds articles that want their page read, and keeps what it says."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def wanted(
        self, urls: Collection[str], *, since: datetime, now: datetime
    ) -> list[WantedText]:
        """Return articles of the feeds *urls*, seen after *since*, whose page is due; oldest first.

        A feed has a few of them in it, however many wait: none crowds out another.
        """
        found: list[WantedText] = []
        with translated():
            async with self._readers.begin() as connection:
                for portion in portions(urls):
                    query = _wanted(portion, since, now)
                    result = await connection.execute(query)
                    found += [_wanted_text(row) for row in result.mappings()]
        return sorted(found, key=lambda text: text.article.seen_at or now)

    async def failed(self, text: WantedText, error: str, *, due_at: datetime | None) -> None:
        """Note that the page could not be read; it is tried again at *due_at*, None: never.

        Raises:
            StorageError: nothing was written.
        """

        async def work(connection: AsyncConnection) -> None:
            await _note(connection, text, attempt=text.attempt + 1, due_at=due_at, error=error)

        await self._writer.run(work)

    async def read(
        self, text: WantedText, sighting: Sighting | None, *, rule_set: str, now: datetime
    ) -> int | None:
        """Store the page's words and what they match; return how many alerts are new.

        *sighting* is None when the page says no more than the feed.  None is returned, and nothing
        is stored, when the feed has changed the article meanwhile: its page is read again.

        Raises:
            StorageError: nothing was written.
        """

        async def work(connection: AsyncConnection) -> int | None:
            query = select(articles.c.story, articles.c.digest)
            row = (
                await connection.execute(query.where(articles.c.id == text.article.id))
            ).one_or_none()
            if row is None or row.digest != text.digest:
                return None
            await _note(connection, text, attempt=0, due_at=None, error="")
            if sighting is None:
                return 0
            # The digest stays that of the feed's own words: else the next poll would take the
            # article for changed, and put the summary back.
            await connection.execute(
                update(articles)
                .where(articles.c.id == text.article.id)
                .values(content=sighting.article.content, language=sighting.article.language)
            )
            told = {text.article.id: row.story}
            return await write_matches(
                connection, sighting.matches, told, rule_set=rule_set, now=now
            )

        return await self._writer.run(work)


def _wanted(urls: Collection[str], since: datetime, now: datetime) -> Select[Any]:
    changed = full_texts.c.digest != articles.c.digest
    place = func.row_number().over(partition_by=articles.c.feed, order_by=articles.c.seen_at)
    due = (
        select(
            articles.c.id.label("article"),
            feeds.c.url.label("feed_url"),
            func.coalesce(full_texts.c.attempt, 0).label("attempt"),
            func.coalesce(full_texts.c.digest, "").label("looked_at"),
            place.label("place"),
        )
        .join(feeds, feeds.c.id == articles.c.feed)
        .outerjoin(full_texts, full_texts.c.article == articles.c.id)
        .where(feeds.c.url.in_(urls), articles.c.novelty == Novelty.NEW.value)
        .where(articles.c.seen_at >= since, articles.c.url != "")
        .where(or_(full_texts.c.article.is_(None), changed, full_texts.c.due_at <= now))
        .subquery()
    )
    query = select(articles, due.c.feed_url, due.c.attempt, due.c.looked_at)
    return query.join(due, due.c.article == articles.c.id).where(due.c.place <= _OF_A_FEED)


def _wanted_text(row: Any) -> WantedText:
    same = row["looked_at"] == row["digest"]
    return WantedText(
        article=rows.article(row, feed=row["feed_url"]),
        digest=row["digest"],
        attempt=row["attempt"] if same else 0,
    )


async def _note(
    connection: AsyncConnection,
    text: WantedText,
    *,
    attempt: int,
    due_at: datetime | None,
    error: str,
) -> None:
    row = {
        "article": text.article.id,
        "digest": text.digest,
        "attempt": attempt,
        "due_at": due_at,
        "error": error,
    }
    await insert_new(
        connection, full_texts, [row], replace=("digest", "attempt", "due_at", "error")
    )
