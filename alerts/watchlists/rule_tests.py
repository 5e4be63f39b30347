"""The tests that stand inside watchlists: invented articles, and what should come of them."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.model import Article
from alerts.watchlists.schema.watchlists import ArticleSection, WatchlistSection


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """An article that a watchlist must match, or must not."""

    #: Of the watchlist that the test stands in.
    watchlist: str
    name: str
    article: Article
    expects_match: bool


def read_tests(section: WatchlistSection) -> list[RuleTest]:
    """Return the tests of a watchlist, in the order of the file."""
    return [
        RuleTest(
            watchlist=section.id,
            name=test.name,
            article=_article(test.article, f"{section.id}/{test.name}"),
            expects_match=test.expect == "match",
        )
        for test in section.tests
    ]


def _article(section: ArticleSection, id_: str) -> Article:
    given = section.model_dump(exclude={"tags"})
    return Article(id=id_, tags=tuple(section.tags), **given)
