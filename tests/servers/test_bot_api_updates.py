"""What the bot hears of: groups and its place in them, batches of updates, presses, typed lines."""

from __future__ import annotations

import asyncio

import pytest
from telegram import (
    Bot,
    Message,
)
from telegram.error import Conflict

from tests.servers.bot_api import BotApi
from tests.servers.bot_by_hand import as_text, do
from tests.servers.bot_chats import MY_ID
from tests.servers.heard import heard, the_message

GROUP, CHANNEL = "-1001", "-1002"


# --- groups -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_heard"),
    [
        ("/pause", True),
        ("/pause@tocsin_bot 3", True),
        ("/pause@Tocsin_Bot", True),
        ("/pause@other_bot", False),
        ("please /pause", False),
        ("what about @tocsin_bot?", True),
        ("what about @tocsin_bots?", False),
        ("hello", False),
    ],
)
async def test_in_groups_the_bot_hears_what_is_meant_for_it(
    api: BotApi, bot: Bot, text: str, *, is_heard: bool
) -> None:
    api.people.say(GROUP, 7, text)
    assert bool(await heard(bot)) is is_heard
    api.people.say("100", 100, text)
    assert await heard(bot)
    api.people.becomes(GROUP, "administrator")
    await heard(bot)
    api.people.say(GROUP, 7, text)
    assert await heard(bot)


async def test_replies_to_the_bot_are_heard_and_others_are_not(api: BotApi, bot: Bot) -> None:
    asked = await bot.send_message(GROUP, "Which?")
    theirs = api.people.say(GROUP, 8, "hello")
    api.people.say(GROUP, 7, "Idlib", reply_to=asked.message_id)
    api.people.say(GROUP, 7, "Homs", reply_to=theirs)
    api.people.send_document(GROUP, 7, "a.yml", b"x")
    assert [update.message and update.message.text for update in await heard(bot)] == ["Idlib"]
    api.people.can_read_all = True
    api.people.say(GROUP, 7, "hello")
    assert (await the_message(bot)).text == "hello"
    assert (await bot.get_me()).can_read_all_group_messages


async def test_who_adds_the_bot_is_told(api: BotApi, bot: Bot) -> None:
    api.people.becomes(GROUP, "member", was="left", by=7)
    change, service = await heard(bot)
    assert change.my_chat_member is not None
    assert change.my_chat_member.from_user.id == 7
    assert service.message is not None
    assert service.message.new_chat_members[0].id == MY_ID
    api.people.chats[CHANNEL] = {"type": "channel"}
    api.people.becomes(CHANNEL, "administrator", was="left", by=8, can_post_messages=True)
    api.people.becomes("100", "kicked")
    changes = [update.my_chat_member for update in await heard(bot)]
    assert [change and change.from_user.id for change in changes] == [8, 100]


async def test_an_upgraded_group_is_told_in_both(api: BotApi, bot: Bot) -> None:
    api.people.becomes("-5", "administrator", was="left", by=7)
    await heard(bot)
    api.people.upgrades("-5", "-1005", by=7)
    before, after = [update.message for update in await heard(bot)]
    assert before is not None
    assert after is not None
    assert (before.chat.id, before.chat.type, before.migrate_to_chat_id) == (-5, "group", -1005)
    assert (after.chat.id, after.chat.type, after.migrate_from_chat_id) == (-1005, "supergroup", -5)
    assert before.chat.title == after.chat.title
    assert (await bot.get_chat_member("-1005", MY_ID)).status == "administrator"


async def test_who_unblocks_the_bot_by_writing_is_written_to(api: BotApi, bot: Bot) -> None:
    api.people.becomes("100", "kicked")
    api.people.say("100", 100, "/start")
    await bot.send_message("100", "welcome back")


# --- updates ----------------------------------------------------------------------------------


async def test_updates_are_numbered_one_by_one_and_come_by_hundreds(api: BotApi, bot: Bot) -> None:
    await bot.get_updates(allowed_updates=["message"], timeout=0)
    for number in range(150):
        api.people.say("100", 100, str(number))
        api.people.becomes("100", "member")
        api.people.say(GROUP, 7, "not heard")
    first, second = await heard(bot), await heard(bot)
    assert (len(first), len(second)) == (100, 50)
    numbers = [update.update_id for update in first + second]
    assert numbers == list(range(numbers[0], numbers[0] + 150))


async def test_a_negative_offset_keeps_the_last(api: BotApi, bot: Bot) -> None:
    for number in range(5):
        api.people.say("100", 100, str(number))
    updates = await bot.get_updates(-2)
    assert [update.message and update.message.text for update in updates] == ["3", "4"]


async def test_of_two_that_ask_for_updates_the_first_is_sent_away(api: BotApi, bot: Bot) -> None:
    api.called.clear()
    first = asyncio.ensure_future(bot.get_updates(timeout=30))
    await api.called.wait()
    async with Bot(api.token, base_url=f"{api.url}/bot") as other:
        second = asyncio.ensure_future(other.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other"):
            await asyncio.wait_for(first, 5)
        api.people.say("100", 100, "hello")
        assert len(await second) == 1


# --- presses ----------------------------------------------------------------------------------


async def test_a_press_shows_the_message_as_it_stands(api: BotApi, bot: Bot) -> None:
    told = await bot.send_message(GROUP, "first", message_thread_id=5)
    await told.edit_text("<i>second</i>", parse_mode="HTML")
    api.people.users[7] = {"language_code": "ar"}
    api.press(GROUP, told.message_id, "/pause", 7)
    [update] = await heard(bot)
    query = update.callback_query
    assert query is not None
    assert query.from_user.language_code == "ar"
    message = query.message
    assert isinstance(message, Message)
    assert (message.text, message.message_thread_id) == ("second", 5)
    assert message.is_topic_message
    assert message.entities[0].type == "italic"


# --- by hand ----------------------------------------------------------------------------------


async def test_what_is_typed_happens(
    api: BotApi, bot: Bot, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("doc") / "mine.yml"
    file.write_text("a: 1")
    markup = '{"inline_keyboard": [[{"text": "A b", "callback_data": "/a"}]]}'
    await bot.send_message("4711", "Which?", api_kwargs={"reply_markup": markup})
    assert as_text(api.accepted[0]) == "--- 1 in 4711\nWhich?\n[1 A b]"
    for line in (
        *("say 4711 /watch a, b", "say -100:7 /start", "reply 1 Idlib now", "press 1 1"),
        *("press 1 A b", f"doc 4711 {file}", "location 4711 36.2 37.1", "join -100 1"),
        *("post @news hello", "upgrade -100 -1005", "block 4711", "unblock 4711"),
    ):
        do(api, line)
    kinds = [next(key for key in one if key != "update_id") for one in api.people.updates]
    assert kinds == [
        *("message", "message", "message", "callback_query", "callback_query", "message"),
        *("message", "my_chat_member", "message", "channel_post", "message", "message"),
        *("my_chat_member", "my_chat_member"),
    ]
    texts = [one["message"].get("text") for one in api.people.updates if "message" in one]
    assert texts[:3] == ["/watch a, b", "/start", "Idlib now"]


@pytest.mark.parametrize(
    "line",
    ["", "say", "say 4711", "press 9 1", "reply x y", "dance 1", "doc 1 /nowhere", "say x y"],
)
async def test_what_is_mistyped_is_said(api: BotApi, line: str) -> None:
    with pytest.raises((LookupError, TypeError, ValueError, OSError)):
        do(api, line)
