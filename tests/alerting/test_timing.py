"""Digests come at the reader's hours, and quiet hours hold what can wait; now is an argument."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alerting.digests import next_digest_at
from alerts.alerting.timing import Timing, timing
from alerts.model import (
    DeliveryKind,
    Digest,
    Held,
    Quiet,
    Receiver,
    Severity,
    TimeInterval,
    Weekday,
)
from tests.builders import CHAT

BERLIN = "Europe/Berlin"
MINUTE = timedelta(minutes=1)
WORKDAYS = tuple(Weekday)[:5]
NIGHT = {
    "night": TimeInterval(name="night", times=((time(22), time(6, 30)),), location=BERLIN),
}


def moment(text: str) -> datetime:
    """Read `2026-01-07 21:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def digest(*hours: str, **fields: Any) -> Digest:
    given = {"location": BERLIN} | fields
    return Digest(at=tuple(map(time.fromisoformat, hours)), **given)


def receiver(**fields: Any) -> Receiver:
    return Receiver(name="desk", addresses=(CHAT,), **fields)


@pytest.mark.parametrize(
    ("wanted", "after", "due_at"),
    [
        (digest("07:00", "17:00"), "2026-01-07 05:59", "2026-01-07 06:00"),
        (digest("07:00", "17:00"), "2026-01-07 06:00", "2026-01-07 16:00"),
        (digest("07:00", "17:00"), "2026-01-07 16:00", "2026-01-08 06:00"),
        # A Friday evening, and nothing at the weekend.
        (digest("17:00", days=WORKDAYS), "2026-01-09 16:00", "2026-01-12 16:00"),
        # Days are those of the reader's place, where Friday has begun already.
        (
            digest("00:30", days=(Weekday.FRIDAY,), location="Asia/Tokyo"),
            "2026-01-08 15:00",
            "2026-01-08 15:30",
        ),
        # 29 March 2026 has no 02:30 in Berlin: an hour later by the clock, as long after midnight.
        (digest("02:30"), "2026-03-28 22:00", "2026-03-29 01:30"),
        # 25 October 2026 has two: the first.
        (digest("02:30"), "2026-10-24 22:00", "2026-10-25 00:30"),
        (digest("02:30"), "2026-10-25 00:30", "2026-10-26 01:30"),
    ],
)
def test_a_digest_is_due_by_the_clock_on_the_wall(wanted: Digest, after: str, due_at: str) -> None:
    assert next_digest_at(wanted, moment(after)) == moment(due_at)


@given(
    after=st.integers(0, 5_000_000).map(lambda each: moment("2020-01-01") + each * MINUTE),
    hours=st.lists(st.times().map(lambda at: at.replace(second=0, microsecond=0)), min_size=1),
    days=st.lists(st.sampled_from(Weekday), unique=True),
    zone=st.sampled_from([BERLIN, "UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"]),
)
def test_a_digest_is_always_due_within_a_week_and_on_its_days(
    after: datetime, hours: list[time], days: list[Weekday], zone: str
) -> None:
    wanted = Digest(at=tuple(hours), days=tuple(days), location=zone)
    due_at = next_digest_at(wanted, after)
    assert after < due_at <= after + timedelta(days=8)
    day = tuple(Weekday)[due_at.astimezone(ZoneInfo(zone)).weekday()]
    moved = due_at.astimezone(ZoneInfo(zone)).time() not in hours
    assert not days or day in days or moved


def test_a_digest_takes_everything_to_its_hour() -> None:
    wanted = receiver(digest=digest("07:00"), quiet=Quiet(during=("night",)))
    for severity in Severity:
        assert timing(wanted, severity, at=moment("2026-01-07 21:30"), intervals=NIGHT) == Timing(
            due_at=moment("2026-01-08 06:00"), kind=DeliveryKind.DIGEST, gathers="digest"
        )


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (
            Held.BUNDLE,
            Timing(due_at=moment("2026-01-08 05:30"), kind=DeliveryKind.LIST, gathers="quiet"),
        ),
        (Held.SILENT, Timing(due_at=moment("2026-01-07 21:30"), is_silent=True)),
        (Held.DROP, Timing(due_at=moment("2026-01-07 21:30"), is_dropped=True)),
    ],
)
def test_quiet_hours_hold_what_is_below_their_severity(then: Held, expected: Timing) -> None:
    quiet = receiver(quiet=Quiet(during=("night",), below=Severity.HIGH, then=then))
    at = moment("2026-01-07 21:30")
    assert timing(quiet, Severity.MEDIUM, at=at, intervals=NIGHT) == expected
    assert timing(quiet, Severity.HIGH, at=at, intervals=NIGHT) == Timing(due_at=at)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-03-28 21:00", "2026-03-29 04:30"),  # a night of 23 hours
        ("2026-10-24 20:00", "2026-10-25 05:30"),  # and one of 25
        ("2026-10-25 00:59", "2026-10-25 05:30"),
    ],
)
def test_the_bundle_leaves_when_the_clock_on_the_wall_says_so(at: str, end: str) -> None:
    quiet = receiver(quiet=Quiet(during=("night",)))
    found = timing(quiet, Severity.HIGH, at=moment(at), intervals=NIGHT)
    assert found.due_at == moment(end)


def test_after_the_quiet_hours_alerts_leave_at_once() -> None:
    quiet = receiver(quiet=Quiet(during=("night",)))
    at = moment("2026-01-08 05:30")
    assert timing(quiet, Severity.LOW, at=at, intervals=NIGHT) == Timing(due_at=at)
