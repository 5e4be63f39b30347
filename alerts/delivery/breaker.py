"""Is the other side there at all?  A circuit breaker for one channel's transport.  Pure state.

Five transport failures in a row open it: nothing is leased, so nothing uses up its attempts.  Then
one message at a time is the probe (half-open), and the first answer, good or bad, closes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_FAILURES = 5
_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=5)


@dataclass(slots=True)
class Breaker:
    """Counts transport failures in a row."""

    failures: int = 0
    open_until: datetime | None = None

    def failed(self, now: datetime) -> None:
        """Note that no connection could be made."""
        self.failures += 1
        if self.failures >= _FAILURES:
            doubled = _FIRST_PAUSE * 2 ** min(self.failures - _FAILURES, 10)
            self.open_until = now + min(doubled, _LONGEST_PAUSE)

    def answered(self) -> None:
        """Note that the other side answered, whatever it said."""
        self.failures = 0
        self.open_until = None

    def free(self, now: datetime, *, most: int, under_way: int) -> int:
        """Return how many messages may be tried now."""
        if self.open_until is None:
            return most
        half_open = now >= self.open_until and not under_way
        return 1 if half_open else 0
