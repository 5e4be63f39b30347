"""The query language: what each construct means as a condition, and that it prints as it reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.model import (
    All,
    Any,
    AtLeast,
    Cased,
    Condition,
    EntityRef,
    Field,
    InField,
    Inside,
    Keyword,
    Kind,
    Name,
    Near,
    Not,
    Phrase,
    Prefix,
    Regex,
    Score,
    Term,
)
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.query.parser import parse
from alerts.watchlists.query.printing import to_text
from alerts.watchlists.query.tree import all_of, any_of, needs_presence

A, B, C, D = (Keyword(letter) for letter in "abcd")

MEANINGS: list[tuple[str, Condition]] = [
    ("sarin", Keyword("sarin")),
    ("2024", Keyword("2024")),
    ("Ra's", Keyword("Ra's")),
    ("AT&T", Keyword("AT&T")),
    ("car-bomb", Keyword("car-bomb")),
    ("химический", Keyword("химический")),
    ("रासायनिक", Keyword("रासायनिक")),
    ("می\u200cخواهم", Keyword("می\u200cخواهم")),
    ('"air  strike"', Phrase("air strike")),
    ("“air strike”", Phrase("air strike")),
    ("„air strike“", Phrase("air strike")),
    (r'"the \"base\""', Phrase('the "base"')),
    ("=IS", Cased("IS")),
    ('="Islamic State"', Cased("Islamic State")),
    ("=“Islamic State”", Cased("Islamic State")),
    ("chem*", Prefix("chem")),
    ("@khmeimim", EntityRef("khmeimim")),
    ("/S-?300/", Regex("S-?300")),
    (r"/a\/b/", Regex("a/b")),
    (r"/(a) \(b\)/", Regex(r"(a) \(b\)")),
    ("place:Idlib", Name(Kind.PLACE, "Idlib")),
    ('place:"Khan Sheikhun"', Name(Kind.PLACE, "Khan Sheikhun")),
    ("group:HTS", Name(Kind.GROUP, "HTS")),
    ('place:"Tripoli (LB)"', Name(Kind.PLACE, "Tripoli", "LB")),
    ('place:"Congo (DRC)"', Name(Kind.PLACE, "Congo (DRC)")),
    ('person:"Jane Doe (SY)"', Name(Kind.PERSON, "Jane Doe (SY)")),
    ('person:"Jane Doe"', Name(Kind.PERSON, "Jane Doe")),
    ('keyword:"car bomb"', Keyword("car bomb")),
    ('keyword:"HTS code*"', Prefix("HTS code")),
    ('keyword:"=IS"', Cased("IS")),
    ("title:a", InField(Field.TITLE, A)),
    ("title:(a OR b)", InField(Field.TITLE, Any((A, B)))),
    ("tags:chem*", InField(Field.TAGS, Prefix("chem"))),
    ("title:place:Idlib", InField(Field.TITLE, Name(Kind.PLACE, "Idlib"))),
    ("a NEAR/5 b", Near(A, B, 5)),
    ("a ONEAR/0 b", Near(A, B, 0, ordered=True)),
    ("a NEAR/5 b NEAR/3 c", Near(Near(A, B, 5), C, 3)),
    ("a NEAR/5 (b NEAR/3 c)", Near(A, Near(B, C, 3), 5)),
    ("@x NEAR/15 (a OR b)", Near(EntityRef("x"), Any((A, B)), 15)),
    ("ATLEAST/3 a", AtLeast(3, A)),
    ("ATLEAST/3 (a OR b)", AtLeast(3, Any((A, B)))),
    ("a AND b OR c AND d", Any((All((A, B)), All((C, D))))),
    ("a AND (b OR c) AND d", All((A, Any((B, C)), D))),
    ("a OR b NEAR/2 c AND NOT d", Any((A, All((Near(B, C, 2), Not(D)))))),
    ("a AND NOT (b OR c)", All((A, Not(Any((B, C)))))),
    ("a AND NOT NOT b", All((A, Not(Not(B))))),
    ("ATLEAST/2 a OR b", Any((AtLeast(2, A), B))),
    ("title:a AND b", All((InField(Field.TITLE, A), B))),
    ("a AND (b AND c)", All((A, B, C))),
    ("(a OR (b OR (c)))", Any((A, B, C))),
    ("a OR b OR a", Any((A, B))),
    ("a AND a", A),
    (" \n a\tAND\n b ", All((A, B))),
]

PRINTED = [
    ("(a)", "a"),
    ("a AND (b OR c)", "a AND (b OR c)"),
    ("(a AND b) OR c", "a AND b OR c"),
    ("NOT (a AND b) AND c", "NOT (a AND b) AND c"),
    ("title:(a)", "title:a"),
    ("place:Idlib", 'place:"Idlib"'),
    ("keyword:and", "and"),
    ('keyword:"AND*"', 'keyword:"AND*"'),
    ("“it“", '"it"'),
    ("a NEAR/1 b ONEAR/2 (c OR d)", "a NEAR/1 b ONEAR/2 (c OR d)"),
    ("(a OR b) NEAR/1 (c NEAR/2 d)", "(a OR b) NEAR/1 (c NEAR/2 d)"),
]


@pytest.mark.parametrize(("text", "condition"), MEANINGS)
def test_every_construct_is_read(text: str, condition: Condition) -> None:
    assert parse(text) == condition
    assert parse(to_text(condition)) == condition


@pytest.mark.parametrize(("text", "printed"), PRINTED)
def test_a_query_is_printed_in_one_way(text: str, printed: str) -> None:
    assert to_text(parse(text)) == printed


def test_what_the_language_cannot_say_prints_as_in_a_rule_file() -> None:
    assert to_text(Inside("SY", "Idlib")) == '{in: SY, admin: "Idlib"}'
    score = Score(5.0, ((Keyword("sarin"), 5.0), (Near(A, B, 3), -0.5)), title_factor=2.0)
    weighted = '{"sarin": 5, "a NEAR/3 b": -0.5}'
    assert to_text(score) == f"{{score: {{threshold: 5, terms: {weighted}, title_factor: 2}}}}"


def test_a_slash_in_a_regex_gets_one_backslash() -> None:
    assert to_text(Regex("a/b")) == to_text(Regex(r"a\/b")) == r"/a\/b/"
    assert to_text(Regex(r"a\\/b")) == r"/a\\\/b/"


def test_names_are_looked_up_with_their_place() -> None:
    asked: list[tuple[Term, int]] = []

    def lookup(named: Name | EntityRef, offset: int) -> Term:
        asked.append((named, offset))
        return EntityRef("found")

    condition = parse('@hts NEAR/3 place:"Khan Sheikhun"', lookup)
    assert condition == Near(EntityRef("found"), EntityRef("found"), 3)
    assert asked == [(EntityRef("hts"), 0), (Name(Kind.PLACE, "Khan Sheikhun"), 18)]


# --- for all conditions -----------------------------------------------------------------------

LETTERS = "abcABC'éиمشहि\u200c1"
# Signs that a word may hold, that it may not, and that have a meaning somewhere in the language.
SIGNS = '-+&.,;:|!?~^{}[]<>()"“”„\\/=@#%_*'
WORDS = st.text(LETTERS, min_size=1, max_size=6) | st.sampled_from(
    ["AND", "OR", "NOT", "NEAR/5", "ATLEAST/2", "title:", "and", "place"]
)


def worded(text: str) -> bool:
    return any(letter.isalnum() for letter in text) and "*" not in text


TEXTS = (
    st.lists(WORDS | st.text(LETTERS + SIGNS, min_size=1, max_size=8), min_size=1, max_size=3)
    .map(" ".join)
    .filter(worded)
)
PATTERNS = st.lists(
    st.sampled_from(["a", "b+", "/", r"\\", "(c|d)", "[/]", r"\(", "ж", " ", '"', r"\pL"]),
    min_size=1,
    max_size=5,
).map("".join)
TERMS: st.SearchStrategy[Condition] = st.one_of(
    st.text(LETTERS, min_size=1, max_size=6).filter(worded).map(Keyword),
    st.lists(st.sampled_from(["car", "bomb", "S-300"]), min_size=2, max_size=3)
    .map(" ".join)
    .map(Keyword),
    TEXTS.map(Phrase),
    TEXTS.map(Cased),
    st.sampled_from(["chem", "HTS code", "anti-air", "хим"]).map(Prefix),
    PATTERNS.map(Regex),
    st.builds(Name, st.sampled_from([Kind.PLACE, Kind.GROUP, Kind.PERSON]), st.just("Homs, 'a")),
    st.sampled_from(["hts", "x_1", "A-b"]).map(EntityRef),
)
SIDES = TERMS | st.lists(TERMS, min_size=2, max_size=3).map(any_of)
NEARS = st.recursive(
    SIDES,
    lambda side: st.builds(
        Near, side, side, st.integers(min_value=0, max_value=1_000), st.booleans()
    ),
    max_leaves=3,
)


def larger(part: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(part, min_size=2, max_size=3)
    return st.one_of(parts.map(all_of), parts.map(any_of), part.map(Not))


LEAVES = NEARS | st.builds(AtLeast, st.integers(min_value=1, max_value=100), SIDES)
INSIDE_FIELDS = st.recursive(LEAVES, larger, max_leaves=3)
CONDITIONS = st.recursive(
    LEAVES | st.builds(InField, st.sampled_from(Field), INSIDE_FIELDS), larger, max_leaves=6
).filter(needs_presence)


@given(CONDITIONS)
def test_what_is_printed_reads_as_the_same_condition(condition: Condition) -> None:
    printed = to_text(condition)
    read = parse(printed)
    assert read == condition
    assert to_text(read) == printed


@given(st.lists(WORDS | st.sampled_from([*SIGNS, " ", "@hts", "/a/"]), max_size=12).map("".join))
def test_any_text_is_a_query_or_is_refused_at_a_place_in_it(text: str) -> None:
    read = condition_or_flaw(text)
    if isinstance(read, FlawError):
        assert 0 <= read.offset <= len(text)
        assert read.message
    else:
        assert parse(to_text(read)) == read


def condition_or_flaw(text: str) -> Condition | FlawError:
    try:
        return parse(text)
    except FlawError as flaw:
        return flaw


@given(st.recursive(st.sampled_from([A, B, C]), larger, max_leaves=8))
def test_a_query_needs_presence_unless_silence_meets_it(condition: Condition) -> None:
    """An article without any of the terms meets exactly the conditions that need none."""
    assert needs_presence(condition) is not met_by_silence(condition)


def met_by_silence(condition: Condition) -> bool:
    match condition:
        case Not(part=part):
            return not met_by_silence(part)
        case All(parts=parts):
            return all(map(met_by_silence, parts))
        case Any(parts=parts):
            return any(map(met_by_silence, parts))
        case _:
            return False
