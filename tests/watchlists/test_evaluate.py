"""What each construct means, sentence by sentence; asked of the definition and of the matcher."""

from __future__ import annotations

import pytest

from alerts.gazetteer.shipped import shipped
from alerts.matching import Matcher
from alerts.model import (
    All,
    Any,
    Article,
    AtLeast,
    Cased,
    Condition,
    Entity,
    EntityRef,
    Evidence,
    Field,
    How,
    InField,
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
    Watchlist,
)
from alerts.watchlists.meaning.evaluate import evaluate
from alerts.watchlists.meaning.lexicon import Lexicon

HTS = Entity(
    id="hts",
    kind=Kind.GROUP,
    name="Hayat Tahrir al-Sham",
    aliases=("Tahrir al-Sham", "هيئة تحرير الشام"),
    previous_names=("al-Nusra Front",),
    weak_aliases=("HTS",),
    support=(EntityRef("syria"), Keyword("jihadist")),
    mask=(Prefix("HTS code"), Phrase("HTS classification")),
)
SYRIA = Entity(
    id="syria",
    kind=Kind.PLACE,
    name="Syria",
    weak_aliases=("SY",),
    mask=(Phrase("Syria Street"),),
)
KHMEIMIM = Entity(
    id="khmeimim", kind=Kind.PLACE, name="Khmeimim Air Base", aliases=("Hmeimim", "Хмеймим")
)
LEXICON = Lexicon({entity.id: entity for entity in (HTS, SYRIA, KHMEIMIM)}, shipped())
DEFAULT = (Field.TITLE, Field.SUMMARY, Field.CONTENT)


def met(
    condition: Condition,
    title: str = "",
    *,
    summary: str = "",
    language: str = "",
    author: str = "",
    tags: tuple[str, ...] = (),
    exclude: Condition | None = None,
    mask: tuple[Term, ...] = (),
    fields: tuple[Field, ...] = DEFAULT,
) -> tuple[Evidence, ...] | None:
    article = Article(
        id="a", title=title, summary=summary, language=language, author=author, tags=tags
    )
    watchlist = Watchlist(
        id="w", title="W", condition=condition, exclude=exclude, mask=mask, fields=fields
    )
    match = evaluate(watchlist, article, LEXICON)
    assert Matcher([watchlist], LEXICON).match(article) == ([match] if match else [])
    return match.evidence if match else None


def surfaces(evidence: tuple[Evidence, ...] | None) -> list[str]:
    return [one.surface for one in evidence or ()]


# --- keywords ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("chemical", "Chemicals found"),
        ("strike", "Drones struck at dawn"),
        ("nerve agent", "traces of nerve agents"),
        ("nerve agent", "a nerve-agent attack"),
        ("car bomb", "carbombs and worse"),
        ("carbomb", "a car-bomb went off"),
        ("airstrike", "an air strike"),
        ("airstrike", "several Air-strikes"),
        ("air strike", "AIRSTRIKES"),
        ("de-escalation", "talks of deescalation"),
        ("deescalation", "talks of de-escalation"),
        ("anti-war", "an anti-war march"),
        ("war", "a war-torn town"),
        ("U.S. forces", "U.S. forces withdraw"),
        ("Iran", "l\u2019Iran répond"),
        ("叙利亚", "在叙利亚北部"),
    ],
)
def test_a_keyword_matches_its_inflections_and_compounds(keyword: str, text: str) -> None:
    assert met(Keyword(keyword), text)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("chemical", "chemistry prize"),
        ("chemical", "petrochemicals"),
        ("escalation", "signs of de-escalation"),
        ("war", "an anti-war march"),
        ("war", "warm weather"),
        ("cold war", "post-Cold War order"),
        ("airstrike", "anti-air-strike drill"),
        ("nerve agent", "agent of nerve"),
        ("nerve agent", "the nerve of an agent"),
        ("car bomb", "a bomb near a car"),
        ("car bomb", "carb-omb"),
        ("U.S. forces", "it forces us forces of change"),
        ("叙利亚", "叙利"),
        ("—", "— war —"),
    ],
)
def test_a_keyword_matches_whole_words_next_to_one_another(keyword: str, text: str) -> None:
    assert met(Keyword(keyword), text) is None


def test_inflections_follow_the_language_of_the_article() -> None:
    assert met(Keyword("attaque"), "Les attaques de drones", language="fr-FR")
    assert met(Keyword("удар"), "Нанесены удары", language="ru")
    assert met(Keyword("удар"), "Нанесены удары")


