"""Wishes: whatever is typed into a chat is a wish or a flaw, and means what it looks like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.watchlists.query.terms import MAX_TERM
from alerts.watchlists.wishes import MOST_TERMS, Asked, Wish, WishFlaw, blamed, wish_of

WISHES = [
    ("Idlib", [["Idlib"]], []),
    ("  khan\t sheikhun ", [["khan sheikhun"]], []),
    ("Idlib, Homs", [["Idlib", "Homs"]], []),
    ("Idlib, Homs + sarin, chlorine", [["Idlib", "Homs"], ["sarin", "chlorine"]], []),
    ('Idlib + chemical - "chemical industry"', [["Idlib"], ["chemical"]], ['"chemical industry']),
    ("Idlib -fair", [["Idlib"]], ["fair"]),
    ("Idlib - fair, trade show + sarin", [["Idlib"], ["sarin"]], ["fair", "trade show"]),
    # Marks inside words are letters.
    ("al-Hawija,S-300 + C++", [["al-Hawija", "S-300"], ["C++"]], []),
    ("l'Aquila, 3\" shell", [["l'Aquila", '3" shell']], []),
    # What phones make of marks.
    ("Idlib – fair", [["Idlib"]], ["fair"]),
    ("Idlib — “trade fair”", [["Idlib"]], ['"trade fair']),
    ("«ядовитый газ»、„Gas“ ＋ Homs", [['"ядовитый газ', '"Gas'], ["Homs"]], []),
    ("إدلب، حلب + كيماوي", [["إدلب", "حلب"], ["كيماوي"]], []),
    ("Idlib\nHoms\n+ sarin", [["Idlib", "Homs"], ["sarin"]], []),
    ("\u200fإدلب\u200f, \u2066Homs\u2069", [["إدلب", "Homs"]], []),
    # A joiner that Persian needs stays.
    ("می\u200cشود", [["می\u200cشود"]], []),
    # Needless marks, and the same thing twice.
    ("+ Idlib, , Homs +", [["Idlib", "Homs"]], []),
    ("Idlib, Idlib", [["Idlib"]], []),
    ('"air strike', [['"air strike']], []),
    ('+"air strike"', [['"air strike']], []),
    # Who knows queries.
    ("Idlib AND sarin", [["Idlib"], ["sarin"]], []),
    ("Idlib OR Homs AND sarin NOT fair", [["Idlib", "Homs"], ["sarin"]], ["fair"]),
    ("Idlib AND NOT fair", [["Idlib"]], ["fair"]),
    ("Idlib and Homs, FOR, ORAN", [["Idlib and Homs", "FOR", "ORAN"]], []),
    ('"Idlib AND Homs"', [['"Idlib AND Homs']], []),
    # What no text holds.
    ("Id\x00lib\x7f, H\ud800oms", [["Idlib", "Homs"]], []),
]


@pytest.mark.parametrize(("text", "groups", "without"), WISHES)
def test_comma_is_or_plus_is_and_minus_is_without(
    text: str, groups: list[list[str]], without: list[str]
) -> None:
    def asked(terms: list[str]) -> tuple[Asked, ...]:
        return tuple(Asked(term.removeprefix('"'), term.startswith('"')) for term in terms)

    assert wish_of(text) == Wish(tuple(map(asked, groups)), asked(without))


FLAWS = [
    ("", WishFlaw.EMPTY),
    (" , + ", WishFlaw.EMPTY),
    ('""', WishFlaw.EMPTY),
    ("- fair", WishFlaw.ONLY_WITHOUT),
    ("🔥", WishFlaw.NO_LETTERS),
    ("Idlib + !!!", WishFlaw.NO_LETTERS),
    ("x" * (MAX_TERM + 1), WishFlaw.TOO_LONG),
    ("x" * 4096, WishFlaw.TOO_LONG),
    (",".join(map(str, range(MOST_TERMS + 1))), WishFlaw.TOO_MANY),
    ("NOT fair", WishFlaw.ONLY_WITHOUT),
    ("OR", WishFlaw.EMPTY),
    ("," * 10_000, WishFlaw.EMPTY),
    ("a," * 6_000, WishFlaw.ENDLESS),
]


@pytest.mark.parametrize(("text", "flaw"), FLAWS)
def test_what_is_no_wish_says_why(text: str, flaw: WishFlaw) -> None:
    assert wish_of(text) is flaw


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Idlib, !!!, ???", "!!!"),
        ("x" * 300, "x" * 300),
        ("", ""),
        ("- fair", ""),
        ("!," * 9_000, ""),
    ],
)
def test_the_first_term_that_is_none_is_blamed(text: str, term: str) -> None:
    assert blamed(text) == term


@given(st.text(max_size=200) | st.text(alphabet='ab+-, "“„«»–\n', max_size=60))
def test_any_text_is_a_wish_or_a_flaw(text: str) -> None:
    wish = wish_of(text)
    if isinstance(wish, Wish):
        assert all(wish.groups)
        assert all(term.text == " ".join(term.text.split()) != "" for term in wish.terms)


_TERMS = st.lists(st.sampled_from(["Idlib", "Homs", "al-Bab"]), min_size=1)


@given(st.lists(_TERMS, min_size=1, max_size=MOST_TERMS // 3))
def test_what_is_written_by_the_rule_is_read_by_it(groups: list[list[str]]) -> None:
    wish = wish_of(" + ".join(map(", ".join, groups)))
    assert isinstance(wish, Wish)
    assert [[each.text for each in group] for group in wish.groups] == [
        list(dict.fromkeys(group)) for group in groups
    ]
