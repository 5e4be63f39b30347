"""What conditions mean, row by row as an author writes them: the definition and the matcher alike."""

from __future__ import annotations

import pytest

from alerts.gazetteer.shipped import shipped
from alerts.matching import Matcher
from alerts.model import (
    Article,
    Entity,
    EntityRef,
    Field,
    Keyword,
    Kind,
    Phrase,
    Prefix,
    Score,
    Term,
    Watchlist,
)
from alerts.watchlists.meaning.evaluate import evaluate
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.query.parser import parse

SYRIA = Entity(
    id="syria",
    kind=Kind.PLACE,
    name="Syria",
    aliases=("سوريا", "Сирия", "叙利亚"),
    mask=(Phrase("Syria Street"),),
)
HTS = Entity(
    id="hts",
    kind=Kind.GROUP,
    name="Hayat Tahrir al-Sham",
    aliases=("هيئة تحرير الشام", "Хайят Тахрир аш-Шам", "沙姆解放组织"),
    previous_names=("al-Nusra Front",),
    weak_aliases=("HTS",),
    support=(EntityRef("syria"), Keyword("jihadist")),
    mask=(Prefix("HTS code"), Phrase("HTS classification")),
)
BASE = Entity(
    id="base", kind=Kind.PLACE, name="Khmeimim Air Base", aliases=("Hmeimim", "Хмеймим", "赫迈米姆")
)
LEXICON = Lexicon({entity.id: entity for entity in (SYRIA, HTS, BASE)}, shipped())


def answer(watchlist: Watchlist, article: Article) -> list[str] | None:
    """Return the words that met *watchlist*, and hold the matcher to the definition."""
    match = evaluate(watchlist, article, LEXICON)
    assert Matcher([watchlist], LEXICON).match(article) == ([match] if match else [])
    return [one.surface for one in match.evidence] if match else None


def words(query: str, title: str = "", summary: str = "", mask: tuple[Term, ...] = ()) -> list[str]:
    watchlist = Watchlist(id="w", title="W", condition=parse(query), mask=mask)
    return answer(watchlist, Article(id="a", title=title, summary=summary)) or []


# --- NEAR and ONEAR ---------------------------------------------------------------------------

NEAR = [
    # Entities, phrases and groups, on either side.
    ('@base NEAR/3 (attack* OR "rocket fire")', "Hmeimim comes under rocket fire", 2),
    ('@base NEAR/2 (attack* OR "rocket fire")', "Hmeimim came again under rocket fire", 0),
    ('("rocket fire" OR drone) NEAR/0 @base', "Khmeimim Air Base drones", 2),
    ('(sarin OR gas) NEAR/1 (attack OR "air strike")', "gas and sarin air strike", 2),
    ('"air base" NEAR/1 "rocket fire"', "rocket fire, air base", 2),
    # The words of a name are one side: nothing is counted between them.
    ("@base NEAR/0 attacked", "Khmeimim Air Base attacked", 2),
    ("@base NEAR/0 attacked", "attacked Khmeimim Air Base", 2),
    ("@base ONEAR/0 attacked", "Khmeimim Air Base attacked", 2),
    ("@base ONEAR/0 attacked", "attacked Khmeimim Air Base", 0),
    # A name that is known by its sound, and a weak alias.
    ("@base NEAR/1 drone", "drones at Hmaymim", 2),
    ("@hts NEAR/1 drone", "HTS flies drones", 0),
    ("@hts NEAR/1 drone", "HTS flies drones in Syria", 2),
    # Arabic, also where the article clings to the name.
    ("@hts NEAR/2 هجوم", "هجوم من قبل هيئة تحرير الشام", 2),
    ("@hts NEAR/1 هجوم", "هجوم من قبل هيئة تحرير الشام", 0),
    ("هجوم ONEAR/2 @syria", "هجوم في سوريا", 2),
    ("@syria ONEAR/2 هجوم", "هجوم في سوريا", 0),
    # Cyrillic, in any case of the word.
    ("удар NEAR/1 @base", "Удары по Хмеймиму", 2),
    ("удар NEAR/0 @base", "Удары по Хмеймиму", 0),
    ("(дрон* OR удар) ONEAR/1 @base", "дроны над Хмеймимом", 2),
    ("@base ONEAR/1 (дрон* OR удар)", "дроны над Хмеймимом", 0),
    # Chinese: every sign is a token.
    ("@syria NEAR/2 袭击", "叙利亚发生袭击", 2),
    ("@syria NEAR/1 袭击", "叙利亚发生袭击", 0),
    ("袭击 ONEAR/2 @syria", "叙利亚发生袭击", 0),
    # Two scripts in one field.
    ("@syria NEAR/1 attack", "attack in 叙利亚", 2),
    ("@hts NEAR/0 удар", "удар HTS Syria", 2),
    # Marks are no tokens, parts of hyphened words are.
    ("gas NEAR/0 attack", "gas — «attack»", 2),
    ("gas NEAR/1 attack", "gas mustard-sulphur attack", 0),
    ("gas NEAR/2 attack", "gas mustard-sulphur attack", 2),
    # NEAR in NEAR, and with NOT beside it.
    ("gas NEAR/1 attack NEAR/1 @syria", "gas attack in Syria", 3),
    ("gas NEAR/1 attack NEAR/1 @syria", "Syria: attack by some other gas", 0),
    ("gas NEAR/1 attack AND NOT @syria", "gas attack in Syria", 0),
    ("title:(gas NEAR/1 attack)", "gas attack", 2),
]


