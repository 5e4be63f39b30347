"""Time intervals: parts of the week that are written once and spoken of by name."""

from __future__ import annotations

from datetime import time

import pytest

from alerts.model import TimeInterval, Weekday
from tests.watchlists.marked import assert_refused, rules_of

SPAN = "{start: '22:00', end: '06:30'}"

BROKEN = [
    ("R214", "times: [{start: ‸'7:00', end: '09:00'}]", "07:00"),
    ("R214", "times: [{start: ‸7:00, end: 09:00}]", "07:00"),
    ("R214", "times: [{start: '07:00', end: ‸'24:00'}]", "07:00"),
    ("R214", "times: [{start: ‸22.5, end: '06:30'}]", "07:00"),
    ("R214", "times: [{start: ‸1320, end: '06:30'}]", "07:00"),
    ("R214", "times: [{start: ‸'22:60', end: '06:30'}]", "07:00"),
    ("R214", "times: [{start: ‸22:00:00, end: '06:30'}]", "07:00"),
    ("R214", "times: [{start: ‸10 pm, end: '06:30'}]", "07:00"),
    ("R202", "times: [‸{start: '22:00'}]", ""),
    ("R202", "times: [‸{end: '06:30'}]", ""),
    ("R205", "times: [{start: '22:00', ‸end: }]", "delete the key"),
    ("R201", "times: [{start: '22:00', end: '06:30', ‸days: [mon]}]", "known here"),
    ("R510", "times: [‸{start: '22:00', end: 22:00}]", "whole day"),
    ("R203", "times: [‸'22:00-06:30']", ""),
    ("R203", "times: ‸{start: '22:00', end: '06:30'}", ""),
    ("R205", "times: ‸[]", "delete the key"),
    ("R204", "days: [‸monday]", ""),
    ("R204", "days: [mon, ‸tues]", "'tue'"),
    ("R204", "days: [‸Mon]", "'mon'"),
    ("R204", "days: [‸mon-fri]", ""),
    ("R204", "days: [‸1]", ""),
    ("R203", "days: ‸mon", "[first, second]"),
    ("R205", "days: ‸[]", "delete the key"),
    ("R215", f"times: [{SPAN}], location: ‸Europe/Berln", "'Europe/Berlin'"),
    ("R215", f"times: [{SPAN}], location: ‸europe/berlin", "'Europe/Berlin'"),
    ("R215", f"times: [{SPAN}], location: ‸Berlin", "such as"),
    ("R215", f"times: [{SPAN}], location: ‸+01:00", "such as"),
    ("R203", f"times: [{SPAN}], location: ‸1", "quotes"),
    ("R205", f"times: [{SPAN}], ‸location: ", "delete the key"),
    ("R201", f"times: [{SPAN}], ‸loction: UTC", "'location'"),
]

SECTIONS = [
    ("R203", "‸[night]", ""),
    ("R205", "‸{}", "delete the key"),
    ("R205", "{‸night: }", "delete the key"),
    ("R203", "{night: ‸22:00}", ""),
    ("R208", "{‸late night: {days: [sat]}}", "ASCII"),
    ("R212", "{night: ‸{}}", "times or days"),
    ("R212", "{night: ‸{location: Europe/Berlin}}", "times or days"),
    ("R112", "{night: {days: [sat]}, ‸night: {days: [sun]}}", "first on line 1"),
]


def interval_of(keys: str) -> TimeInterval:
    return rules_of(f"time_intervals: {{night: {{{keys}}}}}").intervals["night"]


@pytest.mark.parametrize(("code", "keys", "hint"), BROKEN)
def test_hours_that_no_clock_shows_are_refused(code: str, keys: str, hint: str) -> None:
    assert_refused(f"time_intervals: {{night: {{{keys}}}}}", code, hint)


@pytest.mark.parametrize(("code", "section", "hint"), SECTIONS)
def test_intervals_that_are_no_part_of_the_week_are_refused(
    code: str, section: str, hint: str
) -> None:
    assert_refused(f"time_intervals: {section}", code, hint)


@pytest.mark.parametrize("clock", ["22:00", "'22:00'", '"22:00"'])
def test_a_time_needs_no_quotes(clock: str) -> None:
    """YAML 1.1 would read 1320."""
    interval = interval_of(f"times: [{{start: {clock}, end: 06:30}}]")
    assert interval.times == ((time(22), time(6, 30)),)


def test_spans_and_days_are_kept_as_they_are_written() -> None:
    """Over midnight and overlapping; a day that is named twice is one day."""
    interval = interval_of(
        "times: [{start: 22:00, end: 06:30}, {start: 05:00, end: 07:00}],"
        " days: [sun, mon, sun], location: Asia/Damascus"
    )
    assert interval == TimeInterval(
        name="night",
        times=((time(22), time(6, 30)), (time(5), time(7))),
        days=(Weekday.SUNDAY, Weekday.MONDAY),
        location="Asia/Damascus",
    )


def test_whole_days_of_utc_need_no_times() -> None:
    weekend = TimeInterval(name="night", days=(Weekday.SATURDAY,))
    assert interval_of("days: [sat]") == weekend
    assert weekend.location == "UTC"


def test_without_intervals_there_are_none() -> None:
    assert dict(rules_of("receivers: {ops: {console: {}}}").intervals) == {}
