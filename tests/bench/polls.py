"""What does a poll cost?  CPU for fetch, parse, match and store, beside a peer and beside next to nothing.

A publisher in a process of its own serves feeds of 30 items, 17 KB and 126 KB long.  Cold: each feed is
polled for the first time.  Warm, as publishers are: of 100 polls 70 are answered by 304, 15 by the
same bytes again, 10 by one new item, and 5 by other bytes without news.  The peer is the `reader`
package (feedparser, requests, SQLite) on the same documents; the least there can be is aiohttp's
conditional GET that throws the answer away.  Threads and processes are counted, the publisher is not.

`python -m tests.bench polls 1000 10000` follows so many feeds; 30 by default.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import multiprocessing
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
import aiosqlite
import psutil
from aiohttp import web

from alerts import log
from alerts.alerting.sightings import RulesInForce, sight_baseline
from alerts.feeds.fetch import open_session
from alerts.feeds.guard import AddressGuard
from alerts.feeds.workers import ParserWorkers, cores
from alerts.model import Article, Feed, FeedState
from alerts.poller import FeedReader
from alerts.settings import AllowedNetwork
from alerts.storage import PollRecord, Storage, open_storage
from alerts.watchlists.load import load_rules
from tests.bench.figures import Figure
from tests.bench.news import item, sentence
from tests.whole.process import ROOT

#: Bytes of a document -> paragraphs of an item that make it so long.
SIZES = {17: 1, 126: 20}
ITEMS = 30
ROUNDS = 10
AT_ONCE = 50
_KINDS = ("as before", "same bytes", "new item", "other bytes")
_SHARES = (70, 15, 10, 5)
#: Of FEEDS.md: how many times less than the peer, and how many times the bare GET.
_LESS_THAN_PEER = {"cold": 3, "warm": 30}
_MORE_THAN_GET = 3

Polling = Callable[[], Awaitable[None]]


async def measure() -> list[Figure]:
    """Return the CPU of a poll, cold and warm, for each size; and the speed of storing."""
    log.configure(form="json", level="critical")
    counts = [int(each) for each in sys.argv[2:] if each.isdecimal()] or [30]
    figures = []
    async with _publisher() as port:
        for count in counts:
            for size in SIZES:
                figures += await _compare(f"http://127.0.0.1:{port}", size, count)
    return [*figures, *await _storing()]


async def _compare(server: str, size: int, count: int) -> list[Figure]:
    urls = [f"{server}/{size}/{number}.xml" for number in range(count)]
    async with _bare(urls) as poll:
        bare = await _rounds(server, count, poll)
    async with _ours(urls) as poll:
        ours = await _rounds(server, count, poll)
    async with _readers(urls) as poll:
        peer = await _rounds(server, count, poll)
    return [figure for phase in ours for figure in _figures(phase, size, count, ours, bare, peer)]


def _figures(phase: str, size: int, count: int, *costs: dict[str, Counter[str]]) -> list[Figure]:
    ours, bare, peer = (cost[phase].total() for cost in costs)
    parts = ", ".join(f"{name} {ms:.2f}" for name, ms in sorted(costs[0][phase].items()))
    what = f"{phase}, {count} feeds of {size} KB: CPU per poll"
    figures = [Figure(what=what, value=ours, unit="ms", note=parts)]
    if peer:
        least = _LESS_THAN_PEER[phase]
        note = f"the reader package: {peer:.2f} ms, {peer / ours:.1f} times as much"
        figures.append(Figure(what=what, value=ours, unit="ms", limit=peer / least, note=note))
    note = f"a conditional GET alone: {bare:.2f} ms"
    limit = bare * _MORE_THAN_GET if phase == "warm" else None
    figures.append(Figure(what=what, value=ours, unit="ms", limit=limit, note=note))
    return figures


async def _rounds(server: str, count: int, poll: Polling) -> dict[str, Counter[str]]:
    """Return the milliseconds of CPU of one poll, by who took them, cold and warm."""
    costs = {"cold": Counter[str](), "warm": Counter[str]()}
    for number in range(ROUNDS + 1):
        async with aiohttp.ClientSession() as session:
            await (await session.get(f"{server}/round/{number}")).read()
        before = _cpu()
        await poll()
        spent = _cpu() - before
        costs["warm" if number else "cold"] += spent
    polls = {"cold": count, "warm": count * ROUNDS}
    return {
        phase: Counter({name: ms / polls[phase] for name, ms in cost.items()})
        for phase, cost in costs.items()
    }


def _cpu() -> Counter[str]:
    """Return the milliseconds of CPU so far: of the loop, of each kind of thread, and of parsers."""
    process = psutil.Process()
    names = {thread.native_id: thread.name for thread in threading.enumerate()}
    spent: Counter[str] = Counter()
    for thread in process.threads():
        name = names.get(thread.id, "ended")
        kind = "loop" if name == "MainThread" else name.partition("_")[0].partition("-")[0]
        spent[kind] += round((thread.user_time + thread.system_time) * 1000)
    for child in process.children():
        with contextlib.suppress(psutil.Error):
            if "alerts.feeds.worker" in child.cmdline():
                times = child.cpu_times()
                spent["parsers"] += round((times.user + times.system) * 1000)
    return spent


# --- who polls ----------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def _bare(urls: list[str]) -> AsyncIterator[Polling]:
    """Ask, with the ETag of the last answer, and throw the answer away."""
    etags: dict[str, str] = {}

    async def get(url: str) -> None:
        sent = {"If-None-Match": etags[url]} if url in etags else {}
        async with session.get(url, headers=sent) as answer:
            await answer.read()
            etags[url] = answer.headers.get("ETag", "")

    async with aiohttp.ClientSession() as session:
        yield lambda: _all(get, urls)


@contextlib.asynccontextmanager
async def _ours(urls: list[str]) -> AsyncIterator[Polling]:
    """Poll with the production code and the rules that ship."""
    feeds = {url: Feed(url=url, publisher="P") for url in urls}
    rules = load_rules(ROOT / "rules", environment={})
    in_force = RulesInForce.compile(replace(rules, feeds=tuple(feeds.values())))
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        storage = await stack.enter_async_context(
            open_storage(f"sqlite:///{folder}/t.db", now=_now())
        )
        guard = AddressGuard([AllowedNetwork.parse("127.0.0.0/8")])
        session = await stack.enter_async_context(open_session(guard, user_agent="bench"))
        parsers = await stack.enter_async_context(ParserWorkers())
        # Started before the clock: a process lives for a thousand documents.
        await asyncio.gather(*(_first_job(parsers) for _ in range(cores())))
        matching = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="matching"))
        reader = FeedReader(storage, session, parsers, matching, now=_now, jitter=random.random)
        states = await storage.feeds.enlist(list(feeds.values()), dict.fromkeys(urls, _now()))

        async def poll(url: str) -> None:
            polled = await reader.poll(feeds[url], states[url], in_force)
            if polled.error is not None:
                raise polled.error
            states[url] = polled.state

        yield lambda: _all(poll, urls)


async def _first_job(parsers: ParserWorkers) -> None:
    await parsers.parse(_document(17, 0, 0), url="http://127.0.0.1/", content_type="")


@contextlib.asynccontextmanager
async def _readers(urls: list[str]) -> AsyncIterator[Polling]:
    """Poll with the reader package, where it is installed."""
    try:
        # A peer that only this bench needs, and whose loading is its own affair.
        make_reader = importlib.import_module("reader").make_reader
    except ImportError:
        yield lambda: asyncio.sleep(0)
        return
    with tempfile.TemporaryDirectory() as folder:
        reader = make_reader(f"{folder}/reader.db")
        for url in urls:
            reader.add_feed(url)

        async def update() -> None:
            reader.update_feeds(scheduled=False)

        yield update
        reader.close()


async def _all(poll: Callable[[str], Awaitable[None]], urls: list[str]) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(url: str) -> None:
        async with places:
            await poll(url)

    await asyncio.gather(*map(one, urls))


# --- the publisher ------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def _publisher() -> AsyncIterator[int]:
    """Serve in a process of its own; yield its port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,))
    process.start()
    try:
        yield await asyncio.to_thread(ours.recv)
    finally:
        ours.send("done")
        process.join(10)