@pytest.mark.parametrize(("query", "title", "count"), NEAR)
def test_near(query: str, title: str, count: int) -> None:
    assert len(words(query, title)) == count


@pytest.mark.parametrize(
    ("query", "title", "summary"),
    [
        ("gas NEAR/50 attack", "gas", "attack"),
        ("@hts NEAR/50 هجوم", "هجوم", "هيئة تحرير الشام"),
        ("удар NEAR/50 @base", "Удар", "Хмеймим"),
        ("@syria NEAR/50 袭击", "叙利亚", "袭击"),
        ('("rocket fire" OR drone) NEAR/50 @base', "rocket", "fire at Hmeimim"),
    ],
)
def test_near_never_goes_across_fields(query: str, title: str, summary: str) -> None:
    assert words(query, title, summary) == []
    assert len(words(query, f"{title} {summary}")) == 2


# --- hyphens and prefixes ---------------------------------------------------------------------

HYPHENS = [
    ("airstrike", "an air-strike", ["air-strike"]),
    ("airstrike", "an air strike", ["air strike"]),
    ('"air strike"', "an air-strike", ["air-strike"]),
    ('"air strike"', "an airstrike", []),
    ('"airstrike"', "an air-strike", []),
    ("strike", "an air-strike", ["strike"]),
    ("airstrike", "anti-air-strike guns", []),
    ("@hts", "HTS-led raid in Syria", ["HTS"]),
    ("@hts", "anti-HTS raid in Syria", ["HTS"]),
    ("@hts", "HTS's raid in Syria", ["HTS"]),
    ("@syria", "pro-Syria rally", ["Syria"]),
    ("=HTS", "anti-HTS raid", ["HTS"]),
    ("=HTS", "anti-hts raid", []),
    ("escalation", "de-escalation", []),
    ("deescalation", "de-escalation", ["de-escalation"]),
    ("war", "anti-war march", []),
    ("war", "a war-torn town", ["war"]),
    ('"war"', "post-war order", []),
    ("group:Wagner", "ex-Wagner men", ["Wagner"]),
]
PREFIXES = [
    ("chem*", "chemistry of Chemicals", ["chemistry", "Chemicals"]),
    ("chem*", "petrochemical alchemy", []),
    ("chem*", "bio-chemical", ["chemical"]),
    ("war*", "anti-warfare", []),
    ("уда*", "ударов и уда", ["ударов", "уда"]),
    ("الهج*", "بعد الهجمات", ["الهجمات"]),
    ('keyword:"nerve age*"', "nerve agents, nerve-agent", ["nerve agents", "nerve-agent"]),
    ('keyword:"nerve age*"', "nervous agents", []),
    ('keyword:"nerve age*"', "nerve of an agent", []),
]


