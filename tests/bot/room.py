"""A chat room with everything behind it: a database, the Bot API's stand-in, alerts with buttons."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from alerts.bot import TelegramBot
from alerts.bot.settings import BotSettings
from alerts.delivery.channels.telegram import TelegramChannel
from alerts.delivery.rendering import Renderer
from alerts.dispatcher import Dispatcher
from alerts.metrics import Metrics
from alerts.model import Sighting
from alerts.storage import Storage, open_storage
from alerts.storage.tables import alerts
from alerts.subscribers.members import Members
from tests.builders import NOW, Clock, a_destination, a_sighting, an_article
from tests.servers.bot_api import Accepted, BotApi
from tests.servers.bot_people import Toast
from tests.storage.databases import list_feeds, record, table


@dataclass
class Room:
    """What a test of the bot works with."""

    api: BotApi
    storage: Storage
    members: Members
    channel: TelegramChannel
    clock: Clock
    bot: TelegramBot
    dispatcher: Dispatcher
    rung: list[Collection[str]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    made: int = 0

    async def announce(self, target: str = "100", **fields: Any) -> Sighting:
        """Let one more article ring at *target*; it waits to be sent."""
        self.made += 1
        thread = fields.pop("thread", None)
        article = fields.pop("article", None) or an_article(str(self.made), seen_at=self.clock.now)
        wanted = a_destination(target, due_at=self.clock.now)
        address = replace(wanted.address, thread=thread)
        sighting = a_sighting(article, to=[replace(wanted, address=address)], **fields)
        await record(self.storage, sighting, now=self.clock.now)
        return sighting

    async def deliver(self) -> list[Accepted]:
        """Send what is due, as the dispatcher does; return what stands in chats since."""
        before = len(self.api.accepted)
        until = self.clock.now + timedelta(minutes=3)
        while due := await self.storage.outbox.lease_due(
            "telegram", now=self.clock.now, until=until, limit=50
        ):
            for delivery in due:
                message = Renderer().render(delivery, now=self.clock.now)
                receipt = await self.channel.send(message, delivery.address)
                await self.storage.outbox.mark_sent(delivery, receipt, now=self.clock.now)
        return self.api.accepted[before:]

    async def told(self, target: str = "100", **fields: Any) -> Accepted:
        """Let an article ring at *target*, and return the message."""
        await self.announce(target, **fields)
        [message] = await self.deliver()
        return message

    async def press(self, message: Accepted, label: str, *, user: int = 100) -> Toast:
        """Let *user* press a button below *message*; return what pops up."""
        keys = [key for row in message.buttons for key in row if key.text == label]
        return await self.press_data(message.chat, message.message_id, keys[0].data, user=user)

    async def press_data(self, chat: str, message_id: int, data: str, *, user: int = 100) -> Toast:
        """Let *user* press what need not be there."""
        query = self.api.press(chat, message_id, data, user)
        await self.hear()
        return next(toast for toast in self.api.people.toasts if toast.query == query)

    async def lasting(self, address: str = "telegram:100") -> list[tuple[str, str]]:
        """Return kind and value of everything that is muted at *address*."""
        found = await self.storage.mutes.lasting(address, now=self.clock.now)
        return [(mute.subject.kind.value, mute.subject.value) for mute in found]

    async def the_alert(self) -> dict[str, Any]:
        """Return the row of the only alert that there is."""
        [row] = await table(self.storage, alerts)
        return dict(row)

    async def hear(self) -> None:
        """Have the bot hear of everything that happened."""
        while self.api.people.updates:
            await self.bot.take(self.api.people.updates[0])
            del self.api.people.updates[0]


@contextlib.asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Room]:
    """Open a room whose database is in *folder*."""
    clock = Clock()
    async with (
        BotApi() as api,
        open_storage(f"sqlite:///{folder}/tocsin.db", now=NOW) as storage,
        contextlib.AsyncExitStack() as stack,
    ):
        await list_feeds(storage)
        channel = TelegramChannel(api.token, api.url)
        stack.push_async_callback(channel.close)
        rung: list[Collection[str]] = []
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)
            clock.advance(seconds=seconds)

        members = Members(storage, now=clock)
        metrics = Metrics()
        dispatcher = Dispatcher(
            storage, {"telegram": channel}, Renderer(), now=clock, metrics=metrics
        )
        bot = TelegramBot(
            api.token,
            api.url,
            storage,
            members,
            settings=BotSettings(),
            now=clock,
            ring=rung.append,
            take_turn=partial(dispatcher.take_turn, "telegram"),
            sleep=sleep,
        )
        stack.push_async_callback(bot.close)
        await bot._initialize()
        yield Room(api, storage, members, channel, clock, bot, dispatcher, rung, waits)
