"""Many alerts become one message; who cannot have them in time has a fallback."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from alerts.delivery.channels.telegram import TelegramChannel
from alerts.model import (
    Address,
    DeliveryKind,
    DeliveryState,
    Quiet,
    Receiver,
    RuleSet,
    Severity,
    TimeInterval,
)
from tests.builders import CHAT, a_destination, a_notice, a_sighting, an_article
from tests.dispatcher.conftest import Desk
from tests.servers.bot_api import BotApi
from tests.storage.databases import record

CALL = Address(channel="telegram", target="900")


def rules(**fields: Any) -> RuleSet:
    """Return rules whose desk is restrained as *fields* say, and falls back on the night duty."""
    desk = Receiver(name="desk", addresses=(CHAT,), **fields)
    duty = Receiver(name="duty", addresses=(CALL,))
    noon = TimeInterval(name="noon", times=((time(11), time(13)),))
    return RuleSet(receivers={"desk": desk, "duty": duty}, intervals={"noon": noon})


def channel_to(api: BotApi) -> TelegramChannel:
    return TelegramChannel(api.token, api.url, timeout=timedelta(seconds=5))


def retry_after(seconds: int) -> dict[str, Any]:
    return {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {seconds}",
        "parameters": {"retry_after": seconds},
    }


async def test_more_than_five_alerts_for_a_chat_leave_as_one_list(desk: Desk) -> None:
    async with BotApi() as api:
        for _ in range(8):
            await desk.announce("100")
        await desk.announce("200")
        await desk.dispatcher(channel_to(api)).drain()
    assert sorted((m.chat, m.text.count("Blast near")) for m in api.accepted) == [
        ("100", 8),
        ("200", 1),
    ]


async def test_critical_alerts_stay_single_and_come_first(desk: Desk) -> None:
    async with BotApi() as api:
        for number in range(9):
            critical = number in (5, 7)
            await desk.announce("100", severity=Severity.CRITICAL if critical else Severity.LOW)
        await desk.dispatcher(channel_to(api)).drain()
    assert [message.text.count("Blast near") for message in api.accepted] == [1, 1, 7]
    assert ["(6)" in m.text or "(8)" in m.text for m in api.accepted] == [True, True, False]


async def test_a_storm_keeps_every_limit_and_loses_nothing(desk: Desk) -> None:
    """DELIVERY.md, Tests to have: chats, a group and a channel; due equals delivered."""
    chats = [str(1000 + number) for number in range(40)]
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        for number in range(100):
            severity = Severity.CRITICAL if number % 25 == 0 else Severity.MEDIUM
            await desk.announce("7", "-100", "@news", chats[number % 40], severity=severity)
            if number % 10 == 9:
                desk.clock.advance(seconds=1)
                await dispatcher.deliver_due("telegram")
        for _ in range(400):
            await dispatcher.deliver_due("telegram")
            desk.clock.advance(milliseconds=500)
    assert set(await desk.states()) == {"sent"}
    sent = await desk.storage.overview.recent(limit=10_000)
    due = {alert.id for delivery in sent for alert in delivery.alerts}
    assert len(due) == sum(len(delivery.alerts) for delivery in sent) == 400
    assert len(api.accepted) < 300


async def test_the_rest_of_a_full_hour_comes_as_one_message(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        dispatcher.use(rules(max_per_hour=2))
        for _ in range(4):
            await desk.announce("100")
            await dispatcher.deliver_due("telegram")
            desk.clock.advance(minutes=5)
        assert len(api.accepted) == 2
        await desk.announce("100", severity=Severity.CRITICAL)
        await dispatcher.deliver_due("telegram")
        assert len(api.accepted) == 3
        desk.clock.advance(hours=1)
        await dispatcher.drain()
    assert [message.text.count("Blast near") for message in api.accepted] == [1, 1, 1, 2]


async def test_what_could_not_leave_before_quiet_hours_waits_for_their_end(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        for _ in range(2):
            await desk.announce("100")
        await desk.announce("100", severity=Severity.CRITICAL)
        dispatcher.use(rules(quiet=Quiet(during=("noon",))))  # the clock says noon
        await dispatcher.drain()
        assert [message.text.count("Blast near") for message in api.accepted] == [1]
        desk.clock.advance(hours=1)
        await dispatcher.drain()
    assert [message.text.count("Blast near") for message in api.accepted] == [1, 2]


async def test_a_chat_that_must_wait_for_hours_has_a_fallback(desk: Desk) -> None:
    """DELIVERY.md: if not-before is later than the alert's use (2 h), the fallback gets it."""
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        dispatcher.use(rules(fallback="duty"))
        await desk.announce("100")
        api.answers = [retry_after(43838)]
        await dispatcher.drain()
    assert [message.chat for message in api.accepted] == ["900"]
    (held,) = await desk.listed(DeliveryState.HELD)
    assert "duty" in held.error


