"""The way to the Bot API.  The token, and what is made of it, are known to the transport alone.

They are put in below the HTTP client and the bot library: their logs, errors and objects only ever
see placeholders.
"""

from __future__ import annotations

import hmac
import json
import os
import ssl
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from telegram import Bot
from telegram.request import HTTPXRequest

# The library's documented way to get spans as timedelta; without it every flood wait warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")

#: What the bot library takes for the token.
_PLACEHOLDER: Final = "token"
#: And for the secret of the webhook; as long as that, so that the length of a body stays true.
_SECRET_PLACEHOLDER: Final = "0" * sha256().digest_size * 2


class Connection:
    """A bot, and the connections that it keeps."""

    def __init__(self, token: str, api_url: str, *, timeout: timedelta) -> None:
        """Prepare; nothing is opened before the first request.

        *timeout* is what one request may take, about half of it for the connection and half for the
        answer.
        """
        #: What Telegram shows with each update that it brings; the same after a restart.
        self.webhook_secret = _webhook_secret(token)
        self._seconds = seconds = timeout.total_seconds()
        # Half for the connection at most, so that "not connected" is told before the time is up.
        self._request = HTTPXRequest(
            connect_timeout=seconds / 4,
            pool_timeout=seconds / 4,
            write_timeout=seconds / 2,
            read_timeout=seconds / 2,
            httpx_kwargs={"transport": _TokenTransport(token, _proxy_for(api_url))},
        )
        self.bot: Bot = Bot(
            _PLACEHOLDER,
            base_url=f"{api_url.rstrip('/')}/bot",
            base_file_url=f"{api_url.rstrip('/')}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )

    async def ask(self, method: str, *, wait: timedelta = timedelta(0), **parameters: Any) -> Any:
        """Return what the Bot API answers, as JSON.

        For answers that a server of another version may shape a little otherwise: the library's own
        values refuse a field too few.  *wait* is how long the server may think.

        Raises:
            TelegramError: see `answers.answers_translated`.
        """
        given = {name: _written(value) for name, value in parameters.items() if value is not None}
        return await self._request.post(
            f"{self.bot.base_url}/{method}?{urlencode(given)}",
            read_timeout=self._seconds / 2 + wait.total_seconds(),
        )

    async def set_webhook(self, url: str, *, kinds: Sequence[str], most: int) -> None:
        """Have updates of *kinds* brought to *url*, *most* at once, with the secret.

        Raises:
            TelegramError: see `answers.answers_translated`.
        """
        await self.bot.set_webhook(
            url, secret_token=_SECRET_PLACEHOLDER, allowed_updates=kinds, max_connections=most
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._request.shutdown()


def _webhook_secret(token: str) -> str:
    return hmac.new(token.encode(), b"tocsin: updates by webhook", sha256).hexdigest()


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _proxy_for(url: str) -> str | None:
    # httpx reads HTTPS_PROXY only for transports of its own making.
    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


@cache
def _authorities() -> ssl.SSLContext:
    """Return whom to believe, read once: it takes 40 ms, and the bot and its channel both ask."""
    return httpx.create_ssl_context()


class _TokenTransport(httpx.AsyncBaseTransport):
    """Puts the token into the path on its way out, and takes it out of what comes back.

    The secret of the webhook goes into the body of the one request that tells it.
    """

    def __init__(self, token: str, proxy: str | None) -> None:
        # Quoted, so that a mistyped token is refused by Telegram and not by an error that shows it.
        self._token = quote(token, safe=":").encode()
        self._secret = _webhook_secret(token).encode()
        self._inner = httpx.AsyncHTTPTransport(verify=_authorities(), proxy=proxy)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.replace(f"/bot{_PLACEHOLDER}/".encode(), self._prefix, 1)
        sent = await request.aread()
        if path.endswith(b"/setWebhook"):
            sent = sent.replace(_SECRET_PLACEHOLDER.encode(), self._secret)
        answer = await self._inner.handle_async_request(
            httpx.Request(
                request.method,
                request.url.copy_with(raw_path=path),
                headers=request.headers,
                stream=httpx.ByteStream(sent),
                extensions=request.extensions,
            )
        )
        body = await answer.aread()
        # Headers stay behind: the body is decoded, and a redirect's Location repeats the path.
        return httpx.Response(
            answer.status_code, content=body.replace(self._token, _PLACEHOLDER.encode())
        )

    async def aclose(self) -> None:
        await self._inner.aclose()

    @property
    def _prefix(self) -> bytes:
        return b"/bot" + self._token + b"/"
