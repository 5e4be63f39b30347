"""What people do reaches the bot as Telegram would tell it, and as the library reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import (
    Bot,
    MessageOriginChannel,
    MessageOriginUser,
)

from tests.servers.bot_api import BotApi
from tests.servers.bot_chats import GROUP_ANONYMOUS_BOT
from tests.servers.bot_said import entities_of
from tests.servers.heard import heard, the_message

GROUP, CHANNEL = "-1001", "-1002"


# --- what is said -----------------------------------------------------------------------------


async def test_a_person_is_known_by_language_and_name(api: BotApi, bot: Bot) -> None:
    api.people.users[7] = {"username": "amal", "first_name": "Amal"}
    api.people.say("7", 7, "/start", language_code="ar")
    message = await the_message(bot)
    assert message.from_user is not None
    assert message.from_user.language_code == "ar"
    assert (message.chat.username, message.chat.first_name) == ("amal", "Amal")
    api.people.say("7", 7, "again")
    again = await the_message(bot)
    assert again.from_user is not None
    assert again.from_user.language_code == "ar"


async def test_commands_are_found_after_emoji_and_with_the_bots_name(bot: Bot, api: BotApi) -> None:
    api.people.say("100", 100, "\U0001f4a5🇸🇾 /watch@tocsin_bot Идлиб https://x.example/a_b")
    message = await the_message(bot)
    assert message.parse_entities() == {
        message.entities[0]: "/watch@tocsin_bot",
        message.entities[1]: "https://x.example/a_b",
    }
    assert message.entities[0].offset == 7


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("/start", ["bot_command"]),
        ("a/start", []),
        ("/старт", []),
        ("/startж", []),
        ("https://x.example/start", ["url"]),
        ("/email me@x.example", ["bot_command", "email"]),
        ("ask @tocsin_bot", ["mention"]),
        ("/a /b", ["bot_command", "bot_command"]),
        ("</b>", []),
    ],
)
def test_spans_are_those_that_telegram_finds(text: str, spans: list[str]) -> None:
    assert [one["type"] for one in entities_of(text)] == spans


@given(st.text(st.sampled_from("/@ab.:\U0001f4a5é \n<>h"), max_size=30))
def test_spans_stand_within_the_text_and_apart(text: str) -> None:
    units = text.encode("utf-16-le")
    end = 0
    for one in entities_of(text):
        assert one["offset"] >= end
        end = one["offset"] + one["length"]
        assert end <= len(units) // 2
        units[one["offset"] * 2 : end * 2].decode("utf-16-le")


@pytest.mark.parametrize("text", ["", " \n", "x" * 4097, "\U0001f4a5" * 2049])
def test_apps_send_nothing_that_is_empty_or_too_long(text: str) -> None:
    with pytest.raises(ValueError, match="4096"):
        BotApi().people.say("100", 100, text)


async def test_a_reply_shows_what_it_answers(api: BotApi, bot: Bot) -> None:
    asked = await bot.send_message("100", "<b>Which</b> place?", parse_mode="HTML")
    answer = api.people.say("100", 100, "Idlib", reply_to=asked.message_id)
    message = await the_message(bot)
    assert message.reply_to_message is not None
    assert message.reply_to_message.from_user == bot.bot
    assert message.reply_to_message.text == "Which place?"
    # The bot answers people's messages, and people their own; replies are not nested.
    thanks = await bot.send_message("100", "Thanks", reply_to_message_id=answer)
    assert thanks.reply_to_message is not None
    assert api.accepted[-1].follows == answer
    api.people.say("100", 100, "and Homs", reply_to=answer)
    second = await the_message(bot)
    assert second.reply_to_message is not None
    assert second.reply_to_message.text == "Idlib"
    assert second.reply_to_message.reply_to_message is None
    with pytest.raises(ValueError, match="no message 99"):
        api.people.say("100", 100, "?", reply_to=99)


async def test_in_a_topic_everything_seems_to_answer_what_opened_it(api: BotApi, bot: Bot) -> None:
    api.people.say(GROUP, 7, "/status", thread=5)
    message = await the_message(bot)
    assert (message.message_thread_id, message.is_topic_message, message.chat.is_forum) == (
        *(5, True),
        True,
    )
    assert message.reply_to_message is not None
    assert message.reply_to_message.forum_topic_created is not None
    told = await bot.send_message(GROUP, "x", message_thread_id=5)
    api.people.say(GROUP, 7, "/why", thread=5, reply_to=told.message_id)
    replied = await the_message(bot)
    assert replied.reply_to_message is not None
    assert replied.reply_to_message.text == "x"


async def test_outside_of_topics_replies_have_a_number_that_is_no_topic(
    api: BotApi, bot: Bot
) -> None:
    told = await bot.send_message(GROUP, "x")
    api.people.say(GROUP, 7, "why?", reply_to=told.message_id)
    message = await the_message(bot)
    assert message.message_thread_id == told.message_id
    assert not message.is_topic_message


async def test_an_anonymous_administrator_writes_as_the_group(api: BotApi, bot: Bot) -> None:
    api.people.say(GROUP, 7, "/pause", sender_chat=GROUP)
    message = await the_message(bot)
    assert message.from_user is not None
    assert message.from_user.id == GROUP_ANONYMOUS_BOT["id"]
    assert message.sender_chat == message.chat
    api.people.say(GROUP, 7, "/pause", sender_chat="@news")
    message = await the_message(bot)
    assert message.from_user is not None
    assert message.from_user.username == "Channel_Bot"


async def test_what_is_forwarded_says_from_whom(api: BotApi, bot: Bot) -> None:
    api.people.say("100", 100, "/start", forwarded_from=7)
    origin = (await the_message(bot)).forward_origin
    assert isinstance(origin, MessageOriginUser)
    assert origin.sender_user.id == 7
    api.people.say("100", 100, "news", forwarded_from="@news")
    origin = (await the_message(bot)).forward_origin
    assert isinstance(origin, MessageOriginChannel)


async def test_an_edited_message_keeps_its_number(api: BotApi, bot: Bot) -> None:
    number = api.people.say("100", 100, "/watch Idlb")
    api.people.rewrite("100", number, "watch Idlib")
    _, update = await heard(bot)
    edited = update.edited_message
    assert edited is not None
    assert (edited.message_id, edited.text, edited.entities) == (number, "watch Idlib", ())
    with pytest.raises(LookupError):
        api.people.rewrite("100", 5, "x")


async def test_a_place_is_shared(api: BotApi, bot: Bot) -> None:
    api.people.send_location("100", 100, 36.2, 37.1)
    location = (await the_message(bot)).location
    assert location is not None
    assert (location.latitude, location.longitude) == (36.2, 37.1)


@pytest.mark.parametrize("name", [CHANNEL, "@news"])
async def test_a_post_of_a_channel_has_no_sender(api: BotApi, bot: Bot, name: str) -> None:
    number = api.people.publish(name, "/watch Idlib")
    api.people.rewrite(name, number, "/watch Homs")
    first, second = await heard(bot)
    assert first.channel_post is not None
    assert first.channel_post.from_user is None
    assert first.channel_post.chat.type == "channel"
    assert first.channel_post.entities[0].type == "bot_command"
    assert second.edited_channel_post is not None
    sent = await bot.send_message(name, "x")
    assert (sent.from_user, sent.sender_chat) == (None, first.channel_post.chat)
