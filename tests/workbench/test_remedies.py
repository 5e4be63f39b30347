"""A change that is proposed makes the article match, and is the smallest of its kind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given

from alerts.model import (
    All,
    Article,
    AtLeast,
    Cased,
    Condition,
    Field,
    InField,
    Keyword,
    Near,
    Not,
    RuleSet,
    Score,
    Watchlist,
)
from alerts.workbench.explaining import Explainer
from tests.builders import NOW
from tests.matching.conditions import articles, watchlists

FAR = Near(Keyword("gas"), Keyword("attack"), 2)
BEHIND = Near(Keyword("attack"), Keyword("gas"), 2, ordered=True)
WEIGHED = Score(4.0, ((Keyword("gas"), 3.0), (Keyword("sarin"), 3.0)))


@pytest.mark.parametrize(
    ("condition", "title", "changes"),
    [
        (FAR, "gas one two three attack", ["NEAR/3 instead of NEAR/2", "AND instead of NEAR/2"]),
        (BEHIND, "gas attack", ["NEAR/2 instead of ONEAR/2", "AND instead of ONEAR/2"]),
        (AtLeast(3, Keyword("gas")), "gas and gas", ["ATLEAST/2 instead of ATLEAST/3"]),
        (WEIGHED, "gas", ["a threshold of 3 instead of 4"]),
        (Cased("IS"), "is it", ['"IS" in any letters instead of =IS']),
        (InField(Field.SUMMARY, Keyword("gas")), "gas", ["gas anywhere, not in the summary alone"]),
        (All((FAR, Keyword("war"))), "gas one two three attack", []),
        (All((Keyword("gas"), Not(Keyword("war")))), "gas war", []),
        (Keyword("gas"), "peace", []),
        (Keyword("gas"), "gas", []),
    ],
)
def test_the_smallest_change_is_proposed(
    condition: Condition, title: str, changes: list[str]
) -> None:
    assert proposed(Watchlist(id="w", title="W", condition=condition), title) == changes


@pytest.mark.parametrize(
    ("besides", "changes"),
    [
        ({"exclude": Keyword("fair")}, ["no `exclude`"]),
        ({"mask": (Keyword("fair"), Keyword("gas"))}, ["no `mask` of gas"]),
        ({"fields": (Field.SUMMARY,)}, ["`in` with title, too"]),
        ({"languages": ("ar",)}, ["other `languages`"]),
        ({"max_age": timedelta(hours=1)}, ["a longer `max_age`"]),
    ],
)
def test_what_stands_beside_the_condition_is_tried(
    besides: dict[str, object], changes: list[str]
) -> None:
    watchlist = Watchlist(id="w", title="W", condition=Keyword("gas"), **besides)  # type: ignore[arg-type]
    assert proposed(watchlist, "gas at the fair") == changes


def proposed(watchlist: Watchlist, title: str) -> list[str]:
    article = Article(
        id="a", title=title, language="en", seen_at=NOW, published_at=NOW - timedelta(hours=2)
    )
    explainer = Explainer(RuleSet(watchlists=(watchlist,)))
    told = explainer.remedied(explainer.explain(watchlist, [article]))
    return [remedy.change for remedy in told.remedies]


@given(watchlists, articles)
def test_no_watchlist_and_no_article_breaks_it(watchlist: Watchlist, article: Article) -> None:
    explainer = Explainer(RuleSet(watchlists=(watchlist,)))
    told = explainer.remedied(explainer.explain(watchlist, [article]))
    assert not (told.explanation.met and told.remedies)
