"""How long does a look back at a week take that somebody asks for in a chat, and who waits for it?

25,000 articles of a week and one watchlist: one that asks for a place and a keyword, and one that asks
for the words that stand nearly everywhere.
Meanwhile a probe asks the event loop to be woken every 5 ms and notes how late it is, as polls and
messages would be.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psutil

from alerts.app.process import favour_the_loop, settle_memory
from alerts.model import Any, Keyword, Kind, Name, RuleSet, Watchlist
from alerts.storage import Storage, open_storage
from alerts.subscribers.preview import BUDGET, Preview, Previews
from tests.bench.backtest import BEGINS, write_archive
from tests.bench.figures import Figure, percentile
from tests.bench.workload import Workload

ARTICLES = 25_000
DAYS = 7
TICK = 0.005

#: The most frequent ones, which one watchlist asks for.
_EVERYDAY = 20


async def measure(articles: int = ARTICLES) -> list[Figure]:
    """Make the archive, then look twice."""
    favour_the_loop()
    figures: list[Figure] = []
    workload = Workload()
    watched = {
        "a place or a keyword": Any((Name(Kind.PLACE, "Khan Sheikhun"), Keyword("sarin"))),
        "everyday words": Any(tuple(map(Keyword, workload._prose[:_EVERYDAY]))),
    }
    with tempfile.TemporaryDirectory() as name:
        await write_archive(Path(name), workload, articles, DAYS)
        del workload
        now = BEGINS + timedelta(days=DAYS)
        async with open_storage(f"sqlite:///{name}/tocsin.db", now=now) as storage:
            settle_memory()  # as after the rules were loaded
            for what, condition in watched.items():
                watchlist = Watchlist(id="subscriber/1/1", title="T", condition=condition)
                figures += await _looked(storage, what, watchlist)
    return figures


async def _looked(storage: Storage, what: str, watchlist: Watchlist) -> list[Figure]:
    previews = Previews(storage, now=lambda: BEGINS + timedelta(days=DAYS))
    await previews.look(watchlist, RuleSet(), days=1)  # what is loaded once
    lags: list[float] = []
    sizes: list[float] = []
    async with _probed(lags, sizes):
        begun = time.perf_counter()
        # Not cut short: what is asked here is how long it takes.
        found = await previews.look(watchlist, RuleSet(), days=DAYS, budget=timedelta(minutes=5))
        seconds = time.perf_counter() - begun
    return [
        Figure(
            what=f"preview of {what}, {found.articles:,} articles",
            value=seconds,
            unit="s",
            note=f"{_said(found)}; in a chat it is cut after {BUDGET.total_seconds():g} s",
        ),
        Figure(
            what="loop lag meanwhile, p99",
            value=percentile(lags, 0.99),
            unit="ms",
            limit=20,
            note=f"{len(lags)} ticks, worst {max(lags):.0f} ms",
        ),
        Figure(what="its memory, at most", value=max(sizes) - sizes[0], unit="MB", limit=50),
    ]


def _said(found: Preview) -> str:
    return f"{found.days} days, {found.alerts:,} alerts, {found.breadth.name}"


@contextlib.asynccontextmanager
async def _probed(lags: list[float], sizes: list[float]) -> AsyncIterator[None]:
    probe = asyncio.create_task(_probe(lags, sizes))
    await asyncio.sleep(0)
    yield
    probe.cancel()


async def _probe(lags: list[float], sizes: list[float]) -> None:
    loop, process = asyncio.get_running_loop(), psutil.Process()
    while True:
        sizes.append(process.memory_info().rss / 2**20)
        due = loop.time() + TICK
        await asyncio.sleep(TICK)
        lags.append((loop.time() - due) * 1000)
