"""Conversations with the bot as people have them: they say and press, and read what arrives.

The bot is the real one, on the bot library, with the stand-in of the Bot API on loopback; what it says
leaves by the real outbox.  Time is `clock`'s: nothing waits.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from alerts.alerting.sightings import sight_new
from alerts.bot import TelegramBot
from alerts.bot.settings import BotSettings
from alerts.delivery.channels.telegram import TelegramChannel
from alerts.delivery.links import ReaderPages
from alerts.delivery.rendering import Renderer
from alerts.dispatcher import Dispatcher
from alerts.metrics import Metrics
from alerts.model import Article, RuleSet
from alerts.storage import Storage, open_storage
from alerts.subscribers.members import Members
from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_contents
from tests.builders import FEED, NOW, Clock
from tests.servers.bot_api import Accepted, BotApi
from tests.storage.databases import list_feeds, record

#: What the operator offers.
RULES = """
feeds: [{url: "FEED", publisher: The Example}]
receivers:
  operator: {telegram: [{chat: 900}]}
watchlists:
  - {id: syria-chemical, title: Chemical weapons in Syria, query: "place:Syria AND (sarin OR chlorine)", severity: high}
  - {id: idlib, title: Idlib, places: [Idlib]}
""".replace("FEED", FEED)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press came to."""

    #: What popped up; empty: nothing.
    toast: str
    #: The message below which it was pressed, as it stands now.
    message: Accepted
    #: What arrived in chats since.
    arrived: list[Accepted]


@dataclass
class Conversation:
    """One Tocsin with its chats."""

    api: BotApi
    storage: Storage
    members: Members
    clock: Clock
    bot: TelegramBot
    dispatcher: Dispatcher
    rules: RuleSet
    _read: int = 0
    made: int = 0
    rung: list[Collection[str]] = field(default_factory=list)

    async def say(
        self, chat: str, text: str, *, user: int | None = None, **how: Any
    ) -> list[Accepted]:
        """Let *user* (in a private chat: the one of it) write *text*; return what arrived since."""
        self.api.people.say(chat, user or abs(int(chat)), text, **how)
        return await self.arrived()

    async def press(self, message: Accepted, label: str, *, user: int | None = None) -> Pressed:
        """Let *user* press the button *label* below *message*."""
        keys = [key for row in message.buttons for key in row if key.text == label]
        assert keys, f"no button {label!r} among {labels(message)}"
        return await self.press_data(message, keys[0].data, user=user)

    async def press_data(self, message: Accepted, data: str, *, user: int | None = None) -> Pressed:
        """Let *user* press what need not be there."""
        who = user or abs(int(message.chat))
        query = self.api.press(message.chat, message.message_id, data, who)
        arrived = await self.arrived()
        toasts = [one.text for one in self.api.people.toasts if one.query == query]
        assert len(toasts) == 1, "every press is answered once"
        return Pressed(toasts[0], self.now_of(message), arrived)

    def now_of(self, message: Accepted) -> Accepted:
        """Return *message* as it stands now."""
        key = (message.message_id, message.chat)
        return next(one for one in self.api.accepted if (one.message_id, one.chat) == key)

    async def arrived(self) -> list[Accepted]:
        """Let the bot hear of everything that happened, and return what arrived in chats since."""
        while self.api.people.updates:
            await self.bot.take(self.api.people.updates[0])
            del self.api.people.updates[0]
        await self.bot.desk.settle()
        return await self.delivered()

    async def delivered(self) -> list[Accepted]:
        """Deliver what is due, however long the pace of chats makes it wait, and return it."""
        for _ in range(400):
            await self.dispatcher.deliver_due("telegram")
            next_at = await self.storage.outbox.next_at("telegram", now=self.clock.now)
            if next_at is None or next_at - self.clock.now > timedelta(seconds=10):
                break
            self.clock.advance(seconds=max((next_at - self.clock.now).total_seconds(), 0.05))
        new = self.api.accepted[self._read :]
        self._read = len(self.api.accepted)
        return new

    async def report(self, title: str, content: str = "", **fields: Any) -> list[Accepted]:
        """Let a feed bring an article, as a poll does; return what arrived in chats."""
        self.made += 1
        article = Article(
            id=f"article {self.made}",
            title=title,
            content=content,
            url=fields.pop("url", f"https://news.example/{self.made}"),
            publisher="The Example",
            feed=FEED,
            language=fields.pop("language", "en"),
            published_at=self.clock.now,
            seen_at=self.clock.now,
            **fields,
        )
        rules = self.members.rules
        [sighting] = sight_new(rules, [article], newest_at=None, now=self.clock.now)
        await record(self.storage, sighting, now=self.clock.now)
        return await self.delivered()


