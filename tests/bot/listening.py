"""A bot that also hears plain messages, as it will when it holds conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from telegram import Update
from telegram.ext import CallbackContext, MessageHandler, filters

from alerts.bot import TelegramBot
from alerts.bot.settings import BotSettings
from alerts.subscribers.members import Members
from tests.bot.room import Room


@dataclass
class Listener:
    """Hears every message; may fail."""

    heard: list[str]
    errors: list[Exception]

    async def hear(self, update: Update, _context: CallbackContext[Any, Any, Any, Any]) -> None:
        assert update.message is not None
        self.heard.append(str(update.message.text))
        if self.errors:
            raise self.errors.pop(0)


def listening(room: Room, *errors: Exception, **fields: Any) -> tuple[TelegramBot, Listener]:
    """Return a bot that understands one thing more."""
    listener = Listener([], list(errors))
    handler = MessageHandler(filters.TEXT, listener.hear)
    given: dict[str, Any] = {"now": room.clock, "ring": room.rung.append, "handlers": [handler]}
    given |= {"sleep": room.bot._sleep, "take_turn": partial(room.dispatcher.take_turn, "telegram")}
    return _bot(room, given | fields), listener


def _bot(room: Room, given: dict[str, Any]) -> TelegramBot:
    members = Members(room.storage, now=room.clock)
    return TelegramBot(
        room.api.token, room.api.url, room.storage, members, settings=BotSettings(), **given
    )


async def called(room: Room) -> None:
    """Wait until the bot asks the stand-in something."""
    async with asyncio.timeout(20):
        await room.api.called.wait()
    room.api.called.clear()


async def until(room: Room, bot: TelegramBot, happened: Callable[[], Awaitable[bool]]) -> None:
    """Let *bot* poll until *happened()*."""
    stopping = asyncio.Event()
    polling = asyncio.create_task(bot.poll(stopping))
    while not await happened():
        await called(room)
        assert not polling.done()
    stopping.set()
    await polling
    await bot.close()
