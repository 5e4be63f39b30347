from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import FeedError, FetchError, GoneError, ParseError, UnreachableError
from alerts.feeds.fetch import Fetched
from alerts.feeds.identity import Identified
from alerts.feeds.rhythm import Rhythm, learned, met
from alerts.feeds.schedule import (
    BOUNDS,
    LONGEST_JITTER,
    Listed,
    after_document,
    after_failure,
    after_not_modified,
    conditional,
    first_polls_apart,
    is_paced,
    learned_wait,
    next_poll_at,
)
from alerts.model import Feed, FeedState, IdentityRule

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FEED = Feed(url="https://example.org/feed", publisher="example")
STATE = FeedState(url=FEED.url, next_due_at=NOW)
READ = Fetched(status=200, url=FEED.url, body=b"x", etag='"2"', last_modified="then")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
THRESHOLD = 0.3
#: A feed that was met a while ago and listed something.
KNOWN = replace(
    STATE,
    baselined_at=NOW - 30 * DAY,
    last_polled_at=NOW - 15 * MINUTE,
    last_read_at=NOW - 15 * MINUTE,
    last_new_at=NOW - DAY,
    last_document_at=NOW - 15 * MINUTE,
    identity_rule=IdentityRule.LINK,
    listed_count=3,
)
UNCHANGED = replace(READ, status=304, body=None)


def _wait(state: FeedState) -> timedelta:
    return state.next_due_at - NOW


def _after_document(
    state: FeedState = STATE,
    *,
    complete: bool = True,
    identified: Identified | None = None,
    listed: Listed | None = None,
    now: datetime = NOW,
    hint: timedelta | None = None,
    fetched: Fetched = READ,
) -> FeedState:
    if identified is not None:
        listed = listed or Listed(count=1, known=1)
    return after_document(
        state,
        fetched,
        FEED,
        body_hash="beef",
        complete=complete,
        now=now,
        jitter=0,
        threshold=THRESHOLD,
        identified=identified,
        listed=listed,
        hint=hint,
    )


def _lists(
    state: FeedState,
    *new: datetime | None,
    known: int = 3,
    late: int = 0,
    now: datetime = NOW,
    fetched: Fetched = READ,
) -> FeedState:
    """Return the state after a document with *new* articles beside *known* ones."""
    listed = Listed(count=known + late + len(new), known=known, new=new, late=late)
    return _after_document(state, identified=_identified(), listed=listed, now=now, fetched=fetched)


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
    assert (
        next_poll_at(STATE, feed, *hints, now=NOW, jitter=0, threshold=THRESHOLD)
        == NOW + minutes * MINUTE
    )


@given(st.floats(0, 1))
def test_jitter_lengthens_by_at_most_a_tenth_and_a_minute(jitter: float) -> None:
    wait = next_poll_at(STATE, FEED, now=NOW, jitter=jitter, threshold=THRESHOLD) - NOW
    assert 15 * MINUTE <= wait <= 15 * MINUTE + LONGEST_JITTER


def test_the_hint_of_the_answer_counts_too() -> None:
    fresh = replace(READ, status=304, body=None, fresh_for=40 * MINUTE)
    assert (
        _wait(after_not_modified(STATE, fresh, FEED, now=NOW, jitter=0, threshold=THRESHOLD))
        == 40 * MINUTE
    )


def test_the_hint_of_the_document_outlives_a_304_and_a_known_body() -> None:
    hinted = _after_document(identified=_identified(), hint=45 * MINUTE)
    unchanged = replace(READ, status=304, body=None)
    later = after_not_modified(hinted, unchanged, FEED, now=NOW, jitter=0, threshold=THRESHOLD)
    assert _wait(later) == 45 * MINUTE
    assert _wait(_after_document(later)) == 45 * MINUTE
    # A document that hints no more is believed at once.
    silent = _after_document(later, identified=_identified())
    assert _wait(silent) < 15 * MINUTE


