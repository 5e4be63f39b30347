"""How often something happened lately, whatever else did."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.bot.recent import Recent
from tests.builders import NOW

WINDOW = timedelta(minutes=1)


@given(happened=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), max_size=60))
def test_only_what_is_within_the_window_counts(happened: list[tuple[int, int]]) -> None:
    recent, known, now = Recent(WINDOW), list[tuple[int, datetime]](), NOW
    for thing, seconds in happened:
        now += timedelta(seconds=seconds)
        recent.note(thing, now)
        known.append((thing, now))
        for each in range(4):
            counted = sum(one == each and now - at < WINDOW for one, at in known)
            assert recent.count(each, now) == counted


def test_what_is_over_takes_no_memory() -> None:
    recent = Recent(WINDOW)
    for number in range(1000):
        recent.note(number, NOW + timedelta(seconds=number))
    assert len(recent._times) == 60
