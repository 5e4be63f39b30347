"""When a feed is polled next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.feeds.rhythm import met
from alerts.feeds.schedule import (
    BOUNDS,
    LONGEST_JITTER,
    first_polls_apart,
    is_paced,
    learned_wait,
    next_poll_at,
)
from alerts.feeds.transitions import (
    after_not_modified,
)
from alerts.model import Feed
from tests.feeds.states import (
    DAY,
    FEED,
    KNOWN,
    MINUTE,
    NOW,
    READ,
    STATE,
    THRESHOLD,
    identified_by_link,
    read,
    wait,
)


@pytest.mark.parametrize(
    ("feed", "hints", "minutes"),
    [
        (FEED, (), 15),
        (FEED, (None, None), 15),
        (FEED, (5 * MINUTE,), 15),  # hints only lengthen
        (FEED, (5 * MINUTE, 30 * MINUTE), 30),
        (FEED, (timedelta(days=7),), 60),  # and only up to an hour
        (replace(FEED, interval=2 * MINUTE), (60 * MINUTE,), 2),  # the operator decides
        (replace(FEED, interval=timedelta(hours=6)), (), 360),
        (replace(FEED, priority=True), (60 * MINUTE,), 5),
    ],
)
def test_after_a_success_the_interval_holds_and_hints_lengthen_it(
    feed: Feed, hints: tuple[timedelta | None, ...], minutes: int
) -> None:
    assert (
        next_poll_at(STATE, feed, *hints, now=NOW, jitter=0, threshold=THRESHOLD)
        == NOW + minutes * MINUTE
    )


@given(st.floats(0, 1))
def test_jitter_lengthens_by_at_most_a_tenth_and_a_minute(jitter: float) -> None:
    wait = next_poll_at(STATE, FEED, now=NOW, jitter=jitter, threshold=THRESHOLD) - NOW
    assert 15 * MINUTE <= wait <= 15 * MINUTE + LONGEST_JITTER


def test_the_hint_of_the_answer_counts_too() -> None:
    fresh = replace(READ, status=304, body=None, fresh_for=40 * MINUTE)
    assert (
        wait(after_not_modified(STATE, fresh, FEED, now=NOW, jitter=0, threshold=THRESHOLD))
        == 40 * MINUTE
    )


def test_the_hint_of_the_document_outlives_a_304_and_a_known_body() -> None:
    hinted = read(identified=identified_by_link(), hint=45 * MINUTE)
    unchanged = replace(READ, status=304, body=None)
    later = after_not_modified(hinted, unchanged, FEED, now=NOW, jitter=0, threshold=THRESHOLD)
    assert wait(later) == 45 * MINUTE
    assert wait(read(later)) == 45 * MINUTE
    # A document that hints no more is believed at once.
    silent = read(later, identified=identified_by_link())
    assert wait(silent) < 15 * MINUTE


@given(
    minutes=st.lists(st.floats(0, 28 * 1440), max_size=40),
    silent=st.floats(0, 100),
    hint=st.none() | st.floats(0, 1e6),
    jitter=st.floats(0, 1),
    threshold=st.floats(1e-4, 1e4),
)
def test_after_any_history_the_wait_keeps_its_bounds(
    minutes: list[float], silent: float, hint: float | None, jitter: float, threshold: float
) -> None:
    rhythm = met([NOW - minute * MINUTE for minute in minutes], now=NOW).write()
    state = replace(KNOWN, rhythm=rhythm, last_new_at=NOW - silent * DAY)
    asked = None if hint is None else hint * MINUTE
    due_at = next_poll_at(state, FEED, asked, now=NOW, jitter=jitter, threshold=threshold)
    assert BOUNDS.shortest <= due_at - NOW <= BOUNDS.longest + LONGEST_JITTER


@pytest.mark.parametrize(
    ("silent_days", "least"), [(6.9, 2), (7, 15), (13.9, 15), (14, 30), (29.9, 30), (30, 60)]
)
def test_a_silent_feed_is_dormant_by_steps(silent_days: float, least: int) -> None:
    busy = met([NOW - minute * MINUTE for minute in range(1, 1440)], now=NOW).write()
    state = replace(KNOWN, rhythm=busy, last_new_at=NOW - silent_days * DAY)
    assert learned_wait(state, FEED, threshold=1e-4, now=NOW) == least * MINUTE


def test_priority_and_intervals_are_the_operators_and_not_the_budgets() -> None:
    quiet = replace(KNOWN, rhythm=met([], now=NOW - 28 * DAY).write(), last_new_at=None)
    urgent, fixed = replace(FEED, priority=True), replace(FEED, interval=3 * MINUTE)
    for threshold in (1e-4, 1e4):
        assert learned_wait(quiet, urgent, threshold=threshold, now=NOW) <= 5 * MINUTE
        assert learned_wait(quiet, fixed, threshold=threshold, now=NOW) == 3 * MINUTE
    assert [is_paced(feed) for feed in (FEED, urgent, fixed)] == [True, False, False]


@given(st.integers(0, 200_000))
def test_first_polls_are_spread_over_at_most_an_interval(feeds: int) -> None:
    # A microsecond each is lost in rounding.
    assert feeds * first_polls_apart(feeds) <= 15 * MINUTE + timedelta(microseconds=feeds)
