"""Updates that Telegram brings: only with the secret, once each, and none that is none."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from alerts.bot import TelegramBot
from alerts.errors import StorageError
from alerts.web.telegram import PATH, add_updates
from tests.bot.listening import called, listening, until
from tests.bot.room import Room
from tests.servers.bot_people import Webhook

HEADER = "X-Telegram-Bot-Api-Secret-Token"


@asynccontextmanager
async def served(bot: TelegramBot, *, body_seconds: float = 10) -> AsyncIterator[str]:
    app = web.Application()
    add_updates(app, bot, body_seconds=body_seconds)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def brought(room: Room, bot: TelegramBot) -> AsyncIterator[str]:
    """Let the stand-in bring updates to *bot*."""
    stopping = asyncio.Event()
    async with served(bot) as url:
        serving = asyncio.create_task(bot.serve(url, stopping))
        while room.api.people.webhook is None:
            await called(room)
        yield url
        stopping.set()
        await serving
        await bot.close()


async def test_telegram_brings_updates_and_shows_the_secret(room: Room) -> None:
    bot, listener = listening(room)
    async with brought(room, bot):
        room.api.people.say("100", 100, "hello")
        room.api.people.say("100", 100, "again")
        twice = room.api.people.updates[0]
        assert await room.api.people.post() == [200, 200]
        room.api.people.updates.append(twice)
        assert await room.api.people.post() == [200]
    assert listener.heard == ["hello", "again"]


async def test_what_the_database_refuses_is_brought_again(room: Room) -> None:
    bot, listener = listening(room, StorageError("the disk is full"))
    async with brought(room, bot):
        room.api.people.say("100", 100, "hello")
        assert await room.api.people.post() == [503]
        assert await room.api.people.post() == [200]
    assert listener.heard == ["hello", "hello"]


async def test_what_comes_before_the_bot_knows_itself_is_brought_again(room: Room) -> None:
    bot, listener = listening(room)
    async with served(bot) as url:
        room.api.people.webhook = Webhook(url, bot.secret)
        room.api.people.say("100", 100, "/start@tocsin_bot")
        assert await room.api.people.post() == [503]
        await bot._initialize()
        assert await room.api.people.post() == [200]
    assert listener.heard == ["/start@tocsin_bot"]
    await bot.close()


async def test_the_webhook_is_set_when_telegram_is_back(room: Room) -> None:
    bot, _ = listening(room)
    broken = {"ok": False, "error_code": 502, "description": "Bad Gateway"}
    room.api.method_answers["setwebhook"] = [broken, broken]
    async with brought(room, bot):
        assert room.waits == [1, 2]
        asked = next(given for method, given in room.api.calls if method == "setwebhook")
        assert (
            asked["allowed_updates"]
            == '["message", "channel_post", "callback_query", "my_chat_member"]'
        )


async def post(url: str, body: bytes | AsyncIterator[bytes], secret: str | None) -> int:
    headers = {} if secret is None else {HEADER: secret}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as answer,
    ):
        return answer.status


async def test_who_does_not_show_the_secret_is_refused_unread(room: Room) -> None:
    bot, listener = listening(room)
    room.api.people.say("100", 100, "forged")
    forged = str(room.api.people.updates[0]).replace("'", '"').encode()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1024

    async with served(bot) as url:
        for secret in (None, "", "wrong", bot.secret[:-1], bot.secret + "x", "\u00e9"):
            assert await post(url, forged, secret) == 403
        assert await refused(post(url, endless(), "wrong")) == 403
    assert listener.heard == []
    await bot.close()


async def refused(posting: Awaitable[int]) -> int:
    """Return the answer to a body that was not read to its end."""
    try:
        return await posting
    except aiohttp.ClientError:
        return 403


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"5", b'{"update_id": "x"}', b"\xff", b"[" * 100_000]
)
async def test_what_is_no_update_is_refused(room: Room, body: bytes) -> None:
    async with served(room.bot) as url:
        assert await post(url, body, room.bot.secret) == 400


async def test_a_large_or_slow_body_is_refused(room: Room) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async with served(room.bot, body_seconds=0.05) as url:
        assert await post(url, b"x" * (256 * 1024 + 1), room.bot.secret) == 413
        assert await post(url, slow(), room.bot.secret) == 400


async def test_the_secret_outlives_the_process_and_does_not_tell_the_token(room: Room) -> None:
    again, _ = listening(room)
    assert again.secret == room.bot.secret
    assert len(again.secret) == 64
    assert room.api.token not in again.secret
    await again.close()


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_neither_token_nor_secret_reaches_a_log(
    room: Room, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    for name in (None, "httpx", "httpcore", "telegram"):
        caplog.set_level(logging.DEBUG, logger=name)
    bot, listener = listening(room)
    room.api.people.say("100", 100, "hello")
    broken = {"ok": False, "error_code": 401, "description": "Unauthorized"}
    if way == "polling":
        room.api.method_answers["getupdates"] = [broken]

        async def heard() -> bool:
            return bool(listener.heard)

        await until(room, bot, heard)
    else:
        room.api.method_answers["setwebhook"] = [broken]
        async with brought(room, bot):
            assert await room.api.people.post() == [200]
    texts = [f"{record.getMessage()} {record.exc_text}" for record in caplog.records]
    assert any("Webhook" in text for text in texts)
    assert not [text for text in texts if room.api.token in text or bot.secret in text]
