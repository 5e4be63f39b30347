"""Notices leave as everything else does: leased, paced, tried again, never lost, never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alerts.delivery.channels.telegram import TelegramChannel
from alerts.model import Address, DeliveryState, Severity
from tests.builders import a_notice, an_operator
from tests.dispatcher.conftest import Desk
from tests.dispatcher.test_faults import Postbox
from tests.servers.bot_api import BotApi, Fault

CHAT = Address(channel="telegram", target="100")


async def notify(desk: Desk, state: str = "broken", *to: Address) -> int:
    receiver = an_operator(*(to or (CHAT,)))
    desk.clock.advance(milliseconds=1)
    return await desk.storage.outbox.notify(a_notice(state), receiver, now=desk.clock.now)


def channel_to(api: BotApi) -> TelegramChannel:
    return TelegramChannel(api.token, api.url, timeout=timedelta(seconds=5))


async def test_a_notice_arrives_once_and_so_does_its_end(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        for state in ("broken", "broken", "", ""):
            await notify(desk, state)
        await dispatcher.drain()
    told = [message.text.split("\n")[0] for message in api.accepted]
    assert told == ["🟠 Rules broken", "🟠 Rules taken again"]
    assert [message.entities[0].tag for message in api.accepted] == ["b", "b"]
    assert await desk.states() == {"sent": 2}


async def test_a_flood_wait_and_a_failure_delay_a_notice_and_lose_nothing(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await notify(desk)
        flood = {"ok": False, "error_code": 429, "description": "x"}
        api.answers = [flood | {"parameters": {"retry_after": 30}}]
        assert await dispatcher.deliver_due("telegram") == 0
        desk.clock.advance(seconds=30)
        assert await dispatcher.deliver_due("telegram") == 0
        desk.clock.advance(seconds=1)
        api.faults = [Fault.BAD_GATEWAY]
        assert await dispatcher.deliver_due("telegram") == 0
        desk.clock.advance(minutes=15)
        assert await dispatcher.deliver_due("telegram") == 1
    assert len(api.accepted) == 1


async def test_an_answer_that_was_lost_brings_one_marked_repeat(desk: Desk) -> None:
    async with BotApi() as api:
        api.faults = [Fault.RESET_AFTER_ACCEPTING]
        dispatcher = desk.dispatcher(channel_to(api))
        await notify(desk)
        await dispatcher.deliver_due("telegram")
        desk.clock.advance(minutes=15)
        await dispatcher.deliver_due("telegram")
    assert ["repeat" in message.text for message in api.accepted] == [False, True]


async def test_a_notice_goes_to_the_topic_of_its_address(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await notify(desk, "broken", replace(CHAT, target="-100", thread=7))
        await dispatcher.drain()
    assert [(message.chat, message.thread) for message in api.accepted] == [("-100", 7)]


async def test_a_critical_alert_leaves_before_a_notice_and_others_keep_their_order(
    desk: Desk,
) -> None:
    postbox = Postbox()
    dispatcher = desk.dispatcher(postbox)
    await desk.announce("", channel="console", severity=Severity.MEDIUM)
    desk.clock.advance(seconds=1)
    await notify(desk, "broken", Address(channel="console"))
    desk.clock.advance(seconds=1)
    await desk.announce("", channel="console", severity=Severity.CRITICAL)
    await dispatcher.drain()
    subjects = [message.subject.split(":")[0] for _, message in postbox.taken]
    assert subjects == ["Critical", "Medium", "Tocsin"]


async def test_an_operator_who_blocked_us_gets_the_rest_when_they_let_us_in(desk: Desk) -> None:
    async with BotApi() as api:
        api.blocked_by.add("100")
        dispatcher = desk.dispatcher(channel_to(api))
        await notify(desk)
        await notify(desk, "")
        await dispatcher.drain()
        assert {each.error for each in await desk.listed(DeliveryState.HELD)} == {
            "Forbidden: bot was blocked by the user"
        }
        api.blocked_by.clear()
        await desk.storage.backlog.readmit([("telegram", "100")], now=desk.clock.now)
        await dispatcher.drain()
    assert [message.text.split("\n")[0] for message in api.accepted] == [
        "🟠 Rules broken",
        "🟠 Rules taken again",
    ]
