"""When is the next poll, by what the articles told?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import sqrt
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.feeds.rhythm import (
    HALF_LIFE,
    HISTORY,
    USUAL_INTERVAL,
    Bounds,
    Rhythm,
    due_after,
    learned,
    met,
    rate,
    usual_gap,
)

#: A Monday.
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BOUNDS = Bounds()
#: Wide enough that nothing is cut off.
OPEN = Bounds(shortest=timedelta(0), longest=timedelta(hours=24))

ages = st.floats(0, 60 * 1440).map(lambda minutes: minutes * MINUTE)
dates = st.none() | ages.map(lambda age: NOW - age)
thresholds = st.floats(1e-4, 1e4)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Rhythm, datetime]:
    """A feed that was met some time ago and polled with any result, and when it was last."""
    at = NOW - draw(st.floats(0, 100)) * DAY
    rhythm = met(draw(st.lists(st.none() | ages.map(lambda age: NOW - age), max_size=30)), now=at)
    for wait in draw(st.lists(st.floats(0.1, 5000), max_size=8)):
        after, at = at, at + wait * MINUTE
        minutes = draw(st.lists(st.none() | st.floats(-100, wait + 10), max_size=20))
        found = [None if minute is None else after + minute * MINUTE for minute in minutes]
        rhythm = learned(rhythm, found, after=after, now=at)
    return rhythm, at


def every(gap: timedelta, *, over: timedelta = HISTORY, until: datetime = NOW) -> list[datetime]:
    """Dates so far apart, up to *until*."""
    return [until - place * gap for place in range(int(over / gap))]


def scattered(count: int) -> list[datetime]:
    """As many dates of recent weeks, no time of the day before another (Weyl), none quite recent."""
    return [NOW - HISTORY * ((0.5 + place * 0.6180339887) % 1) - DAY for place in range(count)]


def wait(rhythm: Rhythm | None, threshold: float, *, at: datetime = NOW) -> timedelta:
    return due_after(rhythm, at, threshold, OPEN) - at


# --- bounds and order -------------------------------------------------------------------------


@given(histories(), thresholds, st.floats(0, 5000))
def test_no_poll_is_before_the_lower_nor_after_the_upper_bound(
    history: tuple[Rhythm, datetime], threshold: float, later: float
) -> None:
    rhythm, at = history
    at += later * MINUTE
    assert BOUNDS.shortest <= due_after(rhythm, at, threshold, BOUNDS) - at <= BOUNDS.longest


@given(histories(), st.lists(thresholds, min_size=2, max_size=5))
def test_a_higher_threshold_is_never_sooner(
    history: tuple[Rhythm, datetime], given_thresholds: list[float]
) -> None:
    rhythm, at = history
    waits = [wait(rhythm, each, at=at) for each in sorted(given_thresholds)]
    assert all(sooner <= later for sooner, later in pairwise(waits))


@given(st.lists(st.floats(0, HISTORY / MINUTE), min_size=2, max_size=60), thresholds)
def test_more_articles_at_the_same_times_are_never_later(
    minutes: list[float], threshold: float
) -> None:
    """Two at each time where there was one: the shape of the day stays, the rate doubles."""
    once = met([NOW - minute * MINUTE for minute in minutes] + [NOW - HISTORY], now=NOW)
    busier = Rhythm.read(once.write())
    assert busier is not None
    busier = replace(busier, articles=2 * busier.articles, recent=2 * busier.recent)
    # Half floats forget the third digit.
    assert wait(busier, threshold) <= wait(once, threshold) * 1.01 + MINUTE / 60


@pytest.mark.parametrize("articles", [60, 300, 3000])
def test_a_constant_rate_is_polled_by_the_square_root_law(articles: int) -> None:
    rhythm = met(scattered(articles), now=NOW)
    for threshold in (0.05, 0.2, 0.8):
        expected = sqrt(2 * threshold * (HISTORY / articles / MINUTE))
        assert wait(rhythm, threshold) / MINUTE == pytest.approx(expected, rel=0.3)


def test_an_unknown_feed_is_polled_as_usual_whatever_the_threshold() -> None:
    for threshold in (1e-4, 1, 1e4):
        assert wait(None, threshold) == USUAL_INTERVAL


def test_a_busy_feed_is_polled_sooner_than_a_quiet_one() -> None:
    busy, quiet = met(scattered(3000), now=NOW), met(scattered(30), now=NOW)
    assert wait(busy, 0.3) * 4 < wait(quiet, 0.3)


# --- what is learned --------------------------------------------------------------------------


def test_a_timetable_shows_and_is_polled_right_after_its_time() -> None:
    """Each day at 18:02, nothing else."""
    times = every(DAY, until=datetime(2026, 3, 1, 18, 2, tzinfo=UTC))
    rhythm = met(times, now=NOW)
    polled_at = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    due_at = due_after(rhythm, polled_at, 0.3, BOUNDS)
    assert datetime(2026, 3, 2, 18, 0, tzinfo=UTC) <= due_at
    assert due_at <= datetime(2026, 3, 2, 18, 6, tzinfo=UTC)


def test_what_came_once_is_no_timetable() -> None:
    """Twenty articles within a step of one day say nothing of the next day's."""
    burst = [NOW - 6 * HOUR + place * MINUTE / 10 for place in range(20)]
    quiet = met([*burst, NOW - DAY], now=NOW)
    assert quiet.likeness.proof < 0


