"""Publishers who mean harm, beside two hundred who do not: what do the good ones lose?

    hostile ─┐
             ├─ one server process ── the real reader: guard, fetcher, parser processes, SQLite
    good ────┘

Measured twice, without and with the hostile ones: how late a good feed is written after it was due,
how late the event loop wakes, and what memory the reader takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import logging
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing.connection import Connection

import psutil
from aiohttp import web

from alerts import log
from alerts.alerting.sightings import RulesInForce
from alerts.app.process import favour_the_loop, utc_now
from alerts.feeds.fetch import open_session
from alerts.feeds.guard import AddressGuard
from alerts.metrics import Metrics
from alerts.model import Feed, FeedState, Keyword, RuleSet, Watchlist
from alerts.poller import FeedReader, Poller
from alerts.poller.poll import Polled
from alerts.poller.wariness import WaryWorkers
from alerts.settings import AllowedNetwork
from alerts.storage import Storage, open_storage
from tests.servers.feed_server import (
    Answer,
    FeedServer,
    document,
    endless,
    gzip_bomb,
    hang,
    redirect,
    slam,
    trickle,
    zipped,
)
from tests.servers.names import LoopbackNames
from tests.whole.process import until as wait_until

#: How often good feeds publish, and are asked; hostile ones are asked thirty times as often as usual.
EVERY = timedelta(seconds=5)
HOSTILE_EVERY = timedelta(seconds=30)
TICK = 0.01
#: Seconds that a phase takes at most while it waits for hostile polls to end.
_LONGEST = 60

_HEAD = b"<rss version='2.0'><channel><title>H</title>"
_FOOT = b"</channel></rss>"
_LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)
)


def hostile_answers() -> dict[str, Answer]:
    """Return what each hostile path answers (FEEDS.md, Tests to have)."""
    many = b"".join(b"<item><guid>%d</guid><title>t</title></item>" % n for n in range(100_000))
    attributes = b" ".join(b"a%d='1'" % n for n in range(16_000))
    texts = {
        "tag": b"<item><title " + b"a" * 10_000_000 + b"></title></item>",
        "attributes": b"<item><title " + attributes + b">x</title></item>",
        "items": many,
        # With something that only feedparser reads (`feeds.plain`).
        "author": b"<item><odd:one xmlns:odd='urn:odd'/><author>"
        + b"a@" * 25_000
        + b"</author><title>x</title></item>",
        "surrogate": b"<item><title>&#xD800;</title></item>",
        "nested": b"<item>" + b"<div>" * 100_000,
        "guids": b"".join(b"<item><guid>same</guid></item>" for _ in range(5000)),
    }
    answers = {name: zipped(_HEAD + text + _FOOT) for name, text in texts.items()}
    laughs = b"<!DOCTYPE rss [<!ENTITY l0 'lol'>" + _LAUGHS + b"]>"
    item = b"<item><title>&l9;</title></item>"
    return answers | {
        "laughs": zipped(laughs + _HEAD + item + _FOOT),
        "bomb": gzip_bomb(200_000_000),
        "bombs": document(
            gzip.compress(gzip.compress(bytes(50_000_000))), headers={"Content-Encoding": "gzip"}
        ),
        "endless": endless,
        "trickle": trickle(_HEAD + many[:10_000]),
        "hang": hang,
        "slam": slam,
        "loop": redirect("/hostile/loop"),
        "inside": redirect("http://169.254.169.254/latest/meta-data/"),
        "garbage": document(random.Random(1).randbytes(1_000_000)),
        "json": document(b"[" * 1_000_000, content_type="application/feed+json"),
    }


@dataclass(kw_only=True)
class Lateness:
    """What one phase of a run showed."""

    #: Of good feeds, seconds from the time at which a poll was due to its commit.
    good: list[float] = field(default_factory=list)
    #: How long it was looked at.
    seconds: float = 0
    #: Milliseconds by which the event loop woke late.
    lags: list[float] = field(default_factory=list)
    #: Polls of hostile feeds that came to an end.
    hostile: int = 0
    #: Resident bytes of the reader and of its parser processes, at most.
    own: int = 0
    parsers: int = 0


class TimedReader(FeedReader):
    """The reader, with a watch in its hand."""

    seen: Lateness
    ended_one: asyncio.Event

    async def poll(self, feed: Feed, state: FeedState, rules: RulesInForce) -> Polled:
        polled = await super().poll(feed, state, rules)
        if "/hostile/" in feed.url:
            self.seen.hostile += 1
            self.ended_one.set()
        else:
            self.seen.good.append((utc_now() - state.next_due_at).total_seconds())
        return polled


async def run(
    *, seconds: float, good: int, copies: int = 1, until: int = 0
) -> tuple[Lateness, Lateness]:
    """Poll *good* feeds for so many *seconds* alone, then beside *copies* of each hostile one.

    The second phase goes on, a minute at most, until so many hostile polls came to an end.
    """
    log.configure(form="json", level="critical")
    favour_the_loop()
    async with AsyncExitStack() as stack:
        pipe = stack.enter_context(_publisher())
        port = await asyncio.to_thread(pipe.recv)
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        url = f"sqlite:///{folder}/t.db"
        storage = await stack.enter_async_context(open_storage(url, now=utc_now()))
        reader = await _reader(stack, storage)
        poller = Poller(storage, reader, ring=lambda _: None, now=utc_now, metrics=Metrics())
        friends = [_feed(port, f"g{number}.example", f"/good/{number}") for number in range(good)]
        enemies = [
            _feed(port, f"{name}{copy}.example", f"/hostile/{name}")
            for name in hostile_answers()
            for copy in range(copies)
        ]
        alone = await _phase(poller, reader, friends, seconds)
        beside = await _phase(poller, reader, [*friends, *enemies], seconds, until=until)
    return alone, beside


def _feed(port: int, host: str, path: str) -> Feed:
    interval = HOSTILE_EVERY if "/hostile/" in path else EVERY
    return Feed(url=f"http://{host}:{port}{path}", publisher=host, interval=interval)


async def _reader(stack: AsyncExitStack, storage: Storage) -> TimedReader:
    guard = AddressGuard([AllowedNetwork.parse("127.0.0.0/8")])
    session = await stack.enter_async_context(
        open_session(guard, user_agent="soak", resolver=LoopbackNames())
    )
    parsers = await stack.enter_async_context(WaryWorkers(count=2))
    matching = stack.enter_context(ThreadPoolExecutor(1))
    return TimedReader(storage, session, parsers, matching, now=utc_now, jitter=random.random)


async def _phase(
    poller: Poller, reader: TimedReader, feeds: Sequence[Feed], seconds: float, *, until: int = 0
) -> Lateness:
    rules = RuleSet(
        feeds=tuple(feeds),
        watchlists=(Watchlist(id="w", title="W", condition=Keyword("sarin")),),
    )
    await poller.use(RulesInForce.compile(rules))
    stopping = asyncio.Event()
    reader.seen, reader.ended_one = Lateness(), asyncio.Event()
    running = asyncio.create_task(poller.run(stopping))
    # First polls are spread, and no news is expected of them: they are not counted.
    await asyncio.sleep(EVERY.total_seconds() + 0.1 * len(feeds))
    reader.seen = seen = replace(Lateness(), hostile=reader.seen.hostile)
    began = time.monotonic()
    probe = asyncio.create_task(_probe(seen))
    await asyncio.sleep(seconds)
    with contextlib.suppress(TimeoutError):
        await wait_until(lambda: seen.hostile >= until, reader.ended_one, _LONGEST)
    probe.cancel()
    seen.seconds = time.monotonic() - began
    stopping.set()
    await running
    return seen


async def _probe(seen: Lateness) -> None:
    loop, process = asyncio.get_running_loop(), psutil.Process()
    look_at = loop.time()
    while True:
        due = loop.time() + TICK
        await asyncio.sleep(TICK)
        seen.lags.append((loop.time() - due) * 1000)
        if loop.time() >= look_at:
            look_at = loop.time() + 1
            seen.own = max(seen.own, process.memory_info().rss)
            seen.parsers = max(seen.parsers, await asyncio.to_thread(_children, process))


def _children(process: psutil.Process) -> int:
    total = 0
    for child in process.children():
        with contextlib.suppress(psutil.Error):
            if "alerts.feeds" in " ".join(child.cmdline()):
                total += child.memory_info().rss
    return total


# --- the server process -------------------------------------------------------------------------


@contextlib.contextmanager
def _publisher() -> Iterator[Connection]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_publish, args=(theirs,))
    process.start()
    try:
        yield ours
    finally:
        ours.send("done")
        process.join(10)
        process.kill()


def _publish(pipe: Connection) -> None:
    # Clients that break off are what this is about.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    async with FeedServer() as server:
        for name, answer in hostile_answers().items():
            server.answer(f"/hostile/{name}", answer)
        for number in range(1000):
            server.answer(f"/good/{number}", _news)
        pipe.send(server.port)
        await asyncio.to_thread(pipe.recv)


async def _news(_: web.BaseRequest) -> web.StreamResponse:
    """A document with something new every few seconds: it must be parsed at every poll."""
    newest = int(time.time() / EVERY.total_seconds())
    items = b"".join(
        b"<item><guid>%d</guid><title>Case %d</title></item>" % (number, number)
        for number in range(newest, newest - 20, -1)
    )
    return web.Response(body=_HEAD + items + _FOOT, content_type="application/rss+xml")
