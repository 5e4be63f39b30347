"""The real steps of a poll, a clock that stands still, and a publisher on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from alerts.alerting.sightings import RulesInForce
from alerts.feeds.fetch import open_session
from alerts.feeds.guard import AddressGuard
from alerts.feeds.workers import ParserWorkers
from alerts.metrics import Metrics
from alerts.model import Address, Feed, Keyword, Receiver, Route, RuleSet, Watchlist
from alerts.poller import FeedReader, Poller
from alerts.settings import AllowedNetwork
from alerts.storage import ListedFeed, Storage, open_storage
from tests.builders import NOW, Clock
from tests.servers.feed_server import FeedServer
from tests.servers.names import LoopbackNames

DESK = Receiver(name="desk", addresses=(Address(channel="telegram", target="100"),))
OPERATOR = Receiver(name="operator", addresses=(Address(channel="telegram", target="7"),))


@dataclass
class Newsdesk:
    """What a test of the poller works with."""

    storage: Storage
    reader: FeedReader
    server: FeedServer
    clock: Clock
    metrics: Metrics = field(default_factory=Metrics)
    rung: int = 0
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    poller: Poller | None = None
    rules: RulesInForce | None = None

    async def follow(self, *feeds: Feed, watch: Sequence[str] = ("sarin",)) -> Poller:
        """Let a fresh poller follow *feeds* with a watchlist for each word of *watch*."""
        rules = RuleSet(
            feeds=feeds,
            watchlists=tuple(
                Watchlist(id=word, title=word, condition=Keyword(word)) for word in watch
            ),
            route=Route(receiver="desk"),
            receivers={"desk": DESK, "operator": OPERATOR},
            hash="r1",
        )
        self.poller = Poller(
            self.storage, self.reader, ring=self.ring, now=self.clock, metrics=self.metrics
        )
        self.rules = RulesInForce.compile(rules)
        await self.poller.use(self.rules)
        return self.poller

    def feed(self, path: str = "/feed.xml", *, host: str = "", **fields: object) -> Feed:
        """Return a feed of the server; with *host* under a public name, where it takes turns."""
        given = {"url": self.url(path, host), "publisher": "Example"} | fields
        return Feed(**given)  # type: ignore[arg-type]

    def url(self, path: str, host: str = "") -> str:
        url = self.server.url(path)
        return url.replace("127.0.0.1", host) if host else url

    def ring(self, channels: Collection[str]) -> None:
        assert set(channels) == {"telegram"}
        self.rung += 1
        self.bell.set()

    async def poll(self, *, after: timedelta = timedelta(minutes=20)) -> int:
        """Poll what is due once so much time has passed."""
        assert self.poller is not None
        self.clock.advance(seconds=after.total_seconds())
        return await self.poller.poll_due()

    async def alerts(self) -> list[str]:
        """Return the headlines that ring, in the order of their making."""
        deliveries = await self.storage.overview.recent(limit=1000)
        found = [alert.lead.title for delivery in deliveries for alert in delivery.alerts]
        return sorted(found)

    async def state(self, path: str = "/feed.xml", *, host: str = "") -> ListedFeed:
        listed = await self.storage.overview.feeds()
        return next(feed for feed in listed if feed.state.url == self.url(path, host))

    async def told(self) -> list[str]:
        """Let the poller report, and return what the operator was told, the first first."""
        assert self.poller is not None
        await self.poller.report()
        deliveries = await self.storage.overview.recent(limit=1000)
        told = [each for each in deliveries if each.notice is not None]
        told.sort(key=lambda each: each.created_at)
        return [each.notice.subject for each in told if each.notice is not None]


def item(name: str, title: str = "", **fields: str) -> str:
    """Return one RSS item; guid and link come from *name* unless they are given."""
    given = {
        "guid": f"urn:{name}",
        "link": f"https://news.example/{name}",
        "title": title or f"Sarin found in case {name}",
    } | fields
    texts = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in given.items() if value)
    return f"<item>{texts}</item>"


def rss(*items: str) -> str:
    """Return a document that lists *items*, the newest first."""
    return f"<rss version='2.0'><channel><title>Feed</title>{''.join(items)}</channel></rss>"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsdesk]:
    clock = Clock()
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(
            open_storage(f"sqlite:///{tmp_path}/tocsin.db", now=NOW)
        )
        server = await stack.enter_async_context(FeedServer())
        guard = AddressGuard([AllowedNetwork.parse("127.0.0.0/8")])
        session = await stack.enter_async_context(
            open_session(guard, user_agent="Tocsin/test", resolver=LoopbackNames())
        )
        parsers = await stack.enter_async_context(ParserWorkers(count=1))
        matching = stack.enter_context(ThreadPoolExecutor(1))
        reader = FeedReader(storage, session, parsers, matching, now=clock, jitter=lambda: 0.0)
        yield Newsdesk(storage, reader, server, clock)
