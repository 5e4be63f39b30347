"""Updates that the bot asks for are handled once each, whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram import Update
from telegram.ext import CallbackContext, MessageHandler, filters

from alerts.bot import TelegramBot
from alerts.errors import StorageError
from alerts.storage.bot_updates import BotUpdates
from alerts.storage.tables import bot_updates
from tests.bot.listening import listening, until
from tests.bot.room import Room
from tests.storage.databases import count


class Forgetful(BotUpdates):
    """Cannot write a number of times: the disk is full."""

    refusals = 1

    async def note(self, number: int, **when: Any) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StorageError("the disk is full")
        await super().note(number, **when)


async def test_polling_hears_each_update_once_and_in_order(room: Room) -> None:
    bot, listener = listening(room)
    for number in range(20):
        room.api.people.say("100", 100, f"word {number}")

    async def all_confirmed() -> bool:
        return not room.api.people.updates

    await until(room, bot, all_confirmed)
    assert listener.heard == [f"word {number}" for number in range(20)]
    assert await count(room.storage, bot_updates) == 20


async def test_a_restart_hears_nothing_twice(room: Room) -> None:
    bot, listener = listening(room)
    room.api.people.say("100", 100, "once")
    [update] = room.api.people.updates
    # The process was killed after it had handled the update, and before it said so.
    await bot._initialize()
    await bot.take(update)
    await bot.close()
    room.api.people.say("100", 100, "twice")

    async def all_confirmed() -> bool:
        return not room.api.people.updates

    again, second = listening(room)
    await until(room, again, all_confirmed)
    assert (listener.heard, second.heard) == (["once"], ["twice"])


async def test_polling_takes_the_place_of_a_webhook(room: Room) -> None:
    await room.bot._connection.ask("setWebhook", url="https://elsewhere.example/")
    bot, listener = listening(room)
    room.api.people.say("100", 100, "hello")

    async def heard() -> bool:
        return listener.heard == ["hello"]

    await until(room, bot, heard)
    assert room.api.people.webhook is None


async def test_trouble_is_waited_out_longer_each_time(room: Room) -> None:
    bot, listener = listening(room)
    room.api.people.say("100", 100, "hello")
    broken = {"ok": False, "error_code": 502, "description": "Bad Gateway"}
    flood = broken | {"error_code": 429, "parameters": {"retry_after": 17}}
    refused = broken | {"error_code": 401, "description": "Unauthorized"}
    garbled = {"ok": True, "result": [{"no": "number"}]}
    room.api.method_answers["getme"] = [broken, broken]
    room.api.method_answers["getupdates"] = [broken, broken, broken, garbled, flood, refused]

    async def heard() -> bool:
        return listener.heard == ["hello"]

    await until(room, bot, heard)
    assert room.waits == [1, 2, 1, 2, 4, 8, 17, 300]


async def test_an_old_offset_confirms_nothing_that_was_not_heard(room: Room) -> None:
    # After a week without updates Telegram counts anew, perhaps from below.
    bot, listener = listening(room)
    room.api.people.say("100", 100, "before")

    async def idle() -> bool:
        asked = [given.get("offset") for method, given in room.api.calls if method == "getupdates"]
        return listener.heard == ["before"] and asked[-1] is None and len(asked) > 2

    room.api.method_answers["getupdates"] = [
        {"ok": True, "result": list(room.api.people.updates)},
        {"ok": True, "result": []},
    ]
    room.api.people.updates.clear()
    await until(room, bot, idle)


async def test_a_full_disk_loses_no_update(room: Room) -> None:
    bot, listener = listening(room)
    writer, readers = room.storage.hosts._writer, room.storage.hosts._readers
    bot._updates._handled = Forgetful(writer, readers)
    room.api.people.say("100", 100, "hello")

    async def noted() -> bool:
        return await count(room.storage, bot_updates) == 1

    await until(room, bot, noted)
    assert listener.heard == ["hello", "hello"]
    assert room.waits == [1]


async def test_a_handler_that_the_database_refuses_is_asked_again(room: Room) -> None:
    bot, listener = listening(room, StorageError("the disk is full"))
    room.api.people.say("100", 100, "hello")

    async def noted() -> bool:
        return await count(room.storage, bot_updates) == 1

    await until(room, bot, noted)
    assert listener.heard == ["hello", "hello"]


async def test_a_bug_in_a_handler_costs_one_update(room: Room) -> None:
    bot, listener = listening(room, RuntimeError("a bug"))
    for text in ("first", "second"):
        room.api.people.say("100", 100, text)

    async def noted() -> bool:
        return await count(room.storage, bot_updates) == 2

    await until(room, bot, noted)
    assert listener.heard == ["first", "second"]


async def test_what_is_not_understood_is_passed_over(room: Room) -> None:
    odd: list[dict[str, Any]] = [
        *({"message": {}}, {"message": []}, {"callback_query": 5}, {"poll": {}}, {}),
        {"message": {"chat": 5}},
        {"callback_query": {"id": "1", "from": {}, "message": {"chat": {"id": "x"}}}},
    ]
    for number, what in enumerate(odd):
        await room.bot.take({"update_id": number} | what)
    assert await count(room.storage, bot_updates) == len(odd)
    for update in ({}, {"update_id": "7"}):
        with pytest.raises(ValueError, match="number"):
            await room.bot.take(update)


def held_up(room: Room) -> tuple[TelegramBot, list[str]]:
    """Return a bot that hears "slow" only after "other", and what it heard in order."""
    order: list[str] = []
    gate = asyncio.Event()

    async def hear(update: Update, _context: CallbackContext[Any, Any, Any, Any]) -> None:
        text = str(update.message and update.message.text)
        if text == "slow":
            await gate.wait()
        order.append(text)
        if text == "other":
            gate.set()

    bot, _ = listening(room, handlers=[MessageHandler(filters.TEXT, hear)])
    return bot, order


async def test_updates_of_one_chat_wait_for_each_other_and_for_nobody_else(room: Room) -> None:
    bot, order = held_up(room)
    room.api.people.say("100", 100, "slow")
    room.api.people.say("100", 100, "after")
    room.api.people.say("200", 200, "other")

    async def all_confirmed() -> bool:
        return not room.api.people.updates

    await until(room, bot, all_confirmed)
    assert order == ["other", "slow", "after"]


async def test_updates_that_are_brought_one_by_one_keep_the_order_of_their_chat(room: Room) -> None:
    bot, order = held_up(room)
    for chat, text in (("100", "slow"), ("100", "after"), ("200", "other")):
        room.api.people.say(chat, int(chat), text)
    await bot._initialize()
    await asyncio.gather(*map(bot.take, room.api.people.updates))
    await bot.close()
    assert order == ["other", "slow", "after"]


async def test_an_update_that_is_brought_twice_at_once_is_heard_once(room: Room) -> None:
    bot, listener = listening(room)
    room.api.people.say("100", 100, "once")
    [update] = room.api.people.updates
    await bot._initialize()
    await asyncio.gather(*(bot.take(update) for _ in range(5)))
    await bot.close()
    assert listener.heard == ["once"]
    assert await count(room.storage, bot_updates) == 1


async def test_what_takes_long_waits_until_all_that_came_is_handled(room: Room) -> None:
    bot, _ = listening(room)
    await bot._initialize()
    updates = bot._updates
    await updates.quiet()
    room.api.people.say("100", 100, "one")
    taking = asyncio.create_task(bot.take(room.api.people.updates[0]))
    await asyncio.sleep(0)  # it is taken, and not handled
    assert updates._under_way == 1
    waiting = asyncio.create_task(updates.quiet())
    await asyncio.wait((taking, waiting), return_when=asyncio.FIRST_COMPLETED)
    assert taking.done()
    await waiting
    await bot.close()
