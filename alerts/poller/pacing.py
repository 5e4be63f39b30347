"""The one threshold of all feeds, kept while the process runs.

What is decided is `alerts.feeds.budget`'s; here is only what must be remembered between two polls:
which feeds have which rate, and how many polls there were.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from alerts.feeds.budget import POLLS_PER_FEED_PER_DAY, Census, tuned
from alerts.feeds.rhythm import Rhythm, rate
from alerts.feeds.schedule import BOUNDS, is_paced
from alerts.model import Feed, FeedState, Pace
from alerts.poller.waiting import gently

_TUNED_EVERY = timedelta(minutes=10)
#: So many times more or fewer feeds, and the threshold is computed at once.
_CHANGED_BY = 1.05


class Pacing:
    """Counts polls and rates, and knows the threshold."""

    def __init__(self, per_day: float = POLLS_PER_FEED_PER_DAY) -> None:
        self._per_day = per_day
        self._pace: Pace | None = None
        self._census = Census()
        self._tuned_for = 0
        self._polls = 0

    @property
    def is_begun(self) -> bool:
        """Whether the stored pace is known."""
        return self._pace is not None

    def begin(self, pace: Pace) -> None:
        """Go on where the last process stopped."""
        self._pace = self._pace or pace

    async def follow(
        self, feeds: Mapping[str, Feed], states: Mapping[str, FeedState], *, now: datetime
    ) -> None:
        """Know the rates of *feeds* before they are polled, and forget all others.

        Without it a feed counts from its first poll on.
        """
        self._census.keep(frozenset(feeds))
        async for url, state in gently(states.items()):
            if url in feeds and state.last_polled_at is not None:
                self._count(feeds[url], state, now)

    def tune(self, feed: Feed, state: FeedState, *, now: datetime) -> Pace | None:
        """Count a poll of *feed*; return the pace when it changed and should be stored."""
        self._count(feed, state, now)
        self._polls += is_paced(feed)
        pace, feeds = self._pace or Pace(), len(self._census)
        alike = self._tuned_for / _CHANGED_BY <= feeds <= self._tuned_for * _CHANGED_BY
        if alike and pace.tuned_at is not None and now - pace.tuned_at < _TUNED_EVERY:
            return None
        self._pace = tuned(
            pace, self._census, polls=self._polls, per_day=self._per_day, bounds=BOUNDS, now=now
        )
        self._tuned_for, self._polls = feeds, 0
        return self._pace

    @property
    def threshold(self) -> float:
        """For so many minutes expected articles may have waited, added up."""
        return (self._pace or Pace()).threshold

    def _count(self, feed: Feed, state: FeedState, now: datetime) -> None:
        if is_paced(feed):
            self._census.note(feed.url, rate(Rhythm.glance(state.rhythm), now=now))
        else:
            self._census.drop(feed.url)
