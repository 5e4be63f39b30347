"""The articles that were seen: found by whatever names them, and read in the order of their coming."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, and_, func, select, tuple_
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import ColumnElement

from alerts.model import Article, Field, Novelty
from alerts.storage import rows
from alerts.storage.engine import translated
from alerts.storage.search import IS_INDEXED, Wanted, candidates
from alerts.storage.sought import Sought, Span, found_in
from alerts.storage.tables import articles, feeds, revisions, story_keys
from alerts.text.canonical import canonical_url

#: Of an id that is not given whole.
SHORTEST = 8
#: Several that one name could mean: more are of no use to anybody.
_AMBIGUOUS = 10
#: Of a site: so many addresses are compared with one that is not known.
_NEIGHBOURS = 2_000
#: Of a story: so many articles are looked at for an address.
_REPORTS = 100
#: Articles that are read together.
_STRETCH = 1_000
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """An article as it is kept."""

    #: With its latest words.
    article: Article
    story: str
    novelty: Novelty


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an article said for a time."""

    #: With the words of that time.
    article: Article
    #: When its publisher replaced them; None: they stand.
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit(Archived):
    """An article that holds the words that were searched for."""

    #: Where it has them, by field.
    spans: Mapping[Field, tuple[Span, ...]]


class Archive:
    """Finds and reads articles; nothing here writes."""

    def __init__(self, readers: AsyncEngine) -> None:
        self._readers = readers

    async def find(self, named: str) -> list[Archived]:
        """Return the articles that *named* is the id of, or its beginning, or the URL.

        Ids begin with 8 characters at least.  A URL is compared as publishers vary it: with or
        without `www.`, `https`, trackers.  One article; several, when the name is ambiguous (the
        first ten); none.
        """
        named = named.strip()
        if "://" in named:
            return await self._at(named)
        if found := await self._where(articles.c.id == named, most=1):
            return found
        prefix = named.lower()
        if len(prefix) < SHORTEST or not _HEX.issuperset(prefix):
            return []
        return await self._where(_begins(prefix), most=_AMBIGUOUS)

    async def nearest(self, named: str, *, most: int = 5) -> list[Archived]:
        """Return articles that could have been meant: of the most alike ids, or addresses of the site.

        Of a site the newest are looked at; nothing is returned of one that was never read.
        """
        named = named.strip()
        if "://" in named:
            return await self._alike(named, most=most)
        prefix = named.lower()
        for length in range(len(prefix), 0, -1):
            if not _HEX.issuperset(prefix[:length]):
                continue
            if found := await self._where(_begins(prefix[:length]), most=most):
                return found
        return await self._where(articles.c.id != "", most=most)

    async def versions(self, article: str) -> list[Version]:
        """Return everything that *article*, an id, has said: oldest first, the last is the current.

        None: there is no such article.
        """
        query = select(revisions).where(revisions.c.article == article)
        found = await self._where(articles.c.id == article, most=1)
        if not found:
            return []
        current = found[0].article
        earlier = await self._rows(query.order_by(revisions.c.number))
        return [*(_version(current, row) for row in earlier), Version(article=current, until=None)]

    async def count(self, *, since: datetime, until: datetime) -> int:
        """Return how many articles were seen from *since* on, before *until*."""
        query = select(func.count()).select_from(articles).where(_seen(since, until))
        with translated():
            async with self._readers.begin() as connection:
                return int(await connection.scalar(query) or 0)

    async def at_key(self, key: str) -> list[Archived]:
        """Return the articles of the story that *key* opened or joined, the newest first.

        *key* is of `Sighting.story_keys`; an index answers, where `find` reads the table.
        """
        story = select(story_keys.c.story).where(story_keys.c.key == key).scalar_subquery()
        return await self._where(articles.c.story == story, most=_REPORTS)

    async def read(
        self,
        *,
        since: datetime,
        until: datetime,
        newest_first: bool = False,
        together: int = _STRETCH,
    ) -> AsyncGenerator[Sequence[Archived], None]:
        """Yield the articles that were seen from *since* on, before *until*, by that time and id.

        They come in stretches of a thousand, each as it stands when its turn comes: 100,000 take
        some seconds, and no more memory than a stretch.  A stretch is made of rows on the event loop,
        which takes 25 ms: where others need it too, fewer have to come *together*.
        """
        urls = await self._urls()
        place = [column.desc() for column in _PLACE] if newest_first else _PLACE
        query = select(articles).where(_seen(since, until)).order_by(*place).limit(together)
        found = await self._rows(query)
        while found:
            yield [archived(row, urls) for row in found]
            last = (found[-1]["seen_at"], found[-1]["id"])
            beyond = tuple_(*_PLACE) < last if newest_first else tuple_(*_PLACE) > last
            found = await self._rows(query.where(beyond))

    async def search(
        self,
        words: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        feed: str = "",
        most: int = 50,
    ) -> list[Hit]:
        """Return *most* articles that hold all of the *words*, the newest first; as `hits`."""
        found: list[Hit] = []
        async for some in self.hits(words, since=since, until=until, feed=feed):
            found += some[: most - len(found)]
            if len(found) == most:
                break
        return found

    async def hits(
        self,
        words: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        feed: str = "",
    ) -> AsyncIterator[Sequence[Hit]]:
        """Yield the articles that hold all of the *words*, the newest first, some at a time.

        Capitals and accents do not count; `word*` is the beginning of a word; no words are every
        article.  They are looked for in title, summary, content and author.  *feed* is a part of the
        feed's URL or its publisher's name; empty: every feed.
        """
        urls, sought = await self._urls(), Sought.all_of(words)
        if words.strip() and not sought:
            return  # signs alone
        feeds_named = await self._feeds(feed) if feed else None
        wanted = Wanted(words=sought, since=since, until=until, feeds=feeds_named)
        async for some in candidates(self._readers, wanted):
            yield [hit for row in some if (hit := _hit(row, archived(row, urls), sought))]

    async def _feeds(self, named: str) -> list[int]:
        query = select(feeds.c.id, feeds.c.url, feeds.c.publisher)
        part = named.casefold()
        return [
            row["id"]
            for row in await self._rows(query)
            if part in row["url"].casefold() or part in row["publisher"].casefold()
        ]

    async def _at(self, url: str) -> list[Archived]:
        """Return the articles whose address is *url*, written like this or another way.

        Addresses have no index, which each poll would pay for: the table is read for it, but for
        the contents of the articles.
        """
        canonical = canonical_url(url)
        found = await self._rows(select(articles.c.id, articles.c.url).where(_of_site(url)))
        same = [row["id"] for row in found if row["url"] == url]
        alike = [row["id"] for row in found if canonical_url(row["url"]) == canonical]
        return await self._where(articles.c.id.in_((same or alike)[:_AMBIGUOUS]), most=_AMBIGUOUS)

    async def _alike(self, url: str, *, most: int) -> list[Archived]:
        """Return the articles of the site of *url* whose paths are most like its own."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - 2.4 MB that good addresses do not need

        query = select(articles.c.id, articles.c.url).where(_of_site(url))
        newest = await self._rows(query.order_by(*_NEWEST).limit(_NEIGHBOURS))
        paths = {row["id"]: _path(canonical_url(row["url"])) for row in newest}
        best = process.extract(_path(canonical_url(url)), paths, scorer=fuzz.ratio, limit=most)
        ids = [id_ for _, _, id_ in best]
        found = await self._where(articles.c.id.in_(ids), most=most)
        return sorted(found, key=lambda each: ids.index(each.article.id))

    async def _where(self, condition: ColumnElement[bool], *, most: int) -> list[Archived]:
        """Return *most* articles, the newest first."""
        query = select(articles).where(condition).order_by(*_NEWEST).limit(most)
        found = await self._rows(query)
        urls = await self._urls() if found else {}
        return [archived(row, urls) for row in found]

    async def _urls(self) -> dict[int, str]:
        return {row["id"]: row["url"] for row in await self._rows(select(feeds.c.id, feeds.c.url))}

    async def _rows(self, query: Select[Any]) -> Sequence[RowMapping]:
        with translated():
            async with self._readers.begin() as connection:
                found: Sequence[RowMapping] = (await connection.execute(query)).mappings().all()
                return found


_PLACE = (articles.c.seen_at, articles.c.id)
_NEWEST = (articles.c.seen_at.desc(), articles.c.id)


def _seen(since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(articles.c.seen_at >= since, articles.c.seen_at < until)


def _of_site(url: str) -> ColumnElement[bool]:
    host = urlsplit(canonical_url(url)).hostname or url
    return func.lower(articles.c.url).contains(host, autoescape=True)


def _path(url: str) -> str:
    """Return what follows the host of *url*."""
    return url.partition("://")[2].partition("/")[2].lower()


def _begins(prefix: str) -> ColumnElement[bool]:
    # A range and not LIKE: the primary key answers it.  Ids are hex, and g comes behind f.
    return and_(articles.c.id >= prefix, articles.c.id < f"{prefix}g")


def archived(row: RowMapping, urls: Mapping[int, str]) -> Archived:
    """Return the article of a whole *row*; *urls* are those of the feeds, by their numbers."""
    return Archived(
        article=rows.article(row, feed=urls[row["feed"]]),
        story=row["story"],
        novelty=Novelty(row["novelty"]),
    )


def _hit(row: RowMapping, kept: Archived, sought: Sequence[Sought]) -> Hit | None:
    spans = found_in(kept.article, sought)
    if spans is None and not row[IS_INDEXED]:
        return None
    # None: SQLite parts some words otherwise than we do; the index has said that they are there.
    return Hit(article=kept.article, story=kept.story, novelty=kept.novelty, spans=spans or {})


def _version(current: Article, row: RowMapping) -> Version:
    words = {name: row[name] for name in ("url", "title", "summary", "content", "language")}
    return Version(article=replace(current, **words), until=row["replaced_at"])
