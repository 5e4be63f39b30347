"""From the poll of a feed to the acceptance by the stand-in for Telegram, both on loopback.

A feed of 30 items whose every poll finds one new item that rings; then four such feeds, whose polls
collide now and then.  The clock runs from the moment at which the publisher gets the request to the
moment at which the Bot API has taken the message.  Publisher and Bot API share a process, Tocsin has
its own.
"""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path

from aiohttp import web

from tests.bench.figures import Figure, percentile
from tests.bench.news import item, rss
from tests.servers.bot_api import BotApi
from tests.servers.feed_server import Answer, FeedServer
from tests.whole.process import tocsin, until

SAMPLES = 120
#: Polls of each feed that are not counted: a baseline, and a process that has seen nothing yet.
WARM_UP = 4


async def measure() -> list[Figure]:
    """Return median and p99 for one feed, which has a limit, and for four."""
    one, four = await _times(feeds=1), await _times(feeds=4)
    what, note = "poll to accepted, 30 items", f"{SAMPLES} alerts"
    return [
        Figure(what=f"{what}, median", value=percentile(one, 0.5), unit="ms", note=note),
        Figure(what=f"{what}, p99", value=percentile(one, 0.99), unit="ms", limit=50, note=note),
        Figure(what=f"{what}, four feeds, median", value=percentile(four, 0.5), unit="ms"),
        Figure(what=f"{what}, four feeds, p99", value=percentile(four, 0.99), unit="ms"),
    ]


async def _times(*, feeds: int) -> list[float]:
    """Return the milliseconds of `SAMPLES` alerts."""
    asked_at: dict[str, float] = {}
    wanted = WARM_UP * feeds + SAMPLES
    async with FeedServer() as server, BotApi() as telegram:
        for number in range(feeds):
            server.answer(f"/{number}.xml", _publisher(number, asked_at))
        with tempfile.TemporaryDirectory() as folder:
            async with tocsin(
                Path(folder),
                _rules(server, feeds),
                TOCSIN_TELEGRAM_TOKEN=telegram.token,
                TOCSIN_TELEGRAM_API_URL=telegram.url,
                TOCSIN_LOG_LEVEL="info",
            ) as process:
                await process.start()
                await until(lambda: len(telegram.accepted) >= wanted, telegram.took_one, 400)
                await process.stop()
    return [
        (message.at - asked_at[found.group()]) * 1000
        for message in telegram.accepted[WARM_UP * feeds :]
        if (found := re.search(r"event \d+ \d+", message.text)) is not None
    ]


def _publisher(number: int, asked_at: dict[str, float]) -> Answer:
    polls = 0

    async def answer(_: web.BaseRequest) -> web.Response:
        nonlocal polls
        polls += 1
        name = f"event {number} {polls}"
        if polls > 1:
            asked_at[name] = time.monotonic()
        items = "".join(
            item(f"{number}-{poll}", f"Watched{number}: event {number} {poll}", "A note. " * 40)
            for poll in range(polls, max(0, polls - 30), -1)
        )
        document = rss(number, items=max(0, 30 - polls), first=items)
        return web.Response(text=document, content_type="application/rss+xml")

    return answer


def _rules(server: FeedServer, feeds: int) -> str:
    numbers = range(feeds)
    listed = [
        f"  - {{url: '{server.url(f'/{n}.xml')}', publisher: P{n}, interval: 1s}}" for n in numbers
    ]
    watched = [f"  - {{id: w{n}, title: W{n}, keywords: ['=Watched{n}']}}" for n in numbers]
    routes = [f"    - {{match: ['watchlist=w{n}'], receiver: r{n}}}" for n in numbers]
    receivers = [f"  r{n}: {{telegram: {{chat: {100 + n}}}}}" for n in numbers]
    sections = ["version: 1", "feeds:", *listed, "watchlists:", *watched]
    sections += ["routes:", "  receiver: r0", "  routes:", *routes, "receivers:", *receivers]
    return "\n".join(sections) + "\n"
