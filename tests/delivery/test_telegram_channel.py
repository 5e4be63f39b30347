"""What the Telegram channel makes of every answer, against the stand-in of the Bot API."""

from __future__ import annotations

import logging
import socket
import traceback
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from alerts.delivery.channels import Channel
from alerts.delivery.channels.telegram import GENERAL_NOTE, Fallback, TelegramChannel
from alerts.errors import (
    AddressGoneError,
    AddressMovedError,
    AmbiguousDeliveryError,
    ChannelRefusedError,
    DeliveryError,
    PermanentDeliveryError,
    TransientDeliveryError,
)
from alerts.model import Address
from tests.delivery.messages import CHAT, message
from tests.servers.bot_api import BotApi, Fault, FloodLimits

CANARY = "123456:AAcanary-canary-canary"


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(CANARY) as api:
        yield api


@pytest.fixture
async def channel(api: BotApi) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(api.token, api.url, timeout=timedelta(seconds=20))
    yield channel
    await channel.close()


def impatient(api: BotApi) -> TelegramChannel:
    return TelegramChannel(api.token, api.url, timeout=timedelta(seconds=2))


def refusal(code: int, description: str, **parameters: int) -> dict[str, Any]:
    answer = {"ok": False, "error_code": code, "description": description}
    return answer | {"parameters": parameters} if parameters else answer


async def test_a_message_arrives_as_html_without_preview(
    api: BotApi, channel: TelegramChannel
) -> None:
    receipt = await channel.send(message("a & b", html="<b>a</b> &amp; b"), CHAT)
    (taken,) = api.accepted
    assert receipt.message_id == str(taken.message_id)
    assert (taken.chat, taken.thread, taken.text) == ("4711", None, "a & b")
    assert taken.entities[0].tag == "b"
    assert not taken.preview


async def test_a_message_without_html_goes_as_plain_text(
    api: BotApi, channel: TelegramChannel
) -> None:
    await channel.send(message("a < b & c"), CHAT)
    assert (api.accepted[0].text, api.accepted[0].html) == ("a < b & c", "")


async def test_a_topic_is_addressed_by_its_thread(api: BotApi, channel: TelegramChannel) -> None:
    await channel.send(message(), Address(channel="telegram", target="-1001", thread=7))
    assert (api.accepted[0].chat, api.accepted[0].thread) == ("-1001", 7)


def test_it_is_a_channel() -> None:
    channel: Channel = TelegramChannel(CANARY, "http://127.0.0.1:1")
    assert channel.name == "telegram"


