"""Does more wait to be sent than leaves?  Then polling slows: what is not polled waits at its publisher.

Between the marks it stays as it was, so that polling does not go to and fro.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

log = structlog.get_logger()

#: Deliveries that wait.
HIGH: Final = 50_000
LOW: Final = HIGH // 2
#: While it is high, a poll begins so long after the one before.
APART: Final = timedelta(seconds=5)
_LOOKS_APART: Final = timedelta(seconds=30)


class Pressure:
    """Knows whether the outbox is above its high mark."""

    def __init__(
        self, waiting: Callable[[], Awaitable[int]], *, now: Callable[[], datetime]
    ) -> None:
        """Ask *waiting* how many deliveries there are."""
        self._waiting = waiting
        self._now = now
        self._looked_at: datetime | None = None
        self.is_high = False

    async def look(self) -> None:
        """Ask, unless that was done just now.

        Raises:
            StorageError: it stays as it was.
        """
        now = self._now()
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < _LOOKS_APART:
            return
        self._looked_at = now
        waiting = await self._waiting()
        is_high = waiting > (LOW if self.is_high else HIGH)
        if is_high is not self.is_high:
            say = log.error if is_high else log.info
            say("polling slows" if is_high else "polling as usual", deliveries_waiting=waiting)
        self.is_high = is_high
