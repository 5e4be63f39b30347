"""What an operator silences for a time: matches by their labels, for everybody.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Self

from alerts.model import LabelMatcher
from alerts.storage.rows import Row
from alerts.watchlists.matchers import Labels, meets_all
from alerts.watchlists.routes import read_matcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Matches that nobody hears of until some time."""

    id: int
    #: All of them must be met; none are met by everything.
    matchers: tuple[LabelMatcher, ...]
    author: str
    comment: str
    begins_at: datetime
    ends_at: datetime
    #: When an operator ended it, or its end was told; None: neither.
    ended_at: datetime | None
    #: Matches that rang for nobody because of it.
    silenced: int

    @classmethod
    def of(cls, row: Row) -> Self:
        """Return a stored silence."""
        return cls(
            id=row["id"],
            matchers=_matchers(tuple(row["matchers"])),
            author=row["author"],
            comment=row["comment"],
            begins_at=row["begins_at"],
            ends_at=row["ends_at"],
            ended_at=row["ended_at"],
            silenced=row["silenced"],
        )

    def lasts(self, now: datetime) -> bool:
        """Tell whether it silences at *now*."""
        return self.ended_at is None and self.begins_at <= now < self.ends_at


def first_met(silences: Iterable[Silence], values: Labels) -> Silence | None:
    """Return the first of *silences* that a match with the labels *values* meets; None: none."""
    return next((one for one in silences if meets_all(one.matchers, values)), None)


@lru_cache(maxsize=256)
def _matchers(texts: tuple[str, ...]) -> tuple[LabelMatcher, ...]:
    return tuple(map(read_matcher, texts))
