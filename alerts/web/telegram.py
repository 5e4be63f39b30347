"""Where Telegram brings updates of the bot: open to the world, so that a secret says who comes.

What comes without it is refused before a byte of the body is read.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any, Final, Protocol

from aiohttp import web

from alerts.errors import DeliveryError, StorageError

#: Below TOCSIN_PUBLIC_URL.
PATH: Final = "/telegram/webhook"
_SECRET: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
#: The longest message, an answer to the longest message, has some 50 kB with all its entities.
_MOST_BYTES: Final = 256 * 1024
_SECONDS: Final = 10.0
#: Updates that are taken at once; Telegram is asked for no more.
_AT_ONCE: Final = 16
_LATER: Final = {"Retry-After": "5"}


class Updates(Protocol):
    """Who handles updates (`alerts.bot.TelegramBot`)."""

    @property
    def secret(self) -> str:
        """What Telegram shows with each."""

    async def take(self, update: Mapping[str, Any]) -> None:
        """Handle one, unless it was.

        Raises:
            StorageError, DeliveryError: it is to be brought again.
            ValueError: it is none.
        """


def add_updates(app: web.Application, updates: Updates, *, body_seconds: float = _SECONDS) -> None:
    """Let Telegram bring *updates* through *app*; a body may take *body_seconds*."""
    secret = updates.secret.encode()
    turns = asyncio.Semaphore(_AT_ONCE)

    async def brought(request: web.Request) -> web.Response:
        refusal = _refusal(request, secret, busy=turns.locked())
        if refusal is not None:
            refusal.force_close()  # else the server reads a body that nobody wants
            return refusal
        async with turns:
            update = await _update(request, body_seconds)
            if update is None:
                return web.Response(status=400, text="no update\n")
            return await _taken(updates, update)

    app.router.add_post(PATH, brought)


async def _taken(updates: Updates, update: Mapping[str, Any]) -> web.Response:
    try:
        await updates.take(update)
    except (StorageError, DeliveryError) as error:
        return web.Response(status=503, text=f"{error}\n", headers=_LATER)
    except ValueError:
        return web.Response(status=400, text="no update\n")
    return web.Response(text="taken\n")


def _refusal(request: web.Request, secret: bytes, *, busy: bool) -> web.Response | None:
    shown = request.headers.get(_SECRET, "")
    if not compare_digest(shown.encode("utf-8", "surrogateescape"), secret):
        return web.Response(status=403, text="this is Telegram's door\n")
    if (request.content_length or 0) > _MOST_BYTES:
        return web.Response(status=413, text="too large\n")
    return web.Response(status=503, text="busy\n", headers=_LATER) if busy else None


async def _update(request: web.Request, seconds: float) -> Mapping[str, Any] | None:
    """Return what was brought; None: it is too large, too slow, broken off or no object."""
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > _MOST_BYTES:
                    return None
        update = json.loads(body)
    except (TimeoutError, OSError, ValueError, RecursionError, asyncio.IncompleteReadError):
        return None
    except web.HTTPException:
        return None
    return update if isinstance(update, dict) else None
