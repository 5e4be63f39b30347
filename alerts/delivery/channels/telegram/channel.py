"""One `sendMessage` a message, and lesser ways to send it where the better one is refused."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from html import escape
from typing import Final

import structlog
from telegram import (
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.error import BadRequest

from alerts.delivery.channels.telegram.answers import (
    BUTTONS_REFUSED,
    MARKUP_REFUSED,
    REPLY_REFUSED,
    TOPIC_GONE,
    answers_translated,
    says,
    words,
)
from alerts.delivery.channels.telegram.connection import Connection
from alerts.delivery.channels.telegram.keyboard import Rows, below
from alerts.delivery.channels.telegram.rights import missing_rights
from alerts.errors import AddressGoneError, AmbiguousDeliveryError
from alerts.model import Address, Message, Receipt

log = structlog.get_logger()

#: Stands in front of a message whose forum topic is closed or gone.
GENERAL_NOTE: Final = "The topic that this belongs to is closed or gone; sent to General instead."

_PREVIEW_OFF: Final = LinkPreviewOptions(is_disabled=True)


class Fallback(StrEnum):
    """A lesser way in which a message was sent, because the better one was refused."""

    PLAIN_TEXT = "plain text"
    GENERAL_TOPIC = "general topic"
    NO_BUTTONS = "no buttons"
    NO_REPLY = "no reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """One `sendMessage`, with the words in both dialects so that a refusal can be answered."""

    chat: str
    text: str
    #: Empty: goes as plain text.
    html: str
    thread: int | None
    #: The message that it answers.
    follows: int | None
    is_silent: bool
    buttons: Rows
    asks: bool


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
        self._connection = Connection(token, api_url, timeout=timeout)
        self._bot = self._connection.bot

    async def send(self, message: Message, address: Address) -> Receipt:
        """Send *message* to the chat, group, topic or channel at *address*.

        Raises:
            DeliveryError: see `Channel.send`.
        """
        async with self._asking():
            return await self._send_or_fall_back(_draft(message, address), message.delivery)

    async def whoami(self) -> str:
        """Return the bot's name, `@tocsin_bot`: the token is good.

        Raises:
            DeliveryError: it is not, or nobody answers.
        """
        async with self._asking():
            return f"@{(await self._bot.get_me()).username}"

    async def is_inline(self) -> bool:
        """Tell whether the bot can be asked in any chat by its name, which nobody here answers.

        Raises:
            DeliveryError: nobody answers, or not to this token.
        """
        async with self._asking():
            return bool((await self._bot.get_me()).supports_inline_queries)

    async def rights(self, address: Address) -> str:
        """Say what the bot lacks to write to *address*; empty: nothing.

        Raises:
            DeliveryError: nobody answers, or not to this token.
        """
        try:
            async with self._asking():
                ask = self._connection.ask
                me, chat = await ask("getMe"), await ask("getChat", chat_id=address.target)
                if chat["type"] == "private":
                    return ""
                member = await ask("getChatMember", chat_id=chat["id"], user_id=me["id"])
                return missing_rights(chat, member, thread=address.thread)
        except AddressGoneError as error:
            return (
                f"the chat does not know the bot: add the bot, or have it started there ({error})"
            )

    async def close(self) -> None:
        """Close the connections."""
        await self._connection.close()

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        try:
            with answers_translated():
                async with asyncio.timeout(self._timeout):
                    yield
        except TimeoutError as error:
            raise AmbiguousDeliveryError(
                f"Telegram did not answer within {self._timeout:g} s"
            ) from error

    async def _send_or_fall_back(self, draft: _Draft, delivery: str) -> Receipt:
        # Each fallback takes something away, so that there are five requests at most.
        while True:
            try:
                return await self._post(draft)
            except BadRequest as error:
                fallback = _fallback(draft, error.message)
                if fallback is None:
                    raise
                way, draft = fallback
                self.fallbacks[way] += 1
                log.warning("sent otherwise", delivery=delivery, way=way, because=words(error))

    async def _post(self, draft: _Draft) -> Receipt:
        sent = await self._bot.send_message(
            chat_id=draft.chat,
            text=draft.html or draft.text,
            parse_mode="HTML" if draft.html else None,
            message_thread_id=draft.thread,
            link_preview_options=_PREVIEW_OFF,
            reply_parameters=_reply(draft.follows),
            disable_notification=draft.is_silent or None,
            reply_markup=below(draft.buttons, asks=draft.asks),
        )
        return Receipt(message_id=str(sent.message_id))


def _draft(message: Message, address: Address) -> _Draft:
    return _Draft(
        chat=address.target,
        text=message.text,
        html=message.html,
        thread=address.thread,
        follows=int(message.follows) if message.follows.isdecimal() else None,
        is_silent=message.is_silent,
        buttons=message.buttons,
        asks=message.asks,
    )


def _reply(follows: int | None) -> ReplyParameters | None:
    if follows is None:
        return None
    # The message that told the story may have been deleted; what became of it is news all the same.
    return ReplyParameters(message_id=follows, allow_sending_without_reply=True)


def _fallback(draft: _Draft, description: str) -> tuple[Fallback, _Draft] | None:
    """Return the lesser way to send what was refused with *description*; None: there is none."""
    if draft.html and says(description, MARKUP_REFUSED):
        return Fallback.PLAIN_TEXT, replace(draft, html="")
    if draft.thread is not None and says(description, TOPIC_GONE):
        html = f"<i>{escape(GENERAL_NOTE)}</i>\n\n{draft.html}" if draft.html else ""
        text = f"{GENERAL_NOTE}\n\n{draft.text}"
        # What it answers stands in that topic, and would draw it there again.
        general = replace(draft, thread=None, follows=None, html=html, text=text)
        return Fallback.GENERAL_TOPIC, general
    if (draft.buttons or draft.asks) and says(description, BUTTONS_REFUSED):
        return Fallback.NO_BUTTONS, replace(draft, buttons=(), asks=False)
    if draft.follows is not None and says(description, REPLY_REFUSED):
        return Fallback.NO_REPLY, replace(draft, follows=None)
    return None
