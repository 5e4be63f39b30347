"""What has been published at a given moment?  Pure: the time is an argument, nothing ticks.

Drafts are numbered (`script.draft`), and a number's date follows from two moments: when the
newsroom was started, and when its feeds had all been read once.  Until then only the background is
out, so that a slow start never takes news for the past.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from alerts.demo.script import BACKGROUND, SCRIPT, Draft, draft

#: Articles that a feed lists at most.
LISTED = 15
#: Between two articles of the background.
BACKGROUND_STEP = timedelta(minutes=50)
#: Between two articles of the script, and before the first.  Longer than a second, so that each
#: moves Last-Modified, which counts in seconds.
FAST_STEP = timedelta(seconds=2)
#: Between two articles of the rounds that follow.
SLOW_STEP = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A draft that is out."""

    number: int
    #: The number that its link leads to: its own, or that of the article that it reprints.
    origin: int
    draft: Draft
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """When each draft is published."""

    started_at: datetime
    #: When every feed had been read once; None: not yet.
    opened_at: datetime | None = None

    def open(self, now: datetime) -> Programme:
        """Begin with the script at *now*; nothing changes when it has begun."""
        return self if self.opened_at else replace(self, opened_at=now)

    def piece(self, number: int, *, now: datetime) -> Piece | None:
        """Return what stands at *number*; None when it is not out at *now*, or never will be."""
        if not 0 <= number <= self._newest(now):
            return None
        chosen = draft(number)
        return Piece(
            number=number,
            origin=_ORIGINS.get(chosen.reprints, number),
            draft=chosen,
            published_at=self._published_at(number),
        )

    def listed(self, publisher: str, *, now: datetime) -> tuple[Piece, ...]:
        """Return the newest pieces of *publisher* at *now*, the newest first; never empty."""
        return tuple(islice(self._backwards(publisher, now), LISTED))

    def _backwards(self, publisher: str, now: datetime) -> Iterator[Piece]:
        for number in range(self._newest(now), -1, -1):
            piece = self.piece(number, now=now)
            if piece and piece.draft.publisher == publisher:
                yield piece

    def _newest(self, now: datetime) -> int:
        """Return the last number that is out: `_published_at`, read the other way round."""
        last_of_background = len(BACKGROUND) - 1
        if self.opened_at is None or now < self.opened_at:
            return last_of_background
        since = now - self.opened_at
        fast = since // FAST_STEP
        if fast <= len(SCRIPT):
            return last_of_background + fast
        slow = (since - len(SCRIPT) * FAST_STEP) // SLOW_STEP
        return last_of_background + len(SCRIPT) + slow

    def _published_at(self, number: int) -> datetime:
        background = len(BACKGROUND) - number
        if background > 0:
            return self.started_at - background * BACKGROUND_STEP
        assert self.opened_at is not None
        nth = number - len(BACKGROUND) + 1
        fast = min(nth, len(SCRIPT))
        return self.opened_at + fast * FAST_STEP + (nth - fast) * SLOW_STEP


_ORIGINS = {chosen.key: number for number, chosen in enumerate((*BACKGROUND, *SCRIPT))}