def test_evidence_tells_exact_words_from_inflections() -> None:
    evidence = met(Keyword("drone strike"), "Drone strike after drone strikes")
    assert evidence == (
        Evidence(
            field=Field.TITLE,
            start=0,
            end=12,
            surface="Drone strike",
            term="drone strike",
            how=How.EXACT,
        ),
        Evidence(
            field=Field.TITLE,
            start=19,
            end=32,
            surface="drone strikes",
            term="drone strike",
            how=How.INFLECTION,
        ),
    )


# --- phrases, cased words, prefixes, regexes --------------------------------------------------


def test_a_phrase_has_no_inflection_and_any_case() -> None:
    assert surfaces(met(Phrase("air strike"), "Air  Strike, air-strike, air strikes")) == [
        "Air  Strike",
        "air-strike",
    ]
    assert met(Phrase("war"), "anti-war") is None


def test_a_cased_word_is_exactly_as_written() -> None:
    assert surfaces(met(Cased("IS"), "IS is Is anti-IS IS's")) == ["IS", "IS", "IS"]
    assert met(Cased("Şam"), "Sam, şam") is None


def test_a_prefix_begins_a_word() -> None:
    evidence = met(Prefix("chem"), "Chemistry and petrochemistry, bio-chemical")
    assert surfaces(evidence) == ["Chemistry", "chemical"]
    assert evidence
    assert {(one.term, one.how) for one in evidence} == {("chem*", How.PREFIX)}
    assert met(Prefix("war"), "anti-warfare") is None
    assert surfaces(met(Prefix("HTS cod"), "HTS codes and HTS's code")) == [
        "HTS codes",
        "HTS's code",
    ]


def test_a_regex_reads_the_text_as_it_stands() -> None:
    evidence = met(Regex("S-?300"), "😀 S300, s300 and S-300V")
    assert surfaces(evidence) == ["S300", "S-300"]
    assert evidence
    assert (evidence[0].start, evidence[0].term, evidence[0].how) == (2, "/S-?300/", How.REGEX)
    assert met(Regex("x*"), "no such letter") is None


# --- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["PKK", "PKK-led", "anti-PKK", "PKK's", "(PKK)", "#PKK", "P.K.K."])
def test_names_go_through_prefixes_and_possessives(text: str) -> None:
    assert met(Name(Kind.GROUP, "PKK"), f"the {text} forces")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("IS", "IS is there", ["IS"]),
        ("HTS", "hts Hts", []),
        ("Deir ez-Zor", "Deir-ez-Zor, deir ez zor", ["Deir-ez-Zor", "deir ez zor"]),
        ("Deir ez-Zor", "Deir Zor", ["Deir Zor"]),
        ("Islamic State", "Islamic\u00a0State", ["Islamic\u00a0State"]),
        ("Ra's al-Ayn", "Ra\u2019s al-Ayn and Ras al Ayn", ["Ra\u2019s al-Ayn", "Ras al Ayn"]),
        ("İdlib", "Idlib", ["Idlib"]),
        ("Idlib", "Idlibs", []),
        ("إدلب", "في ادلب اليوم", ["ادلب"]),
    ],
)
def test_names_are_compared_folded_word_by_word(name: str, text: str, expected: list[str]) -> None:
    assert surfaces(met(Name(Kind.PLACE, name), text)) == expected


def test_an_entity_is_found_by_all_its_names_and_says_how() -> None:
    title = "Hayat Tahrir al-Sham, once al-Nusra Front; هيئة تحرير الشام"
    evidence = met(EntityRef("hts"), title)
    assert evidence
    assert [(one.how, one.term) for one in evidence] == [
        (How.EXACT, "Hayat Tahrir al-Sham"),
        (How.PREVIOUS_NAME, "Hayat Tahrir al-Sham"),
        (How.ALIAS, "Hayat Tahrir al-Sham"),
    ]
    assert surfaces(evidence)[0] == "Hayat Tahrir al-Sham"


def test_a_weak_alias_needs_support_in_the_same_article() -> None:
    assert met(EntityRef("hts"), "HTS takes town") is None
    evidence = met(EntityRef("hts"), "HTS takes town", summary="Jihadists advance")
    assert evidence
    assert [(one.surface, one.how) for one in evidence] == [("HTS", How.WEAK_ALIAS)]
    assert met(EntityRef("hts"), "Hts takes town", summary="Jihadists advance") is None


def test_support_may_stand_in_any_field_whatever_the_watchlist_reads() -> None:
    title_only = InField(Field.TITLE, EntityRef("hts"))
    assert met(title_only, "HTS takes town", tags=("Syria",), fields=(Field.TITLE,))
    assert met(title_only, "HTS takes town in Syria", mask=(Keyword("Syria"),))


