"""Is it them, or is it us?  Our own outage is told once and costs no feed anything."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import FeedError, FetchError, UnreachableError
from alerts.feeds.transitions import after_failure, met_again
from alerts.model import FeedState
from alerts.poller.outlook import Outlook, without_harm
from tests.builders import NOW, a_feed, a_state

DOWN = UnreachableError("no address (DNS)")
SECOND = timedelta(seconds=1)


def noted(outlook: Outlook, url: str, error: FeedError | None, now: datetime = NOW) -> bool:
    return outlook.note(a_state(url), error, now=now)


def host(number: int) -> str:
    return f"https://h{number}.example/f"


def test_five_unreachable_hosts_and_no_other_mean_that_we_are_offline() -> None:
    outlook = Outlook()
    assert [noted(outlook, host(n), DOWN) for n in range(8)] == [False] * 4 + [True] + [False] * 3
    assert outlook.is_offline


def test_half_of_the_polls_answered_is_not_an_outage() -> None:
    outlook = Outlook()
    for number in range(100):
        assert not noted(outlook, host(number), DOWN if number % 2 else None)
    assert noted(outlook, host(1), DOWN)


def test_an_error_that_a_server_sent_is_an_answer() -> None:
    outlook = Outlook()
    assert not any(noted(outlook, host(n), FetchError("500")) for n in range(50))


def test_one_host_with_many_feeds_is_not_the_world() -> None:
    outlook = Outlook()
    assert not any(noted(outlook, f"https://h.example/{n}", DOWN) for n in range(50))


def test_failures_of_long_ago_do_not_count() -> None:
    outlook = Outlook()
    for number in range(4):
        noted(outlook, host(number), DOWN)
    assert not noted(outlook, host(9), DOWN, NOW + timedelta(minutes=5, seconds=1))


def test_a_lone_answer_does_not_end_an_outage_and_half_of_the_last_ten_do() -> None:
    outlook = Outlook()
    for number in range(20):
        noted(outlook, host(number), DOWN)
    assert [noted(outlook, host(n), None) for n in range(5)] == [False] * 4 + [True]
    assert not outlook.is_offline
    # What was before it is forgotten: it takes five hosts again.
    assert [noted(outlook, host(n), DOWN) for n in range(5)] == [False] * 4 + [True]


def test_silence_does_not_end_an_outage_and_after_it_one_answer_does() -> None:
    outlook = Outlook()
    for number in range(5):
        noted(outlook, host(number), DOWN)
    hours = NOW + timedelta(hours=3)
    assert not noted(outlook, host(1), DOWN, hours)
    assert outlook.is_offline
    assert noted(outlook, host(2), None, hours + timedelta(minutes=6))


@given(
    st.floats(min_value=0, max_value=50),
    st.lists(st.sampled_from([0.25, 0.5]), min_size=1, max_size=30),
)
def test_what_an_outage_did_is_taken_back_whole(sum_before: float, weights: list[float]) -> None:
    """After any number of failures the counters, and the wait, are those of one poll without any."""
    before = a_state(failures=sum_before, error="503" if sum_before else "", last_polled_at=NOW)
    after, now = before, NOW
    for weight in weights:
        now = after.next_due_at
        error = UnreachableError("down", weight=weight)
        after = after_failure(after, error, a_feed(), now=now, jitter=0.0, threshold=0.6)
    mended = without_harm(before, after)
    assert (mended.failures, mended.error) == (before.failures, before.error)
    assert mended.last_polled_at == now
    alone = after_failure(
        before, UnreachableError("", weight=0.0), a_feed(), now=now, jitter=0.0, threshold=0.6
    )
    assert abs(mended.next_due_at - alone.next_due_at) < SECOND


def test_a_feed_that_failed_before_the_outage_keeps_what_it_had() -> None:
    outlook, old = Outlook(), a_state(host(0), failures=3.0, error="503")
    failed = FeedState(
        url=host(0), next_due_at=NOW, failures=3.5, error="no address", stopped=False
    )
    outlook.note(old, DOWN, now=NOW)
    assert outlook.unharmed(failed) == failed
    for number in range(1, 6):
        noted(outlook, host(number), DOWN)
    assert outlook.unharmed(failed).failures == 3.0
    assert set(outlook.harmed) == {host(number) for number in range(6)}


def test_a_feed_that_is_met_again_during_an_outage_stays_so() -> None:
    before = a_state("https://a.example/", baselined_at=NOW, last_polled_at=NOW)
    after = after_failure(
        met_again(before, now=NOW + timedelta(days=4)),
        DOWN,
        a_feed("https://a.example/"),
        now=NOW + timedelta(days=4),
        jitter=0.0,
        threshold=0.6,
    )
    assert without_harm(before, after).baselined_at is None
