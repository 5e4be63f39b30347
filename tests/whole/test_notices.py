"""The operator's chat hears of broken rule files once, and once of their end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from alerts.model import DeliveryKind, DeliveryState
from alerts.storage import open_overview
from tests.servers.bot_api import BotApi, Fault
from tests.whole.process import Tocsin, tocsin, until

RULES = """\
version: 1
watchlists:
  - {id: chemical, title: Chemical, keywords: [chemical], severity: high}
receivers:
  operator:
    telegram: {chat: "${OPERATOR_CHAT}"}
"""
OPERATOR = "77"


@dataclass
class Office:
    """An operator who edits a rule file, and the program that reads it."""

    telegram: BotApi
    process: Tocsin

    async def edit(self, old: str, new: str) -> None:
        """Replace *old* by *new* in the rules as they were at the start."""
        await asyncio.to_thread(self._rules.write_text, RULES.replace(old, new))

    async def reload(self, outcome: str) -> None:
        """Ask for a reload; return when the one before it and its notice are written down."""
        for _ in range(2):
            seen = len(self.process.events)
            self.process.signal(signal.SIGHUP)
            await self.process.event(outcome, since=seen)

    async def told(self, count: int) -> list[str]:
        """Wait until the operator's chat has *count* messages, and return them."""
        await until(lambda: len(self.telegram.accepted) >= count, self.telegram.took_one)
        assert {message.chat for message in self.telegram.accepted} == {OPERATOR}
        return [message.text for message in self.telegram.accepted]

    async def notices(self) -> list[DeliveryState]:
        """Return the state of every notice in the outbox."""
        async with open_overview(f"sqlite:///{self.process.folder}/tocsin.db") as overview:
            listed = await overview.deliveries()
        assert {each.kind for each in listed} <= {DeliveryKind.NOTICE}
        return [each.state for each in listed]

    @property
    def _rules(self) -> Path:
        return self.process.folder / "rules" / "rules.yml"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(BotApi())
        process = await stack.enter_async_context(
            tocsin(
                tmp_path,
                RULES,
                TOCSIN_TELEGRAM_TOKEN=telegram.token,
                TOCSIN_TELEGRAM_API_URL=telegram.url,
                OPERATOR_CHAT=OPERATOR,
            )
        )
        yield Office(telegram, process)


async def test_broken_rules_and_their_end_are_told_to_the_operator_once_each(
    office: Office,
) -> None:
    await office.process.start()
    await office.edit("severity: high", "severity: hihg")
    await office.reload("rules refused")
    [refused] = await office.told(1)
    column = RULES.splitlines()[2].index("high") + 1
    assert f"rules/rules.yml:3:{column}: R204" in refused
    assert "hihg" in refused
    assert "hint: did you mean 'high'?" in refused
    assert "0 feeds, 1 watchlist" in refused
    await office.reload("rules refused")
    await office.edit("title: Chemical", "title: Chemistry")
    await office.reload("rules taken")
    _, end = await office.told(2)
    assert "Rule files taken again" in end
    await office.reload("rules taken")
    assert await office.process.stop() == 0
    assert len(office.telegram.accepted) == 2
    assert await office.notices() == [DeliveryState.SENT] * 2
    assert office.process.noise == []


async def test_good_rules_are_not_told(office: Office) -> None:
    await office.process.start()
    await office.edit("title: Chemical", "title: Chemistry")
    await office.reload("rules taken")
    assert await office.process.stop() == 0
    assert await office.notices() == []


async def test_a_kill_between_refusal_and_send_loses_nothing(office: Office) -> None:
    environment = dict(office.process.environment)
    office.process.environment = {
        name: value for name, value in environment.items() if name != "TOCSIN_TELEGRAM_TOKEN"
    }
    await office.process.start()
    await office.edit("severity: high", "severity: hihg")
    await office.reload("rules refused")
    office.process.kill()
    assert await office.process.ended() == -signal.SIGKILL
    assert await office.notices() == [DeliveryState.PENDING]
    office.process.environment = environment
    await office.process.launch()
    assert await office.process.ended() == 2  # nobody can be told by broken rules
    await office.edit("", "")
    office.process.noise.clear()
    await office.process.start()
    refused, end = await office.told(2)
    assert "R204" in refused
    assert "repeat" not in refused
    assert "taken again" in end
    assert await office.process.stop() == 0
    assert await office.notices() == [DeliveryState.SENT] * 2


async def test_a_kill_in_the_middle_of_the_send_brings_one_marked_repeat(office: Office) -> None:
    office.telegram.faults = [Fault.HANG_AFTER_ACCEPTING]
    await office.process.start()
    await office.edit("severity: high", "severity: hihg")
    office.process.signal(signal.SIGHUP)
    await office.told(1)
    office.process.kill()
    assert await office.process.ended() == -signal.SIGKILL
    await office.edit("", "")
    await office.process.start()
    told = await office.told(3)
    assert ["Possible repeat" in text for text in told] == [False, True, False]
    assert ["R204" in text for text in told] == [True, True, False]
    assert await office.process.stop() == 0
    assert await office.notices() == [DeliveryState.SENT] * 2
