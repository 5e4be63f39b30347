"""A hundred thousand feeds, all due at once: does the loop stay free, and what does it cost?

The publisher is a process of its own that has one small document for whoever asks, under thousands
of names.  The reader is a fresh process, too, so that its memory is its own: it takes up a database
that knows all feeds, as after a night in which nobody polled, and polls for half a minute.

A second run has 10,000 feeds of one host and 200 of others: the crowd must keep none of them waiting.
`python -m tests.bench crowd`.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import random
import resource
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import Any

from aiohttp import web

from alerts import log
from alerts.alerting.sightings import RulesInForce
from alerts.app.process import favour_the_loop, utc_now
from alerts.feeds.fetch import open_session
from alerts.feeds.guard import AddressGuard
from alerts.feeds.workers import ParserWorkers
from alerts.metrics import Metrics
from alerts.model import Feed, RuleSet
from alerts.poller import FeedReader, Poller
from alerts.settings import AllowedNetwork
from alerts.storage import Storage, open_storage
from tests.bench.figures import Figure, percentile
from tests.bench.lag import _probe
from tests.bench.news import rss
from tests.servers.names import LoopbackNames

FEEDS = 100_000
HOSTS = 5_000
GIANT = 10_000
OTHERS = 200
SECONDS = 30.0


async def measure() -> list[Figure]:
    """Return lag, memory and throughput with the crowd, and the wait beside a giant host."""
    with _process(_publish) as publisher:
        port = await asyncio.to_thread(publisher.recv)
        crowd = [f"http://h{n % HOSTS}.example:{port}/{n}" for n in range(FEEDS)]
        everybody = await _measured(crowd, SECONDS)
        giant = [f"http://giant.example:{port}/{n}" for n in range(GIANT)]
        others = [f"http://h{n}.example:{port}/o" for n in range(OTHERS)]
        beside = await _measured([*giant, *others], SECONDS / 2)
    waits = [wait for url, wait in beside["waits"].items() if "giant" not in url]
    late = percentile([*waits, *[SECONDS] * (OTHERS - len(waits))], 0.99)
    return [
        Figure(
            what=f"{FEEDS} feeds due at once: loop lag, p99",
            value=percentile(everybody["lags"], 0.99),
            unit="ms",
            limit=50,
            note=f"{len(everybody['lags'])} ticks",
        ),
        Figure(what="  worst", value=max(everybody["lags"]), unit="ms"),
        Figure(
            what="  worst while they are taken up",
            value=everybody["taking up"],
            unit="ms",
            limit=100,
        ),
        Figure(what="  resident, at most", value=everybody["memory"], unit="MB", limit=600),
        Figure(what="  polls a second", value=len(everybody["waits"]) / SECONDS, unit="/s"),
        Figure(
            what=f"{OTHERS} hosts beside one of {GIANT}: wait, p99", value=late, unit="s", limit=5
        ),
    ]


async def _measured(urls: Sequence[str], seconds: float) -> dict[str, Any]:
    with _process(_read, urls, seconds) as reader:
        measured: dict[str, Any] = await asyncio.to_thread(reader.recv)
        return measured


# --- the reader ---------------------------------------------------------------------------------


def _read(pipe: Connection, urls: Sequence[str], seconds: float) -> None:
    log.configure(form="json", level="critical")
    favour_the_loop()
    with tempfile.TemporaryDirectory() as folder:
        pipe.send(asyncio.run(_read_all(f"sqlite:///{folder}/t.db", urls, seconds)))


async def _read_all(database: str, urls: Sequence[str], seconds: float) -> dict[str, Any]:
    feeds = tuple(Feed(url=url, publisher="P") for url in urls)
    begun = utc_now()
    async with open_storage(database, now=begun) as storage:
        await storage.feeds.enlist(feeds, dict.fromkeys(urls, begun - timedelta(hours=1)))
    async with open_storage(database, now=utc_now()) as storage, _poller(storage) as poller:
        taking_up: list[float] = []
        lags: list[float] = []
        probe = asyncio.create_task(_probe(taking_up))
        await poller.use(RulesInForce.compile(RuleSet(feeds=feeds)))
        probe.cancel()
        probe = asyncio.create_task(_probe(lags))
        stopping, since = asyncio.Event(), utc_now()
        running = asyncio.create_task(poller.run(stopping))
        await asyncio.sleep(seconds)
        probe.cancel()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        stopping.set()
        await running
        polled = await storage.overview.feeds()
    waits = {
        each.state.url: (each.state.last_polled_at - since).total_seconds()
        for each in polled
        if each.state.last_polled_at is not None
    }
    return {"lags": lags, "taking up": max(taking_up), "memory": memory, "waits": waits}


@contextlib.asynccontextmanager
async def _poller(storage: Storage) -> AsyncIterator[Poller]:
    guard = AddressGuard([AllowedNetwork.parse("127.0.0.0/8")])
    async with (
        open_session(guard, user_agent="bench", resolver=LoopbackNames()) as session,
        ParserWorkers(count=2) as parsers,
    ):
        with ThreadPoolExecutor(1) as matching:
            reader = FeedReader(
                storage, session, parsers, matching, now=utc_now, jitter=random.random
            )
            yield Poller(storage, reader, ring=lambda _: None, now=utc_now, metrics=Metrics())


# --- the publisher ------------------------------------------------------------------------------


def _publish(pipe: Connection) -> None:
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    body = rss(1, items=3).encode()

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=body, content_type="application/rss+xml")

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    pipe.send(runner.addresses[0][1])
    await asyncio.to_thread(pipe.recv)
    await runner.cleanup()


@contextlib.contextmanager
def _process(target: Callable[..., None], *arguments: object) -> Iterator[Connection]:
    """Run *target* in a process of its own, with a pipe to it."""
    ours, theirs = multiprocessing.Pipe()
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=target, args=(theirs, *arguments))
    process.start()
    try:
        yield ours
    finally:
        with contextlib.suppress(OSError):
            ours.send("done")
        process.join(20)
        process.kill()
