"""What the bot sends, edits and deletes: taken and refused as by Telegram, through its library."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from tests.servers.bot_api import BotApi, FloodLimits
from tests.servers.bot_chats import MY_ID, member
from tests.servers.bot_keyboard import Key, ReplyKey

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("Pause", callback_data="/pause 3")]])
WHERE = ReplyKeyboardMarkup([[KeyboardButton("Share", request_location=True)], ["No"]])
GROUP, CHANNEL = "-1001", "@news"


# --- what hangs below -------------------------------------------------------------------------


async def test_a_question_opens_the_field_for_the_answer(api: BotApi, bot: Bot) -> None:
    await bot.send_message(
        "100", "Which?", reply_markup=ForceReply(input_field_placeholder="Idlib")
    )
    [asked] = api.accepted
    assert (asked.asks, asked.placeholder, asked.buttons) == (True, "Idlib", ())


async def test_a_keyboard_takes_the_place_of_letters_and_goes(api: BotApi, bot: Bot) -> None:
    await bot.send_message("100", "Where?", reply_markup=WHERE)
    await bot.send_message("100", "Thanks", reply_markup=ReplyKeyboardRemove())
    shown, gone = api.accepted
    assert shown.reply_keyboard == ((ReplyKey("Share", "request_location"),), (ReplyKey("No"),))
    assert not shown.removes_keyboard
    assert (gone.reply_keyboard, gone.removes_keyboard) == ((), True)


MARKUPS: list[tuple[str, str, str]] = [
    (GROUP, WHERE.to_json(), "location can be requested in private chats only"),
    (CHANNEL, WHERE.to_json(), "inline keyboard expected"),
    (CHANNEL, ForceReply().to_json(), "inline keyboard expected"),
    ("100", "[]", "object expected as reply markup"),
    ("100", "{}", "object expected as reply markup"),
    ("100", "{", "can't parse reply keyboard markup JSON object"),
    ("100", '{"inline_keyboard": 5}', "can't parse reply keyboard markup JSON object"),
    ("100", '{"keyboard": []}', "REPLY_MARKUP_INVALID"),
    ("100", '{"keyboard": [[{"text": " "}]]}', "keyboard button text must be non-empty"),
    ("100", '{"keyboard": [[{"text": "x", "web_app": {}}]]}', "BUTTON_TYPE_INVALID"),
    ("100", '{"inline_keyboard": [[{"text": "x"}]]}', "BUTTON_TYPE_INVALID"),
    (
        "100",
        '{"force_reply": true, "input_field_placeholder": "%s"}' % ("x" * 65),
        "INPUT_FIELD_PLACEHOLDER_TOO_LONG",
    ),
    (
        "100",
        '{"inline_keyboard": [[{"text": "x", "callback_data": "%s"}]]}' % ("é" * 33),
        "BUTTON_DATA_INVALID",
    ),
]


@pytest.mark.parametrize(("chat", "markup", "why"), MARKUPS)
async def test_markup_that_telegram_does_not_take_is_refused(
    api: BotApi, bot: Bot, chat: str, markup: str, why: str
) -> None:
    with pytest.raises(BadRequest, match=f"(?i)^{why}"):
        await bot.send_message(chat, "x", api_kwargs={"reply_markup": markup})
    assert api.accepted == []


# --- edits ------------------------------------------------------------------------------------


async def told(bot: Bot, **fields: Any) -> Message:
    return await bot.send_message("100", "<b>now</b>", parse_mode="HTML", **fields)


async def test_an_edit_is_judged_like_a_message_and_takes_the_buttons_along(
    api: BotApi, bot: Bot
) -> None:
    message = await told(bot, reply_markup=BUTTON)
    edited = await message.edit_text("a <i>&lt;b&gt;</i>", parse_mode="HTML")
    assert isinstance(edited, Message)
    assert edited.edit_date is not None
    [now] = api.accepted
    assert (now.text, now.html, now.buttons) == ("a <b>", "a <i>&lt;b&gt;</i>", ())
    assert [entity.tag for entity in now.entities] == ["i"]
    await message.edit_text("a <b>", reply_markup=BUTTON)
    assert api.accepted[0].buttons == ((Key("Pause", data="/pause 3"),),)
    assert api.edits == [1, 1]


async def test_an_edit_that_changes_nothing_is_refused(api: BotApi, bot: Bot) -> None:
    message = await told(bot, reply_markup=BUTTON)
    for text in ("<b>now</b>", "<b>now</b> ", "<strong></strong><b>now</b>"):
        with pytest.raises(BadRequest, match=r"(?i)^message is not modified"):
            await message.edit_text(text, parse_mode="HTML", reply_markup=BUTTON)
    with pytest.raises(BadRequest, match=r"(?i)^message is not modified"):
        await message.edit_reply_markup(BUTTON)
    assert api.edits == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<b>", "can't parse entities"),
        ("", "message text is empty"),
        ("\U0001f4a5" * 2049, "MESSAGE_TOO_LONG"),
        ("<b>x</b> " * 101, "ENTITIES_TOO_LONG"),
    ],
)
async def test_an_edit_that_telegram_does_not_take_leaves_the_message(
    api: BotApi, bot: Bot, text: str, why: str
) -> None:
    message = await told(bot, reply_markup=BUTTON)
    with pytest.raises(BadRequest, match=f"(?i)^{why}"):
        await message.edit_text(text, parse_mode="HTML")
    assert (api.accepted[0].text, len(api.accepted[0].buttons)) == ("now", 1)


async def test_only_the_bots_own_messages_are_edited(api: BotApi, bot: Bot) -> None:
    theirs = api.people.say("100", 100, "hello")
    with pytest.raises(BadRequest, match=r"(?i)^message can't be edited"):
        await bot.edit_message_text("x", chat_id="100", message_id=theirs)
    await told(bot)
    for chat, number in (("200", 1), ("100", 2)):
        with pytest.raises(BadRequest, match=r"(?i)^message to edit not found"):
            await bot.edit_message_text("x", chat_id=chat, message_id=number)


async def test_edits_are_not_counted_as_messages(bot: Bot, api: BotApi) -> None:
    api.limits = FloodLimits()
    message = await told(bot)
    for number in range(30):
        await message.edit_text(str(number))
    with pytest.raises(RetryAfter):
        await told(bot)


# --- deleting ---------------------------------------------------------------------------------


async def test_what_is_deleted_is_neither_edited_nor_answered(api: BotApi, bot: Bot) -> None:
    message = await told(bot)
    theirs = api.people.say("100", 100, "hello")
    await message.delete()
    await bot.delete_message("100", theirs)
    assert api.deleted == [1, theirs]
    with pytest.raises(BadRequest, match=r"(?i)^message to edit not found"):
        await message.edit_text("x")
    with pytest.raises(BadRequest, match=r"(?i)^message to be replied not found"):
        await message.reply_text("x", do_quote=True)
    with pytest.raises(BadRequest, match=r"(?i)^message to delete not found"):
        await message.delete()


async def test_in_a_group_people_s_messages_are_deleted_with_the_right_to_do_so(
    api: BotApi, bot: Bot
) -> None:
    theirs = api.people.say(GROUP, 7, "hello")
    with pytest.raises(BadRequest, match=r"(?i)^message can't be deleted"):
        await bot.delete_message(GROUP, theirs)
    admin = member("administrator", MY_ID, can_delete_messages=True)
    api.people.members[GROUP, MY_ID] = admin
    assert await bot.delete_message(GROUP, theirs)


async def test_after_two_days_nothing_is_deleted(bot: Bot) -> None:
    at = 0.0
    async with BotApi(clock=lambda: at) as api:
        late = Bot(api.token, base_url=f"{api.url}/bot")
        async with late:
            message = await told(late)
            at = 48 * 3600.0
            with pytest.raises(BadRequest, match=r"(?i)^message can't be deleted"):
                await message.delete()


# --- chats ------------------------------------------------------------------------------------


async def test_calls_to_a_group_that_was_upgraded_name_the_new_one(api: BotApi, bot: Bot) -> None:
    await bot.send_message("-5", "before")
    api.people.upgrades("-5", "-1005")
    for call in (
        bot.send_message("-5", "after"),
        bot.edit_message_text("after", chat_id="-5", message_id=1),
        bot.get_chat_member("-5", 7),
        bot.send_chat_action("-5", "typing"),
    ):
        with pytest.raises(ChatMigrated) as moved:
            await call
        assert moved.value.new_chat_id == -1005
    assert (await bot.send_message("-1005", "after")).chat.type == "supergroup"


@pytest.mark.parametrize(
    ("chat", "status", "error"),
    [
        ("100", "kicked", Forbidden("Forbidden: bot was blocked by the user")),
        (GROUP, "kicked", Forbidden("Forbidden: bot was kicked from the supergroup chat")),
        (GROUP, "left", Forbidden("Forbidden: bot is not a member of the supergroup chat")),
        (GROUP, "restricted", BadRequest("Not enough rights to send text messages to the chat")),
        (CHANNEL, "administrator", BadRequest("Need administrator rights in the channel chat")),
        (CHANNEL, "member", BadRequest("Need administrator rights in the channel chat")),
    ],
)
async def test_who_showed_the_bot_out_is_not_written_to(
    api: BotApi, bot: Bot, chat: str, status: str, error: TelegramError
) -> None:
    api.people.becomes(chat, status)
    with pytest.raises(type(error)) as refused:
        await bot.send_message(chat, "x")
    assert str(refused.value) == str(error)


async def test_the_bot_leaves_a_group_and_hears_of_it(api: BotApi, bot: Bot) -> None:
    assert await bot.leave_chat(GROUP)
    [update] = await bot.get_updates()
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "left"
    assert update.my_chat_member.from_user.id == MY_ID
    with pytest.raises(Forbidden):
        await bot.send_message(GROUP, "x")
    with pytest.raises(BadRequest, match="private"):
        await bot.leave_chat("100")


async def test_typing_is_shown(api: BotApi, bot: Bot) -> None:
    await bot.send_chat_action("100", "typing")
    assert api.actions == [("100", "", "typing")]
    with pytest.raises(BadRequest, match=r"(?i)wrong parameter action"):
        await bot.send_chat_action("100", "sleeping")


async def test_what_the_stand_in_does_not_know_is_refused(api: BotApi, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="protect_content"):
        await bot.send_message("100", "x", protect_content=True)
    with pytest.raises(TelegramError, match="Not Found"):
        await bot.send_dice("100")
    with pytest.raises(BadRequest, match=r"(?i)unsupported parse_mode"):
        await bot.send_message("100", "*x*", parse_mode="MarkdownV2")
    assert api.accepted == []
