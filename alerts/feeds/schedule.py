"""When is a feed polled next, and what is remembered of a poll?  Pure: time and chance are given.

Every transition of `FeedState` is here; the poller only stores what comes out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from alerts.errors import FeedError, GoneError
from alerts.feeds.fetch import Fetched, FetchRequest
from alerts.feeds.identity import Identified
from alerts.model import Feed, FeedState

USUAL_INTERVAL = timedelta(minutes=15)
PRIORITY_INTERVAL = timedelta(minutes=5)
#: The most that a publisher's hints lengthen an interval to: uncapped, they paused a peer's feed
#: for seven days.
LONGEST_BY_HINT = timedelta(minutes=60)
LONGEST_WAIT = timedelta(hours=24)
JITTER = 0.1

#: Some servers answer 304 for ever: after so many, or so long, the document itself is asked for.
MOST_NOT_MODIFIED = 50
LONGEST_WITHOUT_DOCUMENT = timedelta(days=7)
#: One 410 may be a mistake of the day.
GONE_TWICE_AFTER = timedelta(hours=1)


def conditional(state: FeedState, *, now: datetime) -> FetchRequest:
    """Return the request for the next poll: with validators, unless it is time to check them."""
    stuck = state.not_modified >= MOST_NOT_MODIFIED
    long_ago = (
        state.last_document_at is None or now - state.last_document_at >= LONGEST_WITHOUT_DOCUMENT
    )
    if stuck or long_ago:
        return FetchRequest(url=state.url)
    return FetchRequest(url=state.url, etag=state.etag, last_modified=state.last_modified)


def after_document(
    state: FeedState,
    fetched: Fetched,
    feed: Feed,
    *,
    body_hash: str,
    complete: bool,
    new: bool,
    now: datetime,
    jitter: float,
    identified: Identified | None = None,
    hint: timedelta | None = None,
) -> FeedState:
    """Return the state after a 200 that could be read.

    *complete* is False when the connection broke or the document stopped before its end; then
    neither validators nor hash are kept.  *identified* is None for a body that was known already.
    *hint* is the document's own (`ParsedFeed.update_every`).
    """
    update_every = hint if identified else state.update_every
    read = _after_success(state, fetched, feed, hint=update_every, now=now, jitter=jitter)
    return replace(
        read,
        update_every=update_every,
        etag=fetched.etag if complete else "",
        last_modified=fetched.last_modified if complete else "",
        body_hash=body_hash if complete else "",
        not_modified=0,
        last_document_at=now,
        last_new_at=now if new else state.last_new_at,
        identity_rule=identified.rule if identified else state.identity_rule,
        baselined_at=_baselined_at(state, identified, complete=complete, now=now),
    )


def after_not_modified(
    state: FeedState, fetched: Fetched, feed: Feed, *, now: datetime, jitter: float
) -> FeedState:
    """Return the state after a 304."""
    hint = state.update_every
    read = _after_success(state, fetched, feed, hint=hint, now=now, jitter=jitter)
    return replace(
        read,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        not_modified=state.not_modified + 1,
    )


def after_failure(
    state: FeedState, error: FeedError, feed: Feed, *, now: datetime, jitter: float
) -> FeedState:
    """Return the state after a poll that brought nothing."""
    failures = state.failures + error.weight
    wait = interval(feed) * max(1.0, failures)
    gone_at = state.gone_at or (now if isinstance(error, GoneError) else None)
    return replace(
        state,
        last_polled_at=now,
        failures=failures,
        error=" ".join(str(error).split()),
        gone_at=gone_at,
        stopped=isinstance(error, GoneError) and is_gone(gone_at, now),
        next_due_at=now + _failing_wait(wait, error.retry_after, jitter),
    )


def interval(feed: Feed) -> timedelta:
    """Return the time between two polls of *feed* before its publisher is asked.

    An interval in the rule files holds as it is; the loader has bounded it.
    """
    if feed.interval is not None:
        return feed.interval
    return PRIORITY_INTERVAL if feed.priority else USUAL_INTERVAL


def next_poll_at(feed: Feed, *hints: timedelta | None, now: datetime, jitter: float) -> datetime:
    """Return when to poll after a success.

    Publishers' *hints* only lengthen, and only what the operator left open.  *jitter* (0 to 1)
    spreads over a tenth of the wait.
    """
    wait = interval(feed)
    if feed.interval is None and not feed.priority:
        asked = max((hint for hint in hints if hint is not None), default=wait)
        wait = max(wait, min(asked, LONGEST_BY_HINT))
    return now + wait * (1 + JITTER * jitter)


def is_gone(first_gone_at: datetime | None, now: datetime) -> bool:
    """Tell whether a 410 at *now*, after a first one, means that the feed is no more."""
    return first_gone_at is not None and now - first_gone_at >= GONE_TWICE_AFTER


def _after_success(
    state: FeedState,
    fetched: Fetched,
    feed: Feed,
    *,
    hint: timedelta | None,
    now: datetime,
    jitter: float,
) -> FeedState:
    return replace(
        state,
        last_polled_at=now,
        last_read_at=now,
        failures=0.0,
        error="",
        gone_at=None,
        stopped=False,
        next_due_at=next_poll_at(feed, hint, fetched.fresh_for, now=now, jitter=jitter),
    )


def _failing_wait(wait: timedelta, retry_after: timedelta | None, jitter: float) -> timedelta:
    """Return at most 24 h; never less than the server asked for, which is capped at the same."""
    return min(max(wait, retry_after or wait) * (1 + JITTER * jitter), LONGEST_WAIT)


def _baselined_at(
    state: FeedState, identified: Identified | None, *, complete: bool, now: datetime
) -> datetime | None:
    if identified is None:
        return state.baselined_at
    if identified.changed:
        return now
    # Half a document is no baseline: the other half would ring as news.  But a feed that never
    # closes its root element must not stay silent for ever, so the second half document is one.
    if complete or state.last_document_at is not None:
        return state.baselined_at or now
    return state.baselined_at
