"""From any address of a site to the feeds that can be read there: asked one after another, politely.

Everything goes through the guarded client.  A page is asked once, what it names once each, and only
where that gives nothing the usual places, with a pause between them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import aiohttp

from alerts.errors import FeedError, ParseError
from alerts.feeds.discover import feed_links, likely_places, linked_feeds
from alerts.feeds.document import decode
from alerts.feeds.fetch import Fetched, FetchRequest, fetch
from alerts.feeds.not_a_feed import is_page
from alerts.feeds.parsed import ParsedFeed
from alerts.feeds.workers import ParserWorkers
from alerts.text.canonical import canonical_url

#: Characters of a page that are looked at: what it announces stands in its head.
_LOOK_AT = 1_000_000
#: After so many seconds nothing else is asked.
_PATIENCE = 90.0
_PAUSE = 1.0


class How(StrEnum):
    """Why an address was asked."""

    GIVEN = "given"
    ANNOUNCED = "announced"
    LINKED = "linked"
    GUESSED = "guessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that was asked, and what is there."""

    url: str
    how: How
    fetched: Fetched | None = None
    #: None: no feed; `problem` says what there is.
    feed: ParsedFeed | None = None
    problem: str = ""

    @property
    def address(self) -> str:
        """Where to read it from now on: where it has moved to for good."""
        moved = self.fetched.permanent_url if self.fetched is not None else None
        return moved or self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What an address led to."""

    #: In the order of their likelihood; each feed once.
    feeds: tuple[Candidate, ...]
    #: What the page announces and cannot be read.
    broken: tuple[Candidate, ...] = ()
    #: What the given address is, if it is no feed.
    problem: str = ""


async def polite_pause() -> None:
    """Wait between two guesses."""
    await asyncio.sleep(_PAUSE)


class Discoverer:
    """Asks addresses for feeds."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        parsers: ParserWorkers,
        *,
        now: Callable[[], datetime],
        pause: Callable[[], Awaitable[None]] = polite_pause,
        on_step: Callable[[str], None] = lambda _: None,
    ) -> None:
        """*on_step* is told each address before it is asked."""
        self._session = session
        self._parsers = parsers
        self._now = now
        self._pause = pause
        self._on_step = on_step

    async def discover(self, url: str) -> Discovery:
        """Return the feeds at *url*: itself, or those that the page there leads to.

        Raises:
            FeedError: *url* cannot be read.
        """
        first = await self.look(url, How.GIVEN)
        if first.feed is not None:
            return Discovery(feeds=(first,))
        fetched = first.fetched
        if fetched is None or fetched.body is None:
            raise ParseError(first.problem)
        page = decode(fetched.body, fetched.content_type)[:_LOOK_AT]
        if not is_page(page) and not feed_links(page, fetched.url):
            return Discovery(feeds=(), problem=first.problem)
        return await self._beyond(page, fetched.url, first.problem)

    async def _beyond(self, page: str, url: str, problem: str) -> Discovery:
        until = asyncio.get_running_loop().time() + _PATIENCE
        announced = await self._ask(feed_links(page, url), How.ANNOUNCED, until)
        asked = {canonical_url(each.url) for each in announced}
        others = [link for link in linked_feeds(page, url) if canonical_url(link) not in asked]
        linked = await self._ask(others, How.LINKED, until)
        found = [each for each in (*announced, *linked) if each.feed is not None]
        if not found:
            found = await self._guess(likely_places(url), until)
        return Discovery(
            feeds=_each_once(found),
            broken=tuple(each for each in announced if each.feed is None),
            problem=problem,
        )

    async def look(self, url: str, how: How) -> Candidate:
        """Ask *url* once.

        Raises:
            FeedError: of the given address alone: nothing can be read there at all.
        """
        self._on_step(url)
        try:
            fetched = await fetch(self._session, FetchRequest(url=url), now=self._now())
        except FeedError as error:
            if how is How.GIVEN:
                raise
            return Candidate(url=url, how=how, problem=str(error))
        try:
            feed = await self._parsers.parse(
                fetched.body or b"", url=fetched.url, content_type=fetched.content_type
            )
        except ParseError as error:
            return Candidate(url=url, how=how, fetched=fetched, problem=str(error))
        return Candidate(url=url, how=how, fetched=fetched, feed=feed)

    async def _ask(self, urls: Iterable[str], how: How, until: float) -> list[Candidate]:
        return [await self.look(url, how) for url in urls if _is_time(until)]

    async def _guess(self, urls: Iterable[str], until: float) -> list[Candidate]:
        for number, url in enumerate(urls):
            if number:
                await self._pause()
            if not _is_time(until):
                break
            found = await self.look(url, How.GUESSED)
            if found.feed is not None:
                return [found]  # the others would be the same feed by other names
        return []


def _is_time(until: float) -> bool:
    return asyncio.get_running_loop().time() < until


def _each_once(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Leave out what came from the same address in the end, or brings the same articles."""
    once: dict[object, Candidate] = {}
    for each in found:
        assert each.fetched is not None
        assert each.feed is not None
        once.setdefault(canonical_url(each.fetched.url), each)
    by_content: dict[object, Candidate] = {}
    for each in once.values():
        assert each.feed is not None
        articles = tuple(item.link or item.guid for item in each.feed.items)
        by_content.setdefault(articles or each.url, each)
    return tuple(by_content.values())
