"""Where the mail server brings what comes to the return address, one mail a request."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

from aiohttp import web

from alerts.delivery.bounces import MOST_BYTES
from alerts.errors import StorageError

_SECONDS: Final = 30.0
#: What bodies can hold of our memory is this many times `MOST_BYTES`.
_AT_ONCE: Final = 4
#: RFC 9110, 10.2.3: the mail server is to come again.
_LATER: Final = {"Retry-After": "60"}


class Desk(Protocol):
    """Who reads such mails (`MailDesk`)."""

    async def returned(self, mail: bytes) -> str:
        """Take a mail; say what it was in a line."""


def take_returns(app: web.Application, path: str, desk: Desk) -> None:
    """Hand what is posted to *path* to *desk*; who may post is the server's business."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def brought(request: web.Request) -> web.Response:
        if (request.content_length or 0) > MOST_BYTES:
            return _closing(413, "too large\n")
        async with turns:
            mail = await _body(request)
            if mail is None:
                return _closing(413, "too large or too slow\n")
            try:
                # Whatever it was, the mail server is to keep it no longer.
                return web.Response(text=f"{await desk.returned(mail)}\n")
            except StorageError as error:
                return web.Response(status=503, text=f"{error}\n", headers=_LATER)

    app.router.add_post(path, brought)


def _closing(status: int, text: str) -> web.Response:
    """Have the connection closed: else the server reads a body that nobody wants."""
    response = web.Response(status=status, text=text)
    response.force_close()
    return response


async def _body(request: web.Request) -> bytes | None:
    """Return the body; None: it is too large, too slow or broken off."""
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MOST_BYTES:
                    return None
    except (TimeoutError, OSError, web.HTTPException):
        return None
    return bytes(body)
