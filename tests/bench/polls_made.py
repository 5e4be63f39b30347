"""Who polls in the bench of polls: we, the `reader` package, and aiohttp alone."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp

from alerts.alerting.sightings import RulesInForce
from alerts.feeds.fetch import open_session
from alerts.feeds.guard import AddressGuard
from alerts.feeds.workers import ParserWorkers, cores
from alerts.model import Feed
from alerts.poller import FeedReader
from alerts.poller.pacing import Pacing
from alerts.poller.wariness import WaryWorkers
from alerts.settings import AllowedNetwork
from alerts.storage import open_storage
from alerts.watchlists.load import load_rules
from tests.bench.polls_served import document
from tests.whole.process import ROOT

#: Polls under way at once, as in `alerts.poller.loop`.
AT_ONCE = 50

#: Polls every feed once.
Polling = Callable[[], Awaitable[None]]


@contextlib.asynccontextmanager
async def bare(urls: list[str]) -> AsyncIterator[Polling]:
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
async def ours(urls: list[str]) -> AsyncIterator[Polling]:
    """Poll with the production code and the rules that ship."""
    feeds = {url: Feed(url=url, publisher="P") for url in urls}
    rules = load_rules(ROOT / "rules", environment={})
    in_force = RulesInForce.compile(replace(rules, feeds=tuple(feeds.values())))
    async with contextlib.AsyncExitStack() as stack:
        # As `alerts.app` does: what the rules took is not gone through again and again.
        gc.collect()
        gc.freeze()
        stack.callback(gc.unfreeze)
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        storage = await stack.enter_async_context(
            open_storage(f"sqlite:///{folder}/t.db", now=utc_now())
        )
        guard = AddressGuard([AllowedNetwork.parse("127.0.0.0/8")])
        session = await stack.enter_async_context(open_session(guard, user_agent="bench"))
        parsers = await stack.enter_async_context(WaryWorkers(count=max(cores(), 2)))
        # Started before the clock: a process lives for a thousand documents.
        await asyncio.gather(*(_first_job(parsers) for _ in range(cores())))
        matching = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="matching"))
        reader = FeedReader(
            storage,
            session,
            parsers,
            matching,
            now=utc_now,
            jitter=random.random,
            pacing=Pacing(),
        )
        states = await storage.feeds.enlist(list(feeds.values()), dict.fromkeys(urls, utc_now()))

        async def poll(url: str) -> None:
            polled = await reader.poll(feeds[url], states[url], in_force)
            if polled.error is not None:
                raise polled.error
            states[url] = polled.state

        yield lambda: _all(poll, urls)


async def _first_job(parsers: ParserWorkers) -> None:
    await parsers.parse(document(17, 0, 0), url="http://127.0.0.1/", content_type="")


@contextlib.asynccontextmanager
async def peer(urls: list[str]) -> AsyncIterator[Polling | None]:
    """Poll with the reader package; None where it is not installed."""
    try:
        # A peer that only this bench needs, and whose loading is its own affair.
        make_reader = importlib.import_module("reader").make_reader
    except ImportError:
        yield None
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


def utc_now() -> datetime:
    return datetime.now(UTC)
