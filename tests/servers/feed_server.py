"""A publisher on loopback: serves what a test (or a person) gives it, well or badly.

    async with FeedServer() as server:
        server.publish("/feed.xml", body)              # 200, later 304 by its validators
        server.answer("/gone", status(410))            # anything else is an answer
        ... server.url("/feed.xml") ... server.requests ...

By hand: `python -m tests.servers.feed_server [PORT]` serves the bad publishers below and one feed.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
import zlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import TracebackType
from typing import Self

from aiohttp import web

Answer = Callable[[web.BaseRequest], Coroutine[None, None, web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRequest:
    """What a client sent."""

    method: str
    path: str
    headers: Mapping[str, str]


class FeedServer:
    """Serves on a free loopback port while the context lasts."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host = host
        self.port = port
        #: Every request, in the order in which they came.
        self.requests: list[SeenRequest] = []
        self._answers: dict[str, Answer] = {}
        self._closing = asyncio.Event()
        # It would write its log where the commands under test write theirs.
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None))

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
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

    def url(self, path: str) -> str:
        """Return the address of *path* on this server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{path}"

    def publish(
        self,
        path: str,
        body: bytes | str,
        *,
        content_type: str = "application/rss+xml",
        etag: bool = True,
        last_modified: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Serve *body* at *path* from now on, and 304 to whoever has it already."""
        body = body.encode() if isinstance(body, str) else body
        self.answer(
            path,
            document(
                body,
                content_type=content_type,
                etag=f'"{sha256(body).hexdigest()[:16]}"' if etag else "",
                last_modified=last_modified,
                headers=headers,
            ),
        )

    def answer(self, path: str, answer: Answer) -> None:
        """Let *answer* speak for *path* from now on."""
        self._answers[path] = answer

    @property
    def paths(self) -> list[str]:
        """The paths that have an answer of their own."""
        return list(self._answers)

    def asked(self, path: str) -> list[SeenRequest]:
        """Return the requests for *path*."""
        return [request for request in self.requests if request.path == path]

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        seen = SeenRequest(method=request.method, path=request.path, headers=request.headers.copy())
        self.requests.append(seen)
        answer = self._answers.get(request.path, status(404))
        speaking = asyncio.ensure_future(answer(request))
        closing = asyncio.ensure_future(self._closing.wait())
        # A test must not wait for the clients that it left hanging.
        await asyncio.wait({speaking, closing}, return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()
        if speaking.done():
            return speaking.result()
        speaking.cancel()
        assert request.transport is not None
        request.transport.abort()
        return web.Response()


# --- answers ----------------------------------------------------------------------------------


def document(
    body: bytes,
    *,
    content_type: str = "application/rss+xml",
    etag: str = "",
    last_modified: str = "",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """200 with *body*, or 304 when the request names its ETag or Last-Modified."""
    known = {"ETag": etag, "Last-Modified": last_modified, **(headers or {})}
    sent = {name: value for name, value in known.items() if value}

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        match, since = (
            request.headers.get(name) for name in ("If-None-Match", "If-Modified-Since")
        )
        if (etag and match == etag) or (not match and last_modified and since == last_modified):
            return web.Response(status=304, headers=sent)
        return web.Response(body=body, headers={"Content-Type": content_type} | sent)

    return answer


def status(code: int, *, headers: Mapping[str, str] | None = None, body: str = "") -> Answer:
    """Nothing but a status code, with or without a text."""

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=code, headers=headers, text=body or None)

    return answer


def redirect(location: str, *, code: int = 302) -> Answer:
    """Say that the document is at *location*, whatever that is."""
    return status(code, headers={"Location": location})


async def hang(_: web.BaseRequest) -> web.StreamResponse:
    """Take the request and never say a word."""
    await asyncio.get_running_loop().create_future()
    return web.Response()


def trickle(body: bytes, *, every: float = 1.0) -> Answer:
    """Send one byte, wait *every* seconds, send the next."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = await _start(request, {"Content-Length": str(len(body))})
        for byte in body:
            await response.write(bytes([byte]))
            await asyncio.sleep(every)
        return response

    return answer


def gzip_bomb(decoded_bytes: int) -> Answer:
    """So many zeros, well packed."""
    bomb = gzip.compress(bytes(decoded_bytes), compresslevel=9)
    return document(bomb, headers={"Content-Encoding": "gzip"})


def zipped(body: bytes, *, encoding: str = "gzip") -> Answer:
    """Send *body* under a Content-Encoding: gzip, deflate, or raw (a deflate without its header)."""
    if encoding == "gzip":
        packed = gzip.compress(body)
    elif encoding == "raw":
        packed = zlib.compress(body)[2:-4]
    else:
        packed = zlib.compress(body)
    return document(packed, headers={"Content-Encoding": encoding.replace("raw", "deflate")})


async def endless(request: web.BaseRequest) -> web.StreamResponse:
    """A document that never ends, as fast as it is read."""
    response = await _start(request, {})
    while True:
        await response.write(b"<item><title>again</title></item>" * 1000)


def cut(body: bytes, *, at: int, headers: Mapping[str, str] | None = None) -> Answer:
    """Promise the whole *body*, send *at* bytes of it, and reset the connection."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        promised = {"Content-Length": str(len(body)), "Content-Type": "application/rss+xml"}
        response = await _start(request, promised | dict(headers or {}))
        await response.write(body[:at])
        assert request.transport is not None
        request.transport.close()
        return response

    return answer


async def slam(request: web.BaseRequest) -> web.StreamResponse:
    """Take the request and close the connection without an answer."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def _start(request: web.BaseRequest, headers: Mapping[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    return response


SAMPLE = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Sample</title><link>https://example.org/</link>
<item><guid>1</guid><title>A first item</title><link>https://example.org/1</link></item>
</channel></rss>
"""


async def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    async with FeedServer(port=port) as server:
        server.publish("/feed.xml", SAMPLE)
        server.answer("/moved", redirect("/feed.xml", code=301))
        server.answer("/hang", hang)
        server.answer("/trickle", trickle(SAMPLE))
        server.answer("/bomb", gzip_bomb(50_000_000))
        server.answer("/endless", endless)
        server.answer("/cut", cut(SAMPLE, at=len(SAMPLE) // 2))
        server.answer("/slam", slam)
        server.answer("/gone", status(410))
        server.answer("/busy", status(429, headers={"Retry-After": "120"}))
        for path in server.paths:
            print(server.url(path), flush=True)
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main())