def test_chance_makes_no_timetable() -> None:
    assert met(scattered(300), now=NOW).likeness.proof < 0


def test_nights_are_learned() -> None:
    by_day = [
        NOW.replace(hour=0) - day * DAY + hour * HOUR + 7 * day * MINUTE
        for day in range(1, 28)
        for hour in range(8, 20)
    ]
    rhythm = met(by_day, now=NOW)
    assert wait(rhythm, 0.3) * 2 < wait(rhythm, 0.3, at=NOW + 12 * HOUR)


def test_weekends_are_learned() -> None:
    weekdays = [day for day in every(HOUR) if day.weekday() < 5]
    rhythm = met(weekdays, now=NOW)
    assert wait(rhythm, 0.3) * 1.5 < wait(rhythm, 0.3, at=NOW + 5 * DAY)


def test_recent_weeks_count_more() -> None:
    begun, middle = NOW - 2 * HALF_LIFE, NOW - HALF_LIFE
    long_ago = learned(met([], now=begun), [None] * 50, after=begun, now=middle)
    lately = learned(met([], now=begun), [None] * 50, after=middle, now=NOW)
    assert rate(lately, now=NOW) > 1.5 * rate(long_ago, now=NOW)


def test_silence_lowers_the_rate_without_anything_being_written() -> None:
    rhythm = met(every(HOUR), now=NOW)
    rates = [rate(rhythm, now=NOW + days * DAY) for days in (0, 7, 30, 365)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < rates[0] / 400


def test_undated_articles_are_spread_over_the_time_since_the_last_poll() -> None:
    before = met([], now=NOW - 10 * DAY)
    dated = [NOW - HOUR + (place + 0.5) * 10 * MINUTE for place in range(6)]
    undated = learned(before, [None] * 6, after=NOW - HOUR, now=NOW)
    assert undated == learned(before, dated, after=NOW - HOUR, now=NOW)
    # A date from before the last poll is not when it appeared.
    assert undated == learned(before, [NOW - 9 * DAY] * 6, after=NOW - HOUR, now=NOW)


def test_a_first_document_of_undated_articles_tells_nothing() -> None:
    assert met([None] * 30, now=NOW) == met([], now=NOW)


@given(st.lists(dates, max_size=40))
def test_a_first_document_tells_of_recent_weeks_only(listed: list[datetime | None]) -> None:
    rhythm = met(listed, now=NOW)
    assert rhythm.since >= (NOW - HISTORY).timestamp() / 60 - 1e-6
    recent = [date for date in listed if date is not None and date > NOW - HISTORY]
    assert rhythm.articles <= len(recent)


def test_the_usual_gap_is_told_from_two_articles_on() -> None:
    gap = usual_gap(met(every(2 * HOUR), now=NOW), now=NOW)
    assert gap is not None
    assert 1.8 * HOUR < gap < 2.2 * HOUR
    assert usual_gap(None, now=NOW) is None
    assert usual_gap(met([NOW - DAY], now=NOW), now=NOW) is None


# --- storing ----------------------------------------------------------------------------------


@given(histories())
def test_a_rhythm_is_read_as_it_was_written_and_is_small(
    history: tuple[Rhythm, datetime],
) -> None:
    stored = history[0].write()
    assert len(stored) <= 1024
    again = Rhythm.read(stored)
    assert again is not None
    assert again.write() == stored
    glanced = Rhythm.glance(stored)
    assert glanced is not None
    assert rate(glanced, now=NOW) == rate(again, now=NOW)
    assert again.articles == pytest.approx(history[0].articles, rel=1e-6)


@given(st.none() | st.binary(max_size=900))
def test_what_nobody_wrote_is_no_rhythm(stored: bytes | None) -> None:
    assert Rhythm.read(stored) is None
    assert Rhythm.glance(stored) is None


def test_years_of_a_busy_feed_still_fit() -> None:
    rhythm, at = met([], now=NOW), NOW
    for _ in range(150):
        after, at = at, at + 7 * DAY
        rhythm = learned(rhythm, [None] * 20_000, after=after, now=at)
    stored = Rhythm.read(rhythm.write())
    assert stored is not None
    assert rate(stored, now=at) * 1440 * 7 == pytest.approx(20_000, rel=0.1)


def test_the_next_poll_is_found_in_microseconds() -> None:
    """50 µs a feed; the limit here leaves room for a busy machine."""
    stored = met(every(HOUR / 2), now=NOW).write()
    best = 1.0
    for _ in range(20):
        begun = perf_counter()
        for minute in range(50):
            due_after(Rhythm.read(stored), NOW + 20 * minute * MINUTE, 0.3, BOUNDS)
        best = min(best, (perf_counter() - begun) / 50)
    assert best < 200e-6
