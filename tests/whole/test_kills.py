"""Killed at each named step of a delivery: nothing is lost, and what comes twice says so."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.servers.bot_api import BotApi
from tests.servers.feed_server import FeedServer
from tests.whole.process import Tocsin, tocsin, until
from tests.whole.world import document

FEED = "/world.xml"
HEADLINE = "Stockpiles inspected"
RULES = """\
version: 1
feeds:
  - {{url: "{feed}", publisher: Example World, interval: 1s}}
watchlists:
  - {{id: inspected, title: Inspected, keywords: [inspected], severity: high}}
routes: {{receiver: desk}}
receivers:
  desk: {{telegram: {{chat: 42}}}}
"""


class Deadly(BotApi):
    """Kills whoever writes to it, once."""

    def __init__(self, step: str) -> None:
        super().__init__()
        self.kill: Callable[[], None] = lambda: None
        self._step = step

    async def _send_message(
        self, request: web.Request, parameters: dict[str, str]
    ) -> web.StreamResponse:
        kill, self.kill = self.kill, lambda: None
        if self._step == "taken":
            kill()
        response = await super()._send_message(request, parameters)
        if self._step == "answered":
            await response.prepare(request)
            await response.write_eof()
            kill()
        return response


@asynccontextmanager
async def dead_end(step: str, kill: Callable[[], None]) -> AsyncIterator[str]:
    """Serve where Telegram should be: kill at a connection, or when a request has come."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if step == "request written":
            await reader.readuntil(b"\r\n\r\n")
        kill()
        writer.close()

    async with await asyncio.start_server(meet, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"


async def killed(process: Tocsin, feeds: FeedServer) -> None:
    """Let an article ring, and wait for the end."""
    await process.start()
    await process.event("polled", articles=3)
    feeds.publish(FEED, document(4))
    assert await process.ended() == -signal.SIGKILL


@pytest.mark.parametrize("step", ["leased", "request written", "taken", "answered", "marked"])
async def test_a_kill_at_a_named_step_of_a_delivery_loses_nothing(
    tmp_path: Path, step: str
) -> None:
    async with FeedServer() as feeds, Deadly(step) as api:
        feeds.publish(FEED, document(3))
        settings: dict[str, Any] = {
            "TOCSIN_TELEGRAM_TOKEN": api.token,
            "TOCSIN_TELEGRAM_API_URL": api.url,
            "TOCSIN_TELEGRAM_UPDATES": "off",
        }
        async with tocsin(tmp_path, RULES.format(feed=feeds.url(FEED)), **settings) as process:
            if step in {"leased", "request written"}:
                right = process.environment
                async with dead_end(step, process.kill) as nowhere:
                    process.environment = {**right, "TOCSIN_TELEGRAM_API_URL": nowhere}
                    await killed(process, feeds)
                process.environment = right
            elif step == "marked":
                await process.start()
                await process.event("polled", articles=3)
                feeds.publish(FEED, document(4))
                await process.event("sent")
                process.kill()
                await process.ended()
            else:
                api.kill = process.kill
                await killed(process, feeds)
            already = len(process.events)
            await process.start()
            wanted = 2 if step in {"taken", "answered"} else 1
            await until(lambda: len(api.accepted) >= wanted, api.took_one)
            await process.event("polled", since=already)
            assert await process.stop() == 0
    assert [HEADLINE in message.text for message in api.accepted] == [True] * wanted
    # A lease that was taken may have been used: only what was marked is certain.
    repeats = ["repeat" in message.text for message in api.accepted]
    assert repeats == {1: [step != "marked"], 2: [False, True]}[wanted]
