"""What a term of a wish may mean: the likeliest first, and open where somebody must choose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.gazetteer.shipped import known, shipped
from alerts.model import Entity, EntityRef, Keyword, Kind, Name, Phrase
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.query.terms import MAX_TERM
from alerts.watchlists.wishes import Asked, Wish, wish_of
from alerts.watchlists.wishes.readings import MOST_SOUGHT, Meaning, Readers

OURS = Entity(
    id="harbour", kind=Kind.PLACE, name="The Harbour", aliases=("Old Port",), weak_aliases=("OP",)
)


@pytest.fixture(scope="module")
def readers() -> Readers:
    return Readers({OURS.id: OURS}, known(), shipped())


def shown(meaning: Meaning) -> list[str]:
    """Return the readings in short: `place Tripoli LB`, `word sarin`."""
    return [
        " ".join(
            filter(
                None,
                (
                    each.kind.value if each.kind else "word",
                    each.name,
                    each.place.country if each.place else "",
                ),
            )
        )
        for each in meaning.readings
    ]


READ = [
    ("Idlib", ["place Idlib SY", "word Idlib"]),
    ("إدلب", ["place Idlib SY", "word إدلب"]),
    ("khan shaykhun", ["place Khan Sheikhun SY", "word khan shaykhun"]),
    ("HTS", ["group Hayat Tahrir al-Sham", "word HTS"]),
    ("hezbollah", ["group Hezbollah", "word hezbollah"]),
    ("Zelensky", ["person Volodymyr Zelensky", "word Zelensky"]),
    ("Khmeimim", ["place Khmeimim Air Base", "word Khmeimim"]),
    ("nerve gases", ["word nerve gases"]),
    # Operators' own entities, by a name in any case, by a weak alias as it is written.
    ("old port", ["place The Harbour", "word old port"]),
    ("OP", ["place The Harbour", "word OP"]),
    # A town that is called like a word.
    ("hit", ["word hit", "place Hit IQ"]),
    ("Hit", ["place Hit IQ", "word Hit"]),
    # Of a town that has the word for another name, too, and of a country.
    ("Drone", ["word Drone", "place Dronero IT"]),
    ("Italien", ["place Italy IT", "word Italien"]),
    # A name that is borne counts before one that sounds so.
    ("الموصل", ["place Mosul IQ", "word الموصل"]),
    # What nobody is called: by its sound, unless it is typed as a word, or is one.
    ("Hezbolah", ["group Hezbollah", "word Hezbolah"]),
    ("Idlibb", ["place Idlib SY", "word Idlibb"]),
    ("chemicl", ["word chemicl", "place Chamical AR"]),
    # No Drnis of Croatia, no Corredor.
    ("Drones", ["word Drones"]),
    ("corridor", ["word corridor"]),
    # Signs of other places.
    ("@hts", ["group Hayat Tahrir al-Sham", "word hts"]),
    ("#Idlib", ["place Idlib SY", "word Idlib"]),
    ("@everyone", ["word everyone"]),
    ("chem*", ["word chem*"]),
    ("Tripoli (LB)", ["place Tripoli LB", "word Tripoli (LB)"]),
    # Who asks for one poison does not ask for all.
    ("sarin", ["word sarin", "topic chemical weapons"]),
    ("chemical weapons", ["topic chemical weapons", "word chemical weapons"]),
]


@pytest.mark.parametrize(("text", "readings"), READ)
def test_the_likeliest_reading_comes_first(
    readers: Readers, text: str, readings: list[str]
) -> None:
    meaning = readers.meaning(Asked(text))
    assert shown(meaning) == readings
    assert not meaning.is_open


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("Tripoli", ["place Tripoli LY", "place Tripoli LB"]),
        ("Georgia", ["place Georgia GE", "place Georgia US"]),
        ("RSF", ["group Rapid Support Forces", "group Reporters Without Borders"]),
    ],
)
def test_somebody_must_choose_between_equals(
    readers: Readers, text: str, choices: list[str]
) -> None:
    meaning = readers.meaning(Asked(text))
    assert meaning.is_open
    assert set(choices) <= set(shown(meaning))


def test_a_reading_is_a_term_of_a_condition(readers: Readers) -> None:
    def first(text: str, *, is_phrase: bool = False) -> object:
        return readers.meaning(Asked(text, is_phrase)).readings[0].term

    assert first("Tripoli") == Name(Kind.PLACE, "Tripoli")
    assert readers.meaning(Asked("Tripoli")).readings[1].term == Name(Kind.PLACE, "Tripoli", "LB")
    assert first("old port") == EntityRef("harbour")
    assert first("drones") == Keyword("drones")
    assert first("air strike", is_phrase=True) == Phrase("air strike")


def test_the_capital_of_a_phone_leaves_it_open(readers: Readers) -> None:
    def is_open(text: str) -> list[bool]:
        wish = wish_of(text)
        assert isinstance(wish, Wish)
        return [meaning.is_open for meaning in readers.meanings(wish)]

    assert is_open("Hit, Tank") == [True, False]
    assert is_open("hit, Idlib") == [False, False]
    assert is_open("Idlib, Hit") == [False, False]


def test_what_sounds_like_a_name_is_sought_for_the_first_strange_ones(readers: Readers) -> None:
    # Heard alone; a frequent word, a known place and a phrase between them cost nothing.
    strange = ["Idlibb", "Hezbolah", "Mariuppol", "Damacsus", "Bakhmoot", "Kharkhiv"]
    wish = wish_of(", ".join(["Idlib", "attack", '"Idlibb"', *strange]))
    assert isinstance(wish, Wish)
    found = readers.meanings(wish)[3:]
    sought = [len(each.readings) > 1 or bool(each.nearly) for each in found]
    assert sought == [True] * MOST_SOUGHT + [False]


@pytest.mark.parametrize("text", ["/a.*/", "ch*", "ch*em", "*chem", "Khan* (SY)"])
def test_a_star_ends_a_word(readers: Readers, text: str) -> None:
    with pytest.raises(FlawError) as refused:
        readers.meaning(Asked(text))
    assert refused.value.code in {"R409", "R419"}


def test_an_operator_is_no_term(readers: Readers) -> None:
    with pytest.raises(FlawError, match="an operator"):
        readers.meaning(Asked("Idlib AND sarin"))


@given(st.text(max_size=MAX_TERM))
def test_every_term_of_a_wish_means_something_or_is_refused(text: str) -> None:
    wish = wish_of(text)
    if isinstance(wish, Wish):
        readers = Readers({OURS.id: OURS}, known(), shipped())
        for asked in wish.terms:
            try:
                assert readers.meaning(asked).readings
            except FlawError as flaw:
                assert flaw.message  # noqa: PT017 - what is said of it


@pytest.mark.parametrize(
    ("text", "is_word", "is_open"),
    [
        ("سارين", True, False),
        ("اشتباك", True, False),
        ("كيميائي", True, False),
        ("كلور", False, True),
        ("إدلب", False, False),
        ("خان شيخون", False, False),
    ],
)
def test_where_letters_have_no_case_a_word_is_not_taken_for_a_town_unasked(
    text: str, is_word: bool, is_open: bool
) -> None:
    meaning = Readers({}, known(), shipped()).meaning(Asked(text))
    assert (meaning.readings[0].kind is None) is is_word
    assert meaning.is_open is is_open
    assert meaning.nearly == ()
