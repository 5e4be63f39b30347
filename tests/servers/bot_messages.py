"""Messages as the Bot API takes or refuses them: texts, chats, topics, replies, buttons, floods."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.servers.bot_keyboard import Keyboard, KeyboardError, parse_keyboard
from tests.servers.telegram_html import Entity, HtmlError, cleaned, parse_html, utf16_length

TEXT_LIMIT = 4096
ENTITY_LIMIT = 100

Answer = dict[str, Any]
Parameters = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A message that the server took: it would stand in the chat."""

    message_id: int
    chat: str
    thread: int | None
    #: As people read it, after parsing.
    text: str
    #: As it was sent; empty for plain text.
    html: str
    entities: tuple[Entity, ...]
    preview: bool
    #: The clock's reading.
    at: float
    buttons: Keyboard = ()
    #: The message that it answers; None: it answers none, or one that is not there.
    follows: int | None = None
    is_silent: bool = False


@dataclass(slots=True)
class FloodLimits:
    """Telegram's limits, counted in sliding windows of accepted messages."""

    per_chat: tuple[int, float] = (1, 1.0)
    per_group: tuple[int, float] = (20, 60.0)
    overall: tuple[int, float] = (30, 1.0)
    _accepted: dict[str, deque[float]] = field(default_factory=dict)

    def wait(self, chat: str, now: float) -> float:
        """Return the seconds that *chat* has to wait, 0 for none; count the message if none."""
        limits = [(f"chat {chat}", self.per_chat), ("all", self.overall)]
        if chat.startswith(("-", "@")):
            limits.append((f"group {chat}", self.per_group))
        waits = [self._wait(key, count, span, now) for key, (count, span) in limits]
        if max(waits) <= 0:
            for key, _ in limits:
                self._accepted.setdefault(key, deque()).append(now)
        return max(0.0, *waits)

    def _wait(self, key: str, count: int, span: float, now: float) -> float:
        times = self._accepted.setdefault(key, deque())
        while times and times[0] <= now - span:
            times.popleft()
        return times[-count] + span - now if len(times) >= count else 0.0