def _serve(pipe: Connection) -> None:
    asyncio.run(_serve_until_told(pipe))


async def _serve_until_told(pipe: Connection) -> None:
    now = 0

    async def answer(request: web.BaseRequest) -> web.Response:
        nonlocal now
        kind, _, name = request.path.lstrip("/").partition("/")
        if kind == "round":
            now = int(name)
            return web.Response()
        number = int(name.removesuffix(".xml"))
        stamp = _stamp(number, now)
        etag = f'"{stamp}"'
        repeats = now and _kind(number, now) == "same bytes"
        if request.headers.get("If-None-Match") == etag and not repeats:
            return web.Response(status=304, headers={"ETag": etag})
        body = _document(int(kind), number, stamp)
        return web.Response(
            body=body, headers={"ETag": etag, "Content-Type": "application/rss+xml"}
        )

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    pipe.send(runner.addresses[0][1])
    await asyncio.to_thread(pipe.recv)
    await runner.cleanup()


@cache
def _kind(number: int, now: int) -> str:
    """Return how feed *number* answers in round *now*."""
    return random.Random(f"{number} {now}").choices(_KINDS, _SHARES)[0]


def _stamp(number: int, now: int) -> int:
    """Return the last round in which the document of feed *number* changed."""
    changed = (each for each in range(now, 0, -1) if _kind(number, each) in _KINDS[2:])
    return next(changed, 0)


