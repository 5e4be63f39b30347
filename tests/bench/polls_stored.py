"""How fast are articles stored: in aiosqlite's batches, and through our writer?"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import aiosqlite

from alerts.alerting.sightings import RulesInForce, sight_baseline
from alerts.model import Article, Feed, FeedState
from alerts.storage import PollRecord, Storage, open_storage
from alerts.watchlists.load import load_rules
from tests.bench.figures import Figure
from tests.bench.news import sentence
from tests.bench.polls_made import utc_now
from tests.bench.polls_served import ITEMS
from tests.whole.process import ROOT


async def storing() -> list[Figure]:
    """Return how long an article takes to be stored: in aiosqlite's batches, and through our writer."""
    with tempfile.TemporaryDirectory() as folder:
        batches = await _in_batches(Path(folder) / "batches.db")
        async with open_storage(f"sqlite:///{folder}/t.db", now=utc_now()) as storage:
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
    due = {feed.url: utc_now() for feed in feeds}
    states = await storage.feeds.enlist(feeds, due)
    rules = load_rules(ROOT / "rules", environment={})
    in_force = RulesInForce.compile(replace(rules, watchlists=()))
    records = [_record(states[feed.url], in_force) for feed in feeds]
    begun = time.perf_counter()
    await asyncio.gather(*(storage.polls.record(each, now=utc_now()) for each in records))
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
            seen_at=utc_now(),
        )
        for number in range(ITEMS)
    ]
    sightings = sight_baseline(rules, articles, None, now=utc_now())
    return PollRecord(state=state, sightings=sightings)