@given(
    minutes=st.lists(st.floats(0, 28 * 1440), max_size=40),
    silent=st.floats(0, 100),
    hint=st.none() | st.floats(0, 1e6),
    jitter=st.floats(0, 1),
    threshold=st.floats(1e-4, 1e4),
)
def test_after_any_history_the_wait_keeps_its_bounds(
    minutes: list[float], silent: float, hint: float | None, jitter: float, threshold: float
) -> None:
    rhythm = met([NOW - minute * MINUTE for minute in minutes], now=NOW).write()
    state = replace(KNOWN, rhythm=rhythm, last_new_at=NOW - silent * DAY)
    asked = None if hint is None else hint * MINUTE
    due_at = next_poll_at(state, FEED, asked, now=NOW, jitter=jitter, threshold=threshold)
    assert BOUNDS.shortest <= due_at - NOW <= BOUNDS.longest + LONGEST_JITTER


@pytest.mark.parametrize(
    ("silent_days", "least"), [(6.9, 2), (7, 15), (13.9, 15), (14, 30), (29.9, 30), (30, 60)]
)
def test_a_silent_feed_is_dormant_by_steps(silent_days: float, least: int) -> None:
    busy = met([NOW - minute * MINUTE for minute in range(1, 1440)], now=NOW).write()
    state = replace(KNOWN, rhythm=busy, last_new_at=NOW - silent_days * DAY)
    assert learned_wait(state, FEED, threshold=1e-4, now=NOW) == least * MINUTE


def test_priority_and_intervals_are_the_operators_and_not_the_budgets() -> None:
    quiet = replace(KNOWN, rhythm=met([], now=NOW - 28 * DAY).write(), last_new_at=None)
    urgent, fixed = replace(FEED, priority=True), replace(FEED, interval=3 * MINUTE)
    for threshold in (1e-4, 1e4):
        assert learned_wait(quiet, urgent, threshold=threshold, now=NOW) <= 5 * MINUTE
        assert learned_wait(quiet, fixed, threshold=threshold, now=NOW) == 3 * MINUTE
    assert [is_paced(feed) for feed in (FEED, urgent, fixed)] == [True, False, False]


@given(st.integers(0, 200_000))
def test_first_polls_are_spread_over_at_most_an_interval(feeds: int) -> None:
    # A microsecond each is lost in rounding.
    assert feeds * first_polls_apart(feeds) <= 15 * MINUTE + timedelta(microseconds=feeds)


# --- what a document tells --------------------------------------------------------------------


def test_a_first_document_teaches_the_rhythm_and_a_later_one_goes_on() -> None:
    dates = [NOW - hours * timedelta(hours=1) for hours in range(48)]
    first = _lists(STATE, *dates, known=0)
    assert Rhythm.read(first.rhythm) == Rhythm.read(met(dates, now=NOW).write())
    later = NOW + 15 * MINUTE
    second = _lists(first, later - MINUTE, None, known=46, now=later)
    before = Rhythm.read(first.rhythm)
    assert before is not None
    after = learned(before, [later - MINUTE, None], after=NOW, now=later)
    assert second.rhythm == after.write()
    assert second.last_new_at == later


def test_a_feed_that_was_long_silent_when_it_was_met_is_dormant_at_once() -> None:
    state = _lists(STATE, NOW - 20 * DAY, NOW - 25 * DAY, known=0)
    assert state.last_new_at == NOW - 20 * DAY
    assert _wait(state) >= 30 * MINUTE


def test_a_document_without_anything_known_is_a_gap_and_polled_again_sooner() -> None:
    before = replace(KNOWN, rhythm=met([NOW - 2 * DAY, NOW - DAY], now=NOW).write())
    usual = _lists(before, NOW - MINUTE, known=3)
    gap = _lists(before, NOW - MINUTE, known=0)
    assert (gap.gaps, gap.last_gap_at) == (1, NOW)
    assert (usual.gaps, usual.last_gap_at) == (0, None)
    assert _wait(gap) == max(_wait(usual) / 2, BOUNDS.shortest)
    hinted = _after_document(
        before, identified=_identified(), listed=Listed(count=1, new=(NOW,)), hint=60 * MINUTE
    )
    assert _wait(hinted) < 60 * MINUTE
    assert _lists(gap, NOW, known=0, now=NOW + MINUTE).gaps == 2


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
    identified = _identified(changed=changed)
    assert _after_document(state, identified=identified, listed=listed).gaps == 0


