"""From a feed's articles to what is written of them: is it new, does it ring, and for whom?  Pure.

The first poll of a feed is a baseline: its past is not news, unless the operator asked for some of
it (`backfill`), and then it comes as one list.  What slides back into a feed with an old date is
late: stored, counted, not told.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Self

from alerts.alerting.audience import Audience
from alerts.alerting.routing import most_urgent, routed
from alerts.alerting.stories import digest, story_keys
from alerts.matching import Matcher, matcher_of
from alerts.model import (
    Article,
    Backfill,
    DeliveryKind,
    Match,
    Novelty,
    RoutedMatch,
    RuleSet,
    Sighting,
    Watchlist,
)
from alerts.watchlists.matchers import labels

#: An unseen article with an older date may have slid back in (FEEDS.md, What is new).
LATE_AFTER = timedelta(hours=72)
#: How long the list of a backfill gathers what the first polls bring.
BACKFILL_GATHERS = timedelta(seconds=20)
#: An article that breaks the matcher so often is stored without its matches.
MOST_CRASHES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesInForce:
    """A rule set with its matcher: replaced as one, so that a poll sees one or the other.

    What subscribers want is in force beside it, and may change at any moment.
    """

    rules: RuleSet
    matcher: Matcher
    watchlists: Mapping[str, Watchlist]
    audience: Audience = field(default_factory=Audience)

    @classmethod
    def compile(cls, rules: RuleSet, audience: Audience | None = None) -> Self:
        """Compile the watchlists of *rules*, and those that subscribers of *audience* have made."""
        audience = audience or Audience()
        return cls(
            rules=rules,
            matcher=matcher_of(rules, audience.watchlists.values()),
            watchlists={watchlist.id: watchlist for watchlist in rules.watchlists},
            audience=audience,
        )

    def routed(self, article: Article, *, now: datetime) -> tuple[RoutedMatch, ...]:
        """Return every match of *article*, with who should hear of it."""
        found = (self._routed(match, article, now=now) for match in self.matcher.match(article))
        return tuple(item for item in found if item is not None)

    def _routed(self, match: Match, article: Article, *, now: datetime) -> RoutedMatch | None:
        listed = self.watchlists.get(match.watchlist)
        watchlist = listed or self.audience.watchlists.get(match.watchlist)
        if watchlist is None:  # a subscriber deleted it this very moment
            return None
        values = labels(watchlist, match, article)
        # What a subscriber made is nobody else's business: routes are for the operator's watchlists.
        to = routed(self.rules, listed, match, values, now=now) if listed is not None else ()
        asked = self.audience.destinations(watchlist, match, now=now)
        return RoutedMatch(match=match, destinations=most_urgent((*to, *asked)), labels=values)


def sight_new(
    rules: RulesInForce,
    articles: Iterable[Article],
    *,
    newest_at: datetime | None,
    now: datetime,
) -> tuple[Sighting, ...]:
    """Return the sightings of articles that a known feed lists for the first time.

    *newest_at* is the latest date among the feed's articles so far; None: there is none.
    """
    return tuple(
        _late(article)
        if _slid_back(article, newest_at, now)
        else _sighted(Novelty.NEW, article, partial(rules.routed, article, now=now))
        for article in articles
    )


def _slid_back(article: Article, newest_at: datetime | None, now: datetime) -> bool:
    """Tell what came back into the feed, as others were deleted, from what is new there.

    It must be older than something that was seen before: a publisher who dates reports by the
    event, or a feed that begins with an empty document, is no reason to miss its news.
    """
    dated = article.published_at
    before = dated is not None and newest_at is not None and dated <= newest_at
    return before and is_old(article, now)


def is_old(article: Article, now: datetime) -> bool:
    """Tell whether *article* is dated so long ago that it may have slid back in."""
    return article.published_at is not None and now - article.published_at > LATE_AFTER


def _sighted(
    novelty: Novelty, article: Article, routed: Callable[[], tuple[RoutedMatch, ...]]
) -> Sighting:
    """Return the sighting of *article* with what *routed* finds, or with why it finds nothing.

    One article that breaks the matcher must not keep the others of its feed from anybody.
    """
    trace = ""
    for _ in range(MOST_CRASHES):
        try:
            return _sighting(novelty, article, routed())
        except Exception:  # noqa: BLE001 - whatever it is, it is told with its traceback
            trace = traceback.format_exc()
    return replace(_sighting(novelty, article, ()), crash=trace)


def _late(article: Article) -> Sighting:
    return _sighting(Novelty.LATE, article, ())


def _sighting(novelty: Novelty, article: Article, matches: tuple[RoutedMatch, ...]) -> Sighting:
    return Sighting(
        article=article,
        novelty=novelty,
        digest=digest(article),
        story_keys=story_keys(article),
        matches=matches,
    )


def sight_baseline(
    rules: RulesInForce, articles: Sequence[Article], backfill: Backfill | None, *, now: datetime
) -> tuple[Sighting, ...]:
    """Return the sightings of a feed's first document: silent, but for the *backfill*."""
    told = {article.id for article in _backfilled(articles, backfill, now)}
    return tuple(
        _sighted(Novelty.BASELINE, article, partial(_of_backfill, rules, article, now))
        if article.id in told
        else _sighting(Novelty.BASELINE, article, ())
        for article in articles
    )


def _of_backfill(rules: RulesInForce, article: Article, now: datetime) -> tuple[RoutedMatch, ...]:
    return _listed(rules.routed(article, now=now), now)


def sight_changed(
    rules: RulesInForce, changed: Iterable[tuple[Article, Article]], *, now: datetime
) -> tuple[Sighting, ...]:
    """Return the sightings of articles whose publisher changed them: (before, after).

    Only what matches newly rings: what matched before has rung, or was not news.
    """
    return tuple(
        _sighted(Novelty.NEW, after, partial(_newly_matched, rules, before, after, now))
        for before, after in changed
    )


def _newly_matched(
    rules: RulesInForce, before: Article, after: Article, now: datetime
) -> tuple[RoutedMatch, ...]:
    matched = _matched(rules, before)
    routed = rules.routed(after, now=now)
    return tuple(item for item in routed if item.match.watchlist not in matched)


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