def labels(message: Accepted) -> list[list[str]]:
    """Return what is written on the buttons below *message*."""
    return [[key.text for key in row] for row in message.buttons]


@contextlib.asynccontextmanager
async def conversation(
    folder: Path,
    *,
    rules: str = RULES,
    settings: BotSettings | None = None,
    clock: Clock | None = None,
    api: BotApi | None = None,
    public_url: str = "",
) -> AsyncIterator[Conversation]:
    """Open a Tocsin whose database is in *folder*; opened again there, it is the same after a restart.

    With an *api* that runs already, chats are those of before.
    """
    clock = clock or Clock(NOW)
    loaded = load_contents(Contents.of_files({"rules.yml": rules.encode()}), environment={})
    async with contextlib.AsyncExitStack() as stack:
        server = api if api is not None else await stack.enter_async_context(BotApi())
        url = await _database(folder)
        storage = await stack.enter_async_context(open_storage(url, now=clock.now))
        await storage.consents.open(now=clock.now)
        await list_feeds(storage, *loaded.feeds)
        pages = ReaderPages(public_url, storage.consents) if public_url else None
        settings = settings or BotSettings()
        yield await _opened(
            stack, server, storage, loaded, clock=clock, settings=settings, pages=pages
        )


#: An empty database, made once: to migrate one takes longer than most conversations.
_FOLDER = tempfile.TemporaryDirectory()
atexit.register(_FOLDER.cleanup)
_EMPTY = Path(_FOLDER.name) / "tocsin.db"


async def _database(folder: Path) -> str:
    """Return the URL of the database in *folder*, which is an empty one unless there is one."""
    file = folder / "tocsin.db"
    if not file.exists():
        if not _EMPTY.exists():
            async with open_storage(f"sqlite:///{_EMPTY}", now=NOW):
                pass
        shutil.copy(_EMPTY, file)
    return f"sqlite:///{file}"


async def _opened(
    stack: contextlib.AsyncExitStack,
    api: BotApi,
    storage: Storage,
    rules: RuleSet,
    *,
    clock: Clock,
    settings: BotSettings,
    pages: ReaderPages | None,
) -> Conversation:
    channel = TelegramChannel(api.token, api.url)
    stack.push_async_callback(channel.close)
    members = Members(storage, now=clock)
    await members.open()
    await members.use(await members.compiled(rules))
    renderer = Renderer(pages=pages)
    dispatcher = Dispatcher(
        storage, {"telegram": channel}, renderer, now=clock, metrics=Metrics(), sleep=_no_sleep
    )
    everybody = members.joined(rules)
    renderer.use(everybody)
    dispatcher.use(everybody)
    rung: list[Collection[str]] = []
    bot = TelegramBot(
        api.token,
        api.url,
        storage,
        members,
        settings=settings,
        now=clock,
        ring=rung.append,
        take_turn=partial(dispatcher.take_turn, "telegram"),
        pages=pages,
        sleep=_no_sleep,
    )
    stack.push_async_callback(bot.close)
    await bot._initialize()
    return Conversation(
        api, storage, members, clock, bot, dispatcher, rules, len(api.accepted), rung=rung
    )


async def _no_sleep(_seconds: float) -> None:
    """Let others go on; time is the clock's."""
    await asyncio.sleep(0)
