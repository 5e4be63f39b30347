"""Which hours of the week does a time interval cover, and when do they end?  Pure.

What counts is what the clock on the wall of the interval's place reads.  So an interval is shorter
in the night of 23 hours and longer in the one of 25; an hour that is left out is nobody's, and one
that comes twice counts both times.  Alertmanager reads its time intervals in the same way.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.model import TimeInterval, Weekday

#: How far `ends_at` looks: a week, after which everything repeats, and a day for moved clocks.
HORIZON = timedelta(days=8)

_DAY = timedelta(days=1)
_WEEKDAYS = tuple(Weekday)
#: From midnight to midnight.
_WHOLE_DAY = ((time.min, time.min),)


def covers(interval: TimeInterval, at: datetime) -> bool:
    """Tell whether *at* lies in *interval*; the minute at which a stretch ends does not."""
    reading = _clock(interval, at).replace(tzinfo=None)
    return any(start <= reading < end for start, end in _stretches(interval, reading.date()))


def ends_at(intervals: Sequence[TimeInterval], at: datetime) -> datetime | None:
    """Return when, in UTC, none of *intervals* covers any more; None when none covers *at*.

    `HORIZON` after *at* at the latest: intervals that cover the whole week never end.
    """
    begin = moment = at.astimezone(UTC)
    while moment - begin < HORIZON and any(covers(each, moment) for each in intervals):
        moment = min(_next_change(each, moment) for each in intervals)
    return min(moment, begin + HORIZON) if moment > begin else None


def _clock(interval: TimeInterval, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(interval.location))


def _stretches(interval: TimeInterval, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Yield start and end, on the clock there, of what begins on *day* or on the day before."""
    for first in (day - _DAY, day):
        if not interval.days or _WEEKDAYS[first.weekday()] in interval.days:
            for start, end in interval.times or _WHOLE_DAY:
                last = first if start < end else first + _DAY
                yield datetime.combine(first, start), datetime.combine(last, end)


def _next_change(interval: TimeInterval, at: datetime) -> datetime:
    """Return a later moment, in UTC like *at*, before which `covers` says the same as at *at*."""
    clock = _clock(interval, at)
    reading, midnight = clock.replace(tzinfo=None), datetime.combine(clock + _DAY, time.min)
    edges = [edge for stretch in _stretches(interval, clock.date()) for edge in stretch]
    there = at + (min(edge for edge in (*edges, midnight) if edge > reading) - reading)
    # When the clock is moved on the way, look again in the second in which that happens.
    start = at.replace(microsecond=0)
    seconds = range(int((there - start).total_seconds()))
    moved = bisect_left(
        seconds,
        True,  # noqa: FBT003 - what is looked for is the first True
        key=lambda each: (
            _clock(interval, start + timedelta(seconds=each)).utcoffset() != clock.utcoffset()
        ),
    )
    return min(there, start + timedelta(seconds=moved))
