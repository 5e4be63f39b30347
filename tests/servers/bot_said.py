"""What people write, as the Bot API tells it: entities, replies, topics, and whether it is told.

Pure; offsets count UTF-16 units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NotRequired, TypedDict

from tests.servers.bot_answers import Json
from tests.servers.bot_chats import CHANNEL_BOT, GROUP_ANONYMOUS_BOT, ME, MY_ID
from tests.servers.telegram_html import utf16_length

#: Kinds of spans that Telegram finds by itself (td's MessageEntity.cpp), the first one wins.
_SPANS: Final = (
    ("url", re.compile(r"https?://[^\s<>]+")),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (
        "bot_command",
        re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])"),
    ),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z0-9_]{2,32}(?!\w)")),
)
_ADDRESSED = re.compile(r"/[A-Za-z0-9_]{1,64}(?:@([A-Za-z0-9_]{3,32}))?(?![\w/<>])")
_MY_NAME: Final = str(ME["username"]).casefold()
#: What a message shows of another one inside it.
_NOT_IN_A_REPLY: Final = frozenset({"reply_to_message"})


class How(TypedDict):
    """In which way somebody writes; nothing: plainly."""

    #: The number of a message in that chat.
    reply_to: NotRequired[int]
    #: The forum topic.
    thread: NotRequired[int]
    #: Of the person's app, from now on.
    language_code: NotRequired[str]
    #: The chat as which it is written: the group itself (an anonymous administrator), or a channel.
    sender_chat: NotRequired[str]
    #: A user, or the @name or number of a channel.
    forwarded_from: NotRequired[int | str]


def entities_of(text: str) -> list[Json]:
    """Return the spans that Telegram finds in what somebody wrote."""
    return [
        {
            "type": kind,
            "offset": utf16_length(text[:start]),
            "length": utf16_length(text[start:end]),
        }
        for start, end, kind in sorted(_found(text))
    ]


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    taken: list[tuple[int, int]] = []
    for kind, pattern in _SPANS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= begun or start >= over for begun, over in taken):
                taken.append((start, end))
                yield start, end, kind


def with_entities(text: str, *, field: str = "text") -> Json:
    """Return *text* with its spans; *field* may be "caption"."""
    found = entities_of(text)
    name = "entities" if field == "text" else "caption_entities"
    return {field: text} | ({name: found} if found else {})


def seeming_sender(chat: Json, sender_chat: Json) -> Json:
    """Return who seems to write when it is written as *sender_chat*."""
    bot = GROUP_ANONYMOUS_BOT if sender_chat["id"] == chat["id"] else CHANNEL_BOT
    return {"from": dict(bot), "sender_chat": sender_chat}


def place_of(chat: Json, thread: int | None, answered: Json | None) -> Json:
    """Return what tells where in *chat* a message stands: its topic, and what it answers."""
    told: Json = {}
    if thread is not None:
        told |= {"message_thread_id": thread, "is_topic_message": True}
        # In a topic every message that answers none seems to answer the one that opened it.
        told["reply_to_message"] = _opening(chat, thread)
    elif answered is not None and chat["type"] == "supergroup":
        # There it numbers the replies to one message, and is no topic.
        told["message_thread_id"] = answered.get("message_thread_id", answered["message_id"])
    if answered is not None:
        told["reply_to_message"] = {
            key: value for key, value in answered.items() if key not in _NOT_IN_A_REPLY
        }
    return told


def _opening(chat: Json, thread: int) -> Json:
    return {
        "message_id": thread,
        "date": 0,
        "chat": chat,
        "from": {"id": 1, "is_bot": False, "first_name": "Person 1"},
        "message_thread_id": thread,
        "is_topic_message": True,
        "forum_topic_created": {"name": f"Topic {thread}", "icon_color": 7322096},
    }


def is_meant_for_bot(message: Mapping[str, Any]) -> bool:
    """Tell whether a bot in privacy mode hears of *message* from a group.

    Commands unless they name another bot, replies to the bot, and mentions of it
    (https://core.telegram.org/bots/features#privacy-mode).
    """
    text = message.get("text") or message.get("caption") or ""
    answered = message.get("reply_to_message", {}).get("from", {})
    if answered.get("id") == MY_ID:
        return True
    command = _ADDRESSED.match(text)
    if command and (command.group(1) or _MY_NAME).casefold() == _MY_NAME:
        return True
    return f"@{_MY_NAME}" in re.findall(r"(?<![\w/])@\w+", text.casefold())