async def test_a_short_wait_is_no_reason_to_wake_the_fallback(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        dispatcher.use(rules(fallback="duty"))
        await desk.announce("100")
        api.answers = [retry_after(7000)]
        await dispatcher.drain()
        desk.clock.advance(seconds=7001)
        await dispatcher.drain()
    assert [message.chat for message in api.accepted] == ["100"]


async def test_what_waits_for_two_hours_behind_a_refused_token_goes_to_the_fallback(
    desk: Desk,
) -> None:
    duty = Address(channel="console")
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        with_console = rules(fallback="duty")
        receivers = dict(with_console.receivers) | {
            "duty": Receiver(name="duty", addresses=(duty,))
        }
        dispatcher.use(RuleSet(receivers=receivers))
        await desk.announce("100")
        api.answers = [{"ok": False, "error_code": 401, "description": "Unauthorized"}]
        await dispatcher.drain()
        desk.clock.advance(minutes=5)
        await dispatcher.drain()
        assert len(await desk.alerts(DeliveryState.PENDING)) == 1
        desk.clock.advance(hours=2)
        api.answers = [{"ok": False, "error_code": 401, "description": "Unauthorized"}]
        await dispatcher.drain()
    waiting = await desk.alerts(DeliveryState.PENDING)
    assert [each.address for each in waiting] == [duty]


@pytest.mark.parametrize("how", ["blocked", "refused for good"])
async def test_who_cannot_be_reached_any_more_has_a_fallback(desk: Desk, how: str) -> None:
    async with BotApi() as api:
        if how == "blocked":
            api.blocked_by.add("100")
        else:
            refusal = "Bad Request: message is too long"
            api.answers = [{"ok": False, "error_code": 400, "description": refusal}]
        dispatcher = desk.dispatcher(channel_to(api))
        dispatcher.use(rules(fallback="duty"))
        await desk.announce("100")
        await dispatcher.drain()
        assert [message.chat for message in api.accepted] == ["900"]
        # What comes later finds the same way.
        if how == "blocked":
            desk.clock.advance(minutes=1)
            await desk.announce("100")
            await dispatcher.drain()
            assert [message.chat for message in api.accepted] == ["900", "900"]
    assert (await desk.states()).get("dead") is None


async def test_a_notice_goes_to_the_fallback_too(desk: Desk) -> None:
    async with BotApi() as api:
        api.blocked_by.add("100")
        dispatcher = desk.dispatcher(channel_to(api))
        in_force = rules(fallback="duty")
        dispatcher.use(in_force)
        await desk.storage.outbox.notify(a_notice(), in_force.receivers["desk"], now=desk.clock.now)
        await dispatcher.drain()
    assert [(m.chat, "Rules broken" in m.text) for m in api.accepted] == [("900", True)]


async def test_a_fallback_that_knows_the_story_is_not_told_twice(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        dispatcher.use(rules(fallback="duty"))
        api.blocked_by.add("100")
        await desk.announce("100", "900")
        await dispatcher.drain()
    assert [message.chat for message in api.accepted] == ["900"]
    kinds = {each.kind for each in await desk.listed()}
    assert kinds == {DeliveryKind.ALERT}


async def test_what_comes_all_at_once_does_not_overfill_the_hour(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        dispatcher.use(rules(max_per_hour=2))
        for _ in range(5):
            await desk.announce("100")
        await dispatcher.drain()
        assert len(api.accepted) == 2
        desk.clock.advance(hours=1)
        await dispatcher.drain()
    assert [message.text.count("Blast near") for message in api.accepted] == [1, 1, 3]


async def test_a_list_of_what_is_to_make_no_sound_makes_none(desk: Desk) -> None:
    async with BotApi() as api:
        for number in range(6):
            quiet = a_destination("100", is_silent=True, due_at=desk.clock.now)
            loud = a_destination("200", is_silent=number > 0, due_at=desk.clock.now)
            sighting = a_sighting(an_article(f"silent {number}"), to=[quiet, loud])
            await record(desk.storage, sighting, now=desk.clock.now)
        await desk.dispatcher(channel_to(api)).drain()
    assert {message.chat: message.is_silent for message in api.accepted} == {
        "100": True,
        "200": False,
    }


async def test_an_update_that_quiet_hours_hold_is_not_late(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        dispatcher.use(rules(fallback="duty"))
        morning = a_destination(due_at=desk.clock.now + timedelta(hours=8))
        story: dict[str, Any] = {"story_keys": ("url:story",)}
        first = a_sighting(an_article("a"), to=[replace(morning, due_at=desk.clock.now)], **story)
        worse = a_sighting(an_article("b"), to=[morning], severity=Severity.HIGH, **story)
        await record(desk.storage, first, now=desk.clock.now)
        await dispatcher.drain()
        await record(desk.storage, worse, now=desk.clock.now)
        desk.clock.advance(hours=3)
        await dispatcher.drain()
        assert [message.chat for message in api.accepted] == ["100"]
        desk.clock.advance(hours=5)
        await dispatcher.drain()
    assert [message.chat for message in api.accepted] == ["100", "100"]
