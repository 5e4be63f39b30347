"""Nights of 23 and 25 hours, from the rules to the chat: each alert once, each digest at its hour."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.alerting.routing import destinations
from alerts.delivery.channels.telegram import TelegramChannel
from alerts.model import (
    Digest,
    Keyword,
    Quiet,
    Receiver,
    Route,
    RoutedMatch,
    RuleSet,
    TimeInterval,
    Watchlist,
)
from tests.builders import CHAT, a_match, a_sighting, an_article
from tests.dispatcher.conftest import Desk
from tests.servers.bot_api import BotApi
from tests.storage.databases import record

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)
HALF_PAST_TWO = Digest(at=(time(2, 30),), location="Europe/Berlin")
WATCHLIST = Watchlist(id="bases", title="Bases", condition=Keyword(text="blast"))
NIGHT = TimeInterval(name="night", times=((time(22), time(6)),), location="Europe/Berlin")


async def told_over_two_nights(desk: Desk, begin: datetime, receiver: Receiver) -> list[str]:
    """Let forty articles ring, one an hour; return when messages came there, and how many alerts."""
    rules = RuleSet(
        route=Route(receiver="desk"),
        receivers={"desk": receiver},
        intervals={"night": NIGHT},
    )
    desk.clock.now = begin
    told, heard = [], Counter[str]()
    async with BotApi() as api:
        channel = TelegramChannel(api.token, api.url, timeout=timedelta(seconds=5))
        dispatcher = desk.dispatcher(channel)
        dispatcher.use(rules)
        for half_hour in range(130):
            now, before = desk.clock.now, len(api.accepted)
            if half_hour % 2 == 0 and half_hour < 80:
                await announce(desk, rules, f"n{half_hour}")
            await dispatcher.deliver_due("telegram")
            for message in api.accepted[before:]:
                names = re.findall(r"\(n\d+\)", message.text)
                heard.update(names)
                told.append(f"{now.astimezone(BERLIN):%d %H:%M} {len(names)}")
            desk.clock.advance(minutes=30)
    assert heard == Counter({f"(n{half_hour})": 1 for half_hour in range(0, 80, 2)})
    return told


async def announce(desk: Desk, rules: RuleSet, name: str) -> None:
    article = an_article(name, seen_at=desk.clock.now)
    match = a_match(article)
    to = destinations(rules, WATCHLIST, match, article, now=desk.clock.now)
    ringing = a_sighting(article, matches=(RoutedMatch(match=match, destinations=to),))
    await record(desk.storage, ringing, now=desk.clock.now)


@pytest.mark.parametrize(
    ("begin", "expected"),
    [
        # 02:30 is left out on the 29th, and read as the hour that it would have been.
        (SPRING, ["29 03:30 14", "30 02:30 23", "31 02:30 3"]),
        # 02:30 comes twice on the 25th, and counts the first time.
        (AUTUMN, ["25 02:30 13", "26 02:30 25", "27 02:30 2"]),
    ],
    ids=["23 hours", "25 hours"],
)
async def test_a_digest_comes_once_a_night(
    desk: Desk, begin: datetime, expected: list[str]
) -> None:
    receiver = Receiver(name="desk", addresses=(CHAT,), digest=HALF_PAST_TWO)
    assert await told_over_two_nights(desk, begin, receiver) == expected


@pytest.mark.parametrize(
    ("begin", "held"),
    # The articles end before the second night of the autumn does.
    [(SPRING, ["06:00 7", "06:00 8"]), (AUTUMN, ["06:00 9", "06:00 7"])],
    ids=["23 hours", "25 hours"],
)
async def test_quiet_hours_end_by_the_clock_on_the_wall(
    desk: Desk, begin: datetime, held: list[str]
) -> None:
    receiver = Receiver(name="desk", addresses=(CHAT,), quiet=Quiet(during=("night",)))
    told = await told_over_two_nights(desk, begin, receiver)
    assert [each[3:] for each in told if not each.endswith(" 1")] == held
    assert not [each for each in told if not "06:00" <= each[3:8] < "22:00"]
