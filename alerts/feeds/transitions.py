"""What is remembered of a poll?  Pure: time and chance are given.

Every transition of `FeedState` is here; the poller only stores what comes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Unpack

from alerts.errors import FeedError, GoneError
from alerts.feeds.fetch import Fetched
from alerts.feeds.identity import Identified
from alerts.feeds.moves import after_hard_times, with_move
from alerts.feeds.rhythm import Rhythm, learned, met
from alerts.feeds.schedule import Timing, failing_wait, learned_wait, next_poll_at
from alerts.feeds.validators import mistrusted_since
from alerts.model import Feed, FeedState

#: One 410 may be a mistake of the day.
GONE_TWICE_AFTER = timedelta(hours=1)
#: A feed that nobody polled for so long is met anew: its news of that time is past.  FEEDS.md calls
#: articles late at the same age.
AWAY_AFTER = timedelta(hours=72)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a document that was read lists, next to what is stored."""

    count: int = 0
    #: How many of them are stored already.
    known: int = 0
    #: The dates of those that are new to us, None where the publisher gave none.
    new: Sequence[datetime | None] = ()
    #: How many slid back into the feed with an old date.
    late: int = 0


def met_again(state: FeedState, *, now: datetime) -> FeedState:
    """Return the state in which a feed is polled at *now*.

    When it was not polled for long (the process stood still, an old backup was restored, no rule
    file named the feed), what it lists is a baseline again: ringing for a week at once helps nobody.
    """
    last = state.last_polled_at
    return state if last is None or now - last < AWAY_AFTER else replace(state, baselined_at=None)


def after_document(
    state: FeedState,
    fetched: Fetched,
    feed: Feed,
    *,
    body_hash: str,
    complete: bool,
    identified: Identified | None = None,
    listed: Listed | None = None,
    hint: timedelta | None = None,
    **timing: Unpack[Timing],
) -> FeedState:
    """Return the state after a 200 that could be read.

    *complete* is False when the connection broke or the document stopped before its end; then
    neither validators nor hash are kept.  *identified* and *listed* are None for a body that was
    known already.  *hint* is the document's own (`ParsedFeed.update_every`).
    """
    now = timing["now"]
    update_every = hint if identified else state.update_every
    state = with_move(state, fetched, is_same=listed is None or listed.known > 0, now=now)
    # What a feed brings that is met again was hidden by our standstill, and not by its 304s.
    new = listed.new if listed and state.baselined_at else None
    unreliable_at = mistrusted_since(state, new, now=now)
    if listed is not None and identified is not None:
        state = _with_listed(state, listed, identified, now)
    read = _after_success(state, fetched, feed, hint=update_every, **timing)
    return replace(
        read,
        unreliable_at=unreliable_at,
        update_every=update_every,
        etag=fetched.etag if complete else "",
        last_modified=fetched.last_modified if complete else "",
        body_hash=body_hash if complete else "",
        not_modified=0,
        last_document_at=now,
        identity_rule=identified.rule if identified else state.identity_rule,
        baselined_at=_baselined_at(state, identified, complete=complete, now=now),
    )


def after_not_modified(
    state: FeedState, fetched: Fetched, feed: Feed, **timing: Unpack[Timing]
) -> FeedState:
    """Return the state after a 304."""
    state = with_move(state, fetched, is_same=True, now=timing["now"])
    read = _after_success(state, fetched, feed, hint=state.update_every, **timing)
    return replace(
        read,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        not_modified=state.not_modified + 1,
        # Met again, and it has nothing that is not stored.
        baselined_at=state.baselined_at or timing["now"],
    )


def after_failure(
    state: FeedState,
    error: FeedError,
    feed: Feed,
    **timing: Unpack[Timing],
) -> FeedState:
    """Return the state after a poll that brought nothing."""
    now = timing["now"]
    failures = state.failures + error.weight
    wait = learned_wait(state, feed, threshold=timing["threshold"], now=now) * max(1.0, failures)
    gone_at = state.gone_at or (now if isinstance(error, GoneError) else None)
    return replace(
        after_hard_times(state, failures),
        last_polled_at=now,
        failures=failures,
        error=" ".join(str(error).split()),
        gone_at=gone_at,
        stopped=isinstance(error, GoneError) and is_gone(gone_at, now),
        next_due_at=now + failing_wait(wait, error.retry_after, timing["jitter"]),
    )


def _after_success(
    state: FeedState,
    fetched: Fetched,
    feed: Feed,
    *,
    hint: timedelta | None,
    **timing: Unpack[Timing],
) -> FeedState:
    now = timing["now"]
    due_at = next_poll_at(state, feed, hint, fetched.fresh_for, **timing)
    return replace(
        state,
        last_polled_at=now,
        last_read_at=now,
        failures=0.0,
        error="",
        gone_at=None,
        stopped=False,
        next_due_at=due_at,
    )


def _with_listed(
    state: FeedState, listed: Listed, identified: Identified, now: datetime
) -> FeedState:
    """Return *state* with what a document told of the feed's rhythm, gaps and late articles."""
    counted = replace(state, listed_count=listed.count, late=state.late + listed.late)
    if state.baselined_at is None:
        return replace(
            counted,
            rhythm=_first_rhythm(state, listed, now),
            last_new_at=_newest(listed.new, now) if listed.new else state.last_new_at,
        )
    if identified.changed:  # the same articles under other keys
        return counted
    gap = is_gap(state, listed)
    before, after = Rhythm.read(state.rhythm), state.last_polled_at or now
    rhythm = learned(before or met((), now=after), listed.new, after=after, now=now)
    return replace(
        counted,
        rhythm=rhythm.write(),
        last_new_at=now if listed.new else state.last_new_at,
        gaps=state.gaps + gap,
        last_gap_at=now if gap else state.last_gap_at,
    )


def _first_rhythm(state: FeedState, listed: Listed, now: datetime) -> bytes | None:
    """Return what a baseline tells; of a feed that is met again, what was learned before."""
    last = state.last_document_at
    if state.rhythm is not None and last is not None and now - last >= AWAY_AFTER:
        return state.rhythm
    return met(listed.new, now=now).write() if listed.count else None


def is_gap(state: FeedState, listed: Listed) -> bool:
    """Tell whether nothing that a document lists was known: articles may have been missed.

    After an empty document nothing can have slid out.
    """
    return bool(listed.count and state.listed_count) and listed.known == 0


def _newest(dates: Sequence[datetime | None], now: datetime) -> datetime:
    """Return the newest date; an undated article may be of now."""
    return min(now, max(date or now for date in dates))


def is_gone(first_gone_at: datetime | None, now: datetime) -> bool:
    """Tell whether a 410 at *now*, after a first one, means that the feed is no more."""
    return first_gone_at is not None and now - first_gone_at >= GONE_TWICE_AFTER


def _baselined_at(
    state: FeedState, identified: Identified | None, *, complete: bool, now: datetime
) -> datetime | None:
    if identified is None:  # nothing that is not stored
        return state.baselined_at or now
    if identified.changed:
        return now
    # Half a document is no baseline: the other half would ring as news.  But a feed that never
    # closes its root element must not stay silent for ever, so the second half document is one.
    if complete or state.last_document_at is not None:
        return state.baselined_at or now
    return state.baselined_at
