"""What a spelling of a watched name is, and what is somebody else's name.

Each line is asked of the definition and of the matcher, which must answer the same.
"""

from __future__ import annotations

import pytest

from alerts.gazetteer.shipped import shipped
from alerts.matching import Matcher
from alerts.model import (
    Around,
    Article,
    Entity,
    EntityRef,
    How,
    Keyword,
    Kind,
    Name,
    Spelling,
    Term,
    Watchlist,
)
from alerts.watchlists.meaning.evaluate import evaluate
from alerts.watchlists.meaning.lexicon import Lexicon

ENTITIES = {
    "jaysh": Entity(
        id="jaysh",
        kind=Kind.GROUP,
        name="Jaysh al-Ahrar",
        weak_aliases=("JAA",),
        support=(Keyword("fighters"),),
        mask=(Keyword("Ahrar Street"),),
    ),
    "listed": Entity(id="listed", kind=Kind.GROUP, name="Ansar Khalifah", spelling=Spelling.LISTED),
    "sharaa": Entity(id="sharaa", kind=Kind.PERSON, name="Ahmed al-Sharaa"),
    "codes": Entity(id="codes", kind=Kind.GROUP, name="SAREB"),
    "short": Entity(id="short", kind=Kind.GROUP, name="IS Khorasan"),
    "base": Entity(id="base", kind=Kind.PLACE, name="Shayrat Air Base", aliases=("Shayrat",)),
}
LEXICON = Lexicon(ENTITIES, shipped())
_WATCH = "watch"


def place(text: str, country: str = "") -> Name:
    return Name(Kind.PLACE, text, country)


def met(term: Term, text: str, language: str = "en") -> list[tuple[str, How]]:
    """Return what met *term* in *text*: as it stands there, and how."""
    watchlist = Watchlist(id=_WATCH, title="Title", condition=term)
    article = Article(id="a", content=text, language=language)
    match = evaluate(watchlist, article, LEXICON)
    assert Matcher([watchlist], LEXICON).match(article) == ([match] if match else [])
    return [(one.surface, one.how) for one in match.evidence] if match else []


@pytest.mark.parametrize(
    ("term", "text", "surface"),
    [
        (place("Khan Shaykhun"), "Two shells hit Han Şeyhun at dawn", "Han Şeyhun"),
        (place("Saraqib"), "القصف بسراقب مستمر", "بسراقب"),
        (place("Kherson"), "Обстрел под Херсоном", "Херсоном"),
        (place("Saraqib"), "Sarraqip's market is open", "Sarraqip"),
        (place("Manbij"), "Menbij'de patlama", "Menbij'de"),
        (place("Khan al-Asal"), "near Khan Assal and", "Khan Assal"),
        (place("Saraqib"), "SHELLS HIT SARRAQIP", "SARRAQIP"),
        (place("Khan al-Asal"), "Khan-Assal-based", "Khan-Assal"),
        (place("Shayrat"), "the Shairat strike", "Shairat"),
        (Name(Kind.GROUP, "Liwa al-Quds"), "men of Liva el-Kuds fled", "Liva el-Kuds"),
        (Name(Kind.PERSON, "Abu Mohammad al-Julani"), "Abou Mohammed al-Jolani said", None),
        (EntityRef("jaysh"), "anti-Jaish al-Ahrar protest", "Jaish al-Ahrar"),
        (EntityRef("jaysh"), "جيش الأحرار انسحب", "جيش الأحرار"),
        (EntityRef("base"), "Chayrat was hit", "Chayrat"),
        # As other languages write it.
        (place("Jarabulus"), "in Cerablus today", "Cerablus"),
        (place("Khan Younis"), "aus Chan Junis", "Chan Junis"),
        (place("Shabwa"), "Взрывы в Шабве", "Шабве"),
        (place("Avdiivka"), "Бої в Авдіївці", "Авдіївці"),
        (place("Hajjah"), "Удары по Хаддже", "Хаддже"),
        (place("Omdurman"), "القصف بأم درمان مستمر", "بأم درمان"),
    ],
)
def test_a_spelling_is_found_as_it_stands(term: Term, text: str, surface: str | None) -> None:
    wanted = surface or "Abou Mohammed al-Jolani"
    assert met(term, text) == [(wanted, How.SPELLING)]


