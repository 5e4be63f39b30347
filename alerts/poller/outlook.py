"""Is it them, or is it us?  Pure: the time is given.

When more than half of the polls of five minutes, and those of five hosts or more, met with silence,
it is our own outage (FEEDS.md).  No feed is to pay for it: what the first failures did to their
counters is taken back, and while it lasts no failure counts.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.errors import FeedError, UnreachableError
from alerts.model import FeedState
from alerts.poller.neighbours import host_of

_HOSTS = 5
_WINDOW = timedelta(minutes=5)
#: The outage is over when at least half of so many last polls were answered: the window would say
#: so minutes later, and while few feeds are polled one answer is enough.
_LAST = 10


class Outlook:
    """Remembers which polls of the last minutes were answered."""

    def __init__(self) -> None:
        self.is_offline = False
        #: (when, host, whether the network answered)
        self._polls: deque[tuple[datetime, str, bool]] = deque()
        #: Host -> its polls in the window that met with silence.
        self._silent: Counter[str] = Counter()
        #: URL -> when it met with silence first, and its state from before.
        self._before: dict[str, tuple[datetime, FeedState]] = {}

    def note(self, before: FeedState, error: FeedError | None, *, now: datetime) -> bool:
        """Count a poll that found a feed in the state *before*; tell if `is_offline` changed."""
        self._remember(before, error, now)
        changed = self._is_over() if self.is_offline else self._has_begun()
        if changed:
            self.is_offline = not self.is_offline
            if not self.is_offline:
                self._forget_everything()
        return changed

    def unharmed(self, state: FeedState) -> FeedState:
        """Return *state* as if the failures of this outage had not been counted."""
        if not self.is_offline or state.url not in self._before:
            return state
        return without_harm(self._before[state.url][1], state)

    @property
    def harmed(self) -> tuple[str, ...]:
        """The feeds that met with silence in this outage, or just before it was noticed."""
        return tuple(self._before)

    def _remember(self, before: FeedState, error: FeedError | None, now: datetime) -> None:
        host, answered = host_of(before.url), not isinstance(error, UnreachableError)
        self._polls.append((now, host, answered))
        if not answered:
            self._silent[host] += 1
        if error is None:
            self._before.pop(before.url, None)
        elif not answered or self.is_offline:
            self._before.setdefault(before.url, (now, before))
        self._expire(now)

    def _expire(self, now: datetime) -> None:
        while now - self._polls[0][0] > _WINDOW:
            _, host, answered = self._polls.popleft()
            if not answered:
                self._silent[host] -= 1
                if not self._silent[host]:
                    del self._silent[host]
        if self.is_offline:
            return
        # In the order of time: what is old stands first.
        while self._before and now - next(iter(self._before.values()))[0] > _WINDOW:
            del self._before[next(iter(self._before))]

    def _has_begun(self) -> bool:
        if 2 * self._silent.total() <= len(self._polls):
            return False
        return len(self._silent) >= _HOSTS

    def _is_over(self) -> bool:
        last = [self._polls[-place][2] for place in range(1, min(_LAST, len(self._polls)) + 1)]
        return 2 * sum(last) >= len(last)

    def _forget_everything(self) -> None:
        self._polls.clear()
        self._silent.clear()
        self._before.clear()


def without_harm(before: FeedState, after: FeedState) -> FeedState:
    """Return the state *before* the failures that led to *after*, with the wait that follows."""
    polled_at = after.last_polled_at or after.next_due_at
    # Waits grow with the sum of failures, from 1 on (`alerts.feeds.schedule`).
    share = max(1.0, before.failures) / max(1.0, after.failures)
    wait = (after.next_due_at - polled_at) * share
    return replace(
        before,
        last_polled_at=after.last_polled_at,
        next_due_at=polled_at + wait,
        # No failure changes it; a feed that is met again stays so until it is read.
        baselined_at=after.baselined_at,
    )