def test_another_name_of_the_entity_supports_its_weak_alias() -> None:
    title = "HTS (Tahrir al-Sham)"
    assert surfaces(met(EntityRef("hts"), title)) == ["HTS", "Tahrir al-Sham"]


def test_weak_aliases_do_not_support_each_other() -> None:
    assert met(EntityRef("hts"), "HTS and SY") is None


def test_what_an_entity_masks_is_not_the_entity() -> None:
    assert met(EntityRef("hts"), "HTS codes for Syria") is None
    assert surfaces(met(EntityRef("hts"), "HTS codes; HTS in Syria")) == ["HTS"]
    assert met(EntityRef("syria"), "a house in Syria Street") is None
    assert met(EntityRef("syria"), "SY on Syria Street") is None


def test_an_unknown_entity_is_never_met() -> None:
    assert met(EntityRef("nobody"), "nobody") is None


# --- operators --------------------------------------------------------------------------------


def test_every_list_needs_one_of_its_entries() -> None:
    lists = All((Any((Keyword("sarin"), Keyword("chlorine"))), Name(Kind.PLACE, "Idlib")))
    assert surfaces(met(lists, "Chlorine", summary="in Idlib")) == ["Chlorine", "Idlib"]
    assert met(lists, "Chlorine and sarin") is None
    assert met(lists, "Idlib") is None


def test_not_forbids_and_gives_no_evidence() -> None:
    condition = All((Keyword("strike"), Not(Keyword("football"))))
    assert surfaces(met(condition, "A strike")) == ["strike"]
    assert met(condition, "A football strike") is None
    assert met(Not(Keyword("football")), "A strike") is None
    assert surfaces(met(Not(Not(Keyword("strike"))), "A strike")) == ["strike"]
    both = Not(Any((Not(Keyword("strike")), Keyword("football"))))
    assert surfaces(met(both, "A strike")) == ["strike"]


def test_near_counts_the_tokens_between() -> None:
    near = Near(Keyword("gas"), Keyword("attack"), 2)
    assert met(near, "gas one two attack")
    assert met(near, "attack one two gas")
    assert met(near, "gas one two three attack") is None
    assert met(near, "gas one-two-three attack") is None
    assert met(near, "gas — … & attack")


def test_near_stays_in_one_field() -> None:
    near = Near(Keyword("gas"), Keyword("attack"), 9)
    assert met(near, "gas", summary="attack") is None
    assert met(near, "gas", summary="not an attack") is None
    assert met(near, "not an attack", summary="gas") is None


def test_onear_keeps_the_order() -> None:
    ordered = Near(Keyword("gas"), Keyword("attack"), 2, ordered=True)
    assert met(ordered, "gas attack")
    assert met(ordered, "attack by gas") is None


def test_near_joins_phrases_entities_scripts_and_groups() -> None:
    sides = EntityRef("khmeimim"), Any((Prefix("attack"), Phrase("rocket fire")))
    near = Near(*sides, 3)
    assert surfaces(met(near, "Khmeimim Air Base comes under rocket fire")) == [
        "Khmeimim Air Base",
        "rocket fire",
    ]
    assert met(near, "attacked: Hmeimim")
    assert met(Near(EntityRef("khmeimim"), Keyword("атака"), 2), "Атака на базу Хмеймим")
    assert met(Near(Keyword("هجوم"), EntityRef("hts"), 2), "هجوم من قبل هيئة تحرير الشام")
    assert met(near, "Khmeimim Air Base: one two three four attacks") is None


def test_near_within_near_counts_from_the_whole_stretch() -> None:
    inner = Near(Keyword("gas"), Keyword("attack"), 1)
    assert met(Near(inner, Keyword("Idlib"), 0), "gas an attack Idlib")
    assert met(Near(inner, Keyword("an"), 5), "gas an attack") is None


def test_the_sides_of_near_are_different_words() -> None:
    assert met(Near(Keyword("gas"), Prefix("gas"), 5), "gas") is None
    assert met(Near(Keyword("gas"), Keyword("gas"), 5), "gas gas")


def test_atleast_counts_occurrences_over_all_fields() -> None:
    twice = AtLeast(2, Any((Keyword("war"), Prefix("war"))))
    assert met(twice, "war") is None
    assert met(twice, "war", summary="wars")
    assert met(AtLeast(2, Phrase("a a")), "a a a") is None
    assert met(AtLeast(2, Phrase("a a")), "a a a a")


