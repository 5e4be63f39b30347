"""Messages as the Bot API takes or refuses them: texts, chats, topics, replies, buttons, floods."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from tests.servers.bot_accepted import Accepted, shown
from tests.servers.bot_answers import Answer, Json, Parameters, RefusedError, refusal, result
from tests.servers.bot_chats import MY_ID
from tests.servers.bot_files import Document
from tests.servers.bot_floods import FloodLimits
from tests.servers.bot_keyboard import (
    KeyboardError,
    Markup,
    parse_keyboard,
    parse_markup,
)
from tests.servers.bot_people import People
from tests.servers.bot_said import place_of
from tests.servers.bot_standing import missing_right
from tests.servers.telegram_html import Entity, HtmlError, cleaned, parse_html, utf16_length

__all__ = ["ENTITY_LIMIT", "TEXT_LIMIT", "Accepted", "Messages", "refusal", "result"]

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100
#: A message that is older cannot be deleted.
DELETABLE: Final = timedelta(hours=48).total_seconds()


class Messages:
    """Every chat that the bot writes to; every attribute may be changed at any time."""

    def __init__(self, *, limits: FloodLimits | None, clock: Callable[[], float]) -> None:
        self.limits = limits
        self.people = People()
        #: Messages that were taken, in order, as they read after edits; deleted ones included.
        self.accepted: list[Accepted] = []
        self.missing_chats: set[str] = set()
        self.blocked_by: set[str] = set()
        self.closed_topics: set[tuple[str, int]] = set()
        #: Messages whose text or buttons were changed, by number.
        self.edits: list[int] = []
        #: Messages that the bot deleted, by number; people's as well.
        self.deleted: list[int] = []
        #: Set each time a message is taken: what a test waits for instead of sleeping.
        self.took_one = asyncio.Event()
        self._clock = clock

    @property
    def migrated(self) -> dict[str, int]:
        """Old chat id -> new one."""
        return self.people.migrated

    @migrated.setter
    def migrated(self, migrated: dict[str, int]) -> None:
        self.people.migrated = migrated

    # --- sending ----------------------------------------------------------------------------------

    def judge(self, parameters: Parameters, document: Document | None = None) -> Answer:
        """Take or refuse a `sendMessage`, or a `sendDocument`."""
        try:
            return self._judge(parameters, document)
        except RefusedError as error:
            return error.answer

    def _judge(self, parameters: Parameters, document: Document | None) -> Answer:
        chat = self.writable(parameters)
        thread = int(parameters["message_thread_id"]) if "message_thread_id" in parameters else None
        if thread is not None and (chat, thread) in self.closed_topics:
            raise RefusedError("TOPIC_CLOSED")
        html, text, entities = _read(parameters, "text" if document is None else "caption")
        place = self.people.chat(chat)
        hanging = _hanging(parameters, place)
        follows = self._followed(chat, parameters.get("reply_parameters", ""))
        _check(text, entities, is_caption=document is not None)
        self._count(chat)
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
                follows=follows,
                is_silent=parameters.get("disable_notification", "").casefold() == "true",
                document=document,
                **hanging._asdict(),
            ),
            place,
        )

    def writable(self, parameters: Parameters) -> str:
        """Return the chat that a request names, if the bot may write there.

        Raises:
            RefusedError: it may not.
        """
        chat = self.known(parameters)
        if chat in self.blocked_by:
            raise RefusedError("bot was blocked by the user", code=403)
        standing = self.people.noted_member(chat, MY_ID)
        if standing is not None:
            missing_right(self.people.chat(chat)["type"], standing)
        return chat

    def known(self, parameters: Parameters) -> str:
        """Return the chat that a request names, if there is one.

        Raises:
            RefusedError: there is none, or none any more.
        """
        chat = parameters.get("chat_id", "")
        if not chat:
            raise RefusedError("chat_id is empty")
        if chat in self.migrated:
            raise RefusedError(
                "group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.migrated[chat],
            )
        if chat in self.missing_chats or not (
            chat.startswith("@") or chat.removeprefix("-").isdecimal()
        ):
            raise RefusedError("chat not found")
        return chat

    def _followed(self, chat: str, reply: str) -> int | None:
        """Return the message that is answered; None for none."""
        if not reply:
            return None
        asked = json.loads(reply)
        if self.people.find(chat, asked["message_id"]) is not None:
            return int(asked["message_id"])
        if asked.get("allow_sending_without_reply"):
            return None
        raise RefusedError("message to be replied not found")

    def _count(self, chat: str) -> None:
        wait = math.ceil(self.limits.wait(chat, self._clock())) if self.limits else 0
        if wait:
            raise RefusedError(f"Too Many Requests: retry after {wait}", code=429, retry_after=wait)

    def _accept(self, message: Accepted, place: Json) -> Answer:
        self.accepted.append(message)
        self.took_one.set()
        follows = message.follows
        answered = None if follows is None else self.people.find(message.chat, follows)
        told = shown(message, place) | place_of(place, message.thread, answered)
        if message.document is not None:
            told["document"] = self.people.files.keep(message.document)
        self.people.keep(told)
        return result(told)

    # --- what was sent ----------------------------------------------------------------------------

    def edit_text(self, parameters: Parameters) -> Answer:
        """Take an `editMessageText`: the buttons go, unless they are sent again.

        Raises:
            RefusedError: nothing was changed.
        """
        before = self._own(parameters, "edit")
        if before.document is not None:
            raise RefusedError("there is no text in the message to edit")
        html, text, entities = _read(parameters, "text")
        if utf16_length(text) > TEXT_LIMIT:
            raise RefusedError("MESSAGE_TOO_LONG")
        _check(text, entities, is_caption=False)
        return self._edited(
            before, replace(before, html=html, text=text, entities=entities), parameters
        )

    def edit_buttons(self, parameters: Parameters) -> Answer:
        """Take an `editMessageReplyMarkup`.

        Raises:
            RefusedError: nothing was changed.
        """
        before = self._own(parameters, "edit")
        return self._edited(before, before, parameters)

    def _edited(self, before: Accepted, after: Accepted, parameters: Parameters) -> Answer:
        try:
            after = replace(after, buttons=parse_keyboard(parameters.get("reply_markup", "")))
        except KeyboardError as error:
            raise RefusedError(str(error)) from error
        same = replace(after, html=before.html)  # markup that is written otherwise reads alike
        if same == before:
            raise RefusedError(
                "message is not modified: specified new message content and reply markup are"
                " exactly the same as a current content and reply markup of the message"
            )
        self.accepted[after.message_id - 1] = after
        self.edits.append(after.message_id)
        stood = self.people.find(after.chat, after.message_id)
        assert stood is not None
        gone = {"reply_markup", "entities", "text"}
        kept = {key: value for key, value in stood.items() if key not in gone}
        told = kept | shown(after, stood["chat"]) | {"edit_date": int(time.time())}
        self.people.keep(told)
        return result(told)

    def _own(self, parameters: Parameters, deed: str) -> Accepted:
        """Return the bot's own message that a request names."""
        chat, number = self.writable(parameters), int(parameters.get("message_id", "0"))
        found = self.people.find(chat, number)
        if found is None:
            raise RefusedError(f"message to {deed} not found")
        if not 1 <= number <= len(self.accepted):
            raise RefusedError(f"message can't be {deed}ed")
        return self.accepted[number - 1]

    def delete(self, parameters: Parameters) -> Answer:
        """Take a `deleteMessage`.

        Raises:
            RefusedError: the bot may not, or it is too late.
        """
        chat, number = self.writable(parameters), int(parameters.get("message_id", "0"))
        found = self.people.find(chat, number)
        if found is None:
            raise RefusedError("message to delete not found")
        own = self.accepted[number - 1] if number <= len(self.accepted) else None
        rights = self.people.member(chat, MY_ID)
        may_all = found["chat"]["type"] == "private" or rights.get("can_delete_messages")
        is_old = own is not None and self._clock() - own.at >= DELETABLE
        if is_old or (own is None and not may_all):
            raise RefusedError("message can't be deleted for everyone")
        self.people.forget(chat, number)
        self.deleted.append(number)
        return result(True)  # noqa: FBT003 - the Bot API's own answer


