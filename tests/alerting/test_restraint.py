"""What waits for an address becomes one message when it would be too many."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from alerts.alerting.restraint import HOUR, gathering
from alerts.model import Crowd, Gathering, Held, Quiet, Receiver, Severity, TimeInterval
from tests.builders import CHAT, NOW

MINUTE = timedelta(minutes=1)
#: `NOW` is noon.
NOON = {"noon": TimeInterval(name="noon", times=((time(11), time(13)),))}


def crowd(waiting: int, **fields: Any) -> Crowd:
    return Crowd(receiver="desk", address=CHAT, waiting=waiting, **fields)


def found(who: Crowd, **receiver: Any) -> Gathering | None:
    desk = Receiver(name="desk", addresses=(CHAT,), **receiver)
    return gathering(who, desk, intervals=NOON, now=NOW)


@pytest.mark.parametrize(("waiting", "together"), [(1, False), (5, False), (6, True), (900, True)])
def test_more_than_five_leave_as_one(waiting: int, *, together: bool) -> None:
    assert found(crowd(waiting)) == (Gathering(gathers="", due_at=NOW) if together else None)


@pytest.mark.parametrize(
    ("waiting", "seconds", "together"), [(2, 61, True), (2, 60, False), (1, 3600, False)]
)
def test_several_that_cannot_leave_for_a_minute_leave_as_one(
    waiting: int, seconds: int, *, together: bool
) -> None:
    who = crowd(waiting, not_before_at=NOW + timedelta(seconds=seconds))
    assert (found(who) is not None) is together


def test_the_rest_of_a_full_hour_leaves_when_the_hour_has_room() -> None:
    sent = tuple(NOW - minutes * MINUTE for minutes in (61, 50, 40, 30))
    assert found(crowd(1, sent=sent), max_per_hour=4) is None
    full = Gathering(gathers=HOUR, due_at=NOW + 10 * MINUTE)
    assert found(crowd(1, sent=sent), max_per_hour=3) == full
    later = Gathering(gathers=HOUR, due_at=NOW + 20 * MINUTE)
    assert found(crowd(9, sent=sent), max_per_hour=2) == later


def test_what_could_not_leave_before_the_quiet_hours_waits_for_their_end() -> None:
    quiet = Quiet(during=("noon",), below=Severity.HIGH)
    held = Gathering(gathers="quiet", due_at=NOW + 60 * MINUTE, below=Severity.HIGH)
    assert found(crowd(1), quiet=quiet) == held


@pytest.mark.parametrize("then", [Held.SILENT, Held.DROP])
def test_what_was_due_before_quiet_hours_is_not_dropped_by_them(then: Held) -> None:
    assert found(crowd(1), quiet=Quiet(during=("noon",), then=then)) is None


def test_a_receiver_that_is_gone_from_the_rules_has_no_hours() -> None:
    assert gathering(crowd(1), None, intervals={}, now=NOW) is None
    assert gathering(crowd(6), None, intervals={}, now=NOW) is not None
