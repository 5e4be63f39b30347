"""Around a hit stand the words at which the other side of its NEAR would have been near enough."""

from __future__ import annotations

import pytest
from hypothesis import given

from alerts.model import (
    All,
    Any,
    Article,
    Condition,
    Field,
    InField,
    Keyword,
    Near,
    Not,
    RuleSet,
    Watchlist,
)
from alerts.workbench.explaining import Explained, Explainer
from alerts.workbench.surroundings import surroundings
from tests.matching.conditions import articles, watchlists

GAS, ATTACK = Keyword("gas"), Keyword("attack")
TITLE = "a b c gas d e f"


def explained(watchlist: Watchlist, article: Article) -> Explained:
    return Explainer(RuleSet(watchlists=(watchlist,))).explain(watchlist, [article])


def around(condition: Condition, title: str, content: str = "") -> list[tuple[str, str, str]]:
    watchlist = Watchlist(id="w", title="W", condition=condition)
    article = Article(id="a", title=title, content=content)
    found = surroundings(explained(watchlist, article))
    return [(one.before, one.hit.surface, one.after) for one in found]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Near(GAS, ATTACK, 1), [("b c", "gas", "d e")]),
        (Near(ATTACK, GAS, 1), [("b c", "gas", "d e")]),
        (Near(ATTACK, GAS, 0), [("c", "gas", "d")]),
        (Near(GAS, ATTACK, 9), [("a b c", "gas", "d e f")]),
        (Near(GAS, ATTACK, 1, ordered=True), [("", "gas", "d e")]),
        (Near(ATTACK, GAS, 1, ordered=True), [("b c", "gas", "")]),
        (Near(Any((GAS, ATTACK)), Keyword("war"), 0), [("c", "gas", "d")]),
        (InField(Field.TITLE, Near(GAS, ATTACK, 0)), [("c", "gas", "d")]),
        (All((Keyword("a"), Near(GAS, ATTACK, 0))), [("c", "gas", "d")]),
        (Near(Near(GAS, Keyword("d"), 0), ATTACK, 0), [("c", "gas", "d"), ("gas", "d", "e")]),
        # Where both sides stand, the distance is told; where nothing is missing, nothing.
        (Near(GAS, Keyword("f"), 1), []),
        (Near(GAS, Keyword("f"), 2), []),
        (Any((GAS, Near(GAS, ATTACK, 1))), []),
        (Near(ATTACK, Keyword("war"), 1), []),
        (Not(Near(GAS, ATTACK, 1)), []),
        (GAS, []),
    ],
)
def test_words_are_told_within_the_distance(
    condition: Condition, found: list[tuple[str, str, str]]
) -> None:
    assert around(condition, TITLE) == found


def test_it_stays_short_and_in_one_field() -> None:
    long = " ".join(map(str, range(100, 130)))
    [(before, _, after)] = around(Near(GAS, ATTACK, 50), "Title", f"{long} gas {long}")
    assert (before, after) == ("122 123 124 125 126 127 128 129", "100 101 102 103 104 105 106 107")
    assert len(around(Near(GAS, ATTACK, 0), "gas one " * 9)) == 3
    assert around(Near(GAS, ATTACK, 5), "gas", "attacker") == []


@given(watchlists, articles)
def test_every_condition_and_article_is_taken(watchlist: Watchlist, article: Article) -> None:
    for one in surroundings(explained(watchlist, article)):
        text = article.text(one.hit.field)
        assert one.before in text[: one.hit.start]
        assert one.after in text[one.hit.end :]
