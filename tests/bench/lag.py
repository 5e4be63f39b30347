"""Does the event loop stay free while fifty feeds of 100 KB arrive at once?

The publisher runs in a process of its own.  In ours the real poller polls fifty due feeds, parses,
matches against the rules that ship, and writes to SQLite, while a probe asks to be woken every
5 ms and notes how late it is.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from alerts import log
from alerts.alerting.sightings import RulesInForce
from alerts.app.process import favour_the_loop
from alerts.feeds.fetch import open_session
from alerts.feeds.guard import AddressGuard
from alerts.feeds.workers import ParserWorkers
from alerts.metrics import Metrics
from alerts.model import Backfill, Feed
from alerts.poller import FeedReader, Poller
from alerts.settings import AllowedNetwork
from alerts.storage import open_storage
from alerts.watchlists.load import load_rules
from tests.bench.figures import Figure, percentile
from tests.bench.news import rss
from tests.bench.publisher import elsewhere
from tests.servers.feed_server import FeedServer
from tests.whole.process import ROOT

FEEDS = 50
ROUNDS = 5
TICK = 0.005


async def measure() -> list[Figure]:
    """Return the lag's p99 and worst over all rounds, and how long a round took."""
    log.configure(form="json", level="error")
    favour_the_loop()
    lags: list[float] = []
    rounds: list[float] = []
    async with elsewhere(_serve) as urls:
        for number in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                rounds.append(await _round(Path(folder), urls[number], lags))
    return [
        Figure(
            what=f"loop lag, {FEEDS} feeds of 100 KB at once, p99",
            value=percentile(lags, 0.99),
            unit="ms",
            limit=20,
            note=f"{len(lags)} ticks",
        ),
        Figure(what="loop lag, worst", value=max(lags), unit="ms"),
        Figure(what=f"{FEEDS} feeds of 100 KB, all read", value=percentile(rounds, 0.5), unit="s"),
    ]


async def _round(folder: Path, urls: list[str], lags: list[float]) -> float:
    rules = load_rules(ROOT / "rules", environment={})
    feeds = tuple(Feed(url=url, publisher="P", backfill=Backfill(items=1000)) for url in urls)
    in_force = RulesInForce.compile(replace(rules, feeds=feeds))
    async with (
        open_storage(f"sqlite:///{folder}/t.db", now=_now()) as storage,
        open_session(
            AddressGuard([AllowedNetwork.parse("127.0.0.0/8")]), user_agent="bench"
        ) as session,
        ParserWorkers(count=2) as parsers,
    ):
        with ThreadPoolExecutor(1) as matching:
            reader = FeedReader(storage, session, parsers, matching, now=_now, jitter=random.random)
            poller = Poller(storage, reader, ring=lambda _: None, now=_now, metrics=Metrics())
            await poller.use(in_force)
            probe = asyncio.create_task(_probe(lags))
            begun = time.perf_counter()
            await poller.poll_once(asyncio.Event())
            took = time.perf_counter() - begun
            probe.cancel()
    return took


async def _probe(lags: list[float]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + TICK
        await asyncio.sleep(TICK)
        lags.append((loop.time() - due) * 1000)


async def _serve(pipe: Connection) -> None:
    async with FeedServer() as server:
        addresses = []
        for number in range(ROUNDS):
            paths = [f"/{number}/{feed}.xml" for feed in range(FEEDS)]
            for seed, path in enumerate(paths):
                server.publish(path, rss(seed + 100 * number, items=60, item_bytes=1600))
            addresses.append([server.url(path) for path in paths])
        pipe.send(addresses)
        await asyncio.to_thread(pipe.recv)


def _now() -> datetime:
    return datetime.now(UTC)
