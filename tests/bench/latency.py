"""From the poll of a feed to the acceptance by the stand-in for Telegram, both on loopback.

A feed of 30 items whose every poll finds one new item that rings.  The clock runs from the moment at
which the publisher gets the request to the moment at which the Bot API has taken the message; both
share a process, Tocsin has its own.  Two commits lie on the way, and each waits for the disk: so it
is measured with the database in memory, where the limit is for the program, and on this disk,
beside what this disk alone takes for such a commit.
"""

from __future__ import annotations

import asyncio
import os
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
#: Where Linux keeps files in memory; elsewhere the disk serves for both.
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
#: Polls of each feed that are not counted: a baseline, and a process that has seen nothing yet.
WARM_UP = 4


async def measure() -> list[Figure]:
    """Return median and p99 with the database in memory and on disk."""
    memory = await _times(IN_MEMORY)
    disk, alone = await _times(None), await asyncio.to_thread(_disk_alone)
    what, note = "poll to accepted, 30 items", f"{SAMPLES} alerts"
    return [
        Figure(what=f"{what}, median", value=percentile(memory, 0.5), unit="ms", note=note),
        Figure(what=f"{what}, p99", value=percentile(memory, 0.99), unit="ms", limit=50, note=note),
        Figure(what=f"{what}, on this disk, median", value=percentile(disk, 0.5), unit="ms"),
        Figure(what=f"{what}, on this disk, p99", value=percentile(disk, 0.99), unit="ms"),
        Figure(
            what="fdatasync of this disk alone, median", value=percentile(alone, 0.5), unit="ms"
        ),
        Figure(what="fdatasync of this disk alone, p99", value=percentile(alone, 0.99), unit="ms"),
    ]


def _disk_alone() -> list[float]:
    """Return the milliseconds of commits of 16 KB, ten a second, with nothing else going on."""
    times = []
    with tempfile.TemporaryFile() as file:
        for _ in range(SAMPLES):
            file.write(bytes(16384))
            file.flush()
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - begun) * 1000)
            time.sleep(0.1)
    return times


async def _times(folder: str | None) -> list[float]:
    """Return the milliseconds of `SAMPLES` alerts, with the database in a *folder*'s filesystem."""
    asked_at: dict[str, float] = {}
    wanted = WARM_UP + SAMPLES
    async with FeedServer() as server, BotApi() as telegram:
        server.answer("/0.xml", _publisher(0, asked_at))
        with tempfile.TemporaryDirectory(dir=folder) as name:
            async with tocsin(
                Path(name),
                _rules(server),
                TOCSIN_TELEGRAM_TOKEN=telegram.token,
                TOCSIN_TELEGRAM_API_URL=telegram.url,
                TOCSIN_LOG_LEVEL="info",
            ) as process:
                await process.start()
                await until(lambda: len(telegram.accepted) >= wanted, telegram.took_one, 400)
                await process.stop()
    return [
        (message.at - asked_at[found.group()]) * 1000
        for message in telegram.accepted[WARM_UP:]
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


def _rules(server: FeedServer) -> str:
    return f"""\
version: 1
feeds:
  - {{url: '{server.url("/0.xml")}', publisher: P, interval: 1s}}
watchlists:
  - {{id: watched, title: Watched, keywords: [=Watched0]}}
routes: {{receiver: desk}}
receivers:
  desk: {{telegram: {{chat: 100}}}}
"""
