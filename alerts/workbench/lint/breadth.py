"""Which watchlists match more of the stored articles than anybody would want to read.

It runs the matcher of the production path over the archive; nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass

from alerts.matching import matcher_of
from alerts.model import Article, Status
from alerts.watchlists.complaints import quoted
from alerts.workbench.lint.codes import OVER_BROAD
from alerts.workbench.lint.subject import Finding, Subject

#: Stored articles below which a share says nothing.
LEAST_ARTICLES = 200
#: The share of articles from which on a watchlist is over-broad.
MOST = 0.01
#: Articles below which the engine for many is not worth its start (`Matcher`).
_FEW = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Breadth:
    """How many of some articles each watchlist matches."""

    articles: int = 0
    #: Watchlist id -> articles; those that match none are left out.
    matched: Counter[str]

    @property
    def is_telling(self) -> bool:
        """Whether there were articles enough to speak of shares."""
        return self.articles >= LEAST_ARTICLES


async def measure(
    subject: Subject,
    stretches: AsyncIterator[Sequence[Article]],
    advance: Callable[[int], None],
    *,
    total: int,
) -> Breadth:
    """Count the matches of the watchlists in *stretches* of *total* articles.

    *advance* is told how many articles were done.  100,000 articles and 1,000 watchlists:
    tests/bench/lint.py.
    """
    matcher = matcher_of(subject.rules)
    found: Counter[str] = Counter()
    numbers: Counter[int] = Counter()
    articles = 0
    async for stretch in stretches:
        for article in stretch:
            if total < _FEW:
                found.update(match.watchlist for match in matcher.match(article))
            else:
                numbers.update(matcher.match_ids(article).tolist())
        articles += len(stretch)
        advance(len(stretch))
    ids = subject.rules.watchlists
    found.update({ids[number].id: count for number, count in numbers.items()})
    return Breadth(articles=articles, matched=found)


def check(subject: Subject, breadth: Breadth, most: float = MOST) -> Iterator[Finding]:
    """Yield the watchlists that match more than a share *most* of the articles."""
    if not breadth.is_telling:
        return
    for placed in subject.watchlists:
        count = breadth.matched[placed.watchlist.id]
        share = count / breadth.articles
        if share > most and placed.watchlist.status is not Status.OFF:
            told = f"{count:,} of {breadth.articles:,} stored articles ({share:.1%})"
            message = f"{quoted(placed.watchlist.id)} matches {told}; the limit is {most * 100:g}%"
            hint = "ask for one more thing: a place, a NEAR, a score"
            yield placed.found(OVER_BROAD, message, hint=hint)
