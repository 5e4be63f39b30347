"""Replies, silence and buttons on their way to a chat, and what the bot may do there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from alerts.delivery.channels.telegram import GENERAL_NOTE, Fallback, TelegramChannel
from alerts.errors import ChannelRefusedError, PermanentDeliveryError, TransientDeliveryError
from alerts.model import Address, Button
from tests.delivery.messages import CHAT, message
from tests.servers.bot_api import BotApi
from tests.servers.bot_keyboard import Key
from tests.servers.bot_people import ME, member

TOPIC = Address(channel="telegram", target="-1001", thread=7)
GROUP = Address(channel="telegram", target="-1001")
BROADCAST = Address(channel="telegram", target="@news")
BUTTONS = (
    (Button(label="Mute", action="s" + "0" * 32), Button(label="Open", url="https://x.example/")),
    (Button(label="Why", action="y" + "0" * 32),),
)
BOT = int(ME["id"])


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
async def channel(api: BotApi) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(api.token, api.url)
    yield channel
    await channel.close()


def refused(description: str) -> dict[str, Any]:
    return {"ok": False, "error_code": 400, "description": f"Bad Request: {description}"}


@pytest.mark.parametrize("address", [CHAT, GROUP, TOPIC, BROADCAST])
async def test_an_update_hangs_below_the_message_that_it_follows(
    api: BotApi, channel: TelegramChannel, address: Address
) -> None:
    first = await channel.send(message("told"), address)
    await channel.send(message("now critical", follows=first.message_id), address)
    told, changed = api.accepted
    assert told.follows is None
    assert changed.follows == told.message_id


async def test_an_update_arrives_though_what_it_follows_was_deleted(
    api: BotApi, channel: TelegramChannel
) -> None:
    for follows in ("99", "", "no number"):
        await channel.send(message(follows=follows), CHAT)
    assert [taken.follows for taken in api.accepted] == [None] * 3
    assert not channel.fallbacks


async def test_a_reply_that_is_refused_all_the_same_is_sent_without(
    api: BotApi, channel: TelegramChannel
) -> None:
    api.answers = [refused("message to be replied not found")]
    await channel.send(message(follows="99"), CHAT)
    assert channel.fallbacks == {Fallback.NO_REPLY: 1}
    assert "reply_parameters" not in api.requests[1]


async def test_what_goes_to_general_does_not_answer_into_the_closed_topic(
    api: BotApi, channel: TelegramChannel
) -> None:
    first = await channel.send(message("told"), TOPIC)
    api.closed_topics = {("-1001", 7)}
    await channel.send(message("now critical", follows=first.message_id), TOPIC)
    taken = api.accepted[-1]
    assert (taken.thread, taken.follows) == (None, None)
    assert taken.text.startswith(GENERAL_NOTE)


@pytest.mark.parametrize("is_silent", [True, False])
async def test_a_silent_message_makes_no_sound(
    api: BotApi, channel: TelegramChannel, is_silent: bool
) -> None:
    await channel.send(message(is_silent=is_silent), CHAT)
    assert api.accepted[0].is_silent is is_silent


async def test_buttons_hang_below_the_message_row_by_row(
    api: BotApi, channel: TelegramChannel
) -> None:
    await channel.send(message(html="<b>x</b>", buttons=BUTTONS), CHAT)
    assert api.accepted[0].buttons == (
        (Key("Mute", data="s" + "0" * 32), Key("Open", url="https://x.example/")),
        (Key("Why", data="y" + "0" * 32),),
    )


@pytest.mark.parametrize(
    "button",
    [
        Button(label="", action="x"),
        Button(label="long", action="x" * 65),
        Button(label="odd", url="javascript:alert(1)"),
    ],
)
async def test_no_alert_is_lost_to_a_button_that_telegram_refuses(
    api: BotApi, channel: TelegramChannel, button: Button
) -> None:
    await channel.send(message("told", buttons=((button,),)), CHAT)
    assert (api.accepted[0].text, api.accepted[0].buttons) == ("told", ())
    assert channel.fallbacks == {Fallback.NO_BUTTONS: 1}


async def test_every_lesser_way_is_taken_once_and_then_it_is_refused(
    api: BotApi, channel: TelegramChannel
) -> None:
    reasons = (
        *("can't parse entities: x", "TOPIC_CLOSED", "BUTTON_DATA_INVALID"),
        "message to be replied not found",
    )
    api.answers = [refused(reason) for reason in reasons * 2]
    with pytest.raises(PermanentDeliveryError):
        await channel.send(message(html="<b>x</b>", buttons=BUTTONS, follows="1"), TOPIC)
    assert len(api.requests) == 4
    api.answers = [refused(reasons[2]), refused(reasons[3]), refused(reasons[0])]
    await channel.send(message(html="<b>x</b>", buttons=BUTTONS, follows="1"), CHAT)
    assert len(api.accepted) == 1


# --- who are we, and may we -------------------------------------------------------------------


async def test_the_bot_knows_its_name(api: BotApi, channel: TelegramChannel) -> None:
    assert await channel.whoami() == "@tocsin_bot"


async def test_a_wrong_token_is_told_apart_from_trouble(api: BotApi) -> None:
    stranger = TelegramChannel("1:canary", api.url)
    with pytest.raises(ChannelRefusedError):
        await stranger.whoami()
    with pytest.raises(ChannelRefusedError):
        await stranger.rights(CHAT)
    await stranger.close()
    nowhere = TelegramChannel(api.token, "http://127.0.0.1:1")
    with pytest.raises(TransientDeliveryError):
        await nowhere.whoami()
    await nowhere.close()


RIGHTS: list[tuple[Address, dict[str, Any], dict[str, Any], str]] = [
    (CHAT, {}, {}, ""),
    (GROUP, {}, member("member", BOT), ""),
    (GROUP, {}, member("administrator", BOT), ""),
    (GROUP, {}, member("restricted", BOT), "restricted"),
    (GROUP, {}, member("restricted", BOT, can_send_messages=True), ""),
    (GROUP, {}, member("restricted", BOT, can_send_messages=True, is_member=False), "restricted"),
    (GROUP, {}, member("left", BOT), "not in the chat"),
    (GROUP, {}, member("kicked", BOT), "removed"),
    (GROUP, {"permissions": {"can_send_messages": False}}, member("member", BOT), "may not write"),
    (GROUP, {"permissions": {"can_send_messages": False}}, member("administrator", BOT), ""),
    (TOPIC, {"is_forum": True}, member("member", BOT), ""),
    (TOPIC, {}, member("member", BOT), "no topics"),
    (BROADCAST, {}, member("administrator", BOT, can_post_messages=True), ""),
    (BROADCAST, {}, member("administrator", BOT, can_post_messages=False), "post messages"),
    (BROADCAST, {}, member("member", BOT), "only administrators"),
]


@pytest.mark.parametrize("case", RIGHTS)
async def test_what_is_missing_to_write_is_said_before_the_first_alert(
    api: BotApi,
    channel: TelegramChannel,
    case: tuple[Address, dict[str, Any], dict[str, Any], str],
) -> None:
    address, chat, me, missing = case
    api.people.chats[address.target] = chat
    whole = api.people.chat(address.target)
    api.people.members = {(name, BOT): me for name in (str(whole["id"]), address.target) if me}
    told = await channel.rights(address)
    assert missing in told
    assert bool(told) is bool(missing)


async def test_a_chat_that_nobody_added_the_bot_to_is_named(
    api: BotApi, channel: TelegramChannel
) -> None:
    api.missing_chats = {"-1001"}
    assert "add the bot" in await channel.rights(GROUP)
