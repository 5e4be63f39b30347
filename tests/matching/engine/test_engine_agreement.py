"""The engine answers what the plain evaluator answers, whatever it is asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.matching.engine import Engine
from alerts.model import Article, Status, Watchlist
from alerts.watchlists.meaning.evaluate import evaluate
from tests.matching.conditions import LEXICON, PUBLISHERS, articles, watchlists

Numbered = list[tuple[int, Watchlist]]

_numbered = st.lists(st.tuples(st.integers(0, 9), watchlists), max_size=12)


def expected(several: dict[int, Watchlist], article: Article) -> list[int]:
    return sorted(
        number
        for number, watchlist in several.items()
        if watchlist.status is not Status.OFF
        and evaluate(watchlist, article, LEXICON, PUBLISHERS) is not None
    )


@given(_numbered, st.lists(articles, min_size=1, max_size=3))
def test_engine_answers_what_the_plain_evaluator_answers(
    several: Numbered, read: list[Article]
) -> None:
    kept = dict(several)
    engine = Engine(kept.items(), LEXICON, PUBLISHERS)
    for article in read:
        assert sorted(engine.match_ids(article).tolist()) == expected(kept, article)


@given(_numbered, _numbered, st.lists(st.integers(0, 9), max_size=4), articles)
def test_edited_in_any_order_it_answers_as_if_built_afresh(
    first: Numbered, edits: Numbered, removed: list[int], article: Article
) -> None:
    kept = dict(first)
    engine = Engine(kept.items(), LEXICON, PUBLISHERS)
    for number, watchlist in edits:
        engine.add(number, watchlist)
        kept[number] = watchlist
    for number in removed:
        engine.remove(number)
        kept.pop(number, None)
    assert sorted(engine.match_ids(article).tolist()) == expected(kept, article)
    engine.begin_rebuild()
    engine.rebuild(kept.items())
    assert sorted(engine.match_ids(article).tolist()) == expected(kept, article)