# Descriptions as the Bot API gives them.
ANSWERS = [
    (refusal(403, "Forbidden: bot was blocked by the user"), AddressGoneError),
    (refusal(403, "Forbidden: user is deactivated"), AddressGoneError),
    (refusal(403, "Forbidden: bot was kicked from the group chat"), AddressGoneError),
    (refusal(403, "Forbidden: bot was kicked from the supergroup chat"), AddressGoneError),
    (refusal(403, "Forbidden: bot was kicked from the channel chat"), AddressGoneError),
    (refusal(403, "Forbidden: bot is not a member of the group chat"), AddressGoneError),
    (refusal(403, "Forbidden: bot is not a member of the supergroup chat"), AddressGoneError),
    (refusal(403, "Forbidden: bot is not a member of the channel chat"), AddressGoneError),
    (refusal(403, "Forbidden: bot can't initiate conversation with a user"), AddressGoneError),
    (refusal(403, "Forbidden: bots can't send messages to bots"), AddressGoneError),
    (refusal(403, "Forbidden: the group chat was deleted"), AddressGoneError),
    (refusal(403, "Forbidden: CHAT_WRITE_FORBIDDEN"), AddressGoneError),
    (refusal(400, "Bad Request: chat not found"), AddressGoneError),
    (refusal(400, "[Error]: Bad Request: user not found"), AddressGoneError),
    (refusal(400, "Bad Request: PEER_ID_INVALID"), AddressGoneError),
    (refusal(400, "Bad Request: CHAT_ID_INVALID"), AddressGoneError),
    (refusal(400, "Bad Request: CHANNEL_PRIVATE"), AddressGoneError),
    (refusal(400, "Bad Request: CHAT_WRITE_FORBIDDEN"), AddressGoneError),
    (refusal(400, "Bad Request: CHAT_RESTRICTED"), AddressGoneError),
    (refusal(400, "Bad Request: have no rights to send a message"), AddressGoneError),
    (
        refusal(400, "Bad Request: not enough rights to send text messages to the chat"),
        AddressGoneError,
    ),
    (
        refusal(400, "Bad Request: need administrator rights in the channel chat"),
        AddressGoneError,
    ),
    (refusal(400, "Bad Request: group is deactivated"), AddressGoneError),
    (refusal(400, "Bad Request: group chat was deactivated"), AddressGoneError),
    (refusal(400, "Bad Request: USER_IS_BLOCKED"), AddressGoneError),
    (refusal(400, "Bad Request: INPUT_USER_DEACTIVATED"), AddressGoneError),
    (refusal(400, "Bad Request: message is too long"), PermanentDeliveryError),
    (refusal(400, "Bad Request: MESSAGE_TOO_LONG"), PermanentDeliveryError),
    (refusal(400, "Bad Request: message text is empty"), PermanentDeliveryError),
    (refusal(400, "Bad Request: text must be non-empty"), PermanentDeliveryError),
    (refusal(400, "Bad Request: chat_id is empty"), PermanentDeliveryError),
    (refusal(400, "Bad Request: strings must be encoded in UTF-8"), PermanentDeliveryError),
    (refusal(400, "Bad Request: message to be replied not found"), PermanentDeliveryError),
    (refusal(400, "Bad Request: BUTTON_URL_INVALID"), PermanentDeliveryError),
    (refusal(400, "Bad Request: something new"), PermanentDeliveryError),
    # In plain text to a chat there is nothing to fall back to.
    (refusal(400, "Bad Request: can't parse entities: why"), PermanentDeliveryError),
    (refusal(400, "Bad Request: TOPIC_CLOSED"), PermanentDeliveryError),
    (refusal(401, "Unauthorized"), ChannelRefusedError),
    (refusal(404, "Not Found"), ChannelRefusedError),
    (refusal(409, "Conflict: terminated by other getUpdates request"), TransientDeliveryError),
    (refusal(429, "Too Many Requests: retry after 5", retry_after=5), TransientDeliveryError),
    (refusal(429, "Too Many Requests"), TransientDeliveryError),
    (refusal(500, "Internal Server Error"), TransientDeliveryError),
    (refusal(502, "Bad Gateway"), TransientDeliveryError),
    (refusal(503, "Service Unavailable"), TransientDeliveryError),
    (refusal(504, "Gateway Timeout"), TransientDeliveryError),
]


@pytest.mark.parametrize(
    ("answer", "expected"), ANSWERS, ids=[a["description"] for a, _ in ANSWERS]
)
async def test_every_known_refusal_says_whose_move_it_is(
    api: BotApi, channel: TelegramChannel, answer: dict[str, Any], expected: type[DeliveryError]
) -> None:
    api.answers = [answer]
    with pytest.raises(DeliveryError) as caught:
        await channel.send(message(), CHAT)
    assert type(caught.value) is expected
    assert len(api.requests) == 1


@pytest.mark.parametrize("seconds", [1, 43_838])
async def test_a_flood_wait_is_passed_on_in_full(
    api: BotApi, channel: TelegramChannel, seconds: int
) -> None:
    api.answers = [refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)]
    with pytest.raises(TransientDeliveryError) as caught:
        await channel.send(message(), CHAT)
    assert caught.value.retry_after == timedelta(seconds=seconds)
    assert caught.value.connected


