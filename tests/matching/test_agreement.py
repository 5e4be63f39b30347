"""The matcher answers what the plain evaluator answers, whatever it is asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.matching import Matcher
from alerts.model import Article, Match, Status, Watchlist
from alerts.watchlists.meaning.evaluate import evaluate
from tests.matching.conditions import LEXICON, PUBLISHERS, articles, watchlists


def expected(watchlist: Watchlist, article: Article) -> list[Match]:
    if watchlist.status is Status.OFF:
        return []
    match = evaluate(watchlist, article, LEXICON, PUBLISHERS)
    return [match] if match else []


def by_id(several: list[Watchlist]) -> dict[str, Watchlist]:
    return {watchlist.id: watchlist for watchlist in several}


@given(st.lists(watchlists, min_size=1, max_size=6), st.lists(articles, min_size=1, max_size=3))
def test_matcher_answers_what_the_plain_evaluator_answers(
    several: list[Watchlist], read: list[Article]
) -> None:
    matcher = Matcher(several, LEXICON, PUBLISHERS)
    for article in read:
        met = [match for one in by_id(several).values() for match in expected(one, article)]
        met.sort(key=lambda match: (-match.severity.rank, match.watchlist))
        assert matcher.match(article) == met


@given(
    st.lists(st.tuples(st.booleans(), watchlists), max_size=12),
    articles,
    articles,
)
def test_adding_and_removing_in_any_order_equals_building_afresh(
    edits: list[tuple[bool, Watchlist]], before: Article, after: Article
) -> None:
    matcher = Matcher((), LEXICON, PUBLISHERS)
    kept: dict[str, Watchlist] = {}
    for adds, watchlist in edits:
        if adds:
            matcher.add(watchlist)
            kept[watchlist.id] = watchlist
        elif kept.pop(watchlist.id, None) is not None:
            matcher.remove(watchlist.id)
        matcher.match(before)
    afresh = Matcher(kept.values(), LEXICON, PUBLISHERS)
    assert len(matcher) == len(afresh) == len(kept)
    assert matcher.match(after) == afresh.match(after)
