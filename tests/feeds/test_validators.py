"""Which validators are sent, and when they are mistrusted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.feeds.transitions import (
    after_not_modified,
)
from alerts.feeds.validators import conditional
from alerts.model import FeedState
from tests.feeds.states import (
    DAY,
    FEED,
    KNOWN,
    MINUTE,
    NOW,
    READ,
    STATE,
    THRESHOLD,
    lists,
)


def test_a_304_is_counted_and_its_validators_stored() -> None:
    answer = replace(READ, status=304, body=None)
    state = after_not_modified(
        replace(STATE, not_modified=4), answer, FEED, now=NOW, jitter=0, threshold=THRESHOLD
    )
    assert (state.not_modified, state.etag, state.last_modified) == (5, '"2"', "then")
    assert state.last_document_at is None


@pytest.mark.parametrize(
    ("not_modified", "age", "sent"),
    [
        (0, timedelta(0), True),
        (49, timedelta(days=6, hours=23), True),
        (50, timedelta(0), False),  # a stuck 304 is found
        (0, timedelta(days=7), False),
        (0, None, False),
    ],
)
def test_validators_are_left_out_once_in_a_while(
    not_modified: int,
    age: timedelta | None,
    sent: bool,
) -> None:
    state = replace(
        STATE,
        etag='"1"',
        last_modified="then",
        not_modified=not_modified,
        last_document_at=None if age is None else NOW - age,
    )
    request = conditional(state, now=NOW)
    assert request.url == FEED.url
    assert (request.etag, request.last_modified) == (('"1"', "then") if sent else ("", ""))


def _stuck(**fields: object) -> FeedState:
    """A feed that answered 304 fifty times, lately a quarter of an hour ago."""
    given = {"etag": '"1"', "not_modified": 50, "last_document_at": NOW - DAY} | fields
    return replace(KNOWN, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "new", "found"),
    [
        (_stuck(), (NOW - timedelta(hours=9),), True),
        (_stuck(), (None,), True),
        (_stuck(), (NOW - 5 * MINUTE,), False),  # published since the last 304
        (_stuck(), (NOW - 45 * MINUTE,), False),  # perhaps a publisher's own cache
        (_stuck(), (), False),
        (_stuck(not_modified=20), (NOW - timedelta(hours=9),), False),  # the validators were sent
        (_stuck(not_modified=0, last_document_at=NOW - 8 * DAY), (NOW - DAY,), False),  # no 304s
        (_stuck(not_modified=3, last_document_at=NOW - 8 * DAY), (NOW - DAY,), True),
    ],
)
def test_validators_that_hid_articles_are_found(
    state: FeedState, new: tuple[datetime | None, ...], found: bool
) -> None:
    assert lists(state, *new).unreliable_at == (NOW if found else None)


def test_unreliable_validators_are_not_sent_for_a_month_and_then_tried_again() -> None:
    state = lists(_stuck(), NOW - timedelta(hours=9))
    for days, sent in ((0, ""), (29, ""), (30, '"2"')):
        fresh = replace(state, last_document_at=NOW + days * DAY)
        assert conditional(fresh, now=NOW + days * DAY).etag == sent
    again = lists(state, now=NOW + 30 * DAY)
    assert again.unreliable_at is None