def test_atleast_counts_a_name_inside_a_longer_name_once() -> None:
    assert met(AtLeast(2, EntityRef("hts")), "Hayat Tahrir al-Sham") is None
    assert met(AtLeast(2, EntityRef("hts")), "Hayat Tahrir al-Sham, Tahrir al-Sham")


def test_a_watchlist_reads_its_fields_and_an_operator_names_another() -> None:
    strike = Keyword("strike")
    assert met(strike, author="strike desk") is None
    assert met(InField(Field.AUTHOR, strike), author="strike desk")
    assert met(strike, "strike", fields=(Field.SUMMARY,)) is None
    assert met(InField(Field.TITLE, strike), summary="strike") is None
    assert met(InField(Field.TITLE, InField(Field.SUMMARY, strike)), summary="strike")
    assert met(strike, tags=("World", "strikes"), fields=(Field.TAGS,))


def test_a_score_adds_up_weights_and_the_title_counts_more() -> None:
    score = Score(
        5.0,
        ((Keyword("sarin"), 5.0), (Keyword("chlorine"), 3.0), (Prefix("fertili"), -4.0)),
        title_factor=2.0,
    )
    assert surfaces(met(score, summary="sarin")) == ["sarin"]
    assert met(score, summary="chlorine chlorine") is None
    assert met(score, "chlorine")
    assert met(score, summary="sarin and fertiliser") is None
    assert surfaces(met(score, "sarin", summary="fertilizers")) == ["sarin"]
    assert met(score, "sarin chlorine fertilizers")
    assert met(score, "sarin fertilizers") is None


def test_a_score_that_nothing_positive_reaches_is_not_met() -> None:
    assert met(Score(0.0, ((Keyword("sarin"), 5.0),)), "peace") is None
    assert surfaces(met(Score(0.0, ((Keyword("sarin"), 5.0),)), "sarin")) == ["sarin"]


def test_a_score_may_be_met_by_what_is_absent_beside_something_present() -> None:
    calm = Score(0.0, ((Keyword("sarin"), 5.0),))
    assert surfaces(met(All((calm, Keyword("drone"))), "A drone")) == ["drone"]
    turned = Score(1.0, ((Keyword("sarin"), -1.0), (Keyword("gas"), 1.0)), title_factor=-1.0)
    assert surfaces(met(All((turned, Keyword("drone"))), "Sarin, drone")) == ["drone"]


# --- exclusions and masks ---------------------------------------------------------------------


def test_exclude_vetoes_the_article() -> None:
    retrospective = InField(Field.TITLE, Any((Keyword("anniversary"), Keyword("retrospective"))))
    assert met(Keyword("sarin"), "Sarin attack: an anniversary", exclude=retrospective) is None
    assert met(Keyword("sarin"), "Sarin", summary="anniversary", exclude=retrospective)


def test_a_mask_only_blanks_its_spans() -> None:
    mask = (Phrase("OpenAI strikes deal"),)
    evidence = met(Keyword("strikes"), "OpenAI strikes deal; drone strikes base", mask=mask)
    assert evidence
    assert [one.start for one in evidence] == [27]
    assert met(Keyword("strikes"), "OpenAI strikes deal", mask=mask) is None


def test_a_mask_hides_what_it_touches_from_every_term() -> None:
    mask = (Keyword("chemical industry"),)
    text = "the chemical industry fair"
    assert met(Prefix("chem"), text, mask=mask) is None
    assert met(Regex("chemical|fair"), text, mask=mask)
    assert met(Regex("industry fair"), text, mask=mask) is None
    assert met(Keyword("fair"), text, mask=mask, exclude=Keyword("industry"))


def test_masked_words_still_count_as_distance() -> None:
    near = Near(Keyword("gas"), Keyword("attack"), 1)
    text = "gas chemical industry attack"
    assert met(near, text, mask=(Keyword("chemical industry"),)) is None


def test_under_a_masked_name_a_shorter_one_may_still_stand() -> None:
    title = "Hayat Tahrir al-Sham"
    assert surfaces(met(EntityRef("hts"), title, mask=(Phrase("Hayat"),))) == ["Tahrir al-Sham"]


def test_evidence_stands_in_the_order_of_the_article_and_once() -> None:
    condition = Any((Keyword("base"), All((Keyword("drone"), Keyword("base"))), Cased("base")))
    evidence = met(condition, "base", summary="drone base")
    assert evidence
    assert [(one.field, one.surface) for one in evidence] == [
        (Field.TITLE, "base"),
        (Field.SUMMARY, "drone"),
        (Field.SUMMARY, "base"),
    ]
