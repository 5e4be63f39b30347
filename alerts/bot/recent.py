"""What happened lately, and how often; forgotten after a while.  Pure state."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Final

#: Things that are remembered at once; a crowd must not fill the memory.
_MOST: Final = 100_000


class Recent:
    """Counts happenings of things in a sliding window."""

    def __init__(self, window: timedelta) -> None:
        self._window = window
        #: The one that happened the longest ago first.
        self._times: OrderedDict[Hashable, deque[datetime]] = OrderedDict()

    def count(self, thing: Hashable, now: datetime) -> int:
        """Return how often *thing* happened within the window."""
        times = self._times.get(thing, deque())
        while times and now - times[0] >= self._window:
            times.popleft()
        return len(times)

    def note(self, thing: Hashable, now: datetime) -> None:
        """Note that *thing* happened; what happened before the window is forgotten."""
        self._times.setdefault(thing, deque()).append(now)
        self._times.move_to_end(thing)
        while len(self._times) > _MOST or self._is_over(now):
            self._times.popitem(last=False)

    def _is_over(self, now: datetime) -> bool:
        """Tell whether the thing that happened the longest ago is not counted any more."""
        times = next(iter(self._times.values()))
        return not times or now - times[-1] >= self._window
