"""Counting what rings, article after article, in the order in which they were seen.  Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from alerts.model import Match, RoutedMatch, RuleSet, Status, Watchlist
from alerts.workbench.backtest.judging import Headline
from alerts.workbench.backtest.ledger import Ledger, Outcome
from alerts.workbench.backtest.report import Ringing, Sample, Trial


@dataclass(slots=True, kw_only=True)
class Tally:
    """How one watchlist rings, counted as if there were no other."""

    watchlist: Watchlist
    ledger: Ledger = field(default_factory=Ledger)
    by_day: Counter[date] = field(default_factory=Counter)
    receivers: Counter[str] = field(default_factory=Counter)
    #: Story -> the article that made it ring first, in the order of ringing.
    stories: dict[str, tuple[Headline, Match]] = field(default_factory=dict)
    dropped: int = 0
    held: int = 0

    def hear(self, item: RoutedMatch, headline: Headline) -> None:
        """Count a match of one more article."""
        self.held += item.match.is_held
        for noted in self.ledger.tell([item], headline.story, now=headline.seen_at):
            if noted.outcome is Outcome.DROPPED:
                self.dropped += 1
            elif noted.outcome is Outcome.RINGS:
                self.by_day[headline.seen_at.date()] += 1
                self.receivers[noted.wanted.destination.receiver] += 1
                self.stories.setdefault(headline.story, (headline, item.match))

    def samples(self, most: int, without: Mapping[str, object]) -> tuple[Sample, ...]:
        """Return the newest *most* stories that are not in *without*."""
        newest = (self.stories[story] for story in reversed(self.stories) if story not in without)
        return tuple(
            Sample(headline=headline, match=match) for headline, match in islice(newest, most)
        )

    def ringing(self, days: Sequence[date], samples: int) -> Ringing:
        """Return what was counted."""
        return Ringing(
            watchlist=self.watchlist.id,
            title=self.watchlist.title,
            owner=self.watchlist.owner,
            severity=self.watchlist.severity,
            status=self.watchlist.status,
            alerts=self.by_day.total(),
            stories=len(self.stories),
            by_day=tuple(self.by_day[day] for day in days),
            receivers=dict(sorted(self.receivers.items())),
            dropped=self.dropped,
            held=self.held,
            samples=self.samples(samples, {}),
        )


class Tallies:
    """What one rule set does, by watchlist and together."""

    def __init__(self, rules: RuleSet, name: str, only: Iterable[str] = ()) -> None:
        wanted = frozenset(only)
        self.name, self.hash = name, rules.hash
        self.by_watchlist = {
            one.id: Tally(watchlist=one)
            for one in sorted(rules.watchlists, key=lambda one: one.id)
            if one.status is not Status.OFF and (not wanted or one.id in wanted)
        }
        self._ledger = Ledger()
        self._by_day: Counter[date] = Counter()
        self._updates = 0

    def hear(self, routed: Iterable[RoutedMatch], headline: Headline) -> None:
        """Count the matches of one more article."""
        rings = []
        for item in routed:
            tally = self.by_watchlist[item.match.watchlist]
            tally.hear(item, headline)
            if tally.watchlist.status is Status.ACTIVE:
                rings.append(item)
        for noted in self._ledger.tell(rings, headline.story, now=headline.seen_at):
            self._by_day[headline.seen_at.date()] += noted.outcome is Outcome.RINGS
            self._updates += noted.outcome is Outcome.UPDATES

    def trial(self, days: Sequence[date], samples: int) -> Trial:
        """Return what was counted, for *days*, with so many samples of each watchlist."""
        tallies = self.by_watchlist.values()
        return Trial(
            name=self.name,
            hash=self.hash,
            alerts=self._by_day.total(),
            updates=self._updates,
            by_day=tuple(self._by_day[day] for day in days),
            ringings=tuple(tally.ringing(days, samples) for tally in tallies),
        )