@pytest.mark.parametrize(("query", "title", "found"), HYPHENS + PREFIXES)
def test_hyphens_and_prefixes(query: str, title: str, found: list[str]) -> None:
    assert words(query, title) == found


# --- weak aliases -----------------------------------------------------------------------------

WEAK = [
    ("@hts", {"title": "HTS takes town"}, []),
    ("@hts", {"title": "HTS takes town in Syria"}, ["HTS"]),
    ("@hts", {"title": "HTS takes town", "content": "Jihadists said"}, ["HTS"]),
    ("@hts", {"title": "HTS takes town", "author": "Syria desk"}, ["HTS"]),
    ("title:@hts", {"title": "HTS takes town", "summary": "in Syria"}, ["HTS"]),
    ("title:@hts", {"title": "in Syria", "summary": "HTS takes town"}, []),
    ("@hts", {"title": "HTS, once al-Nusra Front"}, ["HTS", "al-Nusra Front"]),
    ("@hts", {"title": "hts takes town in Syria"}, []),
    ("@hts", {"title": "Hts takes town in Syria"}, []),
    # Support is any of the names of another entity, whatever that entity masks.
    ("@hts", {"title": "HTS takes Syria Street"}, ["HTS"]),
    ("@syria", {"title": "HTS takes Syria Street"}, []),
    # What the entity masks is not it, and supports nothing.
    ("@hts", {"title": "HTS code for Syria"}, []),
    ("@hts", {"title": "HTS codes, and HTS in Syria"}, ["HTS"]),
    ("@hts", {"title": "HTS classification by jihadists"}, []),
]


@pytest.mark.parametrize(("query", "fields", "found"), WEAK)
def test_weak_aliases(query: str, fields: dict[str, str], found: list[str]) -> None:
    watchlist = Watchlist(id="w", title="W", condition=parse(query))
    assert (answer(watchlist, Article(id="a", **fields)) or []) == found  # type: ignore[arg-type]


# --- masks ------------------------------------------------------------------------------------

MASKS: list[tuple[str, tuple[Term, ...], str, list[str]]] = [
    ("strike", (Phrase("OpenAI strikes deal"),), "OpenAI strikes deal", []),
    ("strike", (Phrase("OpenAI strikes deal"),), "OpenAI strikes deal; a strike", ["strike"]),
    ("chem*", (Keyword("chemical industry"),), "chemical industries", []),
    # Support of a weak alias is a matter of the article: a mask does not take it away.
    ("@hts", (Keyword("Syria"),), "HTS in Syria", ["HTS"]),
    ("@hts", (EntityRef("syria"),), "HTS in Сирия", ["HTS"]),
    ("@hts", (EntityRef("hts"),), "HTS in Syria", []),
    # What is blanked is no side of NEAR, and still counts as distance.
    ("gas NEAR/9 attack", (Keyword("gas pipeline"),), "gas pipeline attack", []),
    ("gas NEAR/1 attack", (Keyword("big fair"),), "gas big fair attack", []),
    ("gas NEAR/2 attack", (Keyword("big fair"),), "gas big fair attack", ["gas", "attack"]),
    ("ATLEAST/2 gas", (Phrase("natural gas"),), "gas and natural gas", []),
    ("gas AND NOT fair", (Phrase("gas fair"),), "gas fair for gas", ["gas"]),
    ("/g.s f/", (Keyword("fair"),), "gas fair", []),
]


@pytest.mark.parametrize(("query", "mask", "title", "found"), MASKS)
def test_masks(query: str, mask: tuple[Term, ...], title: str, found: list[str]) -> None:
    assert words(query, title, mask=mask) == found


# --- fields -----------------------------------------------------------------------------------

