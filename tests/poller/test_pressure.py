"""Above the high mark of the outbox polling slows, and not to and fro."""

from __future__ import annotations

from alerts.poller.pressure import HIGH, LOW, Pressure
from tests.builders import Clock


async def test_it_is_high_above_one_mark_until_it_falls_below_another() -> None:
    clock, waiting, seen = Clock(), 0, []

    async def count() -> int:
        return waiting

    pressure = Pressure(count, now=clock)
    for there in (HIGH, HIGH + 1, LOW + 1, LOW, HIGH):
        waiting = there
        await pressure.look()
        seen.append(pressure.is_high)
        clock.advance(seconds=30)
    assert seen == [False, True, True, False, False]


async def test_it_is_not_asked_at_every_poll() -> None:
    clock, asked = Clock(), 0

    async def count() -> int:
        nonlocal asked
        asked += 1
        return 0

    pressure = Pressure(count, now=clock)
    for _ in range(31):
        await pressure.look()
        clock.advance(seconds=1)
    assert asked == 2
