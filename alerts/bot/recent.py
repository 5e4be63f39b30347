"""What happened lately, and how often; forgotten after a while.  Pure state."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Final

#: Things that are remembered at once; a crowd must not fill the memory.
_MOST: Final = 4096


class Recent:
    """Counts happenings of things in a sliding window."""

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._times: dict[Hashable, deque[datetime]] = {}

    def count(self, thing: Hashable, now: datetime) -> int:
        """Return how often *thing* happened within the window."""
        times = self._times.get(thing, deque())
        while times and now - times[0] >= self._window:
            times.popleft()
        return len(times)

    def note(self, thing: Hashable, now: datetime) -> None:
        """Note that *thing* happened."""
        if len(self._times) >= _MOST:
            self._times = {one: times for one, times in self._times.items() if self.count(one, now)}
        self._times.setdefault(thing, deque()).append(now)
