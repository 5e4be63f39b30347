"""What is remembered of a poll."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import FeedError, FetchError, GoneError, ParseError, UnreachableError
from alerts.feeds.rhythm import Rhythm, learned, met
from alerts.feeds.schedule import (
    BOUNDS,
)
from alerts.feeds.transitions import (
    Listed,
    after_failure,
    after_not_modified,
    met_again,
)
from alerts.model import FeedState, IdentityRule
from tests.feeds.states import (
    DAY,
    FEED,
    KNOWN,
    MINUTE,
    NOW,
    READ,
    STATE,
    THRESHOLD,
    UNCHANGED,
    identified_by_link,
    lists,
    read,
    wait,
)


# --- what a document tells ---------------------------------------------------------------------
def test_a_first_document_teaches_the_rhythm_and_a_later_one_goes_on() -> None:
    dates = [NOW - hours * timedelta(hours=1) for hours in range(48)]
    first = lists(STATE, *dates, known=0)
    assert Rhythm.read(first.rhythm) == Rhythm.read(met(dates, now=NOW).write())
    later = NOW + 15 * MINUTE
    second = lists(first, later - MINUTE, None, known=46, now=later)
    before = Rhythm.read(first.rhythm)
    assert before is not None
    after = learned(before, [later - MINUTE, None], after=NOW, now=later)
    assert second.rhythm == after.write()
    assert second.last_new_at == later


def test_a_feed_that_was_long_silent_when_it_was_met_is_dormant_at_once() -> None:
    state = lists(STATE, NOW - 20 * DAY, NOW - 25 * DAY, known=0)
    assert state.last_new_at == NOW - 20 * DAY
    assert wait(state) >= 30 * MINUTE


def test_a_document_without_anything_known_is_a_gap_and_polled_again_sooner() -> None:
    before = replace(KNOWN, rhythm=met([NOW - 2 * DAY, NOW - DAY], now=NOW).write())
    usual = lists(before, NOW - MINUTE, known=3)
    gap = lists(before, NOW - MINUTE, known=0)
    assert (gap.gaps, gap.last_gap_at) == (1, NOW)
    assert (usual.gaps, usual.last_gap_at) == (0, None)
    assert wait(gap) == max(wait(usual) / 2, BOUNDS.shortest)
    hinted = read(
        before,
        identified=identified_by_link(),
        listed=Listed(count=1, new=(NOW,)),
        hint=60 * MINUTE,
    )
    assert wait(hinted) < 60 * MINUTE
    assert lists(gap, NOW, known=0, now=NOW + MINUTE).gaps == 2


@pytest.mark.parametrize(
    ("state", "listed", "changed"),
    [
        (STATE, Listed(count=2, new=(NOW, NOW)), False),  # the baseline
        (KNOWN, Listed(), False),  # an empty document
        (replace(KNOWN, listed_count=0), Listed(count=2, new=(NOW, NOW)), False),  # and after one
        (KNOWN, Listed(count=2, new=(NOW, NOW)), True),  # all keys are new: a baseline
        (KNOWN, Listed(count=2, known=1, new=(NOW,)), False),
    ],
)
def test_what_is_no_gap(state: FeedState, listed: Listed, changed: bool) -> None:
    identified = identified_by_link(changed=changed)
    assert read(state, identified=identified, listed=listed).gaps == 0


def test_new_keys_for_old_articles_teach_nothing() -> None:
    before = replace(KNOWN, rhythm=met([NOW - DAY], now=NOW).write())
    listed = Listed(count=2, new=(NOW, NOW))
    after = read(before, identified=identified_by_link(changed=True), listed=listed)
    assert (after.rhythm, after.last_new_at) == (before.rhythm, before.last_new_at)


def test_late_articles_are_counted_and_are_no_news() -> None:
    state = lists(replace(KNOWN, late=2), known=10, late=5)
    assert (state.late, state.last_new_at, state.gaps) == (7, KNOWN.last_new_at, 0)


# --- failures ----------------------------------------------------------------------------------
def test_failures_add_up_and_the_wait_grows_with_them() -> None:
    state, waits = STATE, []
    for _ in range(5):
        state = after_failure(
            state, ParseError("broken"), FEED, now=NOW, jitter=0, threshold=THRESHOLD
        )
        waits.append(wait(state) / MINUTE)
    assert waits == [15, 15, 22.5, 30, 37.5]
    assert state.error == "broken"


def test_thirty_dns_failures_do_not_stop_a_feed() -> None:
    state = STATE
    for _ in range(30):
        error = UnreachableError("no answer for now (DNS)", weight=0.25)
        state = after_failure(state, error, FEED, now=NOW, jitter=1, threshold=THRESHOLD)
    assert not state.stopped
    assert wait(state) < timedelta(hours=2.1)


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
    waited = wait(after_failure(state, error, FEED, now=NOW, jitter=jitter, threshold=THRESHOLD))
    assert max(asked or 0 * MINUTE, 15 * MINUTE) <= waited <= timedelta(hours=24)


def test_retry_after_is_stored_as_the_next_due_time_and_so_survives_a_restart() -> None:
    error = FetchError("503", retry_after=timedelta(hours=5))
    assert after_failure(
        STATE, error, FEED, now=NOW, jitter=0, threshold=THRESHOLD
    ).next_due_at == NOW + timedelta(hours=5)


def test_one_success_resets_the_failures() -> None:
    failing = replace(STATE, failures=7.5, error="broken", gone_at=NOW, stopped=True)
    for state in (
        read(failing),
        after_not_modified(
            failing, replace(READ, body=None), FEED, now=NOW, jitter=0, threshold=THRESHOLD
        ),
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
        state = after_failure(
            state, error, FEED, now=NOW + minutes * MINUTE, jitter=0, threshold=THRESHOLD
        )
    assert state.stopped == stopped


def test_a_failure_keeps_what_was_known() -> None:
    known = replace(STATE, etag='"1"', body_hash="beef", baselined_at=NOW, not_modified=3)
    failed = after_failure(known, FetchError("a\nb"), FEED, now=NOW, jitter=0, threshold=THRESHOLD)
    assert (failed.etag, failed.body_hash, failed.not_modified) == ('"1"', "beef", 3)
    assert failed.baselined_at == NOW
    assert failed.error == "a b"


# --- documents ---------------------------------------------------------------------------------
def test_a_document_leaves_its_validators_and_hash() -> None:
    state = lists(replace(STATE, not_modified=9), NOW)
    assert (state.etag, state.last_modified, state.body_hash) == ('"2"', "then", "beef")
    assert (state.last_document_at, state.last_new_at, state.last_read_at) == (NOW, NOW, NOW)
    assert (state.baselined_at, state.identity_rule) == (NOW, IdentityRule.LINK)
    assert state.not_modified == 0


def test_a_truncated_document_leaves_neither_validators_nor_hash() -> None:
    known = replace(STATE, etag='"1"', last_modified="before", body_hash="cafe")
    state = read(known, complete=False, identified=identified_by_link())
    assert (state.etag, state.last_modified, state.body_hash) == ("", "", "")


def test_half_a_document_is_no_baseline_but_a_second_one_is() -> None:
    first = read(complete=False, identified=identified_by_link())
    assert first.baselined_at is None
    later = NOW + timedelta(hours=1)
    assert read(first, identified=identified_by_link(), now=later).baselined_at == later
    again = read(first, complete=False, identified=identified_by_link(), now=later)
    assert again.baselined_at == later


def test_a_changed_rule_is_a_new_baseline() -> None:
    old = replace(STATE, baselined_at=NOW - timedelta(days=1), identity_rule=IdentityRule.GUID)
    assert read(old, identified=identified_by_link()).baselined_at == old.baselined_at
    assert read(old, identified=identified_by_link(changed=True)).baselined_at == NOW


def test_a_known_body_changes_neither_rule_nor_baseline_nor_last_news() -> None:
    old = replace(
        STATE, baselined_at=NOW - MINUTE, identity_rule=IdentityRule.GUID, last_new_at=NOW - MINUTE
    )
    state = read(old)
    assert (state.baselined_at, state.identity_rule) == (NOW - MINUTE, IdentityRule.GUID)
    assert state.last_new_at == NOW - MINUTE
    assert (state.etag, state.last_document_at) == ('"2"', NOW)


# --- standing still -----------------------------------------------------------------------------


def test_a_feed_that_nobody_polled_for_three_days_is_met_again() -> None:
    def after(hours: int) -> FeedState:
        now = NOW + timedelta(hours=hours)
        return met_again(replace(KNOWN, last_polled_at=NOW), now=now)

    assert after(71).baselined_at == KNOWN.baselined_at
    assert after(72) == replace(KNOWN, last_polled_at=NOW, baselined_at=None)
    assert met_again(STATE, now=NOW + 30 * DAY) == STATE


def test_a_feed_that_is_met_again_keeps_its_rhythm_and_has_no_gap() -> None:
    before = replace(lists(KNOWN, NOW), last_polled_at=NOW)
    now = NOW + 9 * DAY
    after = lists(met_again(before, now=now), now - DAY, None, known=0, now=now)
    assert after.baselined_at == now
    assert after.rhythm == before.rhythm
    assert (after.gaps, after.late) == (before.gaps, 0)


def test_undated_articles_of_a_standstill_are_nothing_that_304s_hid() -> None:
    before = replace(KNOWN, not_modified=3, etag="", last_polled_at=NOW - 9 * DAY)
    assert lists(before, None).unreliable_at == NOW
    assert lists(met_again(before, now=NOW), None).unreliable_at is None


def test_a_feed_that_is_met_again_and_has_nothing_new_is_known() -> None:
    away = replace(KNOWN, baselined_at=None)
    unchanged = after_not_modified(away, UNCHANGED, FEED, now=NOW, jitter=0, threshold=THRESHOLD)
    assert unchanged.baselined_at == NOW
    assert read(away).baselined_at == NOW
