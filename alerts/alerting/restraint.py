"""When do alerts that wait for an address become one message?  Pure.

Nobody reads the sixth message of a minute.  What is critical stays single and first; nothing is
dropped: the one message lists every story.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from alerts.alerting.timing import QUIET, quiet_until
from alerts.model import Crowd, Gathering, Held, Receiver, Severity, TimeInterval

#: More than so many that wait for a chat are told at once (DELIVERY.md).
MOST_SINGLE: Final = 5
#: So are several that cannot leave for longer.
LONGEST_DRAIN: Final = timedelta(seconds=60)
#: What the rest of a full hour gathers in (`Destination.gathers`).
HOUR: Final = "hour"
_WINDOW: Final = timedelta(hours=1)


def gathering(
    crowd: Crowd,
    receiver: Receiver | None,
    *,
    intervals: Mapping[str, TimeInterval],
    now: datetime,
) -> Gathering | None:
    """Return the message that *crowd* becomes at *now*; None: each leaves alone.

    *receiver* is None when the rules in force do not name it any more.
    """
    if receiver is not None:
        held = _held(receiver, intervals, now) or _over_the_hour(crowd, receiver, now)
        if held is not None:
            return held
    blocked = crowd.not_before_at is not None and crowd.not_before_at - now > LONGEST_DRAIN
    if crowd.waiting > MOST_SINGLE or (blocked and crowd.waiting > 1):
        return Gathering(gathers="", due_at=now)
    return None


def _held(
    receiver: Receiver, intervals: Mapping[str, TimeInterval], now: datetime
) -> Gathering | None:
    """Hold what was due before the quiet hours began, and could not leave."""
    quiet = receiver.quiet
    if quiet is None or quiet.then is not Held.BUNDLE:
        return None
    end = quiet_until(receiver, Severity.INFO, at=now, intervals=intervals)
    return None if end is None else Gathering(gathers=QUIET, due_at=end, below=quiet.below)


def _over_the_hour(crowd: Crowd, receiver: Receiver, now: datetime) -> Gathering | None:
    most = receiver.max_per_hour
    recent = [at for at in crowd.sent if now - at < _WINDOW]
    if most is None or len(recent) < most:
        return None
    return Gathering(gathers=HOUR, due_at=recent[-most] + _WINDOW)
