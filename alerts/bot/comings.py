"""Who lets the bot in, and who shows it out: blocks, kicks, rights, and groups that move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from telegram import Chat as ChatOfTelegram
from telegram import ChatMemberUpdated, Update

from alerts.bot.desk import Desk
from alerts.bot.hearing import chat_of
from alerts.bot.talk import CHANNEL, Chat, button
from alerts.delivery.channels.telegram.rights import missing_as
from alerts.locales import Words, marked, words_of
from alerts.model import Address, Answer, ChatKind

log = structlog.get_logger()

_OUT: Final = frozenset({"left", "kicked"})
_HELLO: Final = marked(
    "Hello. I ring here when the news feeds that I read report what this chat watches for."
    " Administrators begin with /watch or /watchlists. I read nothing here but commands and replies"
    " to me."
)
_CANNOT_POST: Final = marked(
    "I am in the channel “{title}”, and may not post there. Please make me an administrator with the"
    " right to post messages: channel → Administrators → Tocsin → Post messages."
)
_CAN_POST: Final = marked(
    "I may post in the channel “{title}”. Post /watch or /watchlists there to say what it is told of."
)
_CANNOT_WRITE: Final = marked(
    "I am in the group “{title}”, and may not write there. Please let me send messages."
)
_BEGIN: Final = marked("Watch for something")


class Comings:
    """Holds what waits for chats that showed the bot out, and lets it go when they let it in."""

    def __init__(self, desk: Desk, *, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._now = now

    async def changed(self, update: Update, context: object) -> None:
        """Take note of what the bot has become in a chat, as a handler of an `Application`.

        Raises:
            StorageError: nothing was noted; the update can be taken again.
        """
        del context
        change = update.my_chat_member
        assert change is not None
        chat, storage = chat_of(change.chat), self._desk.storage
        missing = missing_as(change.new_chat_member.to_dict(), chat_type=change.chat.type)
        if missing:
            log.info("gone", chat=chat.id, because=missing)
            await storage.departures.note(CHANNEL, chat.targets, missing, now=self._now())
        else:
            targets = [(CHANNEL, target) for target in chat.targets]
            await storage.backlog.readmit(targets, now=self._now())
            self._desk.ring({CHANNEL})
        await self._explain(change, chat, f"update {update.update_id}", is_missing=bool(missing))

    async def moved(self, update: Update, context: object) -> None:
        """Follow a group that became a supergroup, as a handler of an `Application`.

        Raises:
            StorageError: nothing was changed; the update can be taken again.
        """
        del context
        message = update.effective_message
        assert message is not None
        old = message.migrate_from_chat_id or message.chat.id
        new = message.migrate_to_chat_id or message.chat.id
        log.info("group moved", chat=old, to=new)
        await self._desk.members.moved(_address(old), _address(new))

    async def _explain(
        self, change: ChatMemberUpdated, chat: Chat, key: str, *, is_missing: bool
    ) -> None:
        """Say what the bot may do now: in the group, or to whoever changed its rights."""
        before, after = change.old_chat_member.status, change.new_chat_member.status
        if chat.is_private or after in _OUT:
            return
        subscriber = self._desk.members.of(chat.address)
        language = subscriber.language if subscriber else change.from_user.language_code
        words = words_of(language or "")
        if chat.kind is ChatKind.GROUP and not is_missing:
            if before in _OUT:
                await self._say(key, chat.address, _hello(words))
            return
        text = _CANNOT_WRITE if chat.kind is ChatKind.GROUP else _CANNOT_POST
        said = words.say(text if is_missing else _CAN_POST, title=_title(change.chat))
        # Whoever changed it reads this if they have ever started the bot; else it is dropped.
        await self._say(key, _address(change.from_user.id), Answer(html=said))

    async def _say(self, key: str, address: Address, answer: Answer) -> None:
        if await self._desk.storage.answers.put(key, address, answer, now=self._now()):
            self._desk.ring({CHANNEL})


def _hello(words: Words) -> Answer:
    return Answer(html=words.say(_HELLO), buttons=((button(words.of(_BEGIN), "/watch"),),))


def _title(chat: ChatOfTelegram) -> str:
    return (chat.title or chat.username or str(chat.id))[:80]


def _address(chat: int) -> Address:
    return Address(channel=CHANNEL, target=str(chat))
