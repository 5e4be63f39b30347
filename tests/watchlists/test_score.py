"""The weighted form: what it means, and what may be wrong with it."""

from __future__ import annotations

import pytest

from alerts.matching import matcher_of
from alerts.model import All, Article, Keyword, Near, Prefix, Score
from tests.watchlists.marked import W, assert_refused, rules_of, watchlist_of

SCORE = (
    "score: {threshold: 5, title_factor: 2,"
    " terms: {sarin: 5, chlorine: 3, 'gas NEAR/3 attack*': 4, 'fertili*': -4}}"
)


def test_each_term_is_a_query_with_its_weight() -> None:
    assert watchlist_of(SCORE).condition == Score(
        5.0,
        (
            (Keyword("sarin"), 5.0),
            (Keyword("chlorine"), 3.0),
            (Near(Keyword("gas"), Prefix("attack"), 3), 4.0),
            (Prefix("fertili"), -4.0),
        ),
        2.0,
    )


def test_it_is_one_more_condition() -> None:
    both = watchlist_of(f"keywords: [Idlib], {SCORE}").condition
    assert isinstance(both, All)
    assert both.parts[0] == Keyword("Idlib")
    assert isinstance(both.parts[1], Score)


@pytest.mark.parametrize(
    ("title", "summary", "rings"),
    [
        ("", "sarin found", True),
        ("", "chlorine found", False),
        ("Chlorine found", "", True),
        ("", "chlorine, chlorine and chlorine", False),
        ("", "chlorine in a gas attack", True),
        ("", "sarin and fertiliser", False),
        ("Sarin", "fertiliser", True),
        ("Fertiliser", "sarin and chlorine", False),
    ],
)
def test_weights_of_what_stands_there_add_up(title: str, summary: str, rings: bool) -> None:
    rules = rules_of(f"watchlists:\n  - {{id: w, title: W, {SCORE}}}\n")
    article = Article(id="a", title=title, summary=summary)
    assert bool(matcher_of(rules).match(article)) is rings


BROKEN = [
    ("R402", "{threshold: 1, terms: {‸nerve agent: 2}}".replace("‸nerve ", "nerve ‸"), "quotes"),
    ("R402", "{threshold: 1, terms: {'nerve ‸agent': 2}}", "quotes"),
    ("R401", '{threshold: 1, terms: {"sarin AND‸": 2}}', ""),
    ("R414", "{threshold: 1, terms: {sarin: 2, ‸NOT gas: 2}}", "exclude"),
    ("R301", "{threshold: 1, terms: {'‸@zzyzx': 2}}", "no @"),
    ("R421", "{threshold: ‸9, terms: {sarin: 5, gas: 3, calm: -8}}", ""),
    ("R421", "{threshold: ‸9, terms: {sarin: 4}, title_factor: 2}", ""),
    ("R205", "{threshold: 9, terms: ‸{}}", ""),
    ("R202", "‸{terms: {sarin: 4}}", ""),
    ("R206", "{threshold: ‸0, terms: {sarin: 4}}", ""),
    ("R203", "{threshold: 1, terms: {sarin: ‸'4'}}", ""),
]


@pytest.mark.parametrize(("code", "score", "hint"), BROKEN)
def test_what_is_wrong_is_told_at_its_place(code: str, score: str, hint: str) -> None:
    assert_refused(f"{W}    score: {score}\n", code, hint)


def test_a_threshold_that_only_headlines_reach_is_fine() -> None:
    assert watchlist_of("score: {threshold: 8, terms: {sarin: 4}, title_factor: 2}")
