"""When is a feed polled next, and what is remembered of a poll?  Pure: time and chance are given.

Every transition of `FeedState` is here; the poller only stores what comes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypedDict, Unpack

from alerts.errors import FeedError, GoneError
from alerts.feeds.fetch import Fetched, FetchRequest
from alerts.feeds.identity import Identified
from alerts.feeds.moves import after_hard_times, polled_url, with_move
from alerts.feeds.rhythm import USUAL_INTERVAL, Bounds, Rhythm, due_after, learned, met
from alerts.model import Feed, FeedState

#: What an operator calls urgent is never waited for longer.
PRIORITY_INTERVAL = timedelta(minutes=5)
BOUNDS = Bounds()
#: First polls of new feeds begin at most so far apart, and all of them within the usual interval.
FIRST_POLLS_APART = timedelta(milliseconds=100)
#: A feed that was silent for so long is polled no sooner than this share of the longest wait.
DORMANT = (
    (timedelta(days=30), 1.0),
    (timedelta(days=14), 0.5),
    (timedelta(days=7), 0.25),
)
#: The most that a publisher's hints lengthen an interval to: uncapped, they paused a peer's feed
#: for seven days.
LONGEST_BY_HINT = timedelta(minutes=60)
LONGEST_WAIT = timedelta(hours=24)
JITTER = 0.1
LONGEST_JITTER = timedelta(minutes=1)

#: Some servers answer 304 for ever: after so many, or so long, the document itself is asked for.
MOST_NOT_MODIFIED = 50
LONGEST_WITHOUT_DOCUMENT = timedelta(days=7)
#: Validators that were found to hide articles are not sent for so long; servers are mended, too.
MISTRUSTED_FOR = timedelta(days=30)
#: Articles come out of publishers' own caches later than they are dated.
CACHES_LAG = timedelta(hours=1)
#: One 410 may be a mistake of the day.
GONE_TWICE_AFTER = timedelta(hours=1)


class Timing(TypedDict):
    """What every transition is given."""

    now: datetime
    #: Chance, 0 to 1.
    jitter: float
    #: Of the budget (`alerts.feeds.budget`).
    threshold: float


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


def conditional(state: FeedState, *, now: datetime) -> FetchRequest:
    """Return the request for the next poll: with validators, unless it is time to check them."""
    mistrusted = state.unreliable_at is not None and now - state.unreliable_at < MISTRUSTED_FOR
    stuck = state.not_modified >= MOST_NOT_MODIFIED
    long_ago = (
        state.last_document_at is None or now - state.last_document_at >= LONGEST_WITHOUT_DOCUMENT
    )
    url = polled_url(state)
    if stuck or long_ago or mistrusted:
        return FetchRequest(url=url)
    return FetchRequest(url=url, etag=state.etag, last_modified=state.last_modified)


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
    unreliable_at = _unreliable_at(state, listed, now)
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
        next_due_at=now + _failing_wait(wait, error.retry_after, timing["jitter"]),
    )


def is_paced(feed: Feed) -> bool:
    """Tell whether *feed* is polled by its rhythm, and so paid from the budget of requests."""
    return feed.interval is None and not feed.priority


def learned_wait(state: FeedState, feed: Feed, *, threshold: float, now: datetime) -> timedelta:
    """Return the wait after a poll at *now* before its publisher is asked.

    An interval in the rule files holds as it is; the loader has bounded it.
    """
    if feed.interval is not None:
        return feed.interval
    longest = PRIORITY_INTERVAL if feed.priority else BOUNDS.longest
    bounds = replace(BOUNDS, longest=longest)
    wait = due_after(Rhythm.read(state.rhythm), now, threshold, bounds) - now
    if feed.priority:
        return wait
    silent_since = state.last_new_at or state.baselined_at or now
    share = next((share for days, share in DORMANT if now - silent_since >= days), 0.0)
    return max(wait, BOUNDS.longest * share)


def next_poll_at(
    state: FeedState,
    feed: Feed,
    *hints: timedelta | None,
    **timing: Unpack[Timing],
) -> datetime:
    """Return when to poll after a success now.

    Publishers' *hints* only lengthen, and only what the operator left open.  After a gap it is
    sooner, whatever they say: what else is missed cannot be had again.
    """
    now = timing["now"]
    wait = learned_wait(state, feed, threshold=timing["threshold"], now=now)
    if is_paced(feed):
        if state.last_gap_at == now:
            wait = max(wait / 2, BOUNDS.shortest)
        else:
            asked = max((hint for hint in hints if hint is not None), default=wait)
            wait = max(wait, min(asked, LONGEST_BY_HINT))
    return now + jittered(wait, timing["jitter"])


def first_polls_apart(feeds: int) -> timedelta:
    """Return the time between the first polls of so many new feeds."""
    return min(FIRST_POLLS_APART, USUAL_INTERVAL / max(feeds, 1))


def jittered(wait: timedelta, jitter: float) -> timedelta:
    """Return *wait*, lengthened by up to a tenth and a minute: feeds must not fall into step."""
    return wait + min(wait * JITTER, LONGEST_JITTER) * jitter


def is_gone(first_gone_at: datetime | None, now: datetime) -> bool:
    """Tell whether a 410 at *now*, after a first one, means that the feed is no more."""
    return first_gone_at is not None and now - first_gone_at >= GONE_TWICE_AFTER


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
        rhythm = met(listed.new, now=now) if listed.count else None
        return replace(
            counted,
            rhythm=rhythm.write() if rhythm else None,
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


def is_gap(state: FeedState, listed: Listed) -> bool:
    """Tell whether nothing that a document lists was known: articles may have been missed.

    After an empty document nothing can have slid out.
    """
    return bool(listed.count and state.listed_count) and listed.known == 0


def _unreliable_at(state: FeedState, listed: Listed | None, now: datetime) -> datetime | None:
    """Return when the feed's 304s were found to hide articles.

    That shows in a poll without validators after 304s: what it brings was published before the last
    of them.  Undated articles are taken for hidden: that news falls on just this poll is unlikely,
    and mistrust costs bytes where trust would cost articles.
    """
    since, last = state.unreliable_at, state.last_read_at
    if since is not None and now - since >= MISTRUSTED_FOR:
        since = None
    asked = conditional(state, now=now)
    if listed is None or last is None or not state.not_modified:
        return since
    if asked.etag or asked.last_modified:
        return since
    hidden = any(date is None or date < last - CACHES_LAG for date in listed.new)
    return since or (now if hidden else None)


def _newest(dates: Sequence[datetime | None], now: datetime) -> datetime:
    """Return the newest date; an undated article may be of now."""
    return min(now, max(date or now for date in dates))


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
