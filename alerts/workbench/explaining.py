"""Why an article meets a watchlist or not, over all the words that it was ever seen with.

The verdict is the production code's (`alerts.matching.explain`); here is decided what is put to it:
which rules, and which words.  A changed article counts as met when any of its versions was, since
each was matched when it was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

from alerts.matching.explain import explain, explain_all
from alerts.matching.reasons import Explanation, Reason
from alerts.model import Article, Novelty, RuleSet, Status, Watchlist
from alerts.storage.archive import Version
from alerts.text.languages import with_language
from alerts.watchlists.meaning.circumstances import known_publishers
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.workbench.remedies import Remedy, remedies

#: Misses that are told beside the matches when no watchlist is named.
MOST_MISSES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One watchlist, and the words of an article that came nearest to it."""

    watchlist: Watchlist
    explanation: Explanation
    #: With the words that the explanation's spans point into.
    article: Article
    #: Which of the versions that is, from 1.
    version: int = 1
    #: Whether each of the versions meets it.
    verdicts: tuple[bool, ...] = ()
    #: Changes of the watchlist that were tried and make it match; empty for a match.
    remedies: tuple[Remedy, ...] = ()

    @property
    def met(self) -> bool:
        """Whether the matcher finds it: one that is off meets nothing, whatever its condition."""
        return self.explanation.met and self.watchlist.status is not Status.OFF

    def decided(self, novelty: Novelty) -> bool:
        """Tell whether the polls of an article of *novelty* stored a match.

        Each version was matched when it was seen, and counted where it matched newly; the first words
        of a baseline, or of what slid back into its feed, were not asked.
        """
        if self.watchlist.status is Status.OFF:
            return False
        newly = any(met and not before for before, met in pairwise(self.verdicts))
        return newly or (novelty is Novelty.NEW and self.verdicts[0])

    def nearness(self) -> tuple[int, int, str]:
        """Order misses: the fewest parts short first, then those that some words met."""
        return self.explanation.nearest, -_words_met(self.explanation.reasons), self.watchlist.id


class Explainer:
    """Explains articles by one rule set."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.watchlists = {watchlist.id: watchlist for watchlist in rules.watchlists}
        self._lexicon = Lexicon.shipped(rules.entities)
        self._publishers = known_publishers(rules.feeds)

    def explain(self, watchlist: Watchlist, versions: Sequence[Article]) -> Explained:
        """Return how *watchlist* fares with the *versions* of an article, the oldest first.

        Told is the first that meets it; if none does, the one that misses least, the newest of those.
        """
        [told] = self.at_a_glance([watchlist], versions)
        return self._in_full(told)

    def remedied(self, explained: Explained) -> Explained:
        """Return *explained*, of a miss with the changes of the watchlist that would have met it."""
        if explained.explanation.met:
            return explained

        def meets(changed: Watchlist) -> bool:
            [told] = self.at_a_glance([changed], [explained.article])
            return told.explanation.met

        found = remedies(explained.watchlist, explained.explanation, meets)
        return replace(explained, remedies=tuple(found))

    def every(self, versions: Sequence[Article]) -> Overall:
        """Return which watchlists an article meets, and which it misses by least."""
        found = Overall.of(self.at_a_glance(list(self.watchlists.values()), versions))
        return replace(
            found,
            matches=tuple(map(self._in_full, found.matches)),
            misses=tuple(map(self._in_full, found.misses)),
        )

    def at_a_glance(
        self, watchlists: Sequence[Watchlist], versions: Sequence[Article]
    ) -> list[Explained]:
        """Return how each of *watchlists* fares, as `explain` does, but for why terms are missing."""
        by_version = [
            explain_all(watchlists, article, self._lexicon, self._publishers)
            for article in versions
        ]
        return [
            _nearest(watchlist, versions, explanations)
            for watchlist, *explanations in zip(watchlists, *by_version, strict=True)
        ]

    def _in_full(self, told: Explained) -> Explained:
        whole = explain(told.watchlist, told.article, self._lexicon, self._publishers)
        return replace(told, explanation=whole)


def _nearest(
    watchlist: Watchlist, versions: Sequence[Article], explanations: Sequence[Explanation]
) -> Explained:
    """Return the first of *versions* that meets *watchlist*, or else the newest that misses least."""
    told = [
        Explained(
            watchlist=watchlist,
            explanation=explanation,
            article=article,
            version=number,
            verdicts=tuple(one.met for one in explanations),
        )
        for number, (article, explanation) in enumerate(zip(versions, explanations, strict=True), 1)
    ]
    first = next((one for one in told if one.explanation.met), None)
    return first or min(reversed(told), key=lambda one: one.explanation.nearest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """What all watchlists say of an article."""

    #: The most severe first.
    matches: tuple[Explained, ...]
    #: The nearest first, `MOST_MISSES` at most; only such as some words met.
    misses: tuple[Explained, ...]
    asked: int

    @classmethod
    def of(cls, told: Sequence[Explained]) -> Self:
        """Return what *told*, one for each watchlist, say together."""
        near = (one for one in told if not one.explanation.met)
        near = (one for one in near if _words_met(one.explanation.reasons))
        met = (one for one in told if one.met)
        return cls(
            matches=tuple(sorted(met, key=_severity)),
            misses=tuple(sorted(near, key=Explained.nearness)[:MOST_MISSES]),
            asked=len(told),
        )


def as_seen(versions: Sequence[Version]) -> tuple[Article, ...]:
    """Return the articles that polls matched: *versions*, each as it was when it came.

    An article's age is counted from when its words came, which is when those before them were
    replaced.  Where the language of earlier words was not kept, they tell it.
    """
    came_at = [None, *(version.until for version in versions[:-1])]
    came = [
        replace(version.article, seen_at=at or version.article.seen_at)
        for version, at in zip(versions, came_at, strict=True)
    ]
    return (*map(with_language, came[:-1]), *came[-1:])


def _severity(one: Explained) -> tuple[int, str]:
    return -one.watchlist.severity.rank, one.watchlist.id


def _words_met(reasons: Iterable[Reason]) -> int:
    """Count the terms below *reasons* that stand in the article; what vetoes it does not count."""
    count = 0
    for reason in reasons:
        if reason.what in {"not excluded", "NOT"}:
            continue
        if reason.parts:
            count += _words_met(reason.parts)
        elif reason.met and reason.evidence:
            count += 1
    return count