async def test_the_stand_in_keeps_telegrams_limits() -> None:
    clock = [0.0]
    async with BotApi(CANARY, limits=FloodLimits(), clock=lambda: clock[0]) as api:
        channel = TelegramChannel(api.token, api.url)
        group = Address(channel="telegram", target="-1001")
        for _ in range(20):
            await channel.send(message(), group)
            with pytest.raises(TransientDeliveryError):  # one a second
                await channel.send(message(), group)
            clock[0] += 1
        with pytest.raises(TransientDeliveryError) as caught:  # twenty a minute
            await channel.send(message(), group)
        assert caught.value.retry_after == timedelta(seconds=40)
        for chat in range(1, 31):
            await channel.send(message(), Address(channel="telegram", target=str(chat)))
        with pytest.raises(TransientDeliveryError):  # thirty a second in all
            await channel.send(message(), CHAT)
        assert len(api.accepted) == 50
        await channel.close()


async def test_a_migrated_group_names_its_new_address(
    api: BotApi, channel: TelegramChannel
) -> None:
    api.migrated["-5"] = -1005
    with pytest.raises(AddressMovedError) as caught:
        await channel.send(message(), Address(channel="telegram", target="-5"))
    assert caught.value.target == "-1005"


@pytest.mark.parametrize(
    "description",
    [
        "Bad Request: can't parse entities: Unexpected end tag at byte offset 3",
        "Bad Request: Can't parse entities: unsupported start tag",
        "[Error]: Bad Request: CAN'T PARSE ENTITIES",
        "Bad Request: ENTITIES_TOO_LONG",
    ],
)
async def test_refused_markup_is_sent_once_as_plain_text_and_counted(
    api: BotApi, channel: TelegramChannel, description: str
) -> None:
    api.answers = [refusal(400, description)]
    await channel.send(message("plain", html="<b>rich</b>"), CHAT)
    assert [taken.text for taken in api.accepted] == ["plain"]
    assert channel.fallbacks == {Fallback.PLAIN_TEXT: 1}


async def test_plain_text_that_is_refused_too_is_refused_for_good(
    api: BotApi, channel: TelegramChannel
) -> None:
    api.answers = [refusal(400, "Bad Request: can't parse entities: 1")] * 5
    with pytest.raises(PermanentDeliveryError):
        await channel.send(message("plain", html="<b>rich</b>"), CHAT)
    assert len(api.requests) == 2


@pytest.mark.parametrize(
    "description", ["message thread not found", "TOPIC_CLOSED", "TOPIC_DELETED", "TOPIC_ID_INVALID"]
)
@pytest.mark.parametrize("html", ["", "<b>Drones</b> &amp; more"])
async def test_a_gone_topic_sends_to_general_with_a_note(
    api: BotApi, channel: TelegramChannel, description: str, html: str
) -> None:
    api.answers = [refusal(400, f"Bad Request: {description}")]
    address = Address(channel="telegram", target="-1001", thread=7)
    await channel.send(message("Drones & more", html=html), address)
    (taken,) = api.accepted
    assert taken.thread is None
    assert taken.text == f"{GENERAL_NOTE}\n\nDrones & more"
    assert channel.fallbacks == {Fallback.GENERAL_TOPIC: 1}


async def test_gone_topic_and_refused_markup_together_still_arrive(
    api: BotApi, channel: TelegramChannel
) -> None:
    api.closed_topics = {("-1001", 7)}
    address = Address(channel="telegram", target="-1001", thread=7)
    await channel.send(message("plain", html="<b>torn"), address)
    assert api.accepted[0].text == f"{GENERAL_NOTE}\n\nplain"
    assert len(api.requests) == 3


