"""Somebody talks with the real program, which is killed meanwhile: nothing that they set is lost."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from alerts.locales import words_of
from tests.servers.bot_api import Accepted, BotApi
from tests.servers.feed_server import FeedServer
from tests.whole.process import Tocsin, tocsin, until
from tests.whole.world import document

FEED = "/world.xml"
PUBLIC = "https://tocsin.example"
READER, OPERATOR = "77", "42"
#: The operator hears of each article, so that the reader's silence can be told from slowness.
RULES = """\
version: 1
feeds:
  - {{url: "{feed}", publisher: Example World, interval: 1s}}
watchlists:
  - {{id: everything, title: Everything, query: "{words}"}}
routes: {{receiver: desk}}
receivers:
  desk: {{telegram: {{chat: 42}}}}
"""
WORDS = "convoy OR ministry OR prize OR stockpiles OR harvest OR board OR peacekeepers OR bridge"


@dataclass
class World:
    """A publisher, Telegram, and the program between them."""

    feeds: FeedServer
    telegram: BotApi
    process: Tocsin
    published: int = 0

    async def begin(self) -> None:
        """Start the process, for the first time or once more."""
        already = len(self.process.events)
        await self.process.start()
        await self.process.event("bot ready", since=already)
        if self.telegram.people.webhook is not None:
            running = await self.process.event("running", since=already)
            # What the operator's proxy does.
            self.telegram.people.webhook.url = f"{running['page']}telegram/webhook"
        await self.process.event("polled", since=already)

    async def kill(self) -> None:
        self.process.kill()
        assert await self.process.ended() == -signal.SIGKILL

    async def say(self, text: str) -> Accepted:
        """Let the reader write *text*; return the first message that answers it."""
        before = len(self.read)
        self.telegram.people.say(READER, int(READER), text)
        await self._heard()
        return await self._arrived(before)

    async def press(self, message: Accepted, label: str) -> Accepted:
        """Let the reader press a button; return the message as it stands then."""
        [data] = [key.data for row in message.buttons for key in row if key.text == label]
        self.telegram.press(message.chat, message.message_id, data, int(READER))
        await self._heard()
        await until(lambda: self.now_of(message) != message, self.telegram.people.stirred)
        return self.now_of(message)

    async def publish(self) -> list[str]:
        """Publish one more article; return what the reader has got once the operator has it."""
        self.published += 1
        before, operators = len(self.read), len(self.of(OPERATOR))
        self.feeds.publish(FEED, document(self.published))
        await until(lambda: len(self.of(OPERATOR)) > operators, self.telegram.took_one)
        # Both were written by one transaction; a poll later what could be sent was.
        await self.process.event("polled", since=len(self.process.events))
        return [message.text for message in self.read[before:]]

    async def _heard(self) -> None:
        if self.telegram.people.webhook is not None:
            assert set(await self.telegram.people.post()) == {200}

    async def _arrived(self, before: int) -> Accepted:
        await until(lambda: len(self.read) > before, self.telegram.took_one)
        return self.read[before]

    @property
    def read(self) -> list[Accepted]:
        """What the reader has got."""
        return self.of(READER)

    def of(self, chat: str) -> list[Accepted]:
        return [message for message in self.telegram.accepted if message.chat == chat]

    def now_of(self, message: Accepted) -> Accepted:
        return next(one for one in self.telegram.accepted if one.message_id == message.message_id)


@asynccontextmanager
async def world(folder: Path, way: str) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        feeds = await stack.enter_async_context(FeedServer())
        telegram = await stack.enter_async_context(BotApi())
        feeds.publish(FEED, document(0))
        process = await stack.enter_async_context(
            tocsin(
                folder,
                RULES.format(feed=feeds.url(FEED), words=WORDS),
                TOCSIN_TELEGRAM_TOKEN=telegram.token,
                TOCSIN_TELEGRAM_API_URL=telegram.url,
                TOCSIN_TELEGRAM_UPDATES=way,
                TOCSIN_PUBLIC_URL=PUBLIC,
            )
        )
        yield World(feeds, telegram, process)


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_a_first_visit_ends_with_an_alert_though_the_process_is_killed_in_the_middle(
    tmp_path: Path, way: str
) -> None:
    async with world(tmp_path, way) as one:
        await one.begin()
        assert (await one.say("/start")).text.startswith("Welcome.")
        draft = await one.say("/watch Khan Sheikhun")
        assert "Khan Sheikhun, Syria" in draft.text
        # The dialogue goes on where it was.
        await one.kill()
        await one.begin()
        saved = await one.press(draft, "Save")
        assert saved.text.startswith("Saved as watchlist 1: Khan Sheikhun.")
        [alert] = await one.publish()
        assert "Convoy leaves the northern town" in alert
        assert any(key.text == "Why" for row in one.read[-1].buttons for key in row)
        assert await one.publish() == []
        assert await one.process.stop() == 0
        assert one.process.noise == []


async def test_what_somebody_set_outlives_a_reload_and_a_kill_and_ends_when_they_say_so(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, "polling") as one:
        await one.begin()
        saved = await one.press(await one.say("/watch Khan Sheikhun, Levant"), "Save")
        assert saved.text.startswith("Saved as watchlist 1")
        await one.say("/language fr")
        await reloaded(one, tmp_path)
        [alert] = await one.publish()
        assert "Convoy leaves the northern town" in alert
        assert await one.publish() == []
        assert await one.publish() == []
        await one.kill()
        await one.begin()
        [alert] = await one.publish()
        assert "Stockpiles inspected" in alert
        asked = await one.say("/delete_me")
        await one.press(asked, words_of("fr").of("Delete everything"))
        assert await one.publish() == []
        assert await one.publish() == []  # it has "Levant"
        assert (await one.say("/start")).text.startswith("Welcome.")
        assert await one.process.stop() == 0
        assert one.process.noise == []


async def reloaded(one: World, folder: Path) -> None:
    """Let the operator edit the rules, and the process take them."""
    rules = folder / "rules" / "rules.yml"
    already = len(one.process.events)
    more = "  - {id: more, title: More, keywords: [zeppelin]}\nroutes:"
    text = rules.read_text("utf-8").replace("routes:", more)
    await asyncio.to_thread(rules.write_text, text, "utf-8")
    one.process.signal(signal.SIGHUP)
    await one.process.event("rules taken", since=already)