class Messages:
    """Every chat that the bot writes to; every attribute may be changed at any time."""

    def __init__(self, *, limits: FloodLimits | None, clock: Callable[[], float]) -> None:
        self.limits = limits
        #: Messages that were taken, in order.
        self.accepted: list[Accepted] = []
        self.missing_chats: set[str] = set()
        self.blocked_by: set[str] = set()
        #: Old chat id -> new one.
        self.migrated: dict[str, int] = {}
        self.closed_topics: set[tuple[str, int]] = set()
        #: Messages whose text or buttons were changed, by number.
        self.edits: list[int] = []
        #: Set each time a message is taken: what a test waits for instead of sleeping.
        self.took_one = asyncio.Event()
        self._clock = clock

    def judge(self, parameters: Parameters) -> Answer:
        """Take or refuse a `sendMessage`."""
        chat = parameters.get("chat_id", "")
        thread = int(parameters["message_thread_id"]) if "message_thread_id" in parameters else None
        refused = self._refused_chat(chat, thread)
        if refused is not None:
            return refused
        sent = parameters.get("text", "")
        html = sent if parameters.get("parse_mode") == "HTML" else ""
        try:
            text, entities = parse_html(html) if html else (cleaned(sent), ())
        except HtmlError as error:
            return refusal(400, f"Bad Request: can't parse entities: {error}")
        try:
            keyboard = parse_keyboard(parameters.get("reply_markup", ""))
        except KeyboardError as error:
            return refusal(400, f"Bad Request: {error}")
        follows = self._followed(chat, parameters.get("reply_parameters", ""))
        refused = _refused_text(text, entities)
        refused = refused or (follows if isinstance(follows, dict) else self._flooded(chat))
        if refused is not None:
            return refused
        return self._accept(
            Accepted(
                message_id=len(self.accepted) + 1,
                chat=chat,
                thread=thread,
                text=text,
                html=html,
                entities=entities,
                preview='"is_disabled": true' not in parameters.get("link_preview_options", ""),
                at=self._clock(),
                buttons=keyboard,
                follows=None if isinstance(follows, dict) else follows,
                is_silent=parameters.get("disable_notification", "").casefold() == "true",
            )
        )

    def _followed(self, chat: str, reply: str) -> int | Answer | None:
        """Return the message that is answered, None for none, or the refusal."""
        if not reply:
            return None
        asked = json.loads(reply)
        if any((one.message_id, one.chat) == (asked["message_id"], chat) for one in self.accepted):
            return int(asked["message_id"])
        if asked.get("allow_sending_without_reply"):
            return None
        return refusal(400, "Bad Request: message to be replied not found")

    def _refused_chat(self, chat: str, thread: int | None) -> Answer | None:
        if not chat:
            return refusal(400, "Bad Request: chat_id is empty")
        if chat in self.missing_chats:
            return refusal(400, "Bad Request: chat not found")
        if chat in self.blocked_by:
            return refusal(403, "Forbidden: bot was blocked by the user")
        if chat in self.migrated:
            return refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.migrated[chat],
            )
        if thread is not None and (chat, thread) in self.closed_topics:
            return refusal(400, "Bad Request: TOPIC_CLOSED")
        return None

    def _flooded(self, chat: str) -> Answer | None:
        wait = math.ceil(self.limits.wait(chat, self._clock())) if self.limits else 0
        if not wait:
            return None
        return refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    def _accept(self, message: Accepted) -> Answer:
        self.accepted.append(message)
        self.took_one.set()
        return result(
            {
                "message_id": message.message_id,
                "date": int(time.time()),
                "chat": _chat(message.chat),
                "text": message.text,
            }
        )

    def edit(self, parameters: Parameters) -> Answer:
        """Take or refuse an `editMessageText` or `editMessageReplyMarkup`."""
        number, chat = int(parameters["message_id"]), parameters.get("chat_id", "")
        place = next(
            (
                place
                for place, one in enumerate(self.accepted)
                if (one.message_id, one.chat) == (number, chat)
            ),
            None,
        )
        if place is None:
            return refusal(400, "Bad Request: message to edit not found")
        try:
            keyboard = parse_keyboard(parameters.get("reply_markup", ""))
        except KeyboardError as error:
            return refusal(400, f"Bad Request: {error}")
        now = self.accepted[place]
        new = replace(now, buttons=keyboard, text=parameters.get("text", now.text))
        if new == now:
            return refusal(400, "Bad Request: message is not modified")
        self.accepted[place] = new
        self.edits.append(number)
        return result({"message_id": number, "date": int(time.time()), "chat": _chat(chat)})


def _chat(chat: str) -> Answer:
    kind = "supergroup" if chat.startswith(("-", "@")) else "private"
    return {"id": int(chat) if chat.lstrip("-").isdecimal() else -1, "type": kind}


def result(result: object) -> Answer:
    """Return the answer that gives *result*."""
    return {"ok": True, "result": result}


def _refused_text(text: str, entities: tuple[Entity, ...]) -> Answer | None:
    if not text:
        return refusal(400, "Bad Request: message text is empty")
    if utf16_length(text) > TEXT_LIMIT:
        return refusal(400, "Bad Request: message is too long")
    # The real server drops what goes beyond, without a word; a stand-in that did would hide it.
    if len(entities) > ENTITY_LIMIT:
        return refusal(400, "Bad Request: ENTITIES_TOO_LONG")
    return None


def refusal(code: int, description: str, **parameters: int) -> Answer:
    """Return the answer that refuses."""
    answer: Answer = {"ok": False, "error_code": code, "description": description}
    return answer | {"parameters": parameters} if parameters else answer
