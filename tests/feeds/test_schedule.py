from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import FeedError, FetchError, GoneError, ParseError, UnreachableError
from alerts.feeds.fetch import Fetched
from alerts.feeds.identity import Identified
from alerts.feeds.schedule import (
    after_document,
    after_failure,
    after_not_modified,
    conditional,
    next_poll_at,
)
from alerts.model import Feed, FeedState, IdentityRule

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FEED = Feed(url="https://example.org/feed", publisher="example")
STATE = FeedState(url=FEED.url, next_due_at=NOW)
READ = Fetched(status=200, url=FEED.url, body=b"x", etag='"2"', last_modified="then")
MINUTE = timedelta(minutes=1)


def _wait(state: FeedState) -> timedelta:
    return state.next_due_at - NOW


def _after_document(
    state: FeedState = STATE,
    *,
    complete: bool = True,
    new: bool = True,
    identified: Identified | None = None,
    now: datetime = NOW,
    hint: timedelta | None = None,
) -> FeedState:
    return after_document(
        state,
        READ,
        FEED,
        body_hash="beef",
        complete=complete,
        new=new,
        now=now,
        jitter=0,
        identified=identified,
        hint=hint,
    )


def _identified(*, changed: bool = False) -> Identified:
    return Identified(rule=IdentityRule.LINK, keys=(), changed=changed)


# --- when -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feed", "hints", "minutes"),
    [
        (FEED, (), 15),
        (FEED, (None, None), 15),
        (FEED, (5 * MINUTE,), 15),  # hints only lengthen
        (FEED, (5 * MINUTE, 30 * MINUTE), 30),
        (FEED, (timedelta(days=7),), 60),  # and only up to an hour
        (replace(FEED, interval=2 * MINUTE), (60 * MINUTE,), 2),  # the operator decides
        (replace(FEED, interval=timedelta(hours=6)), (), 360),
        (replace(FEED, priority=True), (60 * MINUTE,), 5),
    ],
)
def test_after_a_success_the_interval_holds_and_hints_lengthen_it(
    feed: Feed, hints: tuple[timedelta | None, ...], minutes: int
) -> None:
    assert next_poll_at(feed, *hints, now=NOW, jitter=0) == NOW + minutes * MINUTE


@given(st.floats(0, 1))
def test_jitter_lengthens_by_at_most_a_tenth(jitter: float) -> None:
    wait = next_poll_at(FEED, now=NOW, jitter=jitter) - NOW
    assert 15 * MINUTE <= wait <= 16.5 * MINUTE


def test_the_hint_of_the_answer_counts_too() -> None:
    fresh = replace(READ, status=304, body=None, fresh_for=40 * MINUTE)
    assert _wait(after_not_modified(STATE, fresh, FEED, now=NOW, jitter=0)) == 40 * MINUTE


def test_the_hint_of_the_document_outlives_a_304_and_a_known_body() -> None:
    hinted = _after_document(identified=_identified(), hint=45 * MINUTE)
    unchanged = replace(READ, status=304, body=None)
    later = after_not_modified(hinted, unchanged, FEED, now=NOW, jitter=0)
    assert _wait(later) == 45 * MINUTE
    assert _wait(_after_document(later, new=False)) == 45 * MINUTE
    # A document that hints no more is believed at once.
    silent = _after_document(later, new=False, identified=_identified())
    assert _wait(silent) == 15 * MINUTE


# --- failures ---------------------------------------------------------------------------------


def test_failures_add_up_and_the_wait_grows_with_them() -> None:
    state, waits = STATE, []
    for _ in range(5):
        state = after_failure(state, ParseError("broken"), FEED, now=NOW, jitter=0)
        waits.append(_wait(state) / MINUTE)
    assert waits == [15, 15, 22.5, 30, 37.5]
    assert state.error == "broken"


def test_thirty_dns_failures_do_not_stop_a_feed() -> None:
    state = STATE
    for _ in range(30):
        error = UnreachableError("no answer for now (DNS)", weight=0.25)
        state = after_failure(state, error, FEED, now=NOW, jitter=1)
    assert not state.stopped
    assert _wait(state) < timedelta(hours=2.1)


@given(
    failures=st.floats(0, 1e6),
    jitter=st.floats(0, 1),
    hours=st.none() | st.floats(0, 24),
    weight=st.sampled_from([0.25, 0.5, 1.0]),
)
def test_no_wait_is_over_a_day_nor_shorter_than_the_server_asked(
    failures: float, jitter: float, hours: float | None, weight: float
) -> None:
    asked = None if hours is None else timedelta(hours=hours)
    error = FetchError("429", weight=weight, retry_after=asked)
    state = replace(STATE, failures=failures)
    wait = _wait(after_failure(state, error, FEED, now=NOW, jitter=jitter))
    assert max(asked or 0 * MINUTE, 15 * MINUTE) <= wait <= timedelta(hours=24)


