"""How many messages Telegram takes from a bot."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class FloodLimits:
    """Telegram's limits, counted in sliding windows of accepted messages.

    Edits are not counted: Telegram documents no limit for them.
    """

    per_chat: tuple[int, float] = (1, 1.0)
    per_group: tuple[int, float] = (20, 60.0)
    overall: tuple[int, float] = (30, 1.0)
    _accepted: dict[str, deque[float]] = field(default_factory=dict)

    def wait(self, chat: str, now: float) -> float:
        """Return the seconds that *chat* has to wait, 0 for none; count the message if none."""
        limits = [(f"chat {chat}", self.per_chat), ("all", self.overall)]
        if chat.startswith(("-", "@")):
            limits.append((f"group {chat}", self.per_group))
        waits = [self._wait(key, count, span, now) for key, (count, span) in limits]
        if max(waits) <= 0:
            for key, _ in limits:
                self._accepted.setdefault(key, deque()).append(now)
        return max(0.0, *waits)

    def _wait(self, key: str, count: int, span: float, now: float) -> float:
        times = self._accepted.setdefault(key, deque())
        while times and times[0] <= now - span:
            times.popleft()
        return times[-count] + span - now if len(times) >= count else 0.0
