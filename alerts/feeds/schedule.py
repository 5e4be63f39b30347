"""When is a feed polled next?  Pure: time and chance are given.

What a feed has learned of itself is `alerts.feeds.rhythm`'s, the threshold of all feeds
`alerts.feeds.budget`'s; here stands what operator, publisher and failures have to say about it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypedDict, Unpack

from alerts.feeds.rhythm import USUAL_INTERVAL, Bounds, Rhythm, due_after
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


class Timing(TypedDict):
    """What every decision is given."""

    now: datetime
    #: Chance, 0 to 1.
    jitter: float
    #: Of the budget (`alerts.feeds.budget`).
    threshold: float


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


def failing_wait(wait: timedelta, retry_after: timedelta | None, jitter: float) -> timedelta:
    """Return at most 24 h; never less than the server asked for, which is capped at the same."""
    return min(max(wait, retry_after or wait) * (1 + JITTER * jitter), LONGEST_WAIT)
