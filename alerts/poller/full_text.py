"""The pages behind summaries: fetched when the alert on the summary has left, and matched again.

For feeds with `full_text: true`.  The poller knows nothing of it: what is new in such a feed is found
in the tables, so that neither a slow page nor a restart matters.  Each page is asked for once, as a
reader would open it: one page a host at a time, some seconds apart.  robots.txt, which is for those
who follow links by themselves (RFC 9309), is not asked; `noarchive` is obeyed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import aiohttp
import structlog

from alerts.alerting.sightings import RulesInForce, sight_changed
from alerts.errors import FeedError, ParseError, StorageError
from alerts.feeds.fetch import FetchLimits, FetchRequest, fetch, shown_url
from alerts.feeds.workers import ParserWorkers
from alerts.metrics import Metrics
from alerts.model import Article, RuleSet, Sighting
from alerts.poller.telling import channels_of
from alerts.poller.waiting import wait_for_any
from alerts.storage.full_texts import FullTexts, WantedText
from alerts.text.languages import with_language

log = structlog.get_logger()

#: Pages that are read at once; a backlog must not crowd out polls.
_AT_ONCE = 2
#: Between two pages of one host.
HOST_APART = timedelta(seconds=5)
#: What was not read by then is not news any more.
_WANTED_FOR = timedelta(hours=24)
#: Waits before the second and the third attempt; there is no fourth.
_AGAIN_AFTER = (timedelta(minutes=10), timedelta(hours=2))
_LONGEST_REST = timedelta(seconds=60)
_STORAGE_REST = timedelta(seconds=10)
_ACCEPT = "text/html, application/xhtml+xml;q=0.9"
_NOARCHIVE = re.compile(r"\bnoarchive\b", re.IGNORECASE)
#: A page is no document of thirty articles: what decodes to more is not read.
LIMITS = FetchLimits(decoded_bytes=4 * 1024 * 1024)


class PageReader:
    """Reads the pages of new articles, in the background."""

    def __init__(
        self,
        texts: FullTexts,
        session: aiohttp.ClientSession,
        pages: ParserWorkers,
        matching: Executor,
        *,
        ring: Callable[[Collection[str]], None],
        now: Callable[[], datetime],
        metrics: Metrics,
        limits: FetchLimits = LIMITS,
    ) -> None:
        """*pages* run `alerts.feeds.page_worker`."""
        self._texts = texts
        self._session = session
        self._pages = pages
        self._matching = matching
        self._ring = ring
        self._now = now
        self._metrics = metrics
        self._limits = limits
        self._rules = RulesInForce.compile(RuleSet())
        self._feeds: Collection[str] = frozenset()
        #: Host -> when its next page may be asked for.
        self._free_at: dict[str, datetime] = {}
        self._bell = asyncio.Event()

    def use(self, rules: RulesInForce) -> None:
        """Read the pages of the feeds of *rules* that ask for it, and match by its watchlists."""
        self._rules = rules
        self._feeds = frozenset(feed.url for feed in rules.rules.feeds if feed.full_text)
        self._bell.set()

    def look(self) -> None:
        """Look for new articles now and not within the minute: a poll brought some."""
        self._bell.set()

    async def read_due(self) -> int:
        """Read the pages that are due and whose host is free; return how many were asked for.

        Raises:
            StorageError: the database cannot be read or written.
        """
        if not self._feeds:
            return 0
        now = self._now()
        wanted = await self._texts.wanted(self._feeds, since=now - _WANTED_FOR, now=now)
        turn = self._whose_turn(wanted, now)
        some = asyncio.Semaphore(_AT_ONCE)

        async def one(text: WantedText) -> None:
            async with some:
                await self._read(text)

        await asyncio.gather(*map(one, turn))
        return len(turn)

    async def run(self, stopping: asyncio.Event) -> None:
        """Read pages until *stopping* is set; one that is being read is read again at next start."""
        while not stopping.is_set():
            self._bell.clear()
            rest = _LONGEST_REST
            reading = asyncio.ensure_future(self.read_due())
            stopped = asyncio.ensure_future(stopping.wait())
            try:
                await asyncio.wait({reading, stopped}, return_when=asyncio.FIRST_COMPLETED)
                if reading.done() and reading.result():
                    rest = HOST_APART
            except StorageError as error:
                log.error("full text not stored", error=str(error))
                rest = _STORAGE_REST
            finally:
                reading.cancel()
                stopped.cancel()
                await asyncio.gather(reading, stopped, return_exceptions=True)
            await wait_for_any(self._bell, stopping, longest=rest)

    def _whose_turn(self, wanted: Sequence[WantedText], now: datetime) -> list[WantedText]:
        """Return the oldest article of each host that is free, and take the turns."""
        self._free_at = {host: at for host, at in self._free_at.items() if at > now}
        turn = []
        for text in wanted:
            host = urlsplit(text.article.url).hostname or ""
            if host not in self._free_at:
                self._free_at[host] = now + HOST_APART
                turn.append(text)
        return turn

    async def _read(self, text: WantedText) -> None:
        article = text.article
        try:
            content = await self._fetched(article)
        except FeedError as error:
            await self._fail(text, error)
            return
        sighting = await self._sighted(article, content)
        alerts = await self._texts.read(
            text, sighting, rule_set=self._rules.rules.hash, now=self._now()
        )
        if sighting is not None and sighting.crash:
            log.error("full text not matched", article=article.id, trace=sighting.crash)
        if alerts is None:
            return
        self._metrics.full_texts.labels("read").inc()
        log.debug("full text", article=shown_url(article.url), alerts=alerts)
        if sighting is not None and alerts:
            self._metrics.alerts.inc(alerts)
            self._ring(channels_of([sighting]))

    async def _fetched(self, article: Article) -> str:
        request = FetchRequest(url=article.url, accept=_ACCEPT)
        page = await fetch(self._session, request, now=self._now(), limits=self._limits)
        if _NOARCHIVE.search(page.robots):
            raise ParseError("the page asks not to be copied (noarchive)")
        assert page.body is not None  # no validators were sent
        parsed = await self._pages.parse(page.body, url=page.url, content_type=page.content_type)
        return " ".join(item.content for item in parsed.items)

    async def _sighted(self, before: Article, content: str) -> Sighting | None:
        """Match *content*; None when it says no more than the feed did."""
        if len(content) <= max(len(before.content), len(before.summary)):
            return None
        after = replace(before, content=content)
        rules, now = self._rules, self._now()

        def match() -> Sighting:
            (sighting,) = sight_changed(rules, [(before, with_language(after))], now=now)
            return sighting

        return await asyncio.get_running_loop().run_in_executor(self._matching, match)

    async def _fail(self, text: WantedText, error: FeedError) -> None:
        # A page that cannot be read today says the same in ten minutes; a server may not.
        waits = () if isinstance(error, ParseError) or error.weight >= 1 else _AGAIN_AFTER
        due_at = None
        if text.attempt < len(waits):
            wait = max(waits[text.attempt], error.retry_after or timedelta(0))
            due_at = self._now() + wait
        if error.retry_after is not None:
            host = urlsplit(text.article.url).hostname or ""
            self._free_at[host] = self._now() + error.retry_after
        result = "given up" if due_at is None else "tried again"
        self._metrics.full_texts.labels(result).inc()
        log.info("no full text", article=shown_url(text.article.url), error=str(error), then=result)
        await self._texts.failed(text, str(error), due_at=due_at)
