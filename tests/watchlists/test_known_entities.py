"""The entities that Tocsin knows: whatever the rule files say, and behind what they say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alerts.gazetteer.entity_making import write
from alerts.gazetteer.known import KnownEntities
from alerts.gazetteer.shipped import known, shipped
from alerts.matching import Matcher
from alerts.model import (
    Any,
    Article,
    Entity,
    EntityRef,
    How,
    Keyword,
    Kind,
    Name,
    RuleSet,
    Watchlist,
)
from alerts.text.tokens import tokenize
from alerts.watchlists.entities import Names
from alerts.watchlists.load import known_in
from alerts.watchlists.meaning.evaluate import evaluate
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.meaning.rivals import Rivals
from tests.watchlists.marked import W, assert_refused, rules_of, watchlist_of

#: An operator's own, which has another name for a known one's id, and a known one's name.
OWN = """
entities:
  hts: {type: group, name: Our Front}
  our-hamas: {type: group, name: Hamas}
"""


def reached(*ids: str) -> set[str]:
    """Return *ids* of known entities, and those that they refer to, and so on."""
    found: set[str] = set()
    waiting = list(ids)
    while waiting:
        entity = known().entity(waiting.pop())
        assert entity is not None
        if entity.id not in found:
            found.add(entity.id)
            waiting += [
                one.id for one in (*entity.mask, *entity.support) if isinstance(one, EntityRef)
            ]
    return found


def rings(rules: RuleSet, text: str) -> list[tuple[str, str, How]]:
    """Return what was found in *text*, what it stands for, and how; asked of both evaluators."""
    lexicon, article = Lexicon.shipped(rules.entities), Article(id="a", title=text)
    matches = Matcher(rules.watchlists, lexicon).match(article)
    plain = [evaluate(each, article, lexicon) for each in rules.watchlists]
    assert matches == [match for match in plain if match]
    return [(one.surface, one.term, one.how) for match in matches for one in match.evidence]


# --- without a word of the operator -----------------------------------------------------------


def test_a_known_group_needs_no_entity_in_the_rule_files() -> None:
    rules = rules_of(f"{W}    groups: [HTS]\n")
    assert rules.watchlists[0].condition == EntityRef("hts")
    name = "Hayat Tahrir al-Sham"
    assert rings(rules, "Nusra Front in Idlib") == [("Nusra Front", name, How.PREVIOUS_NAME)]
    assert rings(rules, "هيئة تحرير الشام تعلن") == [("هيئة تحرير الشام", name, How.ALIAS)]
    assert rings(rules, "Idlib: HTS advances") == [("HTS", name, How.WEAK_ALIAS)]
    assert rings(rules, "HTS codes for exports to Syria") == []


@pytest.mark.parametrize(
    ("keys", "id_"),
    [
        ("groups: [Hay'at Tahrir ash-Sham]", "hts"),
        ("groups: ['@hts']", "hts"),
        ("groups: [hts]", "hts"),
        ("groups: [Jabhat un-Nusra]", "hts"),
        ("places: [Hmeymim]", "khmeimim"),
        ("keywords: ['@hts']", "hts"),
        ("query: group:HTS", "hts"),
        ("query: '@khmeimim'", "khmeimim"),
    ],
)
def test_names_spellings_and_references_lead_to_a_known_entity(keys: str, id_: str) -> None:
    assert watchlist_of(keys).condition == EntityRef(id_)


def test_a_spelling_of_a_known_name_is_told() -> None:
    rules = rules_of(f"{W}    groups: [Jabhat un-Nusra, HTS, '@hezbollah']\n")
    assert [(note.code, note.hint) for note in rules.notes] == [("R606", "write @hts")]


def test_a_plain_name_that_is_made_in_python_is_that_of_a_known_entity_too() -> None:
    watchlist = Watchlist(id="w", title="W", condition=Name(Kind.GROUP, "HTS"))
    rules = RuleSet(watchlists=(watchlist,))
    assert [surface for surface, *_ in rings(rules, "Nusra Front and JFS in Syria")] == [
        "Nusra Front",
        "JFS",
    ]
    assert rings(rules, "HTS codes for exports to Syria") == []
    person = Watchlist(id="w", title="W", condition=Name(Kind.PERSON, "HTS"))
    assert rings(RuleSet(watchlists=(person,)), "Nusra Front") == []


def test_such_a_name_is_that_of_an_entity_whether_rule_files_use_it_or_not() -> None:
    watchlist = Watchlist(id="w", title="W", condition=Name(Kind.GROUP, "HTS"))
    for text in (f"{W}    groups: [HTS]\n", f"{W}    groups: [Hamas]\n"):
        rules = RuleSet(entities=rules_of(text).entities, watchlists=(watchlist,))
        assert [surface for surface, *_ in rings(rules, "Nusra Front")] == ["Nusra Front"]


def test_a_place_with_its_country_is_a_plain_name() -> None:
    found = watchlist_of("places: [{place: Hmeymim, country: SY}]").condition
    assert found == Name(Kind.PLACE, "Hmeymim", "SY")


# --- the operator's own come first ------------------------------------------------------------


def test_an_operators_entity_stands_in_place_of_the_known_one_of_its_id() -> None:
    rules = rules_of(f"{OWN}{W}    groups: ['@hts']\n")
    assert rings(rules, "Our Front and the Nusra Front")[0][0] == "Our Front"
    assert len(rings(rules, "Our Front and the Nusra Front")) == 1
    assert watchlist_of("groups: [Nusra Front]", before=OWN).condition == Name(
        Kind.GROUP, "Nusra Front"
    )


@pytest.mark.parametrize("name", ["Hamas", "hamas", "our-hamas"])
def test_an_operators_name_wins_over_a_known_one(name: str) -> None:
    rules = rules_of(f"{OWN}{W}    groups: [{name}]\n")
    assert rules.watchlists[0].condition == EntityRef("our-hamas")
    assert rules.notes == ()


def test_a_spelling_of_an_operators_name_wins_over_a_known_name() -> None:
    own = "entities: {ours: {type: group, name: Hizbollah}}"
    assert watchlist_of("groups: [Hezbollah]", before=own).condition == EntityRef("ours")


def test_an_operators_entity_may_refer_to_known_ones() -> None:
    own = "entities: {x: {type: group, name: X Front, weak_aliases: [XF], support: ['@hts']}}"
    rules = rules_of(f"{own}\n{W}    groups: [XF]\n")
    assert rules.entities.keys() == {"x", *reached("hts")}
    assert [surface for surface, *_ in rings(rules, "XF and the Nusra Front")] == ["XF"]
    assert rings(rules, "XF and others") == []


# --- what is kept -----------------------------------------------------------------------------


def test_rules_hold_the_known_entities_that_they_refer_to_and_no_others() -> None:
    rules = rules_of(f"{OWN}{W}    groups: [Hezbollah]\n    query: '@khmeimim OR @our-hamas'\n")
    found = reached("hezbollah", "khmeimim")
    assert rules.entities.keys() == {"our-hamas", "hts", *found}
    assert known_in(rules) == len(found)
    assert rules.entities["hezbollah"] == known().entity("hezbollah")
    assert rules_of(W + "    keywords: [sarin]\n").entities == {}


CHAIN = (
    Entity(id="a", kind=Kind.GROUP, name="Alpha Front", mask=(EntityRef("b"), Keyword("x"))),
    Entity(id="b", kind=Kind.GROUP, name="Beta Front", support=(EntityRef("c"), EntityRef("a"))),
    Entity(id="c", kind=Kind.GROUP, name="Gamma Front"),
    Entity(id="d", kind=Kind.GROUP, name="Delta Front", weak_aliases=("DF",)),
    Entity(id="e", kind=Kind.GROUP, name="Dawn Forces", weak_aliases=("DF",)),
)


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[KnownEntities]:
    path = tmp_path / "entities.sqlite"
    write(path, CHAIN)
    with closing(KnownEntities.open(path)) as opened:
        yield opened


def test_and_those_that_these_refer_to(chain: KnownEntities) -> None:
    names = Names({}, known=chain)
    assert names.used() == {}
    assert names.entry(Kind.GROUP, "Alpha Front") == (EntityRef("a"),)
    assert list(names.used()) == ["a", "b", "c"]
    own = Names({}, declared=["b"], known=chain)
    own.entry(Kind.GROUP, "@a")
    assert list(own.used()) == ["a"]


# --- places -----------------------------------------------------------------------------------


def test_known_places_are_found_near_and_inside() -> None:
    near = watchlist_of("places: [{near: Idlib, within: 50km}]").condition
    assert isinstance(near, Any)
    assert EntityRef("bab-al-hawa") in near.parts
    inside = watchlist_of("places: [{in: SY, admin: Idlib}]").condition
    assert isinstance(inside, Any)
    assert EntityRef("abu-al-duhur") in inside.parts
    assert EntityRef("khmeimim") not in inside.parts
    country = watchlist_of("places: [{in: SY}]").condition
    assert isinstance(country, Any)
    assert EntityRef("khmeimim") in country.parts


def test_a_known_place_may_be_a_centre() -> None:
    base = known().entity("khmeimim")
    assert base
    rules = rules_of(f"{W}    places: [{{near: Hmeymim, within: 1km}}]\n")
    assert repr(base.at) in repr(rules.watchlists[0].condition)


def test_an_operators_place_stands_in_place_of_the_known_one_there_too() -> None:
    own = "entities: {khmeimim: {type: place, name: Elsewhere, at: [1, 1], in: [LI]}}"
    country = watchlist_of("places: [{in: SY}]", before=own).condition
    assert isinstance(country, Any)
    assert EntityRef("khmeimim") not in country.parts
    far = watchlist_of("places: [{near: '@khmeimim', within: 1km}]", before=own).condition
    assert "at=(1.0, 1.0)" in repr(far)


# --- complaints -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "entry", "hint"),
    [
        ("R301", "groups: ['‸@hesbollah']", "did you mean 'hezbollah'?"),
        ("R301", "groups: ['‸@nusra-front']", "did you mean 'hts'?"),
        ("R301", "query: 'sarin AND ‸@khmemim'", "did you mean 'khmeimim'?"),
        ("R302", "people: ['‸@hts']", ""),
        ("R302", "groups: ['‸@khmeimim']", ""),
    ],
)
def test_references_that_no_known_entity_answers_are_refused(
    code: str, entry: str, hint: str
) -> None:
    assert_refused(f"{W}    {entry}\n", code, hint)


def test_a_name_of_several_known_entities_means_all_of_them(chain: KnownEntities) -> None:
    names = Names({}, known=chain)
    assert names.entry(Kind.GROUP, "DF") == (EntityRef("d"), EntityRef("e"))
    assert names.sharing(Kind.GROUP, "DF") == ("d", "e")
    one = Names({}, declared=["e"], known=chain)
    assert one.entry(Kind.GROUP, "DF") == (EntityRef("d"),)
    assert one.sharing(Kind.GROUP, "DF") == ()


SHARED = """entities:
  levant: {type: group, name: Levant National Army, weak_aliases: [LNA], support: [Levant]}
  libya: {type: group, name: Libyan National Army, aliases: [Haftar's army], weak_aliases: [LNA],
    support: [Libya]}
"""


@pytest.mark.parametrize(
    "entry",
    ["groups: [LNA]", "query: group:LNA", "query: group:LNA NEAR/9 fighters", "groups: [the LNA]"],
)
def test_a_name_that_several_share_rings_for_each_where_it_is_meant(entry: str) -> None:
    rules = rules_of(f"{SHARED}{W}    {entry}\n")
    assert [note.code for note in rules.notes] == ["R607"]
    assert rules.notes[0].hint == "write @levant or @libya"
    here = rings(rules, "Fighters of the LNA seen in Libya")
    assert [(surface, term) for surface, term, _ in here if surface == "LNA"] == [
        ("LNA", "Libyan National Army")
    ]
    assert rings(rules, "LNA fighters seen") == []
    if "NEAR" not in entry:
        assert [surface for surface, *_ in rings(rules, "Haftar's army advances")] == [
            "Haftar's army"
        ]


def test_what_vetoes_may_be_a_name_that_several_share() -> None:
    rules = rules_of(f"{SHARED}{W}    keywords: [army]\n    exclude: group:LNA\n")
    assert rings(rules, "The army of Libya: the LNA") == []
    assert rings(rules, "The army: the LNA") != []


@pytest.mark.parametrize("name", ["the White Helmets", "The  white helmets", "the SDF"])
def test_the_article_before_a_name_is_no_part_of_it(name: str) -> None:
    bare = name.split(maxsplit=1)[1]
    known_ids = known().called(Kind.GROUP, bare)
    assert known_ids != ()
    assert known().called(Kind.GROUP, name) == known_ids
    assert Lexicon.shipped().meant(Name(Kind.GROUP, name)) == EntityRef(*known_ids)
    assert Names({}, known=known()).entry(Kind.GROUP, name) == (EntityRef(*known_ids),)


def test_the_article_before_an_operators_name_is_no_part_of_it_either() -> None:
    own = "entities: {x: {type: group, name: White Helmets, weak_aliases: [XW], support: [sky]}}"
    for name in ("the White Helmets", "The XW"):
        assert watchlist_of(f"groups: [{name}]", before=own).condition == EntityRef("x")
        rules = rules_of(f"{own}\n{W}    groups: [X]\n")
        assert Lexicon.shipped(rules.entities).meant(Name(Kind.GROUP, name)) == EntityRef("x")


def test_a_name_that_has_the_article_wins_over_one_without(tmp_path: Path) -> None:
    write(
        tmp_path / "entities.sqlite",
        [
            Entity(id="with", kind=Kind.GROUP, name="The Base"),
            Entity(id="without", kind=Kind.GROUP, name="Base"),
        ],
    )
    with closing(KnownEntities.open(tmp_path / "entities.sqlite")) as opened:
        names = Names({}, known=opened)
        assert names.entry(Kind.GROUP, "the Base") == (EntityRef("with"),)
        assert names.entry(Kind.GROUP, "base") == (EntityRef("without"),)
        assert names.entry(Kind.GROUP, "The") == (Name(Kind.GROUP, "The"),)


def test_an_entity_of_the_operators_that_is_broken_is_not_taken_for_the_known_one() -> None:
    broken = "entities: {khmeimim: {type: base, name: X}}\n"
    assert_refused(broken.replace("base", "‸base") + f"{W}    groups: ['@khmeimim']\n", "R204", "")


# --- whose name it is -------------------------------------------------------------------------


def test_rivals_that_are_looked_up_are_those_that_are_held() -> None:
    every = {each.id: each for each in known()}
    held, looked_up = Rivals(every, shipped()), Rivals({}, shipped(), known())
    partly = Rivals(dict(list(every.items())[::2]), shipped(), known())
    names = (
        (*each.aliases, *each.previous_names, *each.weak_aliases, each.name)
        for each in every.values()
    )
    for name in (name for some in names for name in some):
        words = tuple(token.word.folded for token in tokenize(name))
        expected = {(each.id, each.kind) for each in held._named(words)}
        assert expected, name
        for one in (looked_up, partly):
            assert {(each.id, each.kind) for each in one._named(words)} == expected


def test_a_known_name_is_no_spelling_of_a_watched_one() -> None:
    rules = rules_of(
        f"entities: {{ours: {{type: group, name: Hizbollah}}}}\n{W}    groups: ['@ours']"
    )
    article = Article(id="a", title="Hezbollah fighters")
    without = Matcher(rules.watchlists, Lexicon(rules.entities, shipped()))
    assert without.match(article)
    assert rings(rules, article.title) == []
    assert [surface for surface, *_ in rings(rules, "Hizbolleh fighters")] == ["Hizbolleh"]
