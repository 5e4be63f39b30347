"""The whole path: from a publisher's server to Telegram and the mail relay, once each."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.servers.bot_api import BotApi
from tests.servers.feed_server import Answer, FeedServer
from tests.servers.mail_server import MailServer
from tests.whole.process import PATIENCE, Tocsin, tocsin, until
from tests.whole.world import ARTICLES, RULES, document, expected

FEED = "/world.xml"


@dataclass
class World:
    """A publisher, Telegram, a mail relay, and the program between them."""

    feeds: FeedServer
    telegram: BotApi
    mail: MailServer
    process: Tocsin

    async def all_told(self) -> None:
        """Wait until every expected alert has arrived on both channels."""
        wanted = len(expected())
        await until(lambda: len(set(self.chats())) >= wanted, self.telegram.took_one)
        await until(lambda: len(set(self.mails())) >= wanted, self.mail.took_one)

    def chats(self) -> list[str]:
        return [_headline(message.text) for message in self.telegram.accepted]

    def mails(self) -> list[str]:
        return [_headline(str(mail.message["Subject"])) for mail in self.mail.accepted]

    async def polled_again(self, times: int = 2) -> None:
        """Wait until the feed was asked *times* more: whatever rings twice had its chance."""
        seen = len(self.feeds.asked(FEED))
        asked = asyncio.Event()
        self.feeds.answer(FEED, _noticed(asked, self.feeds))
        async with asyncio.timeout(PATIENCE):
            while len(self.feeds.asked(FEED)) < seen + times:
                asked.clear()
                await asked.wait()


def _headline(text: str) -> str:
    return next(title for title, _, _ in ARTICLES if title in text)


def _noticed(asked: asyncio.Event, feeds: FeedServer) -> Answer:
    ordinary = feeds._answers[FEED]

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        asked.set()
        return await ordinary(request)

    return answer


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        feeds = await stack.enter_async_context(FeedServer())
        telegram = await stack.enter_async_context(BotApi())
        mail = await stack.enter_async_context(MailServer())
        feeds.publish(FEED, document(0))
        process = await stack.enter_async_context(
            tocsin(
                tmp_path,
                RULES.format(feed=feeds.url(FEED)),
                TOCSIN_TELEGRAM_TOKEN=telegram.token,
                TOCSIN_TELEGRAM_API_URL=telegram.url,
                TOCSIN_SMTP_URL=mail.url,
                TOCSIN_MAIL_FROM="Tocsin <tocsin@example.org>",
            )
        )
        yield World(feeds, telegram, mail, process)


async def test_the_right_articles_arrive_on_both_channels_once_each(world: World) -> None:
    await world.process.start()
    await world.process.event("polled", articles=0)
    world.feeds.publish(FEED, document(len(ARTICLES)))
    await world.all_told()
    await world.polled_again()
    assert sorted(world.chats()) == expected()
    assert sorted(world.mails()) == expected()
    assert await world.process.stop() == 0
    assert world.process.noise == []


async def test_a_restart_repeats_nothing(world: World) -> None:
    await world.process.start()
    await world.process.event("polled", articles=0)
    world.feeds.publish(FEED, document(len(ARTICLES)))
    await world.all_told()
    assert await world.process.stop() == 0
    await world.process.start()
    await world.polled_again()
    assert await world.process.stop() == 0
    assert sorted(world.chats()) == expected()
    assert sorted(world.mails()) == expected()


async def test_three_watchlists_of_one_chat_make_one_message_that_names_them(world: World) -> None:
    await world.process.start()
    await world.process.event("polled", articles=0)
    world.feeds.publish(FEED, document(1))
    await until(lambda: bool(world.telegram.accepted), world.telegram.took_one)
    await world.polled_again()
    (message,) = world.telegram.accepted
    assert "Khan Sheikhun" in message.text
    assert "HTS" in message.text


async def test_the_first_document_of_a_feed_is_not_news(world: World) -> None:
    world.feeds.publish(FEED, document(len(ARTICLES) - 1))
    await world.process.start()
    await world.process.event("polled", articles=len(ARTICLES) - 1)
    world.feeds.publish(FEED, document(len(ARTICLES)))
    await world.polled_again()
    assert await world.process.stop() == 0
    assert world.chats() == world.mails() == []


@pytest.mark.parametrize(
    "point", ["before the answer", "within the answer", "after the answer", "telegram", "mail"]
)
async def test_a_kill_at_a_named_point_loses_nothing(world: World, point: str) -> None:
    await world.process.start()
    await world.process.event("polled", articles=0)
    if point in {"telegram", "mail"}:
        world.feeds.publish(FEED, document(len(ARTICLES)))
        server = world.telegram if point == "telegram" else world.mail
        await until(lambda: bool(server.accepted), server.took_one)
        world.process.kill()
    else:
        world.feeds.answer(FEED, _killing(world.process, point))
    assert await world.process.ended() == -signal.SIGKILL
    world.feeds.publish(FEED, document(len(ARTICLES)))
    await world.process.start()
    await world.all_told()
    await world.polled_again()
    assert await world.process.stop() == 0
    _assert_once_but_for_marked_repeats(world, kills=1)


def _killing(process: Tocsin, point: str) -> Answer:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        body = document(len(ARTICLES)).encode()
        if point == "before the answer":
            process.kill()
        response = web.StreamResponse(headers={"Content-Length": str(len(body))})
        await response.prepare(request)
        if point == "within the answer":
            await response.write(body[: len(body) // 2])
            process.kill()
        await response.write(body[len(body) // 2 :])
        process.kill()
        return response

    return answer


def _repeats(world: World) -> int:
    counts = [Counter(world.chats()), Counter(world.mails())]
    return sum(number - 1 for count in counts for number in count.values())


def _assert_once_but_for_marked_repeats(world: World, *, kills: int) -> None:
    """Lost 0, extra 0, repeats <= kills x sends in flight, and each of them says so."""
    assert sorted(set(world.chats())) == expected()
    assert sorted(set(world.mails())) == expected()
    # One chat and one mailbox: one message under way on each.
    assert _repeats(world) <= 2 * kills
    for headline, number in Counter(world.chats()).items():
        messages = [m for m in world.telegram.accepted if headline in m.text]
        assert sum("repeat" in message.text for message in messages) >= number - 1
    for headline, number in Counter(world.mails()).items():
        same = [m.message for m in world.mail.accepted if headline in str(m.message["Subject"])]
        # A repeat is the same mail: one Message-ID, which mail programs show once.
        assert len({str(mail["Message-ID"]) for mail in same}) == 1
        assert len(same) == number


async def test_health_is_served_while_it_runs(world: World) -> None:
    await world.process.start()
    page = (await world.process.event("running"))["page"]
    await world.process.event("polled")
    async with aiohttp.ClientSession() as browser:
        for path in ("healthz", "readyz"):
            async with browser.get(page + path) as answer:
                assert answer.status == 200
        async with browser.get(page + "metrics") as answer:
            assert 'tocsin_polls_total{result="read"}' in await answer.text()
    assert await world.process.stop() == 0


async def test_sighup_takes_an_edit_and_a_broken_edit_changes_nothing(world: World) -> None:
    rules = world.process.folder / "rules" / "rules.yml"
    good = rules.read_text()
    await world.process.start()
    await world.process.event("polled", articles=0)
    await asyncio.to_thread(rules.write_text, good.replace("severity: high", "severity: hihg"))
    world.process.signal(signal.SIGHUP)
    refused = await world.process.event("rules refused")
    assert "hihg" in refused["complaints"][0]
    world.feeds.publish(FEED, document(1))
    await until(lambda: bool(world.telegram.accepted), world.telegram.took_one)
    edited = good.replace("[chemical]", "[festival]")
    await asyncio.to_thread(rules.write_text, edited)
    world.process.signal(signal.SIGHUP)
    await world.process.event("rules taken")
    world.feeds.publish(FEED, document(len(ARTICLES)))
    await until(
        lambda: any("Harvest festival" in m.text for m in world.telegram.accepted),
        world.telegram.took_one,
    )
    assert await world.process.stop() == 0
    assert "Stockpiles inspected" in world.chats()  # it is about Khan Sheikhun, too


async def test_an_edit_is_noticed_without_a_signal(world: World) -> None:
    rules = world.process.folder / "rules" / "rules.yml"
    await world.process.start()
    good = rules.read_text()
    await asyncio.to_thread(rules.write_text, good.replace("title: HTS", "title: The group"))
    await world.process.event("rules taken")
    assert await world.process.stop() == 0


async def test_a_second_instance_says_who_holds_the_database(world: World) -> None:
    await world.process.start()
    second = Tocsin(world.process.folder, world.process.environment)
    await second.launch()
    assert await second.ended() == 3
    assert f"process {world.process.pid}" in "".join(second.noise)
    assert "Traceback" not in "".join(second.noise)
    assert await world.process.stop() == 0


async def test_a_missing_token_pauses_telegram_and_drops_nothing(world: World) -> None:
    environment = dict(world.process.environment)
    token = environment.pop("TOCSIN_TELEGRAM_TOKEN")
    world.process.environment = environment
    await world.process.start()
    paused = await world.process.event("channel paused")
    assert paused["channel"] == "telegram"
    await world.process.event("polled", articles=0)
    world.feeds.publish(FEED, document(len(ARTICLES)))
    await until(lambda: len(world.mails()) >= len(expected()), world.mail.took_one)
    assert await world.process.stop() == 0
    assert world.chats() == []
    world.process.environment = environment | {"TOCSIN_TELEGRAM_TOKEN": token}
    await world.process.start()
    await world.all_told()
    assert await world.process.stop() == 0
    assert sorted(world.chats()) == expected()


async def test_a_reload_tries_a_refused_channel_again(world: World) -> None:
    world.telegram.answers = [{"ok": False, "error_code": 401, "description": "Unauthorized"}]
    await world.process.start()
    await world.process.event("polled", articles=0)
    world.feeds.publish(FEED, document(1))
    await world.process.event("refused")
    assert world.chats() == []
    world.process.signal(signal.SIGHUP)
    await until(lambda: bool(world.telegram.accepted), world.telegram.took_one)
    assert await world.process.stop() == 0


async def test_once_polls_delivers_and_exits(world: World) -> None:
    world.process.arguments = ("run", "--once")
    await world.process.launch()
    assert await world.process.ended() == 0
    world.feeds.publish(FEED, document(len(ARTICLES)))
    await asyncio.sleep(1)  # until the feed, which is polled every second, is due again
    await world.process.launch()
    assert await world.process.ended() == 0
    assert sorted(world.chats()) == expected()
    assert sorted(world.mails()) == expected()


async def test_no_secret_reaches_the_log_a_message_or_a_mail(world: World) -> None:
    world.telegram.token = "123456:canary-token"
    world.process.environment = dict(world.process.environment) | {
        "TOCSIN_TELEGRAM_TOKEN": world.telegram.token,
        "TOCSIN_ADMIN_TOKEN": "canary-admin",
    }
    world.telegram.answers = [
        {"ok": False, "error_code": 500, "description": "oops"},
        {"ok": False, "error_code": 429, "description": "x", "parameters": {"retry_after": 1}},
    ]
    await world.process.start()
    await world.process.event("polled", articles=0)
    world.feeds.publish(FEED, document(len(ARTICLES)))
    await world.all_told()
    assert await world.process.stop() == 0
    everything = repr((world.process.events, world.process.noise, world.telegram.accepted))
    everything += "".join(str(mail.message) for mail in world.mail.accepted)
    assert "canary" not in everything
