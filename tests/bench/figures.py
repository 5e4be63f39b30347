"""A measured figure beside its limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured, in *unit*; smaller is better."""

    what: str
    value: float
    unit: str
    #: None: only told.
    limit: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool:
        return self.limit is None or self.value <= self.limit

    def __str__(self) -> str:
        limit = ""
        if self.limit is not None:
            limit = f"  limit {self.limit:g}, {self.value / self.limit:.2f} of it"
        over = "" if self.is_met else "  OVER"
        note = f"  ({self.note})" if self.note else ""
        return f"{self.what:<58} {self.value:9.1f} {self.unit:<3}{limit}{over}{note}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that *share* of *values* do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
