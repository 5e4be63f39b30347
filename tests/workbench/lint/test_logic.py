"""What is said to follow follows: held against the plain evaluator, for random conditions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alerts.model import (
    All,
    Any,
    Article,
    AtLeast,
    Condition,
    Field,
    InField,
    Keyword,
    Near,
    Not,
    Phrase,
    Publishers,
    Score,
    Severity,
    Unknown,
    Watchlist,
)
from alerts.watchlists.meaning.evaluate import evaluate
from alerts.watchlists.query.parser import parse
from alerts.watchlists.query.tree import needs_presence
from alerts.workbench.lint.logic import Asked, implies, never
from alerts.workbench.lint.shadows import covers
from tests.matching.conditions import (
    LEXICON,
    PUBLISHERS,
    articles,
    conditions,
    terms,
    watchlists,
)

ALL = frozenset({Field.TITLE, Field.SUMMARY, Field.CONTENT})
#: Stands in every article, so that there is evidence.
ANCHOR = Keyword("anchor")

fields = st.sampled_from([ALL, ALL, frozenset({Field.TITLE}), ALL - {Field.TITLE}])


def is_met(asked: Asked, article: Article) -> bool:
    anchored = replace(article, author="anchor")
    condition = All((InField(Field.AUTHOR, ANCHOR), asked.condition))
    watchlist = Watchlist(id="w", title="W", condition=condition, fields=tuple(asked.fields))
    return evaluate(watchlist, anchored, LEXICON) is not None


def weaker(condition: Condition, draw: st.DrawFn) -> Condition:
    """Return what most likely follows from *condition*."""
    match draw(st.integers(0, 2)), condition:
        case 0, _:
            return Any((condition, draw(conditions)))
        case _, All(parts):
            return weaker(draw(st.sampled_from(parts)), draw)
        case _, Any(parts):
            return Any((draw(terms), *(weaker(part, draw) for part in parts)))
        case _, Near(left, right, distance, ordered):
            wider = Near(left, right, distance + draw(st.integers(0, 2)), ordered)
            return draw(st.sampled_from([left, wider, replace(wider, ordered=False)]))
        case _, Not(part):
            return Not(All((part, draw(conditions))))
        case _, AtLeast(count, part):
            return AtLeast(max(count - 1, 0), part)
        case _, InField(_, part):
            return part
        case _:
            return condition


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Asked, Asked]:
    one = draw(conditions)
    other = draw(conditions) if draw(st.integers(0, 3)) == 0 else weaker(one, draw)
    return Asked(one, draw(fields)), Asked(other, draw(fields))


@given(pairs(), articles)
def test_what_is_said_to_follow_follows(pair: tuple[Asked, Asked], article: Article) -> None:
    one, other = pair
    if implies(one, other) and is_met(one, article):
        assert is_met(other, article)


def sane(condition: Condition) -> bool:
    """Tell whether a rule file can hold the factor and the threshold of each score."""
    match condition:
        case All(parts) | Any(parts):
            return all(map(sane, parts))
        case Near(left=left, right=right):
            return sane(left) and sane(right)
        case Not(part=part) | AtLeast(part=part) | InField(part=part):
            return sane(part)
        case Score(terms=weighted):
            return condition.title_factor >= 0 and all(sane(part) for part, _ in weighted)
        case _:
            return True


@given(conditions, conditions, fields, articles)
def test_what_is_said_to_be_impossible_is_never_met(
    one: Condition, other: Condition, where: frozenset[Field], article: Article
) -> None:
    for condition in (one, All((one, Not(other))), All((one, Not(Any((one, other)))))):
        asked = Asked(condition, where)
        assume(sane(condition))
        if never(asked):
            assert not is_met(asked, article)


def edited(one: Watchlist, draw: st.DrawFn) -> Watchlist:
    """Return a watchlist that most likely matches whatever *one* does."""
    changes = {
        "condition": one.condition,
        "exclude": None,
        "mask": one.mask[:1],
        "fields": tuple(Field),
        "languages": (),
        "publishers": Publishers(),
        "max_age": None,
        "unknown": draw(st.sampled_from(Unknown)),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(changes))))
    edit = replace(one, id="v", **{key: changes[key] for key in chosen})
    return replace(edit, condition=weaker(edit.condition, draw)) if draw(st.booleans()) else edit


@st.composite
def wishes(draw: st.DrawFn) -> tuple[Watchlist, Watchlist]:
    one = draw(watchlists)
    return one, edited(one, draw)


@given(wishes(), st.lists(articles, min_size=1, max_size=3))
def test_a_watchlist_that_covers_another_one_matches_whenever_that_does(
    pair: tuple[Watchlist, Watchlist], read: list[Article]
) -> None:
    one, other = pair
    assume(needs_presence(one.condition) and needs_presence(other.condition))
    if not covers(other, one):
        return
    for article in read:
        match = evaluate(one, article, LEXICON, PUBLISHERS)
        if match is not None:
            instead = evaluate(other, article, LEXICON, PUBLISHERS)
            assert instead is not None
            assert match.is_held or not instead.is_held


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", "a OR b"),
        ("a AND b", "a"),
        ("(a OR b) AND c", "b OR c"),
        ("(a AND c) OR (b AND c)", "c AND (a OR b)"),
        ("title:a", "a"),
        ("title:(a AND b)", "b AND title:a"),
        ("a NEAR/3 b", "a NEAR/5 b"),
        ("a NEAR/3 b", "(b OR c) NEAR/5 a"),
        ("a ONEAR/3 b", "a NEAR/3 b"),
        ("a NEAR/3 b", "a AND b"),
        ("ATLEAST/3 a", "ATLEAST/2 (a OR b)"),
        ("ATLEAST/3 a", "a"),
        ("a AND NOT b", "a AND NOT (b AND c)"),
        ("a AND NOT (b OR c)", "a AND NOT c"),
        ("a AND NOT b", "a AND NOT title:b"),
        ("a AND NOT NOT b", "b"),
    ],
)
def test_what_follows_is_known_in_one_direction(one: str, other: str) -> None:
    left, right = Asked(parse(one), ALL), Asked(parse(other), ALL)
    assert implies(left, right)
    assert not implies(right, left)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", "b"),
        ("a OR b", "a"),
        ("a", "title:a"),
        ("a", "b OR title:a"),
        ("a NEAR/3 b", "title:(a NEAR/3 b)"),
        ("ATLEAST/2 a", "title:(ATLEAST/2 a)"),
        ("a NEAR/5 b", "a NEAR/3 b"),
        ("a NEAR/3 b", "a ONEAR/3 b"),
        ("a NEAR/3 b", "b ONEAR/3 a"),
        ("a", "ATLEAST/2 a"),
        ("a AND NOT title:b", "a AND NOT b"),
        ("sarin", '"sarin"'),
    ],
)
def test_what_does_not_follow_is_not_guessed(one: str, other: str) -> None:
    assert not implies(Asked(parse(one), ALL), Asked(parse(other), ALL))


@pytest.mark.parametrize(
    "query", ["a AND NOT a", "title:a AND NOT (a OR b)", "(a OR b) AND c AND NOT (a OR b)"]
)
def test_contradictions_are_known(query: str) -> None:
    assert never(Asked(parse(query), ALL))


def test_a_blanked_term_never_stands() -> None:
    asked = Asked(parse('"a" AND b'), ALL)
    assert never(asked, frozenset({Phrase("a")}))
    assert not never(asked, frozenset({Phrase("c")}))


# --- watchlists -------------------------------------------------------------------------------

WIDE = Watchlist(id="v", title="V", condition=parse("a OR b"))
NARROW = Watchlist(id="w", title="W", condition=parse("a AND c"))


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({}, {}),
        ({"severity": Severity.LOW}, {"severity": Severity.HIGH}),
        ({"mask": (Phrase("x"),)}, {"mask": (Phrase("x"),)}),
        ({"mask": (Phrase("x"), Phrase("y"))}, {"mask": (Phrase("x"),)}),
        ({"fields": (Field.TITLE,)}, {}),
        ({"exclude": parse("x OR y")}, {"exclude": parse("x")}),
        ({"condition": parse("a AND NOT x")}, {"exclude": parse("x AND y")}),
        ({"languages": ("en",)}, {"languages": ("ar", "en")}),
        ({"max_age": timedelta(hours=1)}, {"max_age": timedelta(hours=2)}),
        ({"publishers": Publishers(only=("A",))}, {"publishers": Publishers(only=("A", "B"))}),
        ({"publishers": Publishers(but=("A", "B"))}, {"publishers": Publishers(but=("A",))}),
        ({"publishers": Publishers(reliability="B")}, {"publishers": Publishers(reliability="C")}),
        ({"unknown": Unknown.DROP}, {"unknown": Unknown.HOLD}),
    ],
)
def test_a_watchlist_is_covered_in_one_direction(
    narrow: dict[str, object], wide: dict[str, object]
) -> None:
    one, other = changed(NARROW, narrow), changed(WIDE, wide)
    assert covers(other, one)
    assert not covers(one, other)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"severity": Severity.HIGH}, {"severity": Severity.LOW}),
        ({}, {"mask": (Phrase("x"),)}),
        ({"mask": (Phrase("x"),)}, {"exclude": parse("y")}),
        ({"mask": (Phrase("x"),)}, {"condition": parse("a OR a NEAR/3 b")}),
        ({}, {"fields": (Field.TITLE,)}),
        ({}, {"exclude": parse("x")}),
        ({"exclude": parse("x AND y")}, {"exclude": parse("x")}),
        ({}, {"languages": ("en",)}),
        ({"languages": ("en", "ar")}, {"languages": ("en",)}),
        ({}, {"max_age": timedelta(hours=2)}),
        ({"max_age": timedelta(hours=3)}, {"max_age": timedelta(hours=2)}),
        ({}, {"publishers": Publishers(only=("A",))}),
        ({}, {"publishers": Publishers(but=("A",))}),
        ({"publishers": Publishers(reliability="C")}, {"publishers": Publishers(reliability="B")}),
        ({}, {"publishers": Publishers(countries=("FR",))}),
        ({"languages": ("en",)}, {"languages": ("en",), "unknown": Unknown.DROP}),
        ({}, {"repeat_after": timedelta(hours=2)}),
    ],
)
def test_a_watchlist_that_lacks_something_covers_nobody(
    narrow: dict[str, object], wide: dict[str, object]
) -> None:
    assert not covers(changed(WIDE, wide), changed(NARROW, narrow))


def changed(watchlist: Watchlist, changes: dict[str, object]) -> Watchlist:
    return replace(watchlist, **changes)  # type: ignore[arg-type]
