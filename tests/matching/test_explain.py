"""Explanations agree with the matcher, and name what keeps an article from ringing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from alerts.gazetteer.shipped import shipped
from alerts.matching.explain import explain
from alerts.matching.reasons import Explanation, Reason, as_text
from alerts.model import (
    All,
    Any,
    Article,
    AtLeast,
    Cased,
    Condition,
    Entity,
    EntityRef,
    Feed,
    Field,
    InField,
    Keyword,
    Kind,
    Name,
    Near,
    Not,
    Phrase,
    Prefix,
    Publishers,
    Regex,
    Score,
    Term,
    Unknown,
    Watchlist,
)
from alerts.watchlists.meaning.circumstances import known_publishers
from alerts.watchlists.meaning.evaluate import evaluate
from alerts.watchlists.meaning.lexicon import Lexicon
from tests.matching.conditions import LEXICON as RANDOM_LEXICON
from tests.matching.conditions import PUBLISHERS as RANDOM_PUBLISHERS
from tests.matching.conditions import articles, watchlists

HTS = Entity(
    id="hts",
    kind=Kind.GROUP,
    name="Hayat Tahrir al-Sham",
    weak_aliases=("HTS",),
    support=(Name(Kind.PLACE, "Syria"), Keyword("jihadist")),
    mask=(Prefix("HTS code"),),
)
LEXICON = Lexicon({"hts": HTS}, shipped())
PUBLISHERS = known_publishers(
    [Feed(url="https://a.example/rss", publisher="A Times", country="GB", reliability="D")]
)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def explained(
    condition: Condition,
    title: str = "",
    *,
    summary: str = "",
    exclude: Condition | None = None,
    mask: tuple[Term, ...] = (),
) -> Explanation:
    watchlist = Watchlist(id="w", title="W", condition=condition, exclude=exclude, mask=mask)
    article = Article(id="a", title=title, summary=summary)
    explanation = explain(watchlist, article, LEXICON)
    assert explanation.met is (evaluate(watchlist, article, LEXICON) is not None)
    return explanation


def every(reason: Reason) -> Iterator[Reason]:
    yield reason
    for part in reason.parts:
        yield from every(part)


def surfaces(reason: Reason) -> list[str]:
    return [one.surface for one in reason.evidence]


@given(watchlists, articles)
def test_an_explanation_agrees_with_the_plain_evaluator(
    watchlist: Watchlist, article: Article
) -> None:
    explanation = explain(watchlist, article, RANDOM_LEXICON, RANDOM_PUBLISHERS)
    match = evaluate(watchlist, article, RANDOM_LEXICON, RANDOM_PUBLISHERS)
    assert explanation.met is (match is not None)
    assert explanation.met is all(reason.met for reason in explanation.reasons)
    assert len(as_text(explanation).splitlines()) == 1 + sum(
        1 for reason in explanation.reasons for _ in every(reason)
    )


@given(watchlists, articles)
def test_the_words_of_a_match_stand_in_its_explanation(
    watchlist: Watchlist, article: Article
) -> None:
    match = evaluate(watchlist, article, RANDOM_LEXICON, RANDOM_PUBLISHERS)
    explanation = explain(watchlist, article, RANDOM_LEXICON, RANDOM_PUBLISHERS)
    told = {one for each in explanation.reasons for part in every(each) for one in part.evidence}
    spans = {(one.field, one.start, one.end) for one in told}
    for one in match.evidence if match else ():
        assert (one.field, one.start, one.end) in spans


TERMS = [
    (Keyword("sarin"), "peace", "", "stands nowhere", []),
    (InField(Field.TITLE, Keyword("sarin")), "", "Sarin", "stands only in summary", ["Sarin"]),
    (Cased("IS"), "is it", "", "stands only in other letters", ["is"]),
    (Keyword("war"), "anti-war", "", "stands only behind a prefix, as another word", ["war"]),
    (EntityRef("nobody"), "nobody", "", "no such entity", []),
    (EntityRef("hts"), "hts advances", "", "stands only in other letters", ["hts"]),
    (
        EntityRef("hts"),
        "HTS advances",
        "",
        'a weak alias without support, such as place:"Syria", jihadist',
        ["HTS"],
    ),
    (
        EntityRef("hts"),
        "HTS code for Syria",
        "",
        'not what is meant, by the entity\'s mask (keyword:"HTS code*")',
        ["HTS"],
    ),
    (
        EntityRef("hts"),
        "HTS code",
        "",
        "a weak alias without support, and masked by the entity",
        ["HTS"],
    ),
    (
        Name(Kind.PLACE, "Nigeria"),
        "Peace in Nigera",
        "",
        "sounds like it, but means Niger (NE)",
        ["Nigera"],
    ),
    (Name(Kind.PLACE, "Idlib"), "idleb", "", "stands only as a plain word, not as a name", []),
    (Regex("S-?300"), "s300", "", "stands nowhere", []),
]


@pytest.mark.parametrize(("condition", "title", "summary", "why", "words"), TERMS)
def test_a_term_says_what_keeps_it(
    condition: Condition, title: str, summary: str, why: str, words: list[str]
) -> None:
    (reason,) = explained(condition, title, summary=summary).reasons
    assert (reason.why, surfaces(reason)) == (why, words)
    assert reason.met is not bool(why)


def test_a_name_that_is_an_entitys_says_so() -> None:
    (reason,) = explained(Name(Kind.GROUP, "Hayat Tahrir al-Sham"), "HTS in Syria").reasons
    assert reason.what == 'group:"Hayat Tahrir al-Sham" = @hts'


def test_a_mask_is_named() -> None:
    mask = (Phrase("chemical industry"), Keyword("fair"))
    (reason,) = explained(Prefix("chem"), "Chemical industry fair", mask=mask).reasons
    assert (reason.why, surfaces(reason)) == ('masked by "chemical industry"', ["Chemical"])


@pytest.mark.parametrize(
    ("other", "who"),
    [
        ("Jund al-Aksa", "Jund al-Aksa"),
        ("Jund al-Aksa Brigade", "somebody else, or is a part of a longer name"),
    ],
)
def test_whose_name_it_is_otherwise_is_told(other: str, who: str) -> None:
    names = ("Jund al-Aqsa", other)
    entities = {name: Entity(id=name, kind=Kind.GROUP, name=name) for name in names}
    watchlist = Watchlist(id="w", title="W", condition=EntityRef("Jund al-Aqsa"))
    article = Article(id="a", title=f"{other} left")
    (reason,) = explain(watchlist, article, Lexicon(entities)).reasons
    assert reason.why == f"sounds like it, but means {who}"
    assert surfaces(reason) == ["Jund al-Aksa"]


NEARS = [
    (False, "gas one two three attack", "nearest distance 3 of 2"),
    (False, "gas one two three four attack one two three gas", "nearest distance 3 of 2"),
    (True, "attack by gas", "they stand in the other order"),
    (True, "attack by gas one two three four attack", "nearest distance 4 of 2"),
]


@pytest.mark.parametrize(("ordered", "title", "why"), NEARS)
def test_near_tells_the_nearest_distance(ordered: bool, title: str, why: str) -> None:
    explanation = explained(Near(Keyword("gas"), Keyword("attack"), 2, ordered), title)
    (reason,) = explanation.reasons
    assert reason.why == why
    assert [part.met for part in reason.parts] == [True, True]
    assert explanation.nearest == 1


def test_near_tells_of_other_fields_and_of_one_word_for_both() -> None:
    near = Near(Keyword("gas"), Prefix("gas"), 2)
    (reason,) = explained(near, "gas").reasons
    assert reason.why == "the same words are both sides"
    apart = Near(Keyword("gas"), Keyword("attack"), 2)
    (reason,) = explained(apart, "gas", summary="attack").reasons
    assert reason.why == "they stand in different fields"
    explanation = explained(apart, "gas")
    assert explanation.nearest == 1
    assert [part.why for part in explanation.reasons[0].parts] == ["", "stands nowhere"]


def test_atleast_and_score_tell_how_much_there_is() -> None:
    (reason,) = explained(AtLeast(3, Keyword("war")), "war").reasons
    assert reason.why == "1 of 3"
    (reason,) = explained(AtLeast(3, Keyword("war")), "peace").reasons
    assert reason.why == "0 of 3"
    score = Score(4.0, ((Keyword("gas"), 1.5), (Keyword("sarin"), 3.0), (Keyword("fair"), -1.0)), 3)
    (reason,) = explained(score, "Gas", summary="a fair").reasons
    assert reason.why == "3.5 of 4"
    assert [part.what for part in reason.parts] == [
        "gas counts 4.5 of 1.5 (1.5 x 3 in the title)",
        "sarin counts 0 of 3",
        "fair counts -1 of -1",
    ]


def test_what_vetoes_is_told() -> None:
    explanation = explained(Keyword("sarin"), "Sarin anniversary", exclude=Keyword("anniversary"))
    condition, exclusion = explanation.reasons
    assert condition.met
    assert exclusion.why == "it vetoes the article"
    assert surfaces(exclusion.parts[0]) == ["anniversary"]
    explanation = explained(All((Keyword("sarin"), Not(Keyword("fair")))), "Sarin fair")
    assert explanation.reasons[0].parts[1].why == "it stands there"


def test_a_condition_that_no_word_met_is_no_match() -> None:
    explanation = explained(Not(Keyword("war")), "peace")
    assert [reason.why for reason in explanation.reasons] == ["", "no word met it"]


def test_the_nearest_miss_counts_what_would_have_to_be_otherwise() -> None:
    lists = All((Any((Keyword("sarin"), Keyword("gas"))), Name(Kind.PLACE, "Idlib")))
    assert explained(lists, "Sarin in Idlib").nearest == 0
    assert explained(lists, "Sarin").nearest == 1
    assert explained(lists, "peace").nearest == 2
    assert explained(lists, "Sarin", exclude=Keyword("sarin")).nearest == 2


FACTS = [
    ({"languages": ("en", "ar")}, "in en or ar", "the article is in ru"),
    ({"max_age": timedelta(hours=1)}, "at most 1h old", "it was 2h old when it was seen"),
    ({"publishers": Publishers(only=("B",))}, "published by B", "it is by A Times"),
    ({"publishers": Publishers(but=("a times",))}, "not published by a times", "it is by A Times"),
    (
        {"publishers": Publishers(countries=("SY", "LB"))},
        "published in SY or LB",
        "its publisher is in another country",
    ),
    (
        {"publishers": Publishers(reliability="C")},
        "rated C or better",
        "its publisher is rated worse",
    ),
]
REPORT = Article(
    id="a",
    title="Sarin",
    feed="https://a.example/rss",
    publisher="A Times",
    language="ru",
    published_at=NOW - timedelta(hours=2),
    seen_at=NOW,
)


@pytest.mark.parametrize(("asked", "what", "why"), FACTS)
def test_what_is_asked_besides_words_is_told(asked: dict[str, object], what: str, why: str) -> None:
    watchlist = Watchlist(id="w", title="W", condition=Keyword("sarin"), **asked)  # type: ignore[arg-type]
    explanation = explain(watchlist, REPORT, LEXICON, PUBLISHERS)
    assert (explanation.reasons[0].what, explanation.reasons[0].why) == (what, why)
    assert explanation.nearest == 1


@pytest.mark.parametrize(
    ("unknown", "met", "why"),
    [
        (Unknown.PASS, True, "the article does not say, and passes"),
        (Unknown.HOLD, True, "the article does not say, and is held"),
        (Unknown.DROP, False, "the article does not say, and is dropped"),
    ],
)
def test_what_the_article_leaves_open_is_told(unknown: Unknown, met: bool, why: str) -> None:
    watchlist = Watchlist(
        id="w", title="W", condition=Keyword("sarin"), languages=("en",), unknown=unknown
    )
    explanation = explain(watchlist, Article(id="a", title="Sarin"), LEXICON)
    assert (explanation.met, explanation.reasons[0].why) == (met, why)


def test_a_weak_alias_tells_what_supports_it() -> None:
    (reason,) = explained(EntityRef("hts"), "HTS advances", summary="Jihadists in Syria").reasons
    assert (reason.why, surfaces(reason)) == ('supported by place:"Syria", jihadist', ["HTS"])
    (reason,) = explained(EntityRef("hts"), "HTS (Hayat Tahrir al-Sham)").reasons
    assert reason.why == "supported by another of its names"


def test_it_reads_as_a_tree() -> None:
    near = Near(EntityRef("hts"), Any((Prefix("attack"), Keyword("drone"))), 2)
    explanation = explained(
        All((near, InField(Field.TITLE, Keyword("Idlib")))),
        "HTS in Syria said that attackers left",
        summary="Idlib",
    )
    assert as_text(explanation).splitlines() == [
        "w (W): no match, 2 parts short",
        "  - all of",
        "    - NEAR/2: nearest distance 4 of 2",
        '      + @hts: supported by place:"Syria", "HTS" at title 0-3 (weak alias)',
        "      + one of",
        '        + attack*: "attackers" at title 23-32 (prefix)',
        "        - drone: stands nowhere",
        '    - title:Idlib: stands only in summary, "Idlib" at summary 0-5 (exact)',
    ]


def test_an_article_cannot_write_to_the_terminal() -> None:
    text = as_text(explained(Regex("(?s)a.*b"), "a\x1b[31m\nb"))
    assert text.splitlines()[1:] == ['  + /(?s)a.*b/: "a [31m b" at title 0-8 (regex)']
