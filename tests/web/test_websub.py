"""The address that hubs call: what it answers whom, and what nobody can make it hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from alerts.errors import StorageError
from alerts.feeds.websub.admission import Admission
from alerts.web.websub import PREFIX, add_callbacks


@dataclass
class Desk:
    """Knows one path; may have a full disk."""

    is_full: bool = False
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    knocks: int = 0

    async def confirm(self, path: str, query: Mapping[str, str]) -> str | None:
        if self.is_full:
            raise StorageError("the disk is full")
        return query.get("hub.challenge") if path == "known" else None

    def admits(self, path: str) -> Admission:
        self.knocks += 1
        if self.knocks == 4:
            self.reading.set()
        return Admission.WELCOME if path == "known" else Admission.UNKNOWN

    async def deliver(self, path: str, signature: str, body: bytes) -> bool:
        if self.is_full:
            raise StorageError("the disk is full")
        self.taken.append((path, signature, body))
        return True


@asynccontextmanager
async def served(desk: Desk, *, body_seconds: float = 10) -> AsyncIterator[str]:
    app = web.Application()
    add_callbacks(app, desk, body_seconds=body_seconds)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{PREFIX}"
    finally:
        await runner.cleanup()


async def send(url: str, body: bytes | AsyncIterator[bytes]) -> int:
    async with aiohttp.ClientSession() as hub, hub.post(url, data=body) as answer:
        return answer.status


async def one_word(until: asyncio.Event) -> AsyncIterator[bytes]:
    """Say one word and then nothing until it is time to go."""
    yield b"<rss>"
    await until.wait()


async def test_a_challenge_is_plain_text_whatever_it_holds() -> None:
    async with served(Desk()) as url, aiohttp.ClientSession() as hub:
        script = "<script>alert(1)</script>"
        async with hub.get(f"{url}known", params={"hub.challenge": script}) as answer:
            assert (answer.status, await answer.text()) == (200, script)
            assert answer.content_type == "text/plain"
        async with hub.get(f"{url}other", params={"hub.challenge": "x"}) as answer:
            assert answer.status == 404


async def test_a_message_is_taken_with_its_signature() -> None:
    desk = Desk()
    async with served(desk) as url, aiohttp.ClientSession() as hub:
        signed = {"X-Hub-Signature": "sha256=00"}
        async with hub.post(f"{url}known", data=b"<rss/>", headers=signed) as answer:
            assert answer.status == 202
    assert desk.taken == [("known", "sha256=00", b"<rss/>")]


async def test_a_slow_message_is_given_up() -> None:
    desk, never = Desk(), asyncio.Event()
    async with served(desk, body_seconds=0.1) as url:
        assert await send(f"{url}known", one_word(never)) == 413
    assert desk.taken == []


async def test_four_messages_are_read_at_once_and_a_fifth_comes_later() -> None:
    desk, enough = Desk(), asyncio.Event()
    async with served(desk) as url:
        slow = [asyncio.create_task(send(f"{url}known", one_word(enough))) for _ in range(4)]
        await desk.reading.wait()
        assert await send(f"{url}known", b"<rss/>") == 503
        enough.set()
        assert await asyncio.gather(*slow) == [202] * 4
        assert await send(f"{url}known", b"<rss/>") == 202


async def test_a_full_disk_has_the_hub_come_again() -> None:
    async with served(Desk(is_full=True)) as url, aiohttp.ClientSession() as hub:
        assert await send(f"{url}known", b"<rss/>") == 503
        async with hub.get(f"{url}known", params={"hub.challenge": "x"}) as answer:
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "60"


async def test_other_methods_are_not_answered() -> None:
    async with served(Desk()) as url, aiohttp.ClientSession() as hub:
        for method in ("PUT", "DELETE", "HEAD"):
            async with hub.request(method, f"{url}known") as answer:
                assert answer.status == 405
