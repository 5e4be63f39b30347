"""The regexes that loader and JSON Schema share take what they say they take."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.watchlists import patterns, values
from alerts.watchlists.complaints import FlawError


def taken(read: Any, value: object) -> bool:
    try:
        read(value)
    except FlawError:
        return False
    return True


@given(st.integers(0, 3_000), st.integers(0, 3_000), st.integers(0, 40_000))
def test_a_pattern_of_numbers_takes_those_of_its_range(least: int, size: int, number: int) -> None:
    pattern = patterns.number(least, least + size)
    assert bool(re.fullmatch(pattern, str(number))) == (least <= number <= least + size)
    assert not re.fullmatch(pattern, f"0{number}")


RANGES = [
    (timedelta(0), timedelta(hours=1)),
    (timedelta(seconds=1), timedelta(days=1)),
    (timedelta(minutes=1), timedelta(days=30)),
    (timedelta(minutes=1), timedelta(days=365)),
]


@st.composite
def near_durations(draw: st.DrawFn) -> str:
    """Draw one to three parts, mostly in order, with numbers at the edges of units and ranges."""
    counts = st.sampled_from(
        [0, 1, 23, 24, 25, 29, 30, 31, 59, 60, 61, 364, 365, 366, 1_440, 3_600]
    )
    units = draw(st.lists(st.sampled_from("dhms"), min_size=1, max_size=3))
    if draw(st.integers(0, 4)):
        units = sorted(set(units), key="dhms".index)
    return "".join(f"{draw(counts | st.integers(0, 90_000))}{unit}" for unit in units)


@pytest.mark.parametrize(("least", "most"), RANGES)
def test_a_pattern_of_durations_takes_those_of_its_range(least: timedelta, most: timedelta) -> None:
    pattern = re.compile(patterns.anchored(patterns.duration_within(least, most)))

    @given(near_durations())
    def agree(text: str) -> None:
        taken_too = taken(lambda value: values.duration_within(value, least, most), text)
        assert bool(pattern.search(text)) == taken_too

    agree()


@pytest.mark.parametrize(("least", "most"), RANGES)
def test_every_second_around_a_range_is_decided_rightly(least: timedelta, most: timedelta) -> None:
    pattern = re.compile(patterns.anchored(patterns.duration_within(least, most)))
    low, high = int(least.total_seconds()), int(most.total_seconds())
    for second in (*range(200), *range(high - 100, high + 100)):
        assert bool(pattern.search(f"{second}s")) == (low <= second <= high)


def test_a_duration_means_the_sum_of_its_parts() -> None:
    assert values.duration("1d2h3m4s") == timedelta(days=1, hours=2, minutes=3, seconds=4)
    assert values.duration("1d4s") == timedelta(days=1, seconds=4)
    assert values.duration("90m") == timedelta(minutes=90)
    assert values.duration("0s") == timedelta(0)


def test_every_day_of_two_centuries_is_a_date_if_the_calendar_has_it() -> None:
    pattern = re.compile(patterns.anchored(patterns.REAL_MOMENT))
    for year in range(1899, 2101):
        for month in range(14):
            for day in (*range(2), *range(27, 33)):
                text = f"{year}-{month:02}-{day:02}T07:00Z"
                exists = 1900 <= year < 2100 and is_day(year, month, day)
                assert bool(pattern.search(text)) == exists, text
                assert taken(values.moment, text) == exists, text


def is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def test_a_moment_may_be_written_as_rfc_3339_allows() -> None:
    assert values.moment("2026-11-22 07:00z") == datetime(2026, 11, 22, 7, tzinfo=UTC)
    assert values.moment("2026-11-22t07:00:00.5+05:30").utcoffset() == timedelta(hours=5.5)


HOSTS = ["example.org", "user:p%40ss@a-b.example", "[2001:db8::1]", "пример.рф", "127.0.0.1", "a_b"]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("rest", ["", ":8080", ":1/", "/rss?q=a#b", "?a", "/عربي"])
def test_urls_of_feeds_are_taken(host: str, rest: str) -> None:
    assert values.url(f"https://{host}{rest}") == f"https://{host}{rest}"


def test_a_host_that_is_taken_is_the_same_host_for_everybody() -> None:
    """NFKC makes delimiters of some letters; `urlsplit` refuses them, and so do we."""
    for letter in map(chr, range(0x80, 0x3_0000)):
        text = f"http://a{letter}b/"
        if taken(values.url, text):
            assert urlsplit(text).hostname == f"a{letter.lower()}b"
            assert not set("/?#@:") & set(unicodedata.normalize("NFKC", letter))


@given(st.text("0123456789abcfg:.[]%", max_size=24))
def test_a_url_that_is_taken_can_be_split(host: str) -> None:
    for text in (f"http://{host}/", f"http://[{host}]/"):
        if taken(values.url, text):
            parts = urlsplit(text)
            assert parts.hostname
            assert parts.port is None or parts.port > 0
