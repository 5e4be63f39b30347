"""The disk of the database is full, and has room again: a tmpfs of a few MB, filled and emptied.

Polling stops, what waits is delivered, the operator is told at once; afterwards everything that was
published meanwhile arrives, once.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.servers.bot_api import BotApi
from tests.servers.feed_server import FeedServer
from tests.whole.process import Tocsin, tocsin, until
from tests.whole.world import ARTICLES, RULES, document, expected

_FEED = "/world.xml"
_SIZE = "8m"


@dataclass(frozen=True, slots=True, kw_only=True)
class FullDisk:
    """What came of it."""

    #: Alerts that were due, and how often each came.
    due: int
    lost: int
    repeats: int
    #: The operator was told while the disk was full.
    alarmed: bool


async def full_disk(folder: Path) -> FullDisk:
    """Fill the disk before the articles are published, and make room after they were polled."""
    async with _running(folder) as (process, feeds, api):
        with _filled(folder / "disk"):
            feeds.publish(_FEED, document(len(ARTICLES)))
            await process.event("poll not stored")
            await until(lambda: bool(_alarms(api)), api.took_one, 60)
            alarmed = bool(_alarms(api))
        wanted = set(expected())
        await until(lambda: wanted <= set(_headlines(api)), api.took_one, 120)
        assert await process.stop() == 0
    told = _headlines(api)
    return FullDisk(
        due=len(wanted),
        lost=len(wanted - set(told)),
        repeats=len(told) - len(set(told)),
        alarmed=alarmed,
    )


@contextlib.asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[tuple[Tocsin, FeedServer, BotApi]]:
    async with AsyncExitStack() as stack:
        disk = stack.enter_context(_disk(folder / "disk"))
        feeds = await stack.enter_async_context(FeedServer())
        api = await stack.enter_async_context(BotApi())
        feeds.publish(_FEED, document(0))
        rules = RULES.format(feed=feeds.url(_FEED)).replace("email: {to: [reader@example.org]}", "")
        process = await stack.enter_async_context(
            tocsin(
                folder,
                rules + "  operator:\n    telegram: {chat: 77}\n",
                TOCSIN_TELEGRAM_TOKEN=api.token,
                TOCSIN_TELEGRAM_API_URL=api.url,
                TOCSIN_DATABASE_URL=f"sqlite:///{disk}/tocsin.db",
            )
        )
        await process.start()
        await process.event("polled", articles=0)
        yield process, feeds, api


@contextlib.contextmanager
def _disk(place: Path) -> Iterator[Path]:
    """Mount a small disk at *place*; that takes the right to mount."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@contextlib.contextmanager
def _filled(disk: Path) -> Iterator[None]:
    """Leave no room on *disk* while the block runs."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        ballast.unlink()


def _alarms(api: BotApi) -> list[str]:
    return [m.text for m in api.accepted if m.chat == "77" and "disk" in m.text.casefold()]


def _headlines(api: BotApi) -> list[str]:
    texts = [message.text for message in api.accepted if message.chat == "42"]
    return [title for text in texts for title, _, _ in ARTICLES if title in text]
