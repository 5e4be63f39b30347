"""Which feeds a watchlist hears, and from when on its silence counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts.alerting.silence_notices import Ears, ears, fell_silent, is_silent
from alerts.model import Keyword, Publishers, Watchlist
from tests.builders import NOW, a_feed, a_state

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FEEDS = [
    a_feed(f"https://{name}.example/", publisher=name, country=name[:2]) for name in ("GBC", "FRX")
]


def a_watchlist(**fields: Any) -> Watchlist:
    given: dict[str, Any] = {
        "id": "w",
        "title": "W",
        "condition": Keyword("sarin"),
        "expect": 7 * DAY,
    }
    return Watchlist(**given | fields)


def heard(watchlist: Watchlist, **read: timedelta) -> Ears:
    """Return the ears of *watchlist* when feeds, by publisher, were last read so long ago."""
    states = {
        feed.url: a_state(
            feed.url, last_read_at=NOW - read[feed.publisher], baselined_at=NOW - 9 * DAY
        )
        for feed in FEEDS
        if feed.publisher in read
    }
    return ears(watchlist, FEEDS, states, now=NOW)


@pytest.mark.parametrize(
    ("publishers", "read", "every"),
    [
        (Publishers(), 1, 2),
        (Publishers(only=("gbc",)), 1, 1),
        (Publishers(but=("GBC",)), 0, 1),
        (Publishers(countries=("FR",)), 0, 1),
        (Publishers(only=("Nobody",)), 0, 0),
    ],
)
def test_a_watchlist_hears_the_feeds_whose_publishers_it_asks_for(
    publishers: Publishers, read: int, every: int
) -> None:
    found = heard(a_watchlist(publishers=publishers), GBC=HOUR, FRX=2 * DAY)
    assert (found.read, found.every) == (read, every)


def test_what_the_words_of_an_article_decide_closes_no_ears() -> None:
    found = heard(a_watchlist(languages=("ar",), max_age=HOUR), GBC=HOUR, FRX=HOUR)
    assert (found.read, found.every) == (2, 2)


@pytest.mark.parametrize(("read", "are_open"), [(0, False), (1, False), (2, True), (4, True)])
def test_half_of_the_feeds_must_be_read(read: int, *, are_open: bool) -> None:
    found = Ears(read=read, every=4, met_at=NOW - 99 * DAY if read else None)
    assert found.are_open is are_open
    assert is_silent(a_watchlist(), watched_since=NOW - 99 * DAY, ears=found, now=NOW) is are_open


@pytest.mark.parametrize(
    ("watched_since", "met_at", "silent"),
    [
        (NOW - 7 * DAY, NOW - 99 * DAY, False),
        (NOW - 7 * DAY - HOUR, NOW - 99 * DAY, True),
        (NOW - 99 * DAY, NOW - 7 * DAY, False),
        (NOW - 99 * DAY, NOW - 7 * DAY - HOUR, True),
        (None, NOW - 99 * DAY, False),
        (NOW - 99 * DAY, None, False),
    ],
)
def test_silence_counts_from_when_somebody_listened(
    watched_since: datetime | None, met_at: datetime | None, *, silent: bool
) -> None:
    found = Ears(read=1, every=1, met_at=met_at)
    assert is_silent(a_watchlist(), watched_since=watched_since, ears=found, now=NOW) is silent


@pytest.mark.parametrize(
    ("expect", "said"),
    [(DAY, "1 day"), (7 * DAY, "7 days"), (36 * HOUR, "36 hours"), (1.5 * HOUR, "90 minutes")],
)
def test_the_subject_says_for_how_long(expect: timedelta, said: str) -> None:
    watchlist = a_watchlist(expect=expect)
    notice = fell_silent(watchlist, last_at=None, ears=Ears(read=1, every=2), now=NOW)
    assert notice.subject == f"No match for {said}: W"
    assert "none is stored" in notice.text
