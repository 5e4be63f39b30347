"""Where hubs call: they ask whether we meant it, and say that a feed has news (WebSub, 5 and 7).

Open to the world by nature.  An address that nobody was given is a 404 or a 410 before a byte of a
body is read; what is read is bounded in size, time and number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from aiohttp import web

from alerts.errors import StorageError
from alerts.feeds.websub.admission import Admission

#: What addresses of callbacks begin with, below TOCSIN_PUBLIC_URL.
PREFIX = "/websub/"
#: A hub may send the whole feed; more than a poll would read is no feed.
_MOST_BYTES = 2 * 1024 * 1024
_SECONDS = 10.0
#: Bodies that are read at once: what they can hold of our memory is this many times the above.
_AT_ONCE = 4
_LATER = {"Retry-After": "60"}


class Callbacks(Protocol):
    """Who knows what was asked of which hub (`alerts.poller.websub.Hubs`)."""

    async def confirm(self, path: str, query: Mapping[str, str]) -> str | None:
        """Return what to answer a hub that asks back; None: we did not ask for that."""

    def admits(self, path: str) -> Admission:
        """Tell whether a message to *path* is to be read."""

    async def deliver(self, path: str, signature: str, body: bytes) -> bool:
        """Take a message; return whether it is believed."""


def add_callbacks(
    app: web.Application, callbacks: Callbacks, *, body_seconds: float = _SECONDS
) -> None:
    """Let hubs call *callbacks* through *app*; a body may take *body_seconds*."""
    bodies = asyncio.Semaphore(_AT_ONCE)

    async def asks_back(request: web.Request) -> web.Response:
        try:
            text = await callbacks.confirm(request.match_info["path"], request.query)
        except StorageError as error:
            return web.Response(status=503, text=f"{error}\n", headers=_LATER)
        if text is None:
            return web.Response(status=404, text="we did not ask for this\n")
        return web.Response(text=text)

    async def says(request: web.Request) -> web.Response:
        path = request.match_info["path"]
        refusal = _refusal(callbacks.admits(path), request, busy=bodies.locked())
        if refusal is not None:
            return refusal
        async with bodies:
            body = await _body(request, body_seconds)
        if body is None:
            return _closing(web.Response(status=413, text="too large or too slow\n"))
        try:
            # Whether it is signed as it should be is nobody's business but ours (WebSub, 8.1).
            await callbacks.deliver(path, request.headers.get("X-Hub-Signature", ""), body)
        except StorageError as error:
            return web.Response(status=503, text=f"{error}\n", headers=_LATER)
        return web.Response(status=202)

    app.router.add_get(PREFIX + "{path}", asks_back, allow_head=False)
    app.router.add_post(PREFIX + "{path}", says)


def _refusal(admission: Admission, request: web.Request, *, busy: bool) -> web.Response | None:
    if admission is Admission.UNKNOWN:
        return _closing(web.Response(status=410, text="this feed is not wanted here any more\n"))
    if admission is Admission.TOO_MANY:
        return _closing(web.Response(status=429, text="too many messages\n", headers=_LATER))
    if (request.content_length or 0) > _MOST_BYTES:
        return _closing(web.Response(status=413, text="too large\n"))
    if busy:
        return _closing(web.Response(status=503, text="busy\n", headers=_LATER))
    return None


def _closing(response: web.Response) -> web.Response:
    """Have the connection closed: else the server reads a body that nobody wants."""
    response.force_close()
    return response


async def _body(request: web.Request, seconds: float) -> bytes | None:
    """Return the body; None: it is too large, too slow or broken off."""
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > _MOST_BYTES:
                    return None
    except (TimeoutError, OSError, web.HTTPException, asyncio.IncompleteReadError):
        return None
    return bytes(body)
