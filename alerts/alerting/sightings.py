"""From a feed's articles to what is written of them: is it new, does it ring, and for whom?  Pure.

The first poll of a feed is a baseline: its past is not news, unless the operator asked for some of
it (`backfill`), and then it comes as one list.  What slides back into a feed with an old date is
late: stored, counted, not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from alerts.alerting.routing import destinations
from alerts.alerting.stories import digest, story_keys
from alerts.matching import Matcher
from alerts.model import (
    Article,
    Backfill,
    DeliveryKind,
    Novelty,
    RoutedMatch,
    RuleSet,
    Sighting,
    Watchlist,
)

#: An unseen article whose own date is older than this slid back in (FEEDS.md, What is new).
LATE_AFTER = timedelta(hours=72)
#: How long the list of a backfill gathers what the first polls bring.
BACKFILL_GATHERS = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesInForce:
    """A rule set with its matcher: replaced as one, so that a poll sees one or the other."""

    rules: RuleSet
    matcher: Matcher
    watchlists: Mapping[str, Watchlist]

    @classmethod
    def compile(cls, rules: RuleSet) -> Self:
        """Compile the watchlists of *rules*."""
        return cls(
            rules=rules,
            matcher=Matcher(rules.watchlists, rules.entities),
            watchlists={watchlist.id: watchlist for watchlist in rules.watchlists},
        )

    def routed(self, article: Article, *, now: datetime) -> tuple[RoutedMatch, ...]:
        """Return every match of *article*, with who should hear of it."""
        return tuple(
            RoutedMatch(
                match=match,
                destinations=destinations(
                    self.rules, self.watchlists[match.watchlist], match, article, now=now
                ),
            )
            for match in self.matcher.match(article)
        )


def sight_new(
    rules: RulesInForce, articles: Iterable[Article], *, now: datetime
) -> tuple[Sighting, ...]:
    """Return the sightings of articles that a known feed lists for the first time."""
    return tuple(_sighting(rules, article, now) for article in articles)


def _sighting(rules: RulesInForce, article: Article, now: datetime) -> Sighting:
    late = article.published_at is not None and now - article.published_at > LATE_AFTER
    return Sighting(
        article=article,
        novelty=Novelty.LATE if late else Novelty.NEW,
        digest=digest(article),
        story_keys=story_keys(article),
        matches=() if late else rules.routed(article, now=now),
    )


def sight_baseline(
    rules: RulesInForce, articles: Sequence[Article], backfill: Backfill | None, *, now: datetime
) -> tuple[Sighting, ...]:
    """Return the sightings of a feed's first document: silent, but for the *backfill*."""
    told = {article.id for article in _backfilled(articles, backfill, now)}
    return tuple(
        Sighting(
            article=article,
            novelty=Novelty.BASELINE,
            digest=digest(article),
            story_keys=story_keys(article),
            matches=_listed(rules.routed(article, now=now), now) if article.id in told else (),
        )
        for article in articles
    )


def sight_changed(
    rules: RulesInForce, changed: Iterable[tuple[Article, Article]], *, now: datetime
) -> tuple[Sighting, ...]:
    """Return the sightings of articles whose publisher changed them: (before, after).

    Only what matches newly rings: what matched before has rung, or was not news.
    """
    return tuple(
        Sighting(
            article=after,
            novelty=Novelty.NEW,
            digest=digest(after),
            story_keys=story_keys(after),
            matches=tuple(
                item
                for item in rules.routed(after, now=now)
                if item.match.watchlist not in _matched(rules, before)
            ),
        )
        for before, after in changed
    )


def _matched(rules: RulesInForce, article: Article) -> frozenset[str]:
    return frozenset(match.watchlist for match in rules.matcher.match(article))


def _backfilled(
    articles: Sequence[Article], backfill: Backfill | None, now: datetime
) -> Iterable[Article]:
    """Return the newest articles that *backfill* asks for; undated ones have no age."""
    if backfill is None:
        return ()
    if backfill.items is not None:
        return articles[-backfill.items :] if backfill.items else ()
    age = backfill.age or timedelta(0)
    return [item for item in articles if item.published_at and now - item.published_at <= age]


def _listed(routed: Iterable[RoutedMatch], now: datetime) -> tuple[RoutedMatch, ...]:
    """Send *routed* as part of one list for each address."""
    return tuple(
        replace(
            item,
            destinations=tuple(
                replace(
                    destination,
                    kind=DeliveryKind.LIST,
                    gathers="backfill",
                    due_at=now + BACKFILL_GATHERS,
                )
                for destination in item.destinations
            ),
        )
        for item in routed
    )
