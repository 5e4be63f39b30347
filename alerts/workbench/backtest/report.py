"""What a backtest found, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from alerts.model import Match, Severity, Status
from alerts.workbench.backtest.judging import Headline


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time that is looked at: from *since* on, before *until*; aware."""

    since: datetime
    until: datetime

    @property
    def days(self) -> tuple[date, ...]:
        """Every day, in UTC, that it touches."""
        first = self.since.date()
        last = max(first, (self.until - timedelta(microseconds=1)).date())
        return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A story that rang: its article, and the words that met the watchlist."""

    headline: Headline
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """How one watchlist would have rung, by itself."""

    watchlist: str
    title: str
    owner: str
    severity: Severity
    #: An experiment has the alerts that it would have made.
    status: Status
    #: Stories, times the addresses that hear of them, and once more after each `repeat_after`.
    alerts: int = 0
    stories: int = 0
    #: Alerts by day, as in `Window.days`.
    by_day: tuple[int, ...] = ()
    #: Receiver -> alerts, by name.
    receivers: Mapping[str, int]
    #: Kept by quiet hours that drop.
    dropped: int = 0
    #: Articles kept back by `unknown: hold`.
    held: int = 0
    #: The newest first.
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one rule set would have done."""

    #: As its author named it: a folder, `HEAD~3:rules/`.
    name: str
    hash: str
    #: Of all active watchlists together: one story is one alert for an address, whoever finds it.
    alerts: int
    #: Messages about a story that was told before and became more severe.
    updates: int
    by_day: tuple[int, ...]
    #: Every watchlist that is not off, by id.
    ringings: tuple[Ringing, ...]

    @property
    def rings(self) -> tuple[Ringing, ...]:
        """Those that people hear."""
        return tuple(one for one in self.ringings if one.status is Status.ACTIVE)

    @property
    def experiments(self) -> tuple[Ringing, ...]:
        """Those that nobody hears yet."""
        return tuple(one for one in self.ringings if one.status is Status.EXPERIMENTAL)


class Standing(StrEnum):
    """In which rule sets a watchlist is."""

    BOTH = "both"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What an edit would have changed for one watchlist; pairs are (before, after)."""

    watchlist: str
    title: str
    standing: Standing
    #: Stories that ring only with the new rules, and only with the old ones.
    won: int
    lost: int
    won_samples: tuple[Sample, ...]
    lost_samples: tuple[Sample, ...]
    #: Alerts.
    alerts: tuple[int, int]
    severity: tuple[Severity, Severity]
    status: tuple[Status, Status]
    #: Receivers that heard, with their alerts.
    receivers: tuple[Mapping[str, int], Mapping[str, int]]

    @property
    def moved(self) -> bool:
        """Tell whether other receivers hear of the same stories."""
        before, after = self.receivers
        if self.standing is not Standing.BOTH or not before or not after:
            return False
        return before.keys() != after.keys() or (not self.won and not self.lost and before != after)

    @property
    def is_nothing(self) -> bool:
        """Tell whether nobody would notice."""
        same = self.severity[0] is self.severity[1] and self.status[0] is self.status[1]
        counted = self.won or self.lost or self.alerts[0] != self.alerts[1]
        return same and self.standing is Standing.BOTH and not counted and not self.moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a backtest found."""

    window: Window
    #: News, and how many articles besides were none when they were seen.
    articles: int
    aside: int
    #: Articles that break the matcher; they are stored without matches in production, too.
    crashes: int
    trial: Trial
    #: What it is compared with, and what differs, by watchlist; None and nothing: not asked for.
    against: Trial | None = None
    differences: tuple[Difference, ...] = ()
