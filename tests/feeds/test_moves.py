"""Permanent redirects: when they are believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.errors import FetchError
from alerts.feeds.fetch import Fetched
from alerts.feeds.transitions import (
    after_failure,
    after_not_modified,
)
from alerts.feeds.validators import conditional
from alerts.model import FeedState
from tests.feeds.states import (
    DAY,
    FEED,
    KNOWN,
    NOW,
    READ,
    THRESHOLD,
    UNCHANGED,
    lists,
    read,
)

NEW_URL = "https://new.example/feed"
MOVED = replace(READ, permanent_url=NEW_URL)


def _answers(state: FeedState, hours: list[float], fetched: Fetched = MOVED) -> FeedState:
    for hour in hours:
        state = lists(state, fetched=fetched, now=NOW + timedelta(hours=hour))
    return state


@pytest.mark.parametrize(
    ("hours", "believed"),
    [
        ([0, 1, 2, 3], False),
        ([0, 1, 2, 3, 4], False),  # not over a day
        ([0, 12, 24], False),  # not five
        ([0, 6, 12, 18, 24], True),
        ([0, 1, 2, 3, 4, 24], True),
    ],
)
def test_five_equal_permanent_redirects_over_a_day_are_believed(
    hours: list[float], believed: bool
) -> None:
    state = _answers(KNOWN, hours)
    url = NEW_URL if believed else FEED.url
    assert conditional(state, now=NOW).url == url
    assert state.url == FEED.url


DAY_LONG = [0.0, 6, 12, 18, 24]


def test_another_target_or_none_begins_anew() -> None:
    for between in (READ, replace(READ, permanent_url="https://else.example/")):
        state = _answers(_answers(_answers(KNOWN, DAY_LONG[:4]), [20], between), [24])
        assert state.effective_url == ""
    assert _answers(state, [30, 36, 42, 48]).effective_url == NEW_URL


def test_a_redirect_to_other_articles_is_not_believed() -> None:
    """A domain that was lost answers 301 to its new owner's page, too."""
    state = KNOWN
    for hour in DAY_LONG:
        state = lists(state, NOW, known=0, fetched=MOVED, now=NOW + timedelta(hours=hour))
    assert state.effective_url == ""


def test_304s_and_known_bodies_by_a_redirect_count() -> None:
    state = _answers(KNOWN, DAY_LONG[:3])
    moved = replace(UNCHANGED, permanent_url=NEW_URL)
    now = NOW + timedelta(hours=20)
    state = after_not_modified(state, moved, FEED, now=now, jitter=0, threshold=THRESHOLD)
    state = read(state, fetched=MOVED, now=NOW + DAY)
    assert state.effective_url == NEW_URL


def test_a_feed_with_a_login_stays_where_the_login_is() -> None:
    state = replace(KNOWN, url="https://user:word@example.org/feed")
    assert _answers(state, DAY_LONG).effective_url == ""


def test_a_new_home_that_fails_is_left_for_the_configured_url() -> None:
    state = replace(_answers(KNOWN, DAY_LONG), etag='"new"')
    for _ in range(5):
        state = after_failure(
            state, FetchError("500"), FEED, now=NOW, jitter=0, threshold=THRESHOLD
        )
        assert state.effective_url == NEW_URL
    state = after_failure(state, FetchError("500"), FEED, now=NOW, jitter=0, threshold=THRESHOLD)
    assert (state.effective_url, state.etag) == ("", "")


def test_a_new_home_may_move_again_also_back_home() -> None:
    state = _answers(KNOWN, DAY_LONG)
    back = replace(READ, permanent_url=FEED.url)
    assert _answers(state, [30, 36, 42, 48, 54], back).effective_url == ""
