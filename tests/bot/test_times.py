"""Hours, days and spans are read in many ways, and never wrongly."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.bot.times import (
    WEEKDAYS,
    WEEKEND,
    clock_of,
    digest_of,
    is_off,
    parted,
    plain,
    quiet_of,
    span_of,
)
from alerts.model import DigestHours, QuietHours, Severity, Weekday

HOSTILE = st.text() | st.text(alphabet="0123456789:.-h apmexcptdw٢\u200f\n", max_size=40)
MON, WED, FRI = Weekday.MONDAY, Weekday.WEDNESDAY, Weekday.FRIDAY


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("22:00", time(22)),
        ("22.00", time(22)),
        ("2200", time(22)),
        ("700", time(7)),
        ("22h", time(22)),
        ("22h30", time(22, 30)),
        ("7", time(7)),
        ("10pm", time(22)),
        ("10:30 PM", time(22, 30)),
        ("12 a.m.", time(0)),
        ("12pm", time(12)),
        ("24:00", time(0)),
        ("٢٢:٠٠", time(22)),
        ("２２：００", time(22)),
        ("\u200f07:05\u200f", time(7, 5)),
        ("24:01", None),
        ("25:00", None),
        ("22:60", None),
        ("13pm", None),
        ("0am", None),
        ("noon", None),
        ("-7", None),
        ("", None),
    ],
)
def test_one_time_of_day_is_typed_in_many_ways(typed: str, meant: time | None) -> None:
    assert clock_of(typed) == meant


@pytest.mark.parametrize(
    ("typed", "begin", "end", "below"),
    [
        ("22:00-07:00", time(22), time(7), Severity.CRITICAL),
        ("22:00 – 07:00 except high", time(22), time(7), Severity.HIGH),
        ("from 22:00 to 7:00 but medium", time(22), time(7), Severity.MEDIUM),
        ("22-7", time(22), time(7), Severity.CRITICAL),
        ("10pm-7am EXCEPT Critical", time(22), time(7), Severity.CRITICAL),
        ("10:30 pm until 6 am", time(22, 30), time(6), Severity.CRITICAL),
        ("٢٢:٠٠-٠٧:٠٠", time(22), time(7), Severity.CRITICAL),
        ("1330 1500", time(13, 30), time(15), Severity.CRITICAL),
    ],
)
def test_quiet_hours_are_typed_in_many_ways(
    typed: str, begin: time, end: time, below: Severity
) -> None:
    assert quiet_of(typed) == QuietHours(begin=begin, end=end, below=below)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "22:00",
        "22:00-",
        "22:00-25:00",
        "22:00-07:00 except loud",
        "22:00-07:00 except",
        "22:00-07:00 please",
        # A whole day is a pause; and half a sign leaves it open which half of the day it is.
        "22:00-22:00",
        "7-10pm",
        "10pm-7",
    ],
)
def test_what_could_mean_two_things_are_no_quiet_hours(typed: str) -> None:
    assert quiet_of(typed) is None


@pytest.mark.parametrize(
    ("typed", "at", "days"),
    [
        ("07:00", [time(7)], ()),
        ("17:00 7:00 17.00", [time(7), time(17)], ()),
        ("07:00 17:00 weekdays", [time(7), time(17)], WEEKDAYS),
        ("8 and 9 pm at weekends", [time(8), time(21)], WEEKEND),
        ("7am, 5 pm mon,wed", [time(7), time(17)], (MON, WED)),
        ("Wednesdays 8; mondays", [time(8)], (MON, WED)),
        ("8 fri-mon", [time(8)], (MON, FRI, *WEEKEND)),
        ("8 every day", [time(8)], ()),
        ("8 mon-sun", [time(8)], ()),
        ("8 vendredi", [time(8)], (FRI,)),
    ],
)
def test_hours_and_days_of_a_digest(typed: str, at: list[time], days: tuple[Weekday, ...]) -> None:
    found = digest_of(typed, {"vendredi": FRI})
    assert found == DigestHours(at=tuple(at), days=days)


@pytest.mark.parametrize(
    "typed",
    ["", "weekdays", "8 sometimes", "8 m", "07:00-17:00", "pm", " ".join(map(str, range(13)))],
)
def test_what_is_no_digest(typed: str) -> None:
    assert digest_of(typed) is None


@pytest.mark.parametrize(
    ("typed", "rest", "span"),
    [
        ("2d", "", timedelta(days=2)),
        ("3 2d", "3", timedelta(days=2)),
        ("3 ٢d", "3", timedelta(days=2)),
        ("Reuters 1d", "Reuters", timedelta(days=1)),
        ("Al Jazeera for 12 hours", "Al Jazeera", timedelta(hours=12)),
        ("Channel 4", "Channel 4", None),
        ("Channel 4 90 min", "Channel 4", timedelta(minutes=90)),
        ("1w", "", timedelta(weeks=1)),
        ("0d", "0d", None),
        ("9999w", "9999w", None),
        ("2days", "", timedelta(days=2)),
        ("", "", None),
    ],
)
def test_a_span_stands_at_the_end(typed: str, rest: str, span: timedelta | None) -> None:
    assert parted(typed) == (rest, span)
    assert span_of(typed) == (span if not rest else None)


@given(HOSTILE)
def test_nothing_that_is_typed_is_too_much(typed: str) -> None:
    clock_of(typed)
    quiet_of(typed)
    digest_of(typed)
    span_of(typed)
    is_off(typed)
    rest, _ = parted(typed)
    assert len(rest) <= 200
    assert "\n" not in rest
    assert len(plain(typed)) < 10_000


@given(
    st.times(),
    st.times(),
    st.sampled_from(["{:%H:%M}", "{:%H.%M}", "{:%H%M}", "{:%I:%M %p}", "{:%I:%M%p}", "{:%Hh%M}"]),
    st.sampled_from(["-", " - ", "–", " to ", " "]),
    st.sampled_from(list(Severity)),
)
def test_hours_that_are_written_are_those_that_are_read(
    begin: time, end: time, form: str, between: str, below: Severity
) -> None:
    begin, end = begin.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    typed = f"{form.format(begin)}{between}{form.format(end)} except {below.value}"
    meant = QuietHours(begin=begin, end=end, below=below)
    assert quiet_of(typed) == (meant if begin != end else None)
    assert clock_of(form.format(begin)) == begin
