"""How fast may a channel write, to whom?  Pure, but for the memory of recent sends.

Telegram's limits (STACK.md): 1 message a second to a chat, 20 a minute to a group or channel, 30
a second in all.  We stay below them in every sliding window: python-telegram-bot's own limiter
knows no private chats, begins with a full bucket and forgets all at a restart.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """At most *count* messages in any *window*."""

    count: int
    window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The limits of a channel; empty: none."""

    chat: tuple[Limit, ...] = ()
    group: tuple[Limit, ...] = ()
    total: tuple[Limit, ...] = ()


_SECOND = timedelta(seconds=1)

#: Of the messages that a channel may send at once, so many are no answers of the bot: an alert need not
#: wait until there is room again.
KEPT: Final = 3

#: By the name of the channel; one that is not here has no limits.
PACES: Mapping[str, Pace] = {
    "telegram": Pace(
        chat=(Limit(3, 3 * _SECOND),),
        group=(Limit(3, 3 * _SECOND), Limit(18, 60 * _SECOND)),
        total=(Limit(25, _SECOND),),
    )
}

#: Recent sends older than this constrain nobody.
LONGEST_WINDOW = timedelta(seconds=60)


class Pacer:
    """Remembers the sends of one channel for as long as its limits look back."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._total: deque[datetime] = deque(maxlen=_most(pace.total))
        self._targets: dict[str, deque[datetime]] = {}

    def remember(self, sends: Mapping[str, Iterable[datetime]]) -> None:
        """Take over what an earlier process sent: target -> moments in order."""
        moments = [(at, target) for target, times in sends.items() for at in times]
        for at, target in sorted(moments):
            self.note(target, at)

    def note(self, target: str, at: datetime) -> datetime | None:
        """Count a send that begins at *at*.

        Returns when *target* may get the next one at the earliest; None: at once.
        """
        self._set_right(at)
        self._total.append(at)
        limits = self._limits(target)
        if not limits:
            return None
        self._forget(at)
        sends = self._targets.setdefault(target, deque(maxlen=_most(limits)))
        sends.append(at)
        return _next_at(sends, limits)

    def free(self, now: datetime, *, most: int) -> int:
        """Return how many messages may leave at *now*, whoever they go to, at most *most*."""
        self._set_right(now)
        for limit in self._pace.total:
            recent = sum(1 for at in self._total if now - at < limit.window)
            most = min(most, limit.count - recent)
        return max(most, 0)

    def free_for_answers(self, now: datetime, *, most: int) -> int:
        """Return up to how many answers may leave at *now*, at most *most*."""
        return max(self.free(now, most=most + KEPT) - KEPT, 0)

    def free_at(self, *, kept: int = 0) -> datetime | None:
        """Return when the next message may leave; None: at once.

        *kept* is how many more are to be able to leave at that time.
        """
        return _next_at(self._total, self._pace.total, kept)

    def _limits(self, target: str) -> tuple[Limit, ...]:
        # Groups and channels have negative ids; public ones may go by @name.
        return self._pace.group if target.startswith(("-", "@")) else self._pace.chat

    def _set_right(self, now: datetime) -> None:
        """Forget all sends if the newest is later than now: the clock was set back."""
        if self._total and self._total[-1] > now:
            self._total.clear()
            self._targets.clear()

    def _forget(self, now: datetime) -> None:
        if len(self._targets) > 4096:
            self._targets = {
                target: sends
                for target, sends in self._targets.items()
                if now - sends[-1] < LONGEST_WINDOW
            }


def _most(limits: tuple[Limit, ...]) -> int:
    return max((limit.count for limit in limits), default=1)


def _next_at(sends: deque[datetime], limits: tuple[Limit, ...], kept: int = 0) -> datetime | None:
    most = [(max(limit.count - kept, 1), limit.window) for limit in limits]
    waits = [sends[-count] + window for count, window in most if len(sends) >= count]
    return max(waits, default=None)


#: So many chats that are told to wait within so long, and it is the token that is meant.
_FLOODED, _TOGETHER = 3, timedelta(seconds=10)


class Flood:
    """Tells a flood of the whole channel from that of single chats (DELIVERY.md, Telegram)."""

    def __init__(self) -> None:
        #: Nothing may leave before, whoever it is for; None: nobody said so.
        self.until: datetime | None = None
        #: Target -> when it was told to wait, and until when.
        self._waits: dict[str, tuple[datetime, datetime]] = {}

    def told_to_wait(self, target: str, until: datetime, *, now: datetime) -> None:
        """Note that *target* was told at *now* to wait until *until*."""
        recent = {key: each for key, each in self._waits.items() if now - each[0] < _TOGETHER}
        self._waits = recent | {target: (now, until)}
        if len(self._waits) >= _FLOODED:
            # What they have in common is the shortest; the rest of a longer one is a chat's own.
            self.until = min(each for _, each in self._waits.values())