def test_retry_after_is_stored_as_the_next_due_time_and_so_survives_a_restart() -> None:
    error = FetchError("503", retry_after=timedelta(hours=5))
    assert after_failure(STATE, error, FEED, now=NOW, jitter=0).next_due_at == NOW + timedelta(
        hours=5
    )


def test_one_success_resets_the_failures() -> None:
    failing = replace(STATE, failures=7.5, error="broken", gone_at=NOW, stopped=True)
    for state in (
        _after_document(failing),
        after_not_modified(failing, replace(READ, body=None), FEED, now=NOW, jitter=0),
    ):
        assert (state.failures, state.error, state.gone_at, state.stopped) == (0, "", None, False)


@pytest.mark.parametrize(
    ("answers", "stopped"),
    [
        ([(0, GoneError("410"))], False),
        ([(0, GoneError("410")), (59, GoneError("410"))], False),
        ([(0, GoneError("410")), (60, GoneError("410"))], True),
        ([(0, GoneError("410")), (30, GoneError("410")), (61, GoneError("410"))], True),
        ([(0, GoneError("410")), (61, FetchError("500"))], False),
        ([(0, FetchError("500")), (61, GoneError("410"))], False),
    ],
)
def test_two_410_an_hour_apart_stop_a_feed(
    answers: list[tuple[int, FeedError]],
    stopped: bool,
) -> None:
    state = STATE
    for minutes, error in answers:
        state = after_failure(state, error, FEED, now=NOW + minutes * MINUTE, jitter=0)
    assert state.stopped == stopped


def test_a_failure_keeps_what_was_known() -> None:
    known = replace(STATE, etag='"1"', body_hash="beef", baselined_at=NOW, not_modified=3)
    failed = after_failure(known, FetchError("a\nb"), FEED, now=NOW, jitter=0)
    assert (failed.etag, failed.body_hash, failed.not_modified) == ('"1"', "beef", 3)
    assert failed.baselined_at == NOW
    assert failed.error == "a b"


# --- documents --------------------------------------------------------------------------------


def test_a_document_leaves_its_validators_and_hash() -> None:
    state = _after_document(replace(STATE, not_modified=9), identified=_identified())
    assert (state.etag, state.last_modified, state.body_hash) == ('"2"', "then", "beef")
    assert (state.last_document_at, state.last_new_at, state.last_read_at) == (NOW, NOW, NOW)
    assert (state.baselined_at, state.identity_rule) == (NOW, IdentityRule.LINK)
    assert state.not_modified == 0


def test_a_truncated_document_leaves_neither_validators_nor_hash() -> None:
    known = replace(STATE, etag='"1"', last_modified="before", body_hash="cafe")
    state = _after_document(known, complete=False, identified=_identified())
    assert (state.etag, state.last_modified, state.body_hash) == ("", "", "")


def test_half_a_document_is_no_baseline_but_a_second_one_is() -> None:
    first = _after_document(complete=False, identified=_identified())
    assert first.baselined_at is None
    later = NOW + timedelta(hours=1)
    assert _after_document(first, identified=_identified(), now=later).baselined_at == later
    again = _after_document(first, complete=False, identified=_identified(), now=later)
    assert again.baselined_at == later


def test_a_changed_rule_is_a_new_baseline() -> None:
    old = replace(STATE, baselined_at=NOW - timedelta(days=1), identity_rule=IdentityRule.GUID)
    assert _after_document(old, identified=_identified()).baselined_at == old.baselined_at
    assert _after_document(old, identified=_identified(changed=True)).baselined_at == NOW


def test_a_known_body_changes_neither_rule_nor_baseline_nor_last_news() -> None:
    old = replace(
        STATE, baselined_at=NOW - MINUTE, identity_rule=IdentityRule.GUID, last_new_at=NOW - MINUTE
    )
    state = _after_document(old, new=False)
    assert (state.baselined_at, state.identity_rule) == (NOW - MINUTE, IdentityRule.GUID)
    assert state.last_new_at == NOW - MINUTE
    assert (state.etag, state.last_document_at) == ('"2"', NOW)


# --- validators -------------------------------------------------------------------------------


def test_a_304_is_counted_and_its_validators_stored() -> None:
    answer = replace(READ, status=304, body=None)
    state = after_not_modified(replace(STATE, not_modified=4), answer, FEED, now=NOW, jitter=0)
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
