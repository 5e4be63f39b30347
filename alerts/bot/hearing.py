"""From an update of the Bot API to the call that it is.  Pure, but for what the call's reader adds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from telegram import CallbackQuery, MaybeInaccessibleMessage, Message, MessageEntity, Update
from telegram import Chat as ChatOfTelegram

from alerts.bot.talk import Chat, Sent
from alerts.model import ChatKind

_KINDS: Final = {
    ChatOfTelegram.PRIVATE: ChatKind.PRIVATE,
    ChatOfTelegram.GROUP: ChatKind.GROUP,
    ChatOfTelegram.SUPERGROUP: ChatKind.GROUP,
    ChatOfTelegram.CHANNEL: ChatKind.CHANNEL,
}
_COMMAND: Final = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>[A-Za-z0-9_]+))?")
#: Who writes in the name of a group.
_ANONYMOUS: Final = 1087968824


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What somebody said or pressed, as Telegram tells it."""

    chat: Chat
    #: 0: the channel itself, or a group in its administrator's name.
    user: int
    #: They wrote in the name of the chat, which only administrators can.
    is_chat_itself: bool = False
    language: str = ""
    #: Without its slash, in small letters; empty: plain words.
    command: str = ""
    #: The bot that the command names; empty: none.
    addressed: str = ""
    text: str = ""
    message: int
    is_press: bool = False
    quoted: int | None = None
    quoted_text: str = ""
    #: It replies to a message of ours.
    quotes_us: bool = False
    sent: Sent | None = None
    location: tuple[float, float] | None = None


def heard(update: Update, me: int) -> Heard | None:
    """Return what *update* tells; None: nothing that anybody says to us, the bot of number *me*."""
    query = update.callback_query
    if query is not None:
        return _pressed(query)
    message = update.message or update.channel_post
    return _written(message, me) if message is not None else None


def _pressed(query: CallbackQuery) -> Heard | None:
    if query.message is None:  # sent in another bot's name: not ours
        return None
    command, _, text = (query.data or "").removeprefix("/").partition(" ")
    message = query.message
    return Heard(
        chat=chat_of_message(message),
        user=query.from_user.id,
        language=query.from_user.language_code or "",
        command=command,
        text=text,
        message=message.message_id,
        is_press=True,
    )


def _written(message: Message, me: int) -> Heard | None:
    text = message.text or message.caption or ""
    if not (text or message.document or message.location):
        return None
    if message.forward_origin is not None and message.document is None:
        return None  # somebody else's words; a file may have come by another chat
    name, bot, rest = _command(message, text)
    reply = message.reply_to_message
    # In a topic every message replies to the one that opened it.
    quoted = reply if reply is not None and not reply.forum_topic_created else None
    by = message.from_user
    itself = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    is_person = by is not None and by.id != _ANONYMOUS and not itself
    return Heard(
        chat=chat_of_message(message),
        user=by.id if by is not None and is_person else 0,
        is_chat_itself=itself or message.chat.type == ChatOfTelegram.CHANNEL,
        language=(by.language_code if by is not None else "") or "",
        command=name,
        addressed=bot,
        text=rest,
        message=message.message_id,
        quoted=quoted.message_id if quoted is not None else None,
        quoted_text=(quoted.text or quoted.caption or "") if quoted is not None else "",
        quotes_us=_is_ours(reply, me),
        sent=_sent(message),
        location=(message.location.latitude, message.location.longitude)
        if message.location
        else None,
    )


def _is_ours(reply: Message | None, me: int) -> bool:
    """Tell whether *reply*, which was answered, is a message of ours."""
    if reply is None:
        return False
    # In a channel nobody can be told from anybody else.
    if reply.chat.type == ChatOfTelegram.CHANNEL:
        return True
    return reply.from_user is not None and reply.from_user.id == me


def _command(message: Message, text: str) -> tuple[str, str, str]:
    """Return the command that *text* begins with, the bot that it names, and the rest."""
    entities = message.entities or message.caption_entities
    begins = any(one.type == MessageEntity.BOT_COMMAND and one.offset == 0 for one in entities)
    found = _COMMAND.match(text) if begins or message.chat.type == ChatOfTelegram.CHANNEL else None
    if found is None:
        return "", "", text.strip()
    return found["name"].casefold(), (found["bot"] or "").casefold(), text[found.end() :].strip()


def _sent(message: Message) -> Sent | None:
    paper = message.document
    if paper is None:
        return None
    return Sent(file=paper.file_id, name=paper.file_name or "", size=paper.file_size or 0)


def chat_of_message(message: MaybeInaccessibleMessage) -> Chat:
    """Return the chat, and the topic, that *message* stands in."""
    # Elsewhere than in topics the thread numbers replies, and would be refused.
    is_topic = isinstance(message, Message) and bool(message.is_topic_message)
    thread = message.message_thread_id if is_topic and isinstance(message, Message) else None
    return chat_of(message.chat, thread)


def chat_of(chat: ChatOfTelegram, thread: int | None = None) -> Chat:
    """Return *chat* as we know it."""
    return Chat(
        id=chat.id,
        username=chat.username or "",
        kind=_KINDS.get(chat.type, ChatKind.GROUP),
        thread=thread,
    )
