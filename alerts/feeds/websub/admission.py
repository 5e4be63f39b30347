"""Whose messages are read at all?  Decided before a byte of a body is.  Pure: time is given."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta
from enum import StrEnum

#: Messages about one feed in a minute; the busiest newsrooms publish a few.
_MOST = 60
_WINDOW = timedelta(minutes=1)


class Admission(StrEnum):
    """What becomes of a message that is about to be sent."""

    WELCOME = "welcome"
    #: Nobody is asked to push here: the hub may stop.
    UNKNOWN = "unknown"
    TOO_MANY = "too many"


class Turnstile:
    """Counts the messages of each known address."""

    def __init__(self) -> None:
        self._lately: defaultdict[str, deque[datetime]] = defaultdict(lambda: deque(maxlen=_MOST))

    def admits(self, path: str, *, now: datetime) -> bool:
        """Count a message to *path*; tell whether it is one of the first so many in a minute."""
        lately = self._lately[path]
        if len(lately) == _MOST and now - lately[0] < _WINDOW:
            return False
        lately.append(now)
        return True

    def forget(self, path: str) -> None:
        """Forget an address that is not in use any more."""
        self._lately.pop(path, None)
