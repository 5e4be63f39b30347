"""When is a feed polled because a hub said so?  At once, not too often, and again if in vain.

Nothing here waits: time is an argument, and whoever owns the loop asks for the next moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Between two polls of one feed that its hub asks for; doubled with each that brings nothing.
APART = timedelta(seconds=30)
_MOST_DOUBLINGS = 5
# What a hub has seen, a cache between the publisher and us may not have yet.
_AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=10))


@dataclass(slots=True)
class _Nudge:
    """A feed that a hub wants, or wanted, to be polled."""

    due_at: datetime | None = None
    sent_at: datetime | None = None
    #: Sent, and not landed.
    is_out: bool = False
    #: Polls that it is still tried again after.
    again: tuple[timedelta, ...] = ()
    #: Polls in a row that brought nothing.
    vain: int = 0


class Nudges:
    """Keeps which feeds are to be polled, and polls them."""

    def __init__(self, poll: Callable[[str], None]) -> None:
        self._poll = poll
        self._nudges: dict[str, _Nudge] = {}

    def add(self, feed: str, *, again: bool, now: datetime) -> None:
        """Have *feed* polled; *again*, some minutes later, if that should bring nothing."""
        nudge = self._nudges.setdefault(feed, _Nudge())
        nudge.again = _AGAIN_AFTER if again and not nudge.vain else ()
        apart = APART * 2 ** min(nudge.vain, _MOST_DOUBLINGS)
        due_at = now if nudge.sent_at is None else max(now, nudge.sent_at + apart)
        nudge.due_at = min(due_at, nudge.due_at or due_at)

    def send(self, *, now: datetime) -> None:
        """Poll what is due."""
        for feed, nudge in self._nudges.items():
            if nudge.due_at is not None and nudge.due_at <= now:
                nudge.due_at, nudge.sent_at, nudge.is_out = None, now, True
                self._poll(feed)

    def landed(self, feed: str, *, new: bool, now: datetime) -> None:
        """Note a poll of *feed* that was read."""
        nudge = self._nudges.get(feed)
        if nudge is None or not nudge.is_out:
            return
        nudge.is_out = False
        if new:
            nudge.vain, nudge.again = 0, ()
            return
        nudge.vain += 1
        if nudge.again:
            wait, *rest = nudge.again
            nudge.again = tuple(rest)
            nudge.due_at = nudge.due_at or now + wait

    def moments(self) -> list[datetime]:
        """Return when something is to be sent."""
        return [nudge.due_at for nudge in self._nudges.values() if nudge.due_at is not None]
