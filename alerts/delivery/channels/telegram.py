"""Telegram: one `sendMessage` a message, and what each answer of the Bot API means for a delivery.

Pacing, leases and later attempts are the dispatcher's; how a message reads is `rendering`'s.  The
token is known to the transport alone, below the HTTP client and the bot library: their logs, errors
and objects only ever see a placeholder.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from html import escape
from typing import Final
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
import structlog
from telegram import Bot, LinkPreviewOptions
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from alerts.errors import (
    AddressGoneError,
    AddressMovedError,
    AmbiguousDeliveryError,
    ChannelRefusedError,
    DeliveryError,
    PermanentDeliveryError,
    TransientDeliveryError,
)
from alerts.model import Address, Message, Receipt

# The library's documented way to get spans as timedelta; without it every flood wait warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")

log = structlog.get_logger()

#: Stands in front of a message whose forum topic is closed or gone.
GENERAL_NOTE: Final = "The topic that this belongs to is closed or gone; sent to General instead."

#: What the bot library takes for the token.
_PLACEHOLDER: Final = "token"
_PREVIEW_OFF: Final = LinkPreviewOptions(is_disabled=True)
#: httpx raises these before the first byte of a request is written.
_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# Descriptions are compared without case: the library changes it, and so did Telegram.
_MARKUP_REFUSED: Final = ("can't parse entities", "entities_too_long", "entity_bounds_invalid")
_TOPIC_GONE: Final = (
    "message thread not found",
    "topic_closed",
    "topic_deleted",
    "topic_id_invalid",
)
#: Answers of 400 that mean what 403 means: this chat does not exist or does not let us write.
_CHAT_GONE: Final = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "chat_id_invalid",
    "channel_private",
    "chat_write_forbidden",
    "chat_restricted",
    "have no rights to send",
    "not enough rights to send",
    "need administrator rights in the channel",
    "group is deactivated",
    "chat was deactivated",
    "user_is_blocked",
    "input_user_deactivated",
)


class Fallback(StrEnum):
    """A lesser way in which a message was sent, because the better one was refused."""

    PLAIN_TEXT = "plain text"
    GENERAL_TOPIC = "general topic"


@dataclass(frozen=True, slots=True)
class _Draft:
    """One `sendMessage`, with the words in both dialects so that a refusal can be answered."""

    chat: str
    text: str
    #: Empty: goes as plain text.
    html: str
    thread: int | None


class TelegramChannel:
    """Sends to chats, groups, forum topics and channels of Telegram."""

    name = "telegram"

    def __init__(
        self, token: str, api_url: str, *, timeout: timedelta = timedelta(seconds=30)
    ) -> None:
        """Prepare a bot; nothing is sent before the first message.

        *timeout* is the longest that one `send` takes, its fallbacks included.
        """
        #: How often each lesser way was taken since the start.
        self.fallbacks: Counter[Fallback] = Counter()
        self._timeout = timeout.total_seconds()
        # Half for the connection at most, so that "not connected" is told before the time is up.
        self._request = HTTPXRequest(
            connect_timeout=self._timeout / 4,
            pool_timeout=self._timeout / 4,
            write_timeout=self._timeout / 2,
            read_timeout=self._timeout / 2,
            httpx_kwargs={"transport": _TokenTransport(token, _proxy_for(api_url))},
        )
        self._bot = Bot(
            _PLACEHOLDER,
            base_url=f"{api_url.rstrip('/')}/bot",
            request=self._request,
            get_updates_request=self._request,
        )

    async def send(self, message: Message, address: Address) -> Receipt:
        """Send *message* to the chat, group, topic or channel at *address*.

        Raises:
            DeliveryError: see `Channel.send`.
        """
        draft = _Draft(address.target, message.text, message.html, address.thread)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._send_or_fall_back(draft, message.delivery)
        except TimeoutError as error:
            raise AmbiguousDeliveryError(
                f"Telegram did not answer within {self._timeout:g} s"
            ) from error
        except TelegramError as error:
            raise _translated(error) from error
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            # An answer of JSON that is not the Bot API's trips the library wherever it looks.
            raise AmbiguousDeliveryError("Telegram's answer cannot be understood") from error

    async def close(self) -> None:
        """Close the connections."""
        await self._request.shutdown()

    async def _send_or_fall_back(self, draft: _Draft, delivery: str) -> Receipt:
        # Each fallback takes something away, so that there are three requests at most.
        while True:
            try:
                return await self._post(draft)
            except BadRequest as error:
                fallback = _fallback(draft, error.message)
                if fallback is None:
                    raise
                way, draft = fallback
                self.fallbacks[way] += 1
                log.warning("sent otherwise", delivery=delivery, way=way, because=_words(error))

    async def _post(self, draft: _Draft) -> Receipt:
        sent = await self._bot.send_message(
            chat_id=draft.chat,
            text=draft.html or draft.text,
            parse_mode="HTML" if draft.html else None,
            message_thread_id=draft.thread,
            link_preview_options=_PREVIEW_OFF,
        )
        return Receipt(message_id=str(sent.message_id))


def _fallback(draft: _Draft, description: str) -> tuple[Fallback, _Draft] | None:
    """Return the lesser way to send what was refused with *description*; None: there is none."""
    if draft.html and _says(description, _MARKUP_REFUSED):
        return Fallback.PLAIN_TEXT, replace(draft, html="")
    if draft.thread is not None and _says(description, _TOPIC_GONE):
        html = f"<i>{escape(GENERAL_NOTE)}</i>\n\n{draft.html}" if draft.html else ""
        text = f"{GENERAL_NOTE}\n\n{draft.text}"
        return Fallback.GENERAL_TOPIC, replace(draft, thread=None, html=html, text=text)
    return None


def _translated(error: TelegramError) -> DeliveryError:
    """Say whose move *error* makes it.  The order matters: BadRequest is a NetworkError."""
    if isinstance(error.__cause__, TelegramError) and not isinstance(error, InvalidToken):
        # A gateway's page, not the Bot API's JSON: its 403 or 400 says nothing about the chat.
        return TransientDeliveryError(f"an answer that is not Telegram's: {_words(error)}")
    match error:
        case RetryAfter():
            return TransientDeliveryError(_words(error), retry_after=_span(error.retry_after))
        case Forbidden():
            return AddressGoneError(_words(error))
        case ChatMigrated():
            return AddressMovedError(_words(error), target=str(error.new_chat_id))
        case InvalidToken():
            return ChannelRefusedError(
                "the Bot API does not know this bot: check TOCSIN_TELEGRAM_TOKEN and"
                f" TOCSIN_TELEGRAM_API_URL ({_words(error)})"
            )
        case BadRequest():
            gone = _says(error.message, _CHAT_GONE)
            return (AddressGoneError if gone else PermanentDeliveryError)(_words(error))
        case NetworkError() | Conflict():
            return _failed(error)
        case _:
            # 2xx with a body that is no JSON: it may have been sent.
            return AmbiguousDeliveryError(f"Telegram's answer cannot be read: {_words(error)}")


def _failed(error: TelegramError) -> DeliveryError:
    """Tell a failed connection and a refusal (certain) from a lost answer (uncertain)."""
    cause = error.__cause__
    if cause is None:
        return TransientDeliveryError(_words(error))
    if isinstance(cause, _NOT_SENT):
        return TransientDeliveryError(
            f"cannot reach Telegram: {type(cause).__name__}", connected=False
        )
    return AmbiguousDeliveryError(f"Telegram's answer was lost: {type(cause).__name__}")


def _says(description: str, phrases: tuple[str, ...]) -> bool:
    folded = description.casefold()
    return any(phrase in folded for phrase in phrases)


def _words(error: TelegramError) -> str:
    """Return the answer's words on one line; a gateway's page can be long."""
    return " ".join(error.message.split())[:300]


def _span(seconds: int | timedelta) -> timedelta:
    return seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)


def _proxy_for(url: str) -> str | None:
    # httpx reads HTTPS_PROXY only for transports of its own making.
    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


class _TokenTransport(httpx.AsyncBaseTransport):
    """Puts the token into the path on its way out, and takes it out of what comes back."""

    def __init__(self, token: str, proxy: str | None) -> None:
        # Quoted, so that a mistyped token is refused by Telegram and not by an error that shows it.
        self._token = quote(token, safe=":").encode()
        self._inner = httpx.AsyncHTTPTransport(proxy=proxy)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.replace(f"/bot{_PLACEHOLDER}/".encode(), self._prefix, 1)
        answer = await self._inner.handle_async_request(
            httpx.Request(
                request.method,
                request.url.copy_with(raw_path=path),
                headers=request.headers,
                stream=request.stream,
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
