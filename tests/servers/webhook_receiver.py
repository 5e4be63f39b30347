"""Somebody's webhook on loopback: takes posts as Standard Webhooks says, well or badly.

async with WebhookReceiver() as receiver:
    ... receiver.url ... receiver.taken          # what it was sent: headers and body
    receiver.answers = [503, 204]                # one after the other; then 204 for ever
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import TracebackType
from typing import Any, Self

from aiohttp import web

#: As a receiver makes one up: 32 bytes.
SECRET = "whsec_" + base64.b64encode(b"canary-secret-of-thirty-two-byte").decode()
PATH = "/hooks/canary-token"

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One post."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """What the body says."""
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """Check the signature as a receiver does (standardwebhooks.com, Verifying webhook authenticity)."""
        version, _, given = self.headers.get("webhook-signature", "").partition(",")
        key = base64.b64decode(secret.removeprefix("whsec_"))
        names = (self.headers["webhook-id"], self.headers["webhook-timestamp"])
        content = f"{names[0]}.{names[1]}.".encode() + self.body
        expected = base64.b64encode(hmac.new(key, content, sha256).digest()).decode()
        return version == "v1" and hmac.compare_digest(given, expected)


class WebhookReceiver:
    """Serves on a free loopback port while the context lasts."""

    def __init__(self) -> None:
        self.port = 0
        self.taken: list[Taken] = []
        #: Statuses, or whatever answers; 204 when there are none left.
        self.answers: list[int | Answer] = []
        self._closing = asyncio.Event()
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None))

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where it lives."""
        return f"http://127.0.0.1:{self.port}{PATH}"

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        self.taken.append(
            Taken(
                method=request.method,
                path=request.path_qs,
                headers=request.headers.copy(),
                body=body,
            )
        )
        answer = self.answers.pop(0) if self.answers else 204
        return await self._answered(answer, request)

    async def _answered(self, answer: int | Answer, request: web.BaseRequest) -> web.StreamResponse:
        if isinstance(answer, int):
            # As many servers do, and what must not end in a log.
            text = f"Cannot POST {request.path}" if answer >= 400 else None
            return web.Response(status=answer, text=text)
        speaking = asyncio.ensure_future(answer(request))
        closing = asyncio.ensure_future(self._closing.wait())
        await asyncio.wait({speaking, closing}, return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()
        if speaking.done():
            return speaking.result()
        speaking.cancel()
        assert request.transport is not None
        request.transport.abort()
        return web.Response()


def waits(status: int, after: str) -> Answer:
    """Answer *status* with a Retry-After."""

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status, headers={"Retry-After": after})

    return answer


def moved(status: int, to: str) -> Answer:
    """Send the client elsewhere."""

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": to})

    return answer


async def hangs(_: web.BaseRequest) -> web.StreamResponse:
    """Take the message and never say a word."""
    await asyncio.get_running_loop().create_future()
    return web.Response()


async def slams(request: web.BaseRequest) -> web.StreamResponse:
    """Take the message and close the connection without an answer."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def rambles(request: web.BaseRequest) -> web.StreamResponse:
    """Take it with 200 and a body that never ends."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"ok " * 10_000)


async def garbles(request: web.BaseRequest) -> web.StreamResponse:
    """Answer something that is not HTTP."""
    assert isinstance(request.transport, asyncio.WriteTransport)
    request.transport.write(b"220 mail.example ESMTP\r\n")
    request.transport.close()
    return web.Response()


async def main() -> None:
    async with WebhookReceiver() as receiver:
        print(receiver.url, SECRET, flush=True)
        seen = 0
        while True:
            await asyncio.sleep(0.2)
            for taken in receiver.taken[seen:]:
                print(json.dumps(taken.json, indent=2, ensure_ascii=False), flush=True)
            seen = len(receiver.taken)


if __name__ == "__main__":
    asyncio.run(main())