async def test_no_connection_is_certain_and_counts_against_the_transport() -> None:
    with closing(socket.socket()) as closed:
        closed.bind(("127.0.0.1", 0))
        channel = TelegramChannel(CANARY, f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(TransientDeliveryError) as caught:
            await channel.send(message(), CHAT)
    assert not caught.value.connected
    await channel.close()


async def test_a_connection_that_is_never_accepted_is_certain_too() -> None:
    # A full backlog leaves the third connection waiting: the kernel answers nobody.
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.settimeout(0)
            one.connect_ex(silent.getsockname())
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        channel = TelegramChannel(CANARY, url, timeout=timedelta(milliseconds=400))
        with pytest.raises(TransientDeliveryError) as caught:
            await channel.send(message(), CHAT)
        for one in waiting:
            one.close()
    assert not caught.value.connected
    await channel.close()


@pytest.mark.parametrize(
    ("fault", "taken"),
    [(Fault.RESET, 0), (Fault.RESET_AFTER_ACCEPTING, 1), (Fault.GARBLED, 1)],
)
async def test_a_lost_answer_is_ambiguous(
    api: BotApi, channel: TelegramChannel, fault: Fault, taken: int
) -> None:
    api.faults = [fault]
    with pytest.raises(AmbiguousDeliveryError):
        await channel.send(message(), CHAT)
    assert len(api.accepted) == taken


@pytest.mark.parametrize(
    ("fault", "taken"), [(Fault.HANG, 0), (Fault.HANG_AFTER_ACCEPTING, 1), (Fault.DRIP, 1)]
)
async def test_an_answer_that_never_comes_is_ambiguous(
    api: BotApi, fault: Fault, taken: int
) -> None:
    api.faults = [fault]
    channel = impatient(api)
    with pytest.raises(AmbiguousDeliveryError):
        await channel.send(message(), CHAT)
    assert len(api.accepted) == taken
    await channel.close()


@pytest.mark.parametrize(
    "answer", [{"ok": True}, {"ok": True, "result": {}}, {"ok": True, "result": 5}]
)
async def test_an_answer_that_is_no_message_is_ambiguous(
    api: BotApi, channel: TelegramChannel, answer: dict[str, Any]
) -> None:
    api.answers = [answer]
    with pytest.raises(AmbiguousDeliveryError):
        await channel.send(message(), CHAT)


async def test_a_gateway_page_is_no_word_about_the_chat(
    api: BotApi, channel: TelegramChannel
) -> None:
    api.faults = [Fault.BAD_GATEWAY]
    with pytest.raises(TransientDeliveryError) as caught:
        await channel.send(message(), CHAT)
    assert caught.value.connected


async def test_the_channel_works_on_after_every_fault(api: BotApi) -> None:
    channel = TelegramChannel(api.token, api.url, timeout=timedelta(seconds=2))
    for fault in (Fault.RESET, Fault.RESET_AFTER_ACCEPTING, Fault.BAD_GATEWAY, Fault.GARBLED):
        api.faults = [fault]
        with pytest.raises(DeliveryError):
            await channel.send(message(), CHAT)
        await channel.send(message(f"after {fault}"), CHAT)
        assert api.accepted[-1].text == f"after {fault}"
    await channel.close()


async def test_the_token_reaches_no_log_and_no_error(
    api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    # A command that another test ran has told these to be quiet.
    for name in (None, "httpx", "httpcore", "telegram"):
        caplog.set_level(logging.DEBUG, logger=name)
    texts = []
    for url in (api.url, "http://127.0.0.1:1", "ftp://127.0.0.1", f"{api.url}/elsewhere"):
        channel = TelegramChannel(api.token, url, timeout=timedelta(seconds=1))
        for fault in (None, *Fault):
            api.faults = [fault]
            try:
                await channel.send(message(html="<b>x</b>"), CHAT)
            except DeliveryError as error:
                texts.append("".join(traceback.format_exception(error)) + repr(error))
                texts.append(repr(vars(error.__cause__)) if error.__cause__ else "")
        await channel.close()
    texts += [f"{record.getMessage()} {record.exc_text}" for record in caplog.records]
    assert any("sendMessage" in text for text in texts)
    assert not [text for text in texts if "canary" in text]


async def test_a_mistyped_token_is_refused_without_being_shown(api: BotApi) -> None:
    for token in ("canary token\r\n", "canary/../x", "тoken:canary", "123456:canary"):
        channel = TelegramChannel(token, api.url)
        with pytest.raises(ChannelRefusedError) as caught:
            await channel.send(message(), CHAT)
        assert "canary" not in "".join(traceback.format_exception(caught.value))
        await channel.close()