TITLE, SUMMARY, CONTENT, AUTHOR, TAGS = Field
FIELDS = [
    ("gas", (TITLE,), {"summary": "gas"}, []),
    ("gas", (TITLE, SUMMARY), {"summary": "gas"}, ["gas"]),
    ("gas", (AUTHOR,), {"title": "gas", "author": "Gas desk"}, ["Gas"]),
    # An operator goes beyond what the watchlist reads.
    ("tags:gas", (TITLE,), {"tags": ("World", "Gas")}, ["Gas"]),
    ("title:gas AND attack", (SUMMARY,), {"title": "gas", "summary": "attack"}, ["gas", "attack"]),
    ("title:gas AND attack", (SUMMARY,), {"title": "gas attack"}, []),
    ("title:(gas OR attack)", (SUMMARY,), {"title": "attack", "summary": "gas"}, ["attack"]),
    ("gas AND NOT title:fair", (TITLE, SUMMARY), {"title": "gas", "summary": "fair"}, ["gas"]),
    ("gas AND NOT title:fair", (SUMMARY,), {"title": "fair", "summary": "gas"}, []),
    ("ATLEAST/2 gas", (TITLE, SUMMARY), {"title": "gas", "summary": "gas"}, ["gas", "gas"]),
    ("title:(ATLEAST/2 gas)", (TITLE, SUMMARY), {"title": "gas", "summary": "gas"}, []),
    ("ATLEAST/2 gas", (TITLE,), {"title": "gas", "summary": "gas"}, []),
    # The same field twice is read once.
    ("ATLEAST/2 gas", (TITLE, TITLE), {"title": "gas"}, []),
    # The tags are one text.
    ("gas NEAR/0 attack", (TAGS,), {"tags": ("gas", "attack")}, ["gas", "attack"]),
]


@pytest.mark.parametrize(("query", "read", "fields", "found"), FIELDS)
def test_fields(
    query: str, read: tuple[Field, ...], fields: dict[str, object], found: list[str]
) -> None:
    watchlist = Watchlist(id="w", title="W", condition=parse(query), fields=read)
    article = Article(id="a", **fields)  # type: ignore[arg-type]
    assert (answer(watchlist, article) or []) == found


# --- scores -----------------------------------------------------------------------------------

PLAIN = (("sarin", 5.0), ("gas NEAR/1 attack*", 3.0), ("fertili*", -4.0), ("@syria", 0.0))
SCORES = [
    # Threshold, factor of the title, title, summary, whether it is met.
    (5, 1, "", "sarin", True),
    (5, 1, "", "sarin, fertiliser", False),
    (5, 1, "", "gas attack", False),
    (4, 1, "", "sarin, gas attack, fertilisers", True),
    (4.5, 1, "", "sarin, gas attack, fertilisers", False),
    # However often it stands there, it counts once.
    (6, 1, "", "sarin sarin sarin", False),
    # The title counts more, for what speaks against it too.
    (6, 2, "gas attack", "", True),
    (6, 2, "gas", "attack", False),
    (6, 2, "sarin", "fertiliser", True),
    (1, 2, "fertiliser", "sarin, gas attack", False),
    (8, 2, "gas attack", "gas attack", False),
    # A factor below 1, or of 0, takes weight away.
    (5, 0.5, "sarin", "", False),
    (5, 0.5, "sarin", "sarin", False),
    (1, 0, "sarin", "", False),
    (1, 0, "fertiliser sarin", "gas attack", True),
    (2, -1, "fertiliser", "", False),
    # At zero nothing need weigh in, but some word must stand there for it.
    (0, 1, "", "peace", False),
    (0, 1, "", "fertiliser, sarin", True),
    (0, 1, "", "fertiliser, gas attack", False),
    # What weighs nothing is no reason for an alert.
    (0, 1, "Syria", "", False),
    (-4, 1, "", "fertiliser", False),
    (-4, 1, "", "fertiliser, gas attack", True),
]


@pytest.mark.parametrize(("threshold", "factor", "title", "summary", "met"), SCORES)
def test_scores(threshold: float, factor: float, title: str, summary: str, met: bool) -> None:
    terms = tuple((parse(query), weight) for query, weight in PLAIN)
    watchlist = Watchlist(id="w", title="W", condition=Score(threshold, terms, factor))
    found = answer(watchlist, Article(id="a", title=title, summary=summary))
    assert (found is not None) is met
    assert not {"fertiliser", "fertilisers", "Syria"} & set(found or ())
