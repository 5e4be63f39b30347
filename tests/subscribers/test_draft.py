"""Drafts: everything that is typed is shown as what it was taken for, or said to be no watchlist."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.matching import Matcher
from alerts.model import Article, EntityRef, Keyword, Kind, Name, Severity
from alerts.subscribers.draft import (
    MOST_OF_TITLE,
    WITHOUT,
    Draft,
    DraftFlaw,
    Resolved,
    chosen,
    resolve,
    title_of,
)
from alerts.watchlists.query.parser import parse
from alerts.watchlists.wishes import Wish, WishFlaw, wish_of
from tests.subscribers.drafts import CHOICES, WISHES, readers, resolved


def test_each_term_is_shown_as_what_it_was_taken_for() -> None:
    found = resolved('Idlib, Khan Sheikhun + chemical - "chemical industry"')
    shown = [(term.asked.text, term.group, term.is_without) for term in found.terms]
    assert shown == [
        ("Idlib", 0, False),
        ("Khan Sheikhun", 0, False),
        ("chemical", 1, False),
        ("chemical industry", WITHOUT, True),
    ]
    idlib, _, chemical, industry = found.terms
    assert idlib.reading.place is not None
    assert (idlib.reading.place.country, idlib.reading.place.area) == ("SY", "Idlib")
    assert idlib.reading.place.at == pytest.approx((35.93, 36.63), abs=0.01)
    assert chemical.forms == ("chemicals",)
    assert industry.forms == ()
    assert found.query == '(place:"Idlib" OR place:"Khan Sheikhun") AND chemical'
    assert found.exclude == '"chemical industry"'
    assert found.watchlist.title == "Idlib, Khan Sheikhun + chemical"
    assert not found.is_open


@pytest.mark.parametrize("wish", ["Tripoli", "RSF", "Idlib + RSF", "Idlib - Tripoli"])
def test_somebody_must_choose_between_equals_and_then_need_not(wish: str) -> None:
    found = resolved(wish)
    place = next(place for place, term in enumerate(found.terms) if term.is_open)
    assert found.is_open
    for reading in range(len(found.terms[place].readings)):
        again = resolve(chosen(found.draft, place, reading), readers(), id_="x")
        assert isinstance(again, Resolved)
        assert not again.is_open
        assert again.terms[place].chosen == reading


def test_what_was_chosen_is_what_is_watched() -> None:
    assert resolved("Tripoli", t0=1).watchlist.condition == Name(Kind.PLACE, "Tripoli", "LB")
    assert resolved("RSF", t0=0).query.startswith("@")
    # One word, taken for two things.
    assert resolved("Tripoli + Tripoli", t0=0, t1=1).query == (
        'place:"Tripoli" AND place:"Tripoli (LB)"'
    )


def test_a_country_that_is_typed_decides() -> None:
    found = resolved("Tripoli (LB)")
    assert not found.is_open
    assert found.watchlist.condition == Name(Kind.PLACE, "Tripoli", "LB")


def test_a_choice_that_there_is_not_is_refused_or_open_again() -> None:
    draft = Draft(wish="Tripoli, RSF")
    for term, reading in ((-1, 0), (2, 0), (0, -1)):
        with pytest.raises(ValueError, match="no reading"):
            chosen(draft, term, reading)
    with pytest.raises(ValueError, match="no reading"):
        chosen(Draft(wish="- fair"), 0, 0)
    assert resolved("Tripoli", t0=99).is_open


NEARLY = [
    ("Damacsus", "Damascus"),
    ("Hamsa", "Hamas"),
    ("Khan Shekuhn", "Khan Sheikhun"),
    ("Tahrir al-Shm", "Hayat Tahrir al-Sham"),
]


@pytest.mark.parametrize(("typed", "meant"), NEARLY)
def test_a_name_that_nobody_has_may_have_been_meant_for_another(typed: str, meant: str) -> None:
    (term,) = resolved(typed).terms
    nearly = [*term.nearly, *(reading.name for reading in term.readings)]
    assert meant in nearly
    assert len(term.nearly) <= 3


@pytest.mark.parametrize("typed", ["Idlib", "damacsus", "Drones", "Xyx", "Zzyzxq", '"Damacsus"'])
def test_nothing_is_guessed_of_names_that_are_known_and_of_words(typed: str) -> None:
    (term,) = resolved(typed).terms
    assert term.nearly == ()


KEYWORDS = """
attack attacked attacks drone shelling airstrike evacuation kidnapped body strike withdraw stop raid
die fight soldier chemical missile hostage hijack deploy army هجوم صاروخ
"""


def as_word(text: str) -> Resolved:
    """Return the draft of *text* with its one term taken for the word that it is."""
    terms = [reading.term for reading in resolved(text).terms[0].readings]
    return resolved(text, t0=terms.index(Keyword(text)))


@pytest.mark.parametrize("word", [*KEYWORDS.split(), "nerve agent", "car bomb"])
def test_forms_of_a_keyword_are_found_by_it(word: str) -> None:
    found = as_word(word)
    (term,) = found.terms
    assert 1 <= len(term.forms) <= 5
    matcher = Matcher([found.watchlist])
    for form in term.forms:
        language = "en" if form.isascii() else "ar"
        assert matcher.match(Article(id="a", title=f"A {form} .", language=language)), form


def test_forms_are_those_that_people_know() -> None:
    assert resolved("attack").terms[0].forms == ("attacks", "attacked", "attacking", "attacker")
    assert as_word("nerve agent").terms[0].forms == ("nerve agents",)
    assert as_word("airstrike").terms[0].forms == ("air strike",)
    # Places, phrases and exact words have none.
    assert [resolved(wish).terms[0].forms for wish in ("Idlib", '"attack"', "chem*")] == [()] * 3


# --- bad input --------------------------------------------------------------------------------------

FLAWS = [
    ("", WishFlaw.EMPTY, ""),
    ("," * 10_000, WishFlaw.EMPTY, ""),
    ("," * 20_000, WishFlaw.ENDLESS, ""),
    ("x" * 4096, WishFlaw.TOO_LONG, "x" * 59 + "…"),
    ("Idlib + " + "x" * 4000, WishFlaw.TOO_LONG, "x" * 59 + "…"),
    ("🔥🔥", WishFlaw.NO_LETTERS, "🔥🔥"),
    ("Idlib, 🔥", WishFlaw.NO_LETTERS, "🔥"),
    ("\u200f\u200e", WishFlaw.EMPTY, ""),
    ("\u200b\u2060\ufeff", WishFlaw.EMPTY, ""),
    ("\u200c\u200d", WishFlaw.NO_LETTERS, "\u200c\u200d"),
    ("\n\n\n", WishFlaw.EMPTY, ""),
    (", ".join(f"w{n}" for n in range(51)), WishFlaw.TOO_MANY, ""),
    ("- fair", WishFlaw.ONLY_WITHOUT, ""),
    ("NOT fair", WishFlaw.ONLY_WITHOUT, ""),
    ("AND", WishFlaw.EMPTY, ""),
    ("/a.*/", WishFlaw.STAR, "/a.*/"),
    ("*", WishFlaw.NO_LETTERS, "*"),
    ("ch*", WishFlaw.STAR, "ch*"),
    ("Idlib, ch*em", WishFlaw.STAR, "ch*em"),
    ('"chem*"', WishFlaw.STAR, "chem*"),
    ("Khan* (SY)", WishFlaw.STAR, "Khan* (SY)"),
    ("Idlib NEAR/5 sarin", WishFlaw.OPERATOR, "Idlib NEAR/5 sarin"),
    ("Idlib NEAR sarin", WishFlaw.OPERATOR, "Idlib NEAR sarin"),
    ("title:sarin", WishFlaw.OPERATOR, "title:sarin"),
    # Each quote is escaped when it is kept: more than a query may be.
    (", ".join(f"x{n:02}{chr(34) * 197}" for n in range(50)), WishFlaw.ENDLESS, ""),
]


@pytest.mark.parametrize(("wish", "flaw", "term"), FLAWS)
def test_what_is_no_watchlist_says_why_and_for_which_term(
    wish: str, flaw: WishFlaw, term: str
) -> None:
    assert resolve(Draft(wish=wish), readers(), id_="x") == DraftFlaw(flaw=flaw, term=term)


READ = [
    ("<b>Idlib</b>", 'keyword:"<b>Idlib</b>"'),
    ("\u2067Idlib\u2069", 'place:"Idlib"'),
    ("Id\u200blib", 'place:"Idlib"'),
    ("Idlib\nHoms", 'place:"Idlib" OR place:"Homs"'),
    ("Idlib\x00", 'place:"Idlib"'),
    ("Idlib\ud800", 'place:"Idlib"'),
    ("@everyone", "everyone"),
    ("@hts", "@hts"),
    ("#Idlib", 'place:"Idlib"'),
    ("/sarin/", "sarin/"),
    ("=sarin", "sarin"),
    ("chem*", "chem*"),
    ("Idlib AND sarin", 'place:"Idlib" AND sarin'),
    ("Idlib OR Homs AND sarin", '(place:"Idlib" OR place:"Homs") AND sarin'),
    ("Idlib AND, sarin", 'place:"Idlib" AND sarin'),
    ("search and rescue", 'keyword:"search and rescue"'),
    ('"search AND rescue"', '"search AND rescue"'),
    ("ANDROID + ORDER + NOTE", "ANDROID AND ORDER AND NOTE"),
]


@pytest.mark.parametrize(("wish", "query"), READ)
def test_what_looks_odd_is_read_as_it_was_meant(wish: str, query: str) -> None:
    assert resolved(wish).query == query


def test_not_is_a_minus() -> None:
    for wish in ("Idlib NOT fair", "Idlib AND NOT fair", "Idlib - fair"):
        found = resolved(wish)
        assert (found.query, found.exclude) == ('place:"Idlib"', "fair")


def test_what_a_word_sounds_like_takes_its_place_only_where_it_looks_like_a_name() -> None:
    # Chamical, of Argentina; Macawisley, of Somalia.
    assert resolved("chemicl").watchlist.condition == Keyword("chemicl")
    assert resolved("الموصل").watchlist.condition == Name(Kind.PLACE, "الموصل")
    assert resolved("everyone").terms[0].readings[1:] == ()
    assert resolved("Hezbolah").watchlist.condition == EntityRef("hezbollah")


# --- what holds for all -----------------------------------------------------------------------------


@given(WISHES, CHOICES)
def test_every_text_is_a_watchlist_or_a_flaw(wish: str, choices: dict[int, int]) -> None:
    found = resolve(Draft(wish=wish, choices=choices), readers(), id_="x")
    if isinstance(found, DraftFlaw):
        return
    assert all(0 <= term.chosen < len(term.readings) for term in found.terms)
    # What is kept is what was shown.
    assert parse(found.query) == found.watchlist.condition
    assert (parse(found.exclude) if found.exclude else None) == found.watchlist.exclude
    found.query.encode()


@given(WISHES)
def test_a_title_is_short_and_not_empty(text: str) -> None:
    wish = wish_of(text)
    if isinstance(wish, Wish):
        assert 0 < len(title_of(wish)) <= MOST_OF_TITLE


TITLES = [
    ("Idlib, Khan Sheikhun + chemical - fair", "Idlib, Khan Sheikhun + chemical"),
    ("alpha, bravo, charlie, delta, echo, foxtrot, golf, hotel, india", "alpha, bravo, charlie, delta, echo, foxtrot, golf, hotel, …"),
    ("a" * 100, "a" * 59 + "…"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "title"), TITLES)
def test_a_long_title_says_that_there_is_more(text: str, title: str) -> None:
    wish = wish_of(text)
    assert isinstance(wish, Wish)
    assert title_of(wish) == title


def test_a_title_of_ones_own_counts() -> None:
    found = resolve(Draft(wish="Idlib", title=" My\n\u200flist "), readers(), id_="x")
    assert isinstance(found, Resolved)
    assert found.watchlist.title == "My list"


@given(
    st.builds(
        Draft,
        wish=st.text(),
        title=st.text(),
        severity=st.sampled_from(Severity),
        choices=CHOICES,
        number=st.integers(0, 50),
        thread=st.none() | st.integers(),
    )
)
def test_a_draft_outlives_a_restart(draft: Draft) -> None:
    assert Draft.of_json(json.loads(json.dumps(draft.to_json()))) == draft


GOOD = Draft(wish="Idlib").to_json()


@pytest.mark.parametrize(
    "state",
    [
        None,
        [],
        {},
        {**GOOD, "wish": 7},
        {**GOOD, "severity": "loud"},
        {**GOOD, "choices": {"a": 1}},
        {**GOOD, "choices": {"1": None}},
        {**GOOD, "number": "1"},
        {**GOOD, "thread": "1"},
        {key: value for key, value in GOOD.items() if key != "thread"},
    ],
)
def test_what_is_no_draft_is_refused(state: object) -> None:
    with pytest.raises(ValueError, match=r"draft|number|valid|literal"):
        Draft.of_json(state)
