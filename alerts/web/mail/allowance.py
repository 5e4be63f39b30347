"""How often may somebody do something?  Pure, but for the memory of who did it lately."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

#: People that are remembered at once; beyond that the longest unseen are forgotten.
_MOST_PEOPLE = 10_000


class Allowance:
    """At most *count* times in any *window*, each person for themselves."""

    def __init__(self, count: int, window: timedelta) -> None:
        self._count = count
        self._window = window
        self._times: dict[str, deque[datetime]] = {}

    def spend(self, person: str, *, now: datetime) -> bool:
        """Tell whether *person* may do it at *now*, and remember that they did."""
        times = self._times.pop(person, deque(maxlen=self._count))
        self._times[person] = times
        if len(self._times) > _MOST_PEOPLE:
            del self._times[next(iter(self._times))]
        if len(times) == self._count and now - times[0] < self._window:
            return False
        times.append(now)
        return True
