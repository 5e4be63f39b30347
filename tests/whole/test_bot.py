"""The bot in the real program: people press, and the next poll knows; by polling and by webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.bot_api import Accepted, BotApi
from tests.servers.bot_people import Toast
from tests.servers.feed_server import FeedServer
from tests.whole.process import Tocsin, tocsin, until
from tests.whole.world import RULES, document

FEED = "/world.xml"
PUBLIC = "https://tocsin.example"


@dataclass
class World:
    """A publisher, Telegram, and the program between them."""

    feeds: FeedServer
    telegram: BotApi
    process: Tocsin

    async def publish(self, articles: int, messages: int) -> list[Accepted]:
        """Publish the first *articles*; return what stands in chats once there are *messages*."""
        self.feeds.publish(FEED, document(articles))
        await until(lambda: len(self.telegram.accepted) >= messages, self.telegram.took_one)
        return self.telegram.accepted

    async def press(self, message: Accepted, label: str) -> Toast:
        """Press a button; return what pops up."""
        [data] = [key.data for row in message.buttons for key in row if key.text == label]
        query = self.telegram.press(message.chat, message.message_id, data, 42)
        if self.telegram.people.webhook is not None:
            assert await self.telegram.people.post() == [200]
        people = self.telegram.people
        await until(lambda: any(one.query == query for one in people.toasts), people.stirred)
        return next(one for one in people.toasts if one.query == query)


@asynccontextmanager
async def world(folder: Path, way: str) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        feeds = await stack.enter_async_context(FeedServer())
        telegram = await stack.enter_async_context(BotApi())
        feeds.publish(FEED, document(0))
        rules = RULES.replace("    email: {{to: [reader@example.org]}}\n", "")
        process = await stack.enter_async_context(
            tocsin(
                folder,
                rules.format(feed=feeds.url(FEED)),
                TOCSIN_TELEGRAM_TOKEN=telegram.token,
                TOCSIN_TELEGRAM_API_URL=telegram.url,
                TOCSIN_TELEGRAM_UPDATES=way,
                TOCSIN_PUBLIC_URL=PUBLIC,
            )
        )
        yield World(feeds, telegram, process)


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_what_is_muted_by_a_press_does_not_ring_at_the_next_poll(
    tmp_path: Path, way: str
) -> None:
    async with world(tmp_path, way) as one:
        await one.process.start()
        running = await one.process.event("running")
        await one.process.event("bot ready")
        if one.telegram.people.webhook is not None:
            assert one.telegram.people.webhook.url == f"{PUBLIC}/telegram/webhook"
            # What the operator's proxy does.
            one.telegram.people.webhook.url = f"{running['page']}telegram/webhook"
        await one.process.event("polled", articles=0)
        [first] = await one.publish(1, 1)
        assert (await one.press(first, "Mute “HTS”")).text.startswith("Muted until")
        assert (await one.press(first, "Useful")).text == "Thank you: noted as useful."
        await one.press(first, "Why")
        await until(lambda: len(one.telegram.accepted) == 2, one.telegram.took_one)
        assert one.telegram.accepted[-1].follows == first.message_id
        assert one.telegram.accepted[-1].text.startswith("Watchlist Khan Sheikhun, critical")
        # The second article meets HTS and another one; the sixth HTS alone.
        [_, _, *messages] = await one.publish(8, 4)
        assert [message.text.count("watchlist HTS") for message in messages] == [0, 0]
        await one.process.event("polled", since=len(one.process.events))
        assert len(one.telegram.accepted) == 4
        assert await one.process.stop() == 0
        assert one.process.noise == []
        assert not [event for event in one.process.events if one.telegram.token in str(event)]


async def test_a_bot_that_is_off_asks_for_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, "off") as one:
        await one.process.start()
        await one.process.event("polled", articles=0)
        await one.publish(1, 1)
        assert one.telegram.calls == []
        assert await one.process.stop() == 0


async def test_a_webhook_without_a_public_address_is_refused(tmp_path: Path) -> None:
    async with world(tmp_path, "webhook") as one:
        one.process.environment = dict(one.process.environment) | {
            "TOCSIN_PUBLIC_URL": "http://x.example"
        }
        await one.process.launch()
        assert await one.process.ended() == 3
        assert "TOCSIN_TELEGRAM_UPDATES=webhook needs" in "".join(one.process.noise)
