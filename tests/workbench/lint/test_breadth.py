"""How many stored articles each watchlist matches: counted by the matcher that alerts are made by."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence

import pytest

from alerts.matching import matcher_of
from alerts.model import Article
from alerts.workbench.lint.breadth import measure
from tests.workbench.lint.desks import subject, watchlist, watchlists

RULES = watchlists(
    watchlist("keywords: [sarin]", name="sarin"),
    watchlist("query: sarin AND NOT film", name="no-film"),
    watchlist("keywords: [volcano]", name="volcano"),
    watchlist("status: 'off'\nkeywords: [sarin]", name="asleep"),
)
ARTICLES = [
    Article(id=str(number), title=("Sarin used", "Sarin film", "A fair")[number % 3], language="en")
    for number in range(30)
]


async def stretches() -> AsyncIterator[Sequence[Article]]:
    yield ARTICLES[:20]
    yield ARTICLES[20:]


@pytest.mark.parametrize("total", [30, 100_000], ids=["few", "many"])
async def test_both_ways_to_match_count_the_same(total: int) -> None:
    """A large archive is worth the engine's start."""
    looked_at = subject(RULES)
    steps: list[int] = []
    breadth = await measure(looked_at, stretches(), steps.append, total=total)
    matcher = matcher_of(looked_at.rules)
    assert breadth.matched == Counter(
        match.watchlist for article in ARTICLES for match in matcher.match(article)
    )
    assert breadth.matched == Counter({"sarin": 20, "no-film": 10})
    assert breadth.articles == sum(steps) == 30
