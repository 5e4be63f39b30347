"""Hours of the week are what the clock on the wall reads, also in the nights when it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alerting.hours import HORIZON, covers, ends_at
from alerts.model import TimeInterval, Weekday

BERLIN = "Europe/Berlin"
MON, FRI, SAT, SUN = Weekday.MONDAY, Weekday.FRIDAY, Weekday.SATURDAY, Weekday.SUNDAY


def hours(*spans: str, days: tuple[Weekday, ...] = (), location: str = BERLIN) -> TimeInterval:
    """Return an interval of spans such as `22:00-06:30`."""
    pairs = (span.split("-") for span in spans)
    times = tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in pairs)
    return TimeInterval(name="hours", times=times, days=days, location=location)


def moment(text: str) -> datetime:
    """Read `2026-01-07 21:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NIGHT = hours("22:00-06:30")
WEEKEND = hours(days=(SAT, SUN))


@pytest.mark.parametrize(
    ("interval", "first", "end"),
    [
        # Berlin is an hour ahead of UTC in winter, two in summer.
        (NIGHT, "2026-01-07 21:00", "2026-01-08 05:30"),
        (NIGHT, "2026-07-07 20:00", "2026-07-08 04:30"),
        (hours("09:00-17:00"), "2026-01-07 08:00", "2026-01-07 16:00"),
        (hours("09:00-12:00", "11:00-17:00"), "2026-01-07 08:00", "2026-01-07 16:00"),
        (hours("09:00-12:00", "12:00-17:00"), "2026-01-07 08:00", "2026-01-07 16:00"),
        (hours("18:00-00:00"), "2026-01-07 17:00", "2026-01-07 23:00"),
        # A night belongs to the day on which it begins: Saturday's ends on Sunday morning.
        (hours("22:00-06:00", days=(SAT,)), "2026-01-10 21:00", "2026-01-11 05:00"),
        (WEEKEND, "2026-01-09 23:00", "2026-01-11 23:00"),
        (hours("22:00-00:00", "00:00-06:00"), "2026-01-07 21:00", "2026-01-08 05:00"),
        # 29 March 2026, 01:00 UTC: the hour from 02:00 does not exist.
        (NIGHT, "2026-03-28 21:00", "2026-03-29 04:30"),
        (hours("01:30-02:30"), "2026-03-29 00:30", "2026-03-29 01:00"),
        (hours("02:30-03:30"), "2026-03-29 01:00", "2026-03-29 01:30"),
        (WEEKEND, "2026-03-27 23:00", "2026-03-29 22:00"),
        # 25 October 2026, 01:00 UTC: the hour from 02:00 exists twice.
        (NIGHT, "2026-10-24 20:00", "2026-10-25 05:30"),
        (hours("01:00-02:30"), "2026-10-24 23:00", "2026-10-25 00:30"),
        (hours("02:00-02:30"), "2026-10-25 01:00", "2026-10-25 01:30"),
        (hours("02:15-03:15"), "2026-10-25 01:15", "2026-10-25 02:15"),
        (WEEKEND, "2026-10-23 22:00", "2026-10-25 23:00"),
        (hours("22:00-06:30", location="UTC"), "2026-03-28 22:00", "2026-03-29 06:30"),
    ],
)
def test_a_stretch_has_its_first_and_not_its_last_minute(
    interval: TimeInterval, first: str, end: str
) -> None:
    instant = timedelta(microseconds=1)
    begins, ends = moment(first), moment(end)
    assert not covers(interval, begins - instant)
    assert covers(interval, begins)
    assert covers(interval, ends - instant)
    assert not covers(interval, ends)
    assert ends_at([interval], begins) == ends
    assert ends_at([interval], ends - instant) == ends
    assert ends_at([interval], ends) is None


def test_the_hour_that_comes_twice_counts_both_times() -> None:
    interval = hours("02:00-02:30")
    covered = [covers(interval, moment(f"2026-10-25 0{clock}")) for clock in ("0:10", "1:10")]
    assert covered == [True, True]
    assert not covers(interval, moment("2026-10-25 00:40"))


def test_an_hour_that_is_left_out_is_nobodys() -> None:
    interval = hours("02:10-02:50")
    day = moment("2026-03-29 00:00")
    assert not any(covers(interval, day + timedelta(minutes=each)) for each in range(600))


def test_any_way_to_write_a_moment_means_the_same() -> None:
    at = datetime(2026, 10, 25, 2, 10, tzinfo=ZoneInfo(BERLIN), fold=1)
    assert ends_at([hours("02:00-02:30")], at) == moment("2026-10-25 01:30")


def test_stretches_of_several_intervals_are_one() -> None:
    """Lunch in Berlin goes over into the night of Kyiv."""
    night = hours("14:00-20:00", location="Europe/Kyiv")
    lunch = hours("12:00-13:30")
    assert ends_at([night, lunch], moment("2026-01-07 11:00")) == moment("2026-01-07 18:00")
    assert ends_at([lunch], moment("2026-01-07 11:00")) == moment("2026-01-07 12:30")
    assert ends_at([], moment("2026-01-07 11:00")) is None


@pytest.mark.parametrize(
    "intervals",
    [
        [hours(days=tuple(Weekday))],
        [WEEKEND, hours(days=tuple(Weekday)[:5])],
        [TimeInterval(name="x")],
    ],
)
def test_what_never_ends_is_asked_about_again(intervals: list[TimeInterval]) -> None:
    at = moment("2026-03-26 12:34")
    assert ends_at(intervals, at) == at + HORIZON


# --- for all intervals ------------------------------------------------------------------------

#: When the clocks of a place are moved.  Tehran's went back from midnight to eleven.
MOVED = [
    ("Europe/Berlin", moment("2026-03-29 01:00")),
    ("Europe/Berlin", moment("2026-10-25 01:00")),
    ("America/New_York", moment("2026-03-08 07:00")),
    ("America/New_York", moment("2026-11-01 06:00")),
    ("Australia/Lord_Howe", moment("2026-04-04 15:00")),
    ("Australia/Lord_Howe", moment("2026-10-03 15:30")),
    ("Africa/Casablanca", moment("2026-02-15 02:00")),
    ("Africa/Casablanca", moment("2026-03-22 02:00")),
    ("Asia/Tehran", moment("2021-03-21 20:30")),
    ("Asia/Tehran", moment("2021-09-21 19:30")),
]
PLACES = [*MOVED, ("UTC", moment("2026-01-01 00:00"))]

MINUTES_OF_WEEK = 7 * 24 * 60


@pytest.mark.parametrize(("location", "at"), MOVED)
def test_the_clocks_of_the_table_are_moved(location: str, at: datetime) -> None:
    zone = ZoneInfo(location)
    before = (at - timedelta(seconds=1)).astimezone(zone).utcoffset()
    assert before != at.astimezone(zone).utcoffset()


def minutes_of(interval: TimeInterval) -> frozenset[int]:
    """Return the covered minutes of a week on the wall, counted from Monday's midnight."""
    spans = [
        (start.hour * 60 + start.minute, end.hour * 60 + end.minute)
        for start, end in interval.times
    ]
    return frozenset(
        (list(Weekday).index(day) * 1440 + minute) % MINUTES_OF_WEEK
        for day in interval.days or Weekday
        for start, end in spans or [(0, 1440)]
        for minute in range(start, end if start < end else end + 1440)
    )


def minute_of_week(at: datetime, location: str) -> int:
    wall = at.astimezone(ZoneInfo(location))
    return wall.weekday() * 1440 + wall.hour * 60 + wall.minute


def walked(intervals: list[TimeInterval], at: datetime) -> datetime | None:
    """Return what `ends_at` must, by looking at the clocks once a minute."""
    wanted = [(minutes_of(each), each.location) for each in intervals]
    for minute in range(int(HORIZON.total_seconds()) // 60):
        moment = at + timedelta(minutes=minute)
        if not any(minute_of_week(moment, place) in minutes for minutes, place in wanted):
            return moment if minute else None
    return at + HORIZON


CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59))
SPANS = st.tuples(CLOCKS, CLOCKS).filter(lambda span: span[0] != span[1])


@st.composite
def weeks(draw: st.DrawFn) -> tuple[list[TimeInterval], datetime]:
    """Draw intervals and a minute within two days of when a clock there is moved."""
    location, change = draw(st.sampled_from(PLACES))
    intervals = [
        TimeInterval(
            name="any",
            times=tuple(draw(st.lists(SPANS, max_size=3))),
            days=tuple(draw(st.lists(st.sampled_from(Weekday), max_size=6, unique=True))),
            location=each,
        )
        for each in draw(st.sampled_from([(location,), (location, "UTC"), (location, BERLIN)]))
    ]
    return intervals, change + timedelta(minutes=draw(st.integers(-2 * 1440, 2 * 1440)))


@given(weeks())
def test_hours_agree_with_a_walk_by_minutes(week: tuple[list[TimeInterval], datetime]) -> None:
    intervals, at = week
    for each in intervals:
        assert covers(each, at) is (minute_of_week(at, each.location) in minutes_of(each))
    assert ends_at(intervals, at) == walked(intervals, at)


@given(weeks(), st.integers(1, 59_999_999))
def test_a_part_of_a_minute_ends_when_the_minute_does(
    week: tuple[list[TimeInterval], datetime], microseconds: int
) -> None:
    intervals, at = week
    fraction = timedelta(microseconds=microseconds)
    whole, part = ends_at(intervals, at), ends_at(intervals, at + fraction)
    if whole == at + HORIZON:  # perhaps it does not end
        assert part in (whole, whole + fraction)
    else:
        assert part == whole
