"""A message that the bot sent, as tests read it and as the Bot API shows it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from tests.servers.bot_answers import Json
from tests.servers.bot_chats import ME
from tests.servers.bot_files import Document
from tests.servers.bot_keyboard import Keyboard, ReplyKeyboard, markup
from tests.servers.telegram_html import Entity

_TYPES: Final = (
    {"a": "text_link"}
    | dict.fromkeys(("b", "strong"), "bold")
    | dict.fromkeys(("i", "em"), "italic")
    | dict.fromkeys(("u", "ins"), "underline")
    | dict.fromkeys(("s", "strike", "del"), "strikethrough")
    | dict.fromkeys(("tg-spoiler", "span"), "spoiler")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A message that the server took: it would stand in the chat."""

    message_id: int
    chat: str
    thread: int | None
    #: As people read it, after parsing; of a document, what stands below it.
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
    document: Document | None = None
    #: It is a question: the field for the answer opens, with the placeholder in it.
    asks: bool = False
    placeholder: str = ""
    #: What takes the place of the app's own keyboard.
    reply_keyboard: ReplyKeyboard = ()
    removes_keyboard: bool = False


def shown(message: Accepted, place: Json) -> Json:
    """Return *message* as the Bot API shows it, without what it answers."""
    sender = {"sender_chat": place} if place["type"] == "channel" else {"from": dict(ME)}
    field = "text" if message.document is None else "caption"
    told: Json = {
        "message_id": message.message_id,
        "date": int(time.time()),
        "chat": place,
        **sender,
        field: message.text,
    }
    if message.entities:
        spans = [_entity_of(one) for one in message.entities]
        told["entities" if field == "text" else "caption_entities"] = spans
    if message.buttons:
        told["reply_markup"] = markup(message.buttons)
    return told


def _entity_of(entity: Entity) -> Json:
    kind = _TYPES.get(entity.tag, entity.tag)
    told: Json = {"type": kind, "offset": entity.offset, "length": entity.length}
    return told | {"url": entity.href} if entity.href else told
