"""DELIVERY.md, Tests to have: hundreds of alerts at once, to everybody, within every limit."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from datetime import timedelta

from alerts.delivery.channels.telegram import TelegramChannel
from alerts.model import Severity
from tests.builders import a_destination, a_sighting, an_article
from tests.dispatcher.conftest import Desk
from tests.servers.bot_api import BotApi
from tests.storage.databases import record

#: A private chat, a group, a channel, and two hundred chats.
EVERYBODY = ("7", "-100", "@news")
CHATS = tuple(str(1000 + number) for number in range(200))
ALERTS = 500
EACH_POLL = 25


def channel_to(api: BotApi) -> TelegramChannel:
    return TelegramChannel(api.token, api.url, timeout=timedelta(seconds=5))


def is_critical(number: int) -> bool:
    return number % 20 == 0


async def poll(desk: Desk, numbers: range) -> None:
    """Let the articles *numbers* ring at everybody, and each at one chat of its own."""
    sightings = []
    for number in numbers:
        targets = (*EVERYBODY, CHATS[number % len(CHATS)])
        sightings.append(
            a_sighting(
                an_article(f"n{number}", seen_at=desk.clock.now),
                to=[a_destination(target, due_at=desk.clock.now) for target in targets],
                severity=Severity.CRITICAL if is_critical(number) else Severity.MEDIUM,
            )
        )
    await record(desk.storage, *sightings, now=desk.clock.now)


async def test_five_hundred_alerts_keep_every_limit_and_arrive_once(desk: Desk) -> None:
    announced_at: dict[int, float] = {}
    #: Chat -> when, and the alerts of each message.
    told: dict[str, list[tuple[float, list[int]]]] = defaultdict(list)
    # The clock's time is another one each time: no method of one of them will do.
    async with BotApi(clock=lambda: desk.clock.now.timestamp()) as api:  # noqa: PLW0108
        dispatcher = desk.dispatcher(channel_to(api))
        begun = 0
        while begun < ALERTS or (await desk.states()).keys() - {"sent"}:
            if begun < ALERTS:
                numbers = range(begun, begun + EACH_POLL)
                await poll(desk, numbers)
                announced_at |= dict.fromkeys(numbers, desk.clock.now.timestamp())
                begun += EACH_POLL
            await dispatcher.deliver_due("telegram")
            desk.clock.advance(milliseconds=500)
    for message in api.accepted:
        told[message.chat].append((message.at, alerts_in(message.text)))
    sent = await desk.storage.overview.recent(limit=10_000)
    due = [alert.id for delivery in sent for alert in delivery.alerts]
    assert len(due) == len(set(due)) == 4 * ALERTS
    for chat, messages in told.items():
        times = [at for at, _ in messages]
        assert most_in(times, 3) <= 3
        if chat in EVERYBODY[1:]:
            assert most_in(times, 60) <= 18
        assert critical_comes_first(messages, announced_at)
    assert most_in([message.at for message in api.accepted], 1) <= 25
    assert set(told) == {*EVERYBODY, *CHATS}


async def test_two_thousand_for_one_chat_delay_another_by_less_than_five_seconds(
    desk: Desk,
) -> None:
    """Critical ones, which no list settles; by the clock and by the time that it takes."""
    now = desk.clock.now
    flood = [
        a_sighting(
            an_article(f"n{number}"),
            to=[a_destination("7", due_at=now)],
            severity=Severity.CRITICAL,
        )
        for number in range(2000)
    ]
    await record(desk.storage, *flood, now=now)
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        for _ in range(3):
            await dispatcher.deliver_due("telegram")
        desk.clock.advance(milliseconds=100)
        await desk.announce("8", severity=Severity.INFO)
        begun = time.monotonic()
        await dispatcher.deliver_due("telegram")
        assert time.monotonic() - begun < 5
    assert [message.chat for message in api.accepted] == ["7", "7", "7", "8"]


def alerts_in(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\(n(\d+)\)", text)]


def critical_comes_first(
    messages: list[tuple[float, list[int]]], announced_at: dict[int, float]
) -> bool:
    """Tell whether no other alert was told while a critical one waited for the same chat."""
    waiting_until = {
        number: at for at, numbers in messages for number in numbers if is_critical(number)
    }
    order = {number: place for place, (_, numbers) in enumerate(messages) for number in numbers}
    return not any(
        order[number] > place and announced_at[number] <= at and not any(map(is_critical, numbers))
        for number in waiting_until
        for place, (at, numbers) in enumerate(messages)
    )


def most_in(times: list[float], window: float) -> int:
    return max(sum(1 for other in times if at <= other < at + window) for at in times)
