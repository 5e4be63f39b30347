"""Who lets the bot in, and who shows it out: blocks, kicks, restrictions, and /start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog
from telegram import Chat, Update

from alerts.bot.recent import Recent
from alerts.delivery.channels.telegram.answers import answers_translated
from alerts.delivery.channels.telegram.rights import missing_as
from alerts.errors import DeliveryError
from alerts.storage.backlog import Backlog
from alerts.storage.departures import Departures

log = structlog.get_logger()

_CHANNEL: Final = "telegram"
_GREETING: Final = (
    "This chat is number {chat}. With it an operator makes the chat the address of a receiver. What"
    " was held while the bot was away comes as one list."
)
#: /start is answered once in so long.
_GREETED_FOR: Final = timedelta(minutes=1)


class Memory(Protocol):
    """What is noted of chats (`alerts.storage`)."""

    @property
    def departures(self) -> Departures:
        """Who is gone."""

    @property
    def backlog(self) -> Backlog:
        """What waits for whom."""


class Comings:
    """Holds what waits for chats that showed the bot out, and lets it go when they let it in."""

    def __init__(
        self,
        memory: Memory,
        *,
        now: Callable[[], datetime],
        ring: Callable[[Collection[str]], object],
        take_turn: Callable[[Collection[str]], Awaitable[bool]],
    ) -> None:
        self._memory = memory
        self._now = now
        self._ring = ring
        self._take_turn = take_turn
        self._greeted = Recent(_GREETED_FOR)

    async def changed(self, update: Update, context: object) -> None:
        """Take note of what the bot has become in a chat, as a handler of an `Application`.

        Raises:
            StorageError: nothing was noted; the update can be taken again.
        """
        del context
        change = update.my_chat_member
        assert change is not None
        chat = change.chat
        missing = missing_as(change.new_chat_member.to_dict(), chat_type=chat.type)
        if not missing:
            await self._readmit(chat)
            return
        log.info("gone", chat=chat.id, because=missing)
        await self._memory.departures.note(_CHANNEL, _targets(chat), missing, now=self._now())

    async def started(self, update: Update, context: object) -> None:
        """Let what was held go, and say who this chat is, as a handler of an `Application`.

        Raises:
            StorageError: nothing was noted; the update can be taken again.
        """
        del context
        chat, message, now = update.effective_chat, update.effective_message, self._now()
        assert chat is not None
        assert message is not None
        await self._readmit(chat)
        if self._greeted.count(chat.id, now) or not await self._take_turn(_targets(chat)):
            return
        self._greeted.note(chat.id, now)
        try:
            with answers_translated():
                await message.reply_text(_GREETING.format(chat=chat.id), do_quote=False)
        except DeliveryError as error:
            log.warning("answer not taken", chat=chat.id, error=str(error))

    async def _readmit(self, chat: Chat) -> None:
        targets = [(_CHANNEL, target) for target in _targets(chat)]
        await self._memory.backlog.readmit(targets, now=self._now())
        self._ring({_CHANNEL})


def _targets(chat: Chat) -> tuple[str, ...]:
    """Return every name under which rules can have *chat* as an address."""
    return (str(chat.id), f"@{chat.username}") if chat.username else (str(chat.id),)
