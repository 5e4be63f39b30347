"""What ails a feed, and the words for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts.alerting.health import (
    ABOUT_FEEDS,
    Ailment,
    Patient,
    about,
    ailments,
    feeds_ill,
    feeds_well,
    offline,
    online,
    thing,
)
from alerts.model import Severity
from tests.builders import NOW, a_state

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def patient(number: int = 0, since: datetime | None = NOW, **fields: str) -> Patient:
    given = {"shown": f"https://news.example/{number}", "publisher": "News", "remark": "503"}
    return Patient(**given | fields, since=since)


def found(usual_gap: timedelta | None = None, **fields: Any) -> set[Ailment]:
    return set(ailments(a_state(**fields), usual_gap, now=NOW))


def test_a_feed_that_is_read_and_brings_news_has_nothing() -> None:
    assert found(HOUR, last_read_at=NOW, last_new_at=NOW - HOUR) == set()


@pytest.mark.parametrize(
    ("read", "failures", "broken"),
    [
        (NOW - DAY, 7.0, True),
        (NOW - DAY + timedelta(seconds=1), 7.0, False),
        # The first failure after a day in which nobody polled.
        (NOW - 9 * DAY, 0.5, False),
        (None, 9.5, False),
        (None, 10.0, True),
    ],
)
def test_a_day_of_failures_is_broken(
    read: datetime | None, failures: float, *, broken: bool
) -> None:
    state = {"last_read_at": read, "failures": failures, "error": "503"}
    assert found(None, **state) == ({Ailment.BROKEN} if broken else set())


def test_a_feed_that_was_stopped_is_gone_and_not_broken_too() -> None:
    state = {"last_read_at": NOW - 9 * DAY, "failures": 9.0, "error": "410"}
    assert found(None, stopped=True, gone_at=NOW, **state) == {Ailment.GONE}


@pytest.mark.parametrize(
    ("silent", "gap", "stale"),
    [
        (2 * DAY + HOUR, HOUR, True),
        (2 * DAY, HOUR, False),
        (6 * DAY, DAY, True),
        (5 * DAY, DAY, False),
        (60 * DAY, None, False),
        (60 * DAY + HOUR, None, True),
    ],
)
def test_silent_for_five_times_its_usual_gap_and_two_days_is_stale(
    silent: timedelta, gap: timedelta | None, *, stale: bool
) -> None:
    wanted = {Ailment.STALE} if stale else set()
    assert found(gap, last_read_at=NOW, last_new_at=NOW - silent) == wanted


@pytest.mark.parametrize(
    ("met", "new", "empty"),
    [
        (7 * DAY, None, True),
        (7 * DAY - HOUR, None, False),
        (7 * DAY, 7 * DAY, False),
        (None, None, False),
    ],
)
def test_without_an_article_for_a_week_since_it_was_met_is_empty(
    met: timedelta | None, new: timedelta | None, *, empty: bool
) -> None:
    state = {
        "last_read_at": NOW,
        "baselined_at": NOW - met if met else None,
        "last_new_at": NOW - new if new else None,
    }
    # One article in a week is no rhythm yet.
    assert found(2 * DAY, **state) == ({Ailment.EMPTY} if empty else set())


def test_an_empty_feed_that_fails_is_broken_and_not_empty_too() -> None:
    state = {"last_read_at": NOW - 2 * DAY, "failures": 9.0, "error": "503"}
    assert found(None, baselined_at=NOW - 9 * DAY, **state) == {Ailment.BROKEN}


def test_a_gap_lasts_for_a_day() -> None:
    assert found(last_gap_at=NOW - 23 * HOUR) == {Ailment.GAP}
    assert found(last_gap_at=NOW - 24 * HOUR) == set()


def test_validators_that_lied_are_unreliable() -> None:
    assert found(unreliable_at=NOW - 99 * DAY) == {Ailment.VALIDATORS}


# How it is told


@pytest.mark.parametrize("ailment", Ailment)
def test_a_trouble_and_its_end_are_about_the_same_thing(ailment: Ailment) -> None:
    trouble = feeds_ill(ailment, "news.example", [patient()])
    end = feeds_well(ailment, "news.example", now=NOW)
    assert trouble.about == end.about == about(ailment, "news.example")
    assert trouble.about.startswith(ABOUT_FEEDS)
    assert thing(trouble.about) == (ailment, "news.example")
    assert not trouble.is_end
    assert end.is_end
    assert end.severity is Severity.INFO
    for notice in (trouble, end):
        assert notice.subject.startswith("news.example: ")
        assert notice.text


def test_what_an_older_version_told_of_is_no_thing() -> None:
    assert thing("feeds/fever/news.example") is None


def test_fifty_feeds_of_one_host_are_one_notice_with_ten_of_them() -> None:
    one = feeds_ill(Ailment.BROKEN, "news.example", [patient(n) for n in range(50)])
    assert (len(one.details), one.more) == (10, 40)
    assert one.subject == "news.example: 50 feeds not read for a day"
    assert one.details[0] == "https://news.example/0 (News): 503"


def test_more_feeds_within_a_day_are_the_same_trouble_and_later_ones_are_news() -> None:
    first = feeds_ill(Ailment.BROKEN, "h", [patient(0, NOW)])
    also = feeds_ill(Ailment.BROKEN, "h", [patient(0, NOW), patient(1, NOW + 23 * HOUR)])
    later = feeds_ill(Ailment.BROKEN, "h", [patient(0, NOW), patient(2, NOW + 3 * DAY)])
    never = feeds_ill(Ailment.BROKEN, "h", [patient(0, None), patient(1, None)])
    assert first.state == also.state == never.state
    assert later.state != first.state


def test_the_end_of_an_outage_is_about_the_same_thing() -> None:
    assert offline(now=NOW).about == online(now=NOW).about
    assert online(now=NOW).is_end
    assert not offline(now=NOW).is_end
