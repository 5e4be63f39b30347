"""The pace: never above a limit in any sliding window, whoever asks and however often."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.pacing import PACES, Limit, Pace, Pacer
from tests.builders import NOW

TELEGRAM = PACES["telegram"]


def most_in_any_window(sends: list[datetime], window: timedelta) -> int:
    return max((sum(1 for other in sends if at <= other < at + window) for at in sends), default=0)


@pytest.mark.parametrize(("target", "limits"), [("7", TELEGRAM.chat), ("-100", TELEGRAM.group)])
@given(steps=st.lists(st.integers(0, 4000), max_size=120))
def test_a_target_is_never_written_to_above_a_limit(
    target: str, limits: tuple[Limit, ...], steps: list[int]
) -> None:
    pacer, now, allowed_at, sends = Pacer(TELEGRAM), NOW, NOW, []
    for milliseconds in steps:
        now += timedelta(milliseconds=milliseconds)
        if now < allowed_at:
            continue
        sends.append(now)
        allowed_at = pacer.note(target, now) or now
    for limit in limits:
        assert most_in_any_window(sends, limit.window) <= limit.count


@given(steps=st.lists(st.tuples(st.integers(0, 300), st.integers(1, 40)), max_size=60))
def test_a_token_is_never_used_above_its_limit(steps: list[tuple[int, int]]) -> None:
    pacer, now, sends = Pacer(TELEGRAM), NOW, []
    for milliseconds, wanted in steps:
        now += timedelta(milliseconds=milliseconds)
        for number in range(pacer.free(now, most=wanted)):
            sends.append(now)
            pacer.note(f"chat-{len(sends)}-{number}", now)
    assert most_in_any_window(sends, timedelta(seconds=1)) <= 25


def test_a_private_chat_may_have_a_burst_of_three_and_then_one_a_second() -> None:
    pacer = Pacer(TELEGRAM)
    assert [pacer.note("7", NOW) for _ in range(2)] == [None, None]
    assert pacer.note("7", NOW) == NOW + timedelta(seconds=3)


def test_the_limits_of_a_group_count_across_a_restart() -> None:
    before = [NOW - timedelta(seconds=50 - second) for second in range(18)]
    pacer = Pacer(TELEGRAM)
    pacer.remember({"-100": before})
    # The nineteenth in a minute must wait for the second to leave the window.
    assert pacer.note("-100", NOW) == before[1] + timedelta(seconds=60)


def test_a_channel_without_limits_is_never_held_back() -> None:
    pacer = Pacer(Pace())
    assert all(pacer.note("reader@example.org", NOW) is None for _ in range(1000))
    assert pacer.free(NOW, most=32) == 32
    assert pacer.free_at() is None


def test_free_at_is_when_the_oldest_send_leaves_the_window() -> None:
    pacer = Pacer(TELEGRAM)
    for number in range(25):
        pacer.note(str(number), NOW + timedelta(milliseconds=number))
    assert pacer.free(NOW + timedelta(milliseconds=30), most=10) == 0
    assert pacer.free_at() == NOW + timedelta(seconds=1)
    assert pacer.free(NOW + timedelta(seconds=1), most=10) == 1


def test_ten_thousand_chats_do_not_stay_in_memory() -> None:
    pacer = Pacer(TELEGRAM)
    for number in range(10_000):
        pacer.note(str(number), NOW + timedelta(seconds=number))
    assert len(pacer._targets) <= 4096 + 1


def test_a_clock_that_is_set_back_stops_nobody() -> None:
    pacer = Pacer(PACES["telegram"])
    later = NOW + timedelta(days=1)
    for _ in range(25):
        pacer.note("100", later)
    assert pacer.free(later, most=32) == 0
    assert pacer.free(NOW, most=32) == 25
    assert pacer.note("100", NOW) is None
