"""A hub on loopback: takes subscriptions, asks back, pushes; well or badly.

async with Hub() as hub:
    ... hub.url ... hub.asked                     # the forms that it was sent
    await hub.confirm(hub.asked[-1])              # asks back, as a hub does: (status, text)
    await hub.push(hub.asked[-1], body)           # distributes, signed: status
"""

from __future__ import annotations

import asyncio
import hmac
import io
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

Form = Mapping[str, str]


class Hub:
    """Serves on a free loopback port while the context lasts."""

    def __init__(self) -> None:
        self.port = 0
        #: Every form that it was sent, in their order.
        self.asked: list[dict[str, str]] = []
        #: What it answers to a form; Location goes with a redirect.
        self.status = 202
        self.text = ""
        self.location = ""
        #: It asks back before it answers, with this lease; None: a test calls `confirm`.
        self.lease: int | None = None
        #: It takes the form and says nothing.
        self.hangs = False
        #: Set when it was sent a form.
        self.was_asked = asyncio.Event()
        self._closing = asyncio.Event()
        self._runner = web.ServerRunner(web.Server(self._handle))
        self._client: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._client = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        await self.client.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The address that feeds name."""
        return f"http://127.0.0.1:{self.port}/hub"

    @property
    def client(self) -> aiohttp.ClientSession:
        """What it calls subscribers with."""
        assert self._client is not None
        return self._client

    async def confirm(
        self, form: Form, said: Form | None = None, *, lease: int = 864_000
    ) -> tuple[int, str]:
        """Ask back as *form* wants, or otherwise: *said* may hold topic, mode, challenge, reason."""
        query = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": "a-random-challenge",
            "hub.lease_seconds": str(lease),
        } | {f"hub.{name}": value for name, value in (said or {}).items()}
        given = {name: value for name, value in query.items() if value}
        async with self.client.get(form["hub.callback"], params=given) as answer:
            return answer.status, await answer.text()

    async def push(
        self,
        form: Form,
        body: bytes | AsyncIterator[bytes] = b"<feed/>",
        *,
        method: str = "sha256",
        signature: str | None = None,
    ) -> int:
        """Send *body* to the callback of *form*, signed unless *signature* says otherwise."""
        if signature is None and isinstance(body, bytes):
            signed = hmac.new(form["hub.secret"].encode(), body, method).hexdigest()
            signature = f"{method}={signed}"
        headers = {"X-Hub-Signature": signature} if signature else {}
        sent = io.BytesIO(body) if isinstance(body, bytes) else body
        async with self.client.post(form["hub.callback"], data=sent, headers=headers) as answer:
            return answer.status

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        self.was_asked.set()
        if self.hangs:
            await self._closing.wait()
        if self.lease is not None and self.status < 300:
            await self.confirm(form, lease=self.lease)
        headers = {"Location": self.location} if self.location else {}
        return web.Response(status=self.status, text=self.text, headers=headers)
