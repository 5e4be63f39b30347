"""One stored article under one or two rule sets: who would have heard of it?

The production path is asked: `sight_new` matches and routes as a poll does, at the time when the
article was seen.  What both rule sets have in common is matched once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from alerts.alerting.routing import destinations
from alerts.alerting.sightings import RulesInForce, sight_new
from alerts.model import Article, Match, Novelty, RoutedMatch, RuleSet, Status, Watchlist
from alerts.storage.archive import Archived

#: Words of evidence that are kept of a match: a sample shows no more.
_KEPT: Final = 6
#: Behind the id of a watchlist that only the other rule set has so; no id holds a line break.
_APART: Final = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What is kept of an article that somebody hears of."""

    article: str
    story: str
    title: str
    url: str
    publisher: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An article that watchlists match, and who should hear of it, by rule set."""

    headline: Headline
    routed: tuple[tuple[RoutedMatch, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What came of a stretch of articles."""

    heard: tuple[Heard, ...] = ()
    #: Articles that were news when they were seen.
    articles: int = 0
    #: A feed's past, and what slid back into it: no poll would have rung for them.
    aside: int = 0
    #: Articles that break the matcher, which production stores without their matches.
    crashes: int = 0

    @classmethod
    def of(cls, parts: Iterable[Judged]) -> Judged:
        """Return what came of all *parts*, in their order."""
        several = tuple(parts)
        return cls(
            heard=tuple(each for part in several for each in part.heard),
            articles=sum(part.articles for part in several),
            aside=sum(part.aside for part in several),
            crashes=sum(part.crashes for part in several),
        )


class Judge:
    """Judges articles by a rule set, and by another one that it is compared with."""

    def __init__(
        self,
        rules: RuleSet,
        against: RuleSet | None = None,
        *,
        only: Collection[str] = (),
    ) -> None:
        """Judge by *rules*, and by *against* if it is given; *only* some watchlists, or all."""
        mine, apart = as_tried(rules, only), tuple[Watchlist, ...]()
        self._other: RuleSet | None = None
        self._shared: frozenset[str] = frozenset()
        self._strange: RulesInForce | None = None
        if against is not None:
            self._other = other = as_tried(against, only)
            if has_same_names(mine, other):
                self._shared = shared(mine, other)
                apart = tuple(
                    map(_renamed, (o for o in other.watchlists if o.id not in self._shared))
                )
            else:
                self._strange = RulesInForce.compile(other)
        #: What matches only for the other set is matched with the rest: an article is read once.
        self._rules = RulesInForce.compile(replace(mine, watchlists=mine.watchlists + apart))

    def judge(self, archived: Collection[Archived]) -> Judged:
        """Return what would have come of *archived* when they were seen."""
        news = [each for each in archived if each.novelty is Novelty.NEW]
        heard, crashes = [], 0
        for each in news:
            routed, crashed = self._routed(each.article)
            crashes += crashed
            if any(routed):
                heard.append(Heard(headline=_headline(each), routed=routed))
        return Judged(
            heard=tuple(heard),
            articles=len(news),
            aside=len(archived) - len(news),
            crashes=crashes,
        )

    def _routed(self, article: Article) -> tuple[tuple[tuple[RoutedMatch, ...], ...], bool]:
        """Return the matches of *article* by rule set, and whether it broke a matcher."""
        found, crashed = self._sighted(self._rules, article)
        if self._other is None:
            return (found,), crashed
        mine = tuple(item for item in found if not _is_renamed(item.match))
        if self._strange is not None:
            others, crashed_too = self._sighted(self._strange, article)
            return (mine, others), crashed or crashed_too
        both = (i.match for i in found if _is_renamed(i.match) or i.match.watchlist in self._shared)
        others = tuple(self._rerouted(match, self._other, article) for match in both)
        return (mine, others), crashed

    def _sighted(
        self, rules: RulesInForce, article: Article
    ) -> tuple[tuple[RoutedMatch, ...], bool]:
        (sighting,) = sight_new(rules, [article], newest_at=None, now=_seen_at(article))
        return tuple(map(_small, sighting.matches)), bool(sighting.crash)

    def _rerouted(self, match: Match, rules: RuleSet, article: Article) -> RoutedMatch:
        watchlist = self._rules.watchlists[match.watchlist]
        id_ = match.watchlist.removesuffix(_APART)
        match, watchlist = replace(match, watchlist=id_), replace(watchlist, id=id_)
        to = destinations(rules, watchlist, match, article, now=_seen_at(article))
        return RoutedMatch(match=match, destinations=to)


def as_tried(rules: RuleSet, only: Collection[str]) -> RuleSet:
    """Return *rules* with their experiments made active, and narrowed to the watchlists *only*."""
    return replace(
        rules,
        watchlists=tuple(
            replace(one, status=Status.ACTIVE) if one.status is Status.EXPERIMENTAL else one
            for one in rules.watchlists
            if not only or one.id in only
        ),
    )


def has_same_names(rules: RuleSet, other: RuleSet) -> bool:
    """Tell whether equal watchlists match the same in both sets.

    What a name means is decided by all entities together, and who speaks by all feeds.
    """
    return rules.feeds == other.feeds and rules.entities == other.entities


def shared(rules: RuleSet, other: RuleSet) -> frozenset[str]:
    """Return the ids of the watchlists that are the same in both sets."""
    known = {one.id: one for one in rules.watchlists}
    return frozenset(one.id for one in other.watchlists if known.get(one.id) == one)


def _renamed(watchlist: Watchlist) -> Watchlist:
    return replace(watchlist, id=watchlist.id + _APART)


def _is_renamed(match: Match) -> bool:
    return match.watchlist.endswith(_APART)


def _small(item: RoutedMatch) -> RoutedMatch:
    """Return *item* without what no sample shows: it may travel between processes."""
    kept = item.match.evidence[:_KEPT]
    return RoutedMatch(match=replace(item.match, evidence=kept), destinations=item.destinations)


def _seen_at(article: Article) -> datetime:
    assert article.seen_at is not None  # the column is not nullable
    return article.seen_at


def _headline(archived: Archived) -> Headline:
    article = archived.article
    return Headline(
        article=article.id,
        story=archived.story,
        title=article.title,
        url=article.url,
        publisher=article.publisher,
        seen_at=_seen_at(article),
    )
