"""Deliveries to Telegram, through the real library, to a server that enforces Telegram's rules."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest

from alerts.delivery.channels.telegram import TelegramChannel
from alerts.model import DeliveryState, RuleSet, Severity
from tests.dispatcher.conftest import Desk
from tests.servers.bot_api import BotApi, Fault
from tests.servers.bot_messages import refusal

TOO_MANY = {
    "ok": False,
    "error_code": 429,
    "description": "Too Many Requests: retry after 30",
    "parameters": {"retry_after": 30},
}


def channel_to(api: BotApi, *, seconds: float = 5) -> TelegramChannel:
    return TelegramChannel(api.token, api.url, timeout=timedelta(seconds=seconds))


async def test_an_alert_arrives_once(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await desk.announce("100")
        assert await dispatcher.deliver_due("telegram") == 1
        assert await dispatcher.deliver_due("telegram") == 0
    assert [message.chat for message in api.accepted] == ["100"]
    assert "Blast near Khmeimim" in api.accepted[0].text
    (sent,) = await desk.listed()
    assert sent.state is DeliveryState.SENT
    assert sent.sent_at == desk.clock.now


async def test_flood_wait_is_obeyed(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await desk.announce("100")
        api.answers = [TOO_MANY]
        assert await dispatcher.deliver_due("telegram") == 0
        desk.clock.advance(seconds=30)
        assert await dispatcher.deliver_due("telegram") == 0
        desk.clock.advance(seconds=1)
        assert await dispatcher.deliver_due("telegram") == 1
    assert len(api.requests) == 2


async def test_flood_wait_is_obeyed_by_everything_for_that_chat_and_by_nothing_else(
    desk: Desk,
) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await desk.announce("100")
        api.answers = [TOO_MANY]
        await dispatcher.deliver_due("telegram")
        await desk.announce("100", "200", severity=Severity.CRITICAL)
        assert await dispatcher.deliver_due("telegram") == 1
    assert [message.chat for message in api.accepted] == ["200"]


@pytest.mark.parametrize(("chats", "pauses"), [(2, False), (3, True)])
async def test_flood_waits_of_three_chats_at_once_are_the_tokens(
    desk: Desk, chats: int, pauses: bool
) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await desk.announce(*map(str, range(100, 100 + chats)))
        long = TOO_MANY | {"parameters": {"retry_after": 43838}}
        api.answers = [long, *[TOO_MANY] * (chats - 1)]
        await dispatcher.deliver_due("telegram")
        await desk.announce("200")
        assert await dispatcher.deliver_due("telegram") == (not pauses)
        # Of the chat that has to wait for longer only that chat is kept waiting.
        desk.clock.advance(seconds=31)
        assert await dispatcher.deliver_due("telegram") == chats - 1 + pauses
    assert len(api.accepted) == chats


async def test_flood_waits_one_after_the_other_are_the_chats_own(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        for chat in ("100", "200", "300"):
            api.answers = [TOO_MANY]
            await desk.announce(chat)
            await dispatcher.deliver_due("telegram")
            desk.clock.advance(seconds=5)
        await desk.announce("400")
        assert await dispatcher.deliver_due("telegram") == 1


async def test_a_flood_wait_of_half_a_day_survives_a_restart(desk: Desk) -> None:
    answer = TOO_MANY | {"parameters": {"retry_after": 43838}}
    async with BotApi() as api:
        await desk.announce("100")
        api.answers = [answer]
        await desk.dispatcher(channel_to(api)).deliver_due("telegram")
        restarted = desk.dispatcher(channel_to(api))
        desk.clock.advance(seconds=43838)
        assert await restarted.deliver_due("telegram") == 0
        desk.clock.advance(seconds=1)
        assert await restarted.deliver_due("telegram") == 1


async def test_the_pace_of_a_chat_survives_a_restart(desk: Desk) -> None:
    async with BotApi() as api:
        for _ in range(4):
            await desk.announce("100")
            await desk.dispatcher(channel_to(api)).deliver_due("telegram")
        assert len(api.accepted) == 3
        desk.clock.advance(seconds=3)
        assert await desk.dispatcher(channel_to(api)).deliver_due("telegram") == 1


async def test_a_refusal_for_good_is_a_dead_letter_with_its_reason(desk: Desk) -> None:
    refused = {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"}
    async with BotApi() as api:
        await desk.announce("100")
        api.answers = [refused]
        assert await desk.dispatcher(channel_to(api)).deliver_due("telegram") == 0
    (dead,) = await desk.listed(DeliveryState.DEAD)
    assert "too long" in dead.error.lower()


async def test_a_chat_that_blocked_us_gets_no_further_request(desk: Desk) -> None:
    async with BotApi() as api:
        api.blocked_by.add("100")
        dispatcher = desk.dispatcher(channel_to(api))
        await desk.announce("100")
        await desk.announce("100", "200")
        await dispatcher.deliver_due("telegram")
        await desk.announce("100")
        await dispatcher.deliver_due("telegram")
        assert Counter(request["chat_id"] for request in api.requests) == {"100": 1, "200": 1}
        assert await desk.states() == {"held": 2, "sent": 1, "pending": 1}
        # The operator let us in again and reloaded: one summary instead of the backlog.
        api.blocked_by.clear()
        await desk.storage.backlog.readmit([("telegram", "100")], now=desk.clock.now)
        await dispatcher.drain()
    assert await desk.states() == {"sent": 2}
    assert [message.text.count("Blast near") for message in api.accepted] == [1, 3]


async def test_a_group_that_became_a_supergroup_is_followed(desk: Desk) -> None:
    async with BotApi() as api:
        api.migrated["-100"] = -1001234
        dispatcher = desk.dispatcher(channel_to(api))
        await desk.announce("-100")
        await desk.announce("-100")
        await dispatcher.drain()
    assert [message.chat for message in api.accepted] == ["-1001234", "-1001234"]
    assert await desk.states() == {"sent": 2}


async def test_a_reset_after_acceptance_brings_one_marked_repeat(desk: Desk) -> None:
    async with BotApi() as api:
        api.faults = [Fault.RESET_AFTER_ACCEPTING]
        dispatcher = desk.dispatcher(channel_to(api))
        await desk.announce("100")
        assert await dispatcher.deliver_due("telegram") == 0
        (waiting,) = await desk.listed()
        assert waiting.state is DeliveryState.AMBIGUOUS
        desk.clock.advance(minutes=15)
        assert await dispatcher.deliver_due("telegram") == 1
    first, repeat = api.accepted
    assert "repeat" not in first.text
    assert "repeat" in repeat.text


async def test_a_failed_connection_is_not_ambiguous(desk: Desk) -> None:
    async with BotApi() as api:
        url = api.url
    await desk.announce("100")
    dispatcher = desk.dispatcher(TelegramChannel(api.token, url))
    assert await dispatcher.deliver_due("telegram") == 0
    (waiting,) = await desk.listed()
    assert waiting.state is DeliveryState.PENDING
    assert not waiting.possible_repeat


async def test_five_failed_connections_open_the_breaker_and_use_up_nothing_more(desk: Desk) -> None:
    async with BotApi() as api:
        url = api.url
    for number in range(8):
        await desk.announce(str(number))
    dispatcher = desk.dispatcher(TelegramChannel(api.token, url))
    await dispatcher.deliver_due("telegram")
    before = Counter(item.attempt for item in await desk.listed())
    await desk.announce("late")
    assert await dispatcher.deliver_due("telegram") == 0
    after = Counter(item.attempt for item in await desk.listed())
    assert after == before + Counter({0: 1})


async def test_a_wrong_token_pauses_the_channel_and_drops_nothing(desk: Desk) -> None:
    async with BotApi() as api:
        wrong = TelegramChannel("999:wrong-canary", api.url)
        await desk.announce("100")
        await desk.announce("200")
        dispatcher = desk.dispatcher(wrong)
        await dispatcher.deliver_due("telegram")
        asked = len(api.requests)
        assert await dispatcher.deliver_due("telegram") == 0
        assert len(api.requests) == asked
        counts = await desk.storage.overview.counts()
        assert "TOCSIN_TELEGRAM_TOKEN" in counts.paused["telegram"]
        assert "canary" not in counts.paused["telegram"]
        assert len(await desk.alerts(DeliveryState.PENDING)) == 2
        mended = desk.dispatcher(channel_to(api))
        await desk.storage.outbox.resume("telegram")
        await mended.drain()
    sent = await desk.alerts(DeliveryState.SENT)
    assert [item.attempt for item in sent] == [1, 1]


async def test_a_paused_channel_is_tried_again_after_a_reload(desk: Desk) -> None:
    async with BotApi() as api:
        api.answers = [{"ok": False, "error_code": 401, "description": "Unauthorized"}]
        dispatcher = desk.dispatcher(channel_to(api))
        await desk.announce("100")
        await dispatcher.deliver_due("telegram")
        dispatcher.use(RuleSet())
        assert await dispatcher.deliver_due("telegram") == 1
    assert (await desk.storage.overview.counts()).paused == {}


async def test_after_a_day_of_failures_a_message_is_a_dead_letter(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await desk.announce("100")
        api.faults = [Fault.BAD_GATEWAY, Fault.BAD_GATEWAY]
        await dispatcher.deliver_due("telegram")
        assert await desk.states() == {"pending": 1}
        desk.clock.advance(hours=24)
        await dispatcher.deliver_due("telegram")
    (dead,) = await desk.listed(DeliveryState.DEAD)
    assert "given up after 2 attempts" in dead.error


async def test_a_chat_that_hangs_delays_no_other(desk: Desk) -> None:
    async with BotApi() as api:
        api.chat_faults["100"] = Fault.HANG
        dispatcher = desk.dispatcher(channel_to(api, seconds=0.5))
        await desk.announce("100", "200", "300")
        await dispatcher.deliver_due("telegram")
    assert sorted(message.chat for message in api.accepted) == ["200", "300"]


async def test_a_chat_with_many_waiting_delays_no_other(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        for _ in range(40):
            await desk.announce("100")
        await desk.announce("200")
        await dispatcher.deliver_due("telegram")
    assert sorted(message.chat for message in api.accepted) == ["100", "200"]


async def test_critical_leaves_first_and_the_rest_keeps_its_order(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        for severity in (Severity.LOW, Severity.HIGH, Severity.CRITICAL):
            desk.clock.advance(seconds=1)
            await desk.announce("100", severity=severity)
        for _ in range(3):
            await dispatcher.deliver_due("telegram")
    said = [message.text.split()[0:3] for message in api.accepted]
    levels = [
        next(w.lower().strip("·:") for w in words if w.lower().strip("·:") in LEVELS)
        for words in said
    ]
    assert levels == ["critical", "low", "high"]


LEVELS = {level.value for level in Severity}


async def test_a_storm_of_critical_alerts_never_exceeds_a_limit(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        targets = ["7", "-100"] + [str(1000 + number) for number in range(20)]
        for number in range(60):
            await desk.announce(
                "7",
                *(("-100",) if number < 40 else ()),
                targets[2 + number % 20],
                severity=Severity.CRITICAL,
            )
        sent_at: dict[str, list[float]] = {}
        while (await desk.states()).get("pending"):
            before = len(api.accepted)
            await dispatcher.deliver_due("telegram")
            for message in api.accepted[before:]:
                sent_at.setdefault(message.chat, []).append(desk.clock.now.timestamp())
            desk.clock.advance(milliseconds=250)
    assert sum(map(len, sent_at.values())) == 160
    assert most_in(sent_at["7"], 3) <= 3
    assert most_in(sent_at["-100"], 60) <= 18
    assert most_in(sorted(at for times in sent_at.values() for at in times), 1) <= 25


def most_in(times: list[float], window: float) -> int:
    return max(sum(1 for other in times if at <= other < at + window) for at in times)


@pytest.mark.parametrize("what", ["lost", "refused"])
async def test_what_is_lost_or_refused_counts_for_the_pace_of_its_chat(
    desk: Desk, what: str
) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        if what == "lost":
            api.chat_faults["100"] = Fault.RESET_AFTER_ACCEPTING
        for _ in range(12):
            await desk.announce("100", severity=Severity.CRITICAL)
        asked_at: list[float] = []
        for _ in range(120):
            if what == "refused":
                api.answers = [refusal(400, "Bad Request: message is too long")]
            before = len(api.requests)
            await dispatcher.deliver_due("telegram")
            asked_at += [desk.clock.now.timestamp()] * (len(api.requests) - before)
            desk.clock.advance(milliseconds=500)
    assert len(asked_at) > 3
    assert most_in(asked_at, 3) <= 3


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.RESET, Fault.RESET_AFTER_ACCEPTING])
async def test_order_is_kept_while_a_message_is_tried_again(desk: Desk, fault: Fault) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        for _ in range(3):
            await desk.announce("100")
            desk.clock.advance(seconds=1)
        api.faults = [None, fault]
        await dispatcher.drain()
    told = [re.search(r"\((\d)\)", message.text) for message in api.accepted]
    numbers = [found[1] for found in told if found]
    assert list(dict.fromkeys(numbers)) == ["1", "2", "3"]
    assert numbers == sorted(numbers)


async def test_a_message_that_keeps_failing_does_not_hold_up_its_chat(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await desk.announce("100")
        for _ in range(7):
            api.faults = [Fault.BAD_GATEWAY]
            await dispatcher.deliver_due("telegram")
            desk.clock.advance(minutes=15)
        await desk.announce("100")
        api.faults = [Fault.BAD_GATEWAY]
        for _ in range(20):
            await dispatcher.deliver_due("telegram")
            desk.clock.advance(seconds=1)
    assert any("(2)" in message.text for message in api.accepted)