def _document(size: int, number: int, stamp: int) -> bytes:
    news = sum(_kind(number, each) == "new item" for each in range(1, stamp + 1))
    items = "".join(_item(size, number, each) for each in range(ITEMS + news - 1, news - 1, -1))
    head = f"<title>Feed {number}</title><link>https://news.example/</link>"
    built = f"<lastBuildDate>Sun, 01 Mar 2026 10:{stamp:02}:00 GMT</lastBuildDate>"
    return f"<rss version='2.0'><channel>{head}{built}{items}</channel></rss>".encode()


@cache
def _item(size: int, feed: int, number: int) -> str:
    dice = random.Random(f"{feed} {number}")
    words = "".join(
        f"<p>{sentence(dice, 10)} <a href='https://news.example/x?a=1&amp;b=2'>"
        f"{sentence(dice, 3)}</a> &amp; {sentence(dice, 8)}.</p>\n"
        for _ in range(SIZES[size])
    )
    title = sentence(dice, 9).capitalize()
    return item(f"{feed}-{number}", title, f"<![CDATA[{words}]]>")


# --- storing ------------------------------------------------------------------------------------


async def _storing() -> list[Figure]:
    """Return how long an article takes to be stored: in aiosqlite's batches, and through our writer."""
    with tempfile.TemporaryDirectory() as folder:
        batches = await _in_batches(Path(folder) / "batches.db")
        async with open_storage(f"sqlite:///{folder}/t.db", now=_now()) as storage:
            written = await _through_the_writer(storage)
    limit = 1e6 / 60_000
    return [
        Figure(what="an article in aiosqlite's batches", value=batches, unit="µs", limit=limit),
        Figure(what="an article through the writer, polls of 30", value=written, unit="µs"),
    ]


async def _in_batches(path: Path) -> float:
    rows = [(str(number), "title " * 9, "words " * 80, number) for number in range(1000)]
    async with aiosqlite.connect(path) as database:
        await database.execute("PRAGMA journal_mode=WAL")
        await database.execute("PRAGMA synchronous=FULL")
        await database.execute(
            "CREATE TABLE articles (id TEXT PRIMARY KEY, title TEXT, summary TEXT, feed INTEGER)"
        )
        begun = time.perf_counter()
        for batch in range(30):
            await database.executemany(
                "INSERT INTO articles VALUES (? || '-' || ?, ?, ?, ?)",
                [(batch, *row) for row in rows],
            )
            await database.commit()
        return (time.perf_counter() - begun) / (30 * len(rows)) * 1e6


async def _through_the_writer(storage: Storage) -> float:
    feeds = [Feed(url=f"https://news.example/{number}", publisher="P") for number in range(200)]
    due = {feed.url: _now() for feed in feeds}
    states = await storage.feeds.enlist(feeds, due)
    rules = load_rules(ROOT / "rules", environment={})
    in_force = RulesInForce.compile(replace(rules, watchlists=()))
    records = [_record(states[feed.url], in_force) for feed in feeds]
    begun = time.perf_counter()
    await asyncio.gather(*(storage.polls.record(each, now=_now()) for each in records))
    return (time.perf_counter() - begun) / (len(records) * ITEMS) * 1e6


def _record(state: FeedState, rules: RulesInForce) -> PollRecord:
    dice = random.Random(state.url)
    articles = [
        Article(
            id=f"{dice.getrandbits(256):064x}",
            feed=state.url,
            url=f"{state.url}/{number}",
            title=sentence(dice, 9),
            summary=sentence(dice, 80),
            seen_at=_now(),
        )
        for number in range(ITEMS)
    ]
    sightings = sight_baseline(rules, articles, None, now=_now())
    return PollRecord(state=state, sightings=sightings)


def _now() -> datetime:
    return datetime.now(UTC)
