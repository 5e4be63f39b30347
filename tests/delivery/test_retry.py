"""When a message is tried again, when it is given up, and when a channel rests."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.breaker import Breaker
from alerts.delivery.retry import given_up, retry_at
from tests.builders import NOW

SECOND = timedelta(seconds=1)


@given(attempt=st.integers(1, 10_000), fraction=st.floats(0, 1, exclude_max=True))
def test_waits_grow_to_a_quarter_of_an_hour_with_full_jitter(attempt: int, fraction: float) -> None:
    at = retry_at("telegram", attempt=attempt, created_at=NOW, now=NOW, fraction=fraction)
    assert SECOND <= at - NOW <= min(timedelta(minutes=15), 2 * SECOND * 2 ** min(attempt, 20))


@pytest.mark.parametrize(
    ("age", "wait"), [(0, 300), (299, 300), (301, 301), (3999, 3999), (90_000, 4000)]
)
def test_mail_follows_the_schedule_of_postfix(age: int, wait: int) -> None:
    now = NOW + age * SECOND
    at = retry_at("email", attempt=1, created_at=NOW, now=now, fraction=0.5)
    assert at - now == wait * SECOND


@pytest.mark.parametrize(
    ("channel", "horizon"), [("telegram", timedelta(hours=24)), ("email", timedelta(days=5))]
)
def test_a_message_is_given_up_at_its_horizon(channel: str, horizon: timedelta) -> None:
    assert not given_up(channel, created_at=NOW, now=NOW + horizon - SECOND)
    assert given_up(channel, created_at=NOW, now=NOW + horizon)


def test_five_transport_failures_in_a_row_open_the_breaker() -> None:
    breaker = Breaker()
    for _ in range(4):
        breaker.failed(NOW)
    assert breaker.free(NOW, most=9, under_way=0) == 9
    breaker.failed(NOW)
    assert breaker.free(NOW, most=9, under_way=0) == 0


def test_an_open_breaker_lets_one_probe_through_and_an_answer_closes_it() -> None:
    breaker = Breaker()
    for _ in range(5):
        breaker.failed(NOW)
    later = NOW + timedelta(seconds=10)
    assert breaker.free(later, most=9, under_way=0) == 1
    assert breaker.free(later, most=9, under_way=1) == 0
    breaker.answered()
    assert breaker.free(later, most=9, under_way=1) == 9


def test_a_failed_probe_doubles_the_pause_up_to_five_minutes() -> None:
    breaker, pauses = Breaker(), []
    for _ in range(12):
        breaker.failed(NOW)
        pauses.append((breaker.open_until or NOW) - NOW)
    assert pauses[4:8] == [10 * SECOND, 20 * SECOND, 40 * SECOND, 80 * SECOND]
    assert pauses[-1] == timedelta(minutes=5)


def test_an_answer_between_failures_starts_the_count_again() -> None:
    breaker = Breaker()
    for _ in range(4):
        breaker.failed(NOW)
    breaker.answered()
    breaker.failed(NOW)
    assert breaker.free(NOW, most=9, under_way=0) == 9