def _read(parameters: Parameters, field: str) -> tuple[str, str, tuple[Entity, ...]]:
    """Return the markup, if it is markup, and what people read with its spans."""
    sent, mode = parameters.get(field, ""), parameters.get("parse_mode", "")
    if mode not in {"", "HTML"}:
        raise RefusedError("unsupported parse_mode")
    if not (mode and sent):
        return "", cleaned(sent), ()
    try:
        text, entities = parse_html(sent)
    except HtmlError as error:
        raise RefusedError(f"can't parse entities: {error}") from error
    return sent, text, entities


def _check(text: str, entities: tuple[Entity, ...], *, is_caption: bool) -> None:
    if not (text or is_caption):
        raise RefusedError("message text is empty")
    if utf16_length(text) > (CAPTION_LIMIT if is_caption else TEXT_LIMIT):
        raise RefusedError(f"message {'caption ' if is_caption else ''}is too long")
    # The real server drops what goes beyond, without a word; a stand-in that did would hide it.
    if len(entities) > ENTITY_LIMIT:
        raise RefusedError("ENTITIES_TOO_LONG")


def _hanging(parameters: Parameters, place: Json) -> Markup:
    try:
        return parse_markup(parameters.get("reply_markup", ""), chat_type=place["type"])
    except KeyboardError as error:
        raise RefusedError(str(error)) from error