def test_new_keys_for_old_articles_teach_nothing() -> None:
    before = replace(KNOWN, rhythm=met([NOW - DAY], now=NOW).write())
    listed = Listed(count=2, new=(NOW, NOW))
    after = _after_document(before, identified=_identified(changed=True), listed=listed)
    assert (after.rhythm, after.last_new_at) == (before.rhythm, before.last_new_at)


def test_late_articles_are_counted_and_are_no_news() -> None:
    state = _lists(replace(KNOWN, late=2), known=10, late=5)
    assert (state.late, state.last_new_at, state.gaps) == (7, KNOWN.last_new_at, 0)


# --- failures ---------------------------------------------------------------------------------


def test_failures_add_up_and_the_wait_grows_with_them() -> None:
    state, waits = STATE, []
    for _ in range(5):
        state = after_failure(
            state, ParseError("broken"), FEED, now=NOW, jitter=0, threshold=THRESHOLD
        )
        waits.append(_wait(state) / MINUTE)
    assert waits == [15, 15, 22.5, 30, 37.5]
    assert state.error == "broken"


def test_thirty_dns_failures_do_not_stop_a_feed() -> None:
    state = STATE
    for _ in range(30):
        error = UnreachableError("no answer for now (DNS)", weight=0.25)
        state = after_failure(state, error, FEED, now=NOW, jitter=1, threshold=THRESHOLD)
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
    wait = _wait(after_failure(state, error, FEED, now=NOW, jitter=jitter, threshold=THRESHOLD))
    assert max(asked or 0 * MINUTE, 15 * MINUTE) <= wait <= timedelta(hours=24)


def test_retry_after_is_stored_as_the_next_due_time_and_so_survives_a_restart() -> None:
    error = FetchError("503", retry_after=timedelta(hours=5))
    assert after_failure(
        STATE, error, FEED, now=NOW, jitter=0, threshold=THRESHOLD
    ).next_due_at == NOW + timedelta(hours=5)


def test_one_success_resets_the_failures() -> None:
    failing = replace(STATE, failures=7.5, error="broken", gone_at=NOW, stopped=True)
    for state in (
        _after_document(failing),
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


# --- documents --------------------------------------------------------------------------------


def test_a_document_leaves_its_validators_and_hash() -> None:
    state = _lists(replace(STATE, not_modified=9), NOW)
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
    state = _after_document(old)
    assert (state.baselined_at, state.identity_rule) == (NOW - MINUTE, IdentityRule.GUID)
    assert state.last_new_at == NOW - MINUTE
    assert (state.etag, state.last_document_at) == ('"2"', NOW)


# --- validators -------------------------------------------------------------------------------


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
    assert _lists(state, *new).unreliable_at == (NOW if found else None)


def test_unreliable_validators_are_not_sent_for_a_month_and_then_tried_again() -> None:
    state = _lists(_stuck(), NOW - timedelta(hours=9))
    for days, sent in ((0, ""), (29, ""), (30, '"2"')):
        fresh = replace(state, last_document_at=NOW + days * DAY)
        assert conditional(fresh, now=NOW + days * DAY).etag == sent
    again = _lists(state, now=NOW + 30 * DAY)
    assert again.unreliable_at is None


# --- moves ------------------------------------------------------------------------------------

NEW_URL = "https://new.example/feed"
MOVED = replace(READ, permanent_url=NEW_URL)


def _answers(state: FeedState, hours: list[float], fetched: Fetched = MOVED) -> FeedState:
    for hour in hours:
        state = _lists(state, fetched=fetched, now=NOW + timedelta(hours=hour))
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
        state = _lists(state, NOW, known=0, fetched=MOVED, now=NOW + timedelta(hours=hour))
    assert state.effective_url == ""


def test_304s_and_known_bodies_by_a_redirect_count() -> None:
    state = _answers(KNOWN, DAY_LONG[:3])
    moved = replace(UNCHANGED, permanent_url=NEW_URL)
    now = NOW + timedelta(hours=20)
    state = after_not_modified(state, moved, FEED, now=now, jitter=0, threshold=THRESHOLD)
    state = _after_document(state, fetched=MOVED, now=NOW + DAY)
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