@pytest.mark.parametrize(
    ("term", "text"),
    [
        # Other places, of their own weight or beside one that is known.
        (place("Niger"), "floods in Nigeria"),
        (place("Oman"), "talks in Amman"),
        (place("Saratov"), "floods in Sarov"),
        (place("Tripoli", "LB"), "Calm in Triboli"),
        (place("Beit Hanoun"), "in Beit Hanina"),
        (place("Zabadani"), "in Zabadan"),
        # Parts of longer names of others.
        (place("Yorck"), "a flight from New York today"),
        (place("Taiz"), "calm in Tizi Uzou"),
        (place("Kifri"), "قصف على كفر"),
        (Name(Kind.GROUP, "al-Shara"), "Ahmed al-Sharaa spoke"),
        # People, plain words, acronyms, other writing.
        (place("Al Asharah"), "Bashar Sharah spoke"),
        (place("Khost"), "Ghost towns of the coast"),
        (place("Homs"), "HMS Belfast"),
        (place("Khan al-Asal"), "khan assal"),
        (place("Khan al-Asal"), "Khan, Assal"),
        (place("Khan al-Asal"), "Khan. Assal"),
        # Names that ask for exact writing.
        (EntityRef("listed"), "Ansar Khalifa said"),
        (EntityRef("codes"), "Sarib said"),
        (EntityRef("short"), "What Isa Khorosan said"),
        (EntityRef("jaysh"), "Jaa said, fighters fled"),
        (EntityRef("jaysh"), "Jaish Ahrar Street"),
        (Keyword("Saraqib"), "in Saraqeb"),
        (Around("Saraqib", (35.86, 36.80), 10.0), "in Saraqeeb"),
    ],
)
def test_somebody_elses_name_is_not_a_spelling(term: Term, text: str) -> None:
    assert met(term, text) == []


def test_what_stands_in_the_rules_is_trusted_more() -> None:
    assert met(place("Saraqib"), "Saraqib and Saraqeb") == [
        ("Saraqib", How.EXACT),
        ("Saraqeb", How.GAZETTEER),
    ]


def test_a_spelling_supports_a_weak_alias() -> None:
    assert met(EntityRef("jaysh"), "Jeish al-Ahrar, or JAA") == [
        ("Jeish al-Ahrar", How.SPELLING),
        ("JAA", How.WEAK_ALIAS),
    ]


def test_a_name_that_nobody_bears_may_be_a_spelling_of_a_known_one() -> None:
    assert met(place("Sarraqip"), "in Saraqib") == [("Saraqib", How.GAZETTEER)]
    # Kilis, Kielce, Calais: nobody can say which.
    assert met(place("Killis"), "in Kilis") == [("Kilis", How.SPELLING)]
    assert met(Name(Kind.GROUP, "Jaich al-Ahrar"), "Jaysh al-Ahrar") == [
        ("Jaysh al-Ahrar", How.SPELLING)
    ]


def test_a_typed_spelling_of_a_place_has_its_names_in_other_scripts() -> None:
    assert met(place("al-Hawija"), "سكان الحويجة") == [("الحويجة", How.GAZETTEER)]
    assert met(place("Wadmadani"), "in Wad Madani") == [("Wad Madani", How.GAZETTEER)]
    # Somebody may mean another place that sounds so.
    assert met(place("Wadmadani"), "in Wadmedani") == [("Wadmedani", How.SPELLING)]


@pytest.mark.parametrize("name", ["Hit", "hit", "Same", "of"])
def test_a_place_that_is_called_like_a_word_is_written_as_a_name(name: str) -> None:
    written = name.capitalize()
    assert met(place(name), f"they {name.lower()} it") == []
    assert met(place(name), f"seen in {written} today") == [(written, How.EXACT)]
    assert met(Name(Kind.GROUP, name), f"they {name.lower()} it") != []


@pytest.mark.parametrize(
    "text",
    [
        "Hit by drones",
        "Oil rose. Hit by that",
        "“Hit me”, he said",
        "Iraq: Hit by floods",
        "\xa0Hit",
    ],
)
def test_where_a_sentence_begins_a_frequent_word_is_a_word(text: str) -> None:
    assert met(place("Hit"), text) == []
    assert met(place("Hit"), f"{text}; in Hit") == [("Hit", How.EXACT)]
    assert met(place("Mosul"), text.replace("Hit", "Mosul")) == [("Mosul", How.EXACT)]


@pytest.mark.parametrize(
    ("name", "text"),
    [("Ufa", "Взрыв в городе Уфа"), ("Qom", "درگیری در قم"), ("Ibb", "قتلى في إب")],
)
def test_a_short_name_is_known_in_scripts_that_write_it_short(name: str, text: str) -> None:
    assert [how for _, how in met(place(name), text)] == [How.GAZETTEER]
