"""What ships: the rules load, every test inside the files holds, and the names keep order."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from alerts.alerting.sightings import RulesInForce
from alerts.gazetteer.globe import distance
from alerts.gazetteer.shipped import known, shipped
from alerts.matching import matcher_of
from alerts.model import (
    Article,
    Entity,
    Kind,
    Publisher,
    RuleSet,
    Severity,
    Status,
    Watchlist,
)
from alerts.text.tokens import tokenize
from alerts.watchlists.load import load_entities, load_rules, load_tests
from alerts.watchlists.making import FOLDER as KNOWN
from alerts.watchlists.meaning.circumstances import known_publishers
from alerts.watchlists.meaning.evaluate import evaluate
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.rule_tests import RuleTest
from alerts.workbench.testing.running import arrived, failures, outcome

FOLDER = Path(__file__).parents[1] / "rules"
TESTS = load_tests(FOLDER)

#: Kilometres from a place to the next town of its country that it may be.
NEXT_TOWN = 300
#: Reefs, islands and wells that lie farther out than that, and are where they are.
REMOTE = {"maaten-al-sarra", "novaya-zemlya", "pratas", "sudan-triangle", "thitu"}
#: Acronyms that belong to two; each has words of support that tell them apart.
SHARED = {
    "RSF": {"rsf", "reporters-without-borders"},
    "SNA": {"sna", "somali-national-army"},
    "PRC": {"popular-resistance-committees", "palestine-red-crescent"},
}
#: Scripts whose names must stand there natively where a country writes so.
NATIVE = {
    "ARABIC": "AF AE BH DZ EG IQ IR JO KW LB LY MA OM PK PS QA SA SD SY TD TN YE",
    "HEBREW": "IL",
    "CYRILLIC": "BG BY KG MK RS RU TJ UA",
    "DEVANAGARI": "IN NP",
    "MYANMAR": "MM",
    "ETHIOPIC": "ER ET",
    "CJK": "CN HK JP TW",
    "HANGUL": "KP KR",
}


@cache
def rules() -> RuleSet:
    return load_rules(FOLDER, environment={})


@cache
def entities() -> dict[str, Entity]:
    """Return the known entities, and those of the rules that ship, which may replace some."""
    return {each.id: each for each in known()} | {**rules().entities}


@cache
def publishers() -> dict[str, Publisher]:
    return dict(known_publishers(rules().feeds))


@cache
def in_force() -> RulesInForce:
    return RulesInForce.compile(rules())


class KnownWordings(Lexicon):
    """Asks the gazetteer once for each term: thousands of towns stand in some watchlists."""

    wordings = cache(Lexicon.wordings)


@cache
def lexicon() -> Lexicon:
    return KnownWordings.shipped(rules().entities)


def meant(id_: str) -> Watchlist:
    return next(each for each in rules().watchlists if each.id == id_)


def ways(entity: Entity) -> set[tuple[str, ...]]:
    """Return every way to write *entity* that a text can tell from the others."""
    names = (entity.name, *entity.aliases, *entity.previous_names, *entity.weak_aliases)
    return {folded(name) for name in names}


def folded(name: str) -> tuple[str, ...]:
    return tuple(token.word.folded for token in tokenize(name))


# --- the tests inside the files ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("watchlist", "test"), TESTS, ids=[f"{watchlist}: {test.name}" for watchlist, test in TESTS]
)
def test_the_tests_inside_the_files_hold(watchlist: str, test: RuleTest) -> None:
    assert failures(test, outcome(in_force(), test)) == ()
    plain = evaluate(meant(watchlist), arrived(test), lexicon(), publishers())
    assert (plain is not None) is test.expects_match


@pytest.mark.parametrize("watchlist", rules().watchlists, ids=lambda each: each.id)
def test_every_watchlist_has_tests_of_both_kinds(watchlist: Watchlist) -> None:
    tests = Counter(test.expects_match for id_, test in TESTS if id_ == watchlist.id)
    least = 2 if watchlist.severity is Severity.CRITICAL else 1
    assert min(tests[True], tests[False]) >= least


def test_articles_of_the_tests_are_in_many_languages() -> None:
    languages = {test.article.language for _, test in TESTS}
    assert {"ar", "fa", "he", "ru", "uk", "tr", "fr", "es", "de", "pt", "my", "hi"} <= languages


# --- a working set ----------------------------------------------------------------------------


def test_they_are_a_working_set() -> None:
    assert len(rules().feeds) >= 30
    assert len({feed.publisher for feed in rules().feeds}) >= 25
    assert len({feed.country for feed in rules().feeds}) >= 20
    assert all(feed.backfill for feed in rules().feeds)
    assert len(rules().watchlists) >= 10
    assert rules().route.receiver == "console"


def test_nothing_is_left_to_say_about_them() -> None:
    assert [str(note) for note in rules().notes] == []


def test_the_routes_to_copy_load_as_soon_as_they_are_uncommented(tmp_path: Path) -> None:
    _, example = (FOLDER / "routes.yml").read_text().split("what is missing.\n")
    copied = "".join(line[2:] or "\n" for line in example.splitlines(keepends=True))
    (tmp_path / "routes.yml").write_text(copied)
    environment = {"OPS_CHAT": "-100", "SYRIA_DESK_MAIL": "a@b.org", "DESKS_MAIL": "c@b.org"}
    loaded = load_rules(tmp_path, environment=environment)
    named = {"duty-officer", "syria-desk", "evening-mail", "archive"}
    assert set(loaded.receivers) == named | {"console"}
    assert set(loaded.intervals) == {"night", "weekend"}
    used = {loaded.route.receiver, *(route.receiver for route in loaded.route.routes)}
    assert used == named


def test_every_file_tells_editors_its_schema() -> None:
    files = [*FOLDER.glob("*.yml"), *KNOWN.glob("*.yml")]
    assert len(files) >= 20
    for file in files:
        first, schema = file.read_text().splitlines()[0].split("$schema=")
        assert first == "# yaml-language-server: "
        assert (file.parent / schema).resolve() == FOLDER / "tocsin.schema.json", file.name


def test_the_entity_to_copy_stands_in_place_of_the_known_one(tmp_path: Path) -> None:
    text = (FOLDER / "entities.yml").read_text()
    kept, example = text.split("shows what is known of it.\n")
    copied = "".join(line.replace("# ", "", 1) for line in example.splitlines(keepends=True))
    (tmp_path / "entities.yml").write_text(kept.rpartition("  # To say")[0] + copied)
    own = load_entities(tmp_path)
    assert known().entity("unicef") not in (None, own["unicef"])
    assert not {*own} - {"unicef"} & {*known().ids()}


def test_every_watchlist_that_rings_has_an_owner() -> None:
    assert [each.id for each in rules().watchlists if not each.owner] == []
    assert any(each.status is Status.EXPERIMENTAL for each in rules().watchlists)


# --- names ------------------------------------------------------------------------------------


def test_no_two_entities_share_a_strong_name() -> None:
    bearers: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for id_, entity in entities().items():
        for name in (entity.name, *entity.aliases, *entity.previous_names):
            bearers[folded(name)].add(id_)
    assert {name: ids for name, ids in bearers.items() if len(ids) > 1} == {}


def test_a_weak_alias_is_nobody_elses_strong_name() -> None:
    strong: defaultdict[tuple[Kind, tuple[str, ...]], set[str]] = defaultdict(set)
    weak: defaultdict[str, set[str]] = defaultdict(set)
    for id_, entity in entities().items():
        for name in (entity.name, *entity.aliases, *entity.previous_names):
            strong[entity.kind, folded(name)].add(id_)
        for name in entity.weak_aliases:
            weak[name].add(id_)
    for id_, entity in entities().items():
        for name in entity.weak_aliases:
            assert not strong[entity.kind, folded(name)], f"{id_}: {name}"
    assert {name: ids for name, ids in weak.items() if len(ids) > 1} == SHARED


def test_a_weak_alias_has_support_and_support_has_a_weak_alias() -> None:
    every = entities().items()
    assert [id_ for id_, each in every if each.weak_aliases and not each.support] == []
    assert [id_ for id_, each in every if each.support and not each.weak_aliases] == []


def test_no_name_is_listed_twice_for_one_entity() -> None:
    for id_, entity in entities().items():
        names = [entity.name, *entity.aliases, *entity.previous_names]
        twice = [name for name, times in Counter(map(folded, names)).items() if times > 1]
        assert twice == [], id_


def test_groups_are_known_by_many_names_and_in_their_own_script() -> None:
    groups = [each for each in entities().values() if each.kind is Kind.GROUP]
    assert len([each for each in groups if len(ways(each)) >= 3]) >= 450
    abroad = [each for each in groups if scripts_of(each)]
    assert len([each for each in abroad if scripts_of(each) & scripts_in(each)]) >= 200


def scripts_of(entity: Entity) -> set[str]:
    """Return the scripts other than Latin that its countries write."""
    return {
        script
        for script, countries in NATIVE.items()
        if set(entity.countries) & set(countries.split())
    }


def scripts_in(entity: Entity) -> set[str]:
    """Return the scripts that its names are written in."""
    letters = "".join((entity.name, *entity.aliases, *entity.previous_names))
    return {unicodedata.name(letter, "").split()[0] for letter in letters if letter.isalpha()}


WHOSE = [
    ("SNA", "Fighters of the SNA entered Afrin", "Syrian National Army"),
    ("SNA", "Mogadishu: SNA retakes a village from al-Shabaab", "Somali National Army"),
    ("PRC", "PRC claims rocket fire from Gaza", "Popular Resistance Committees"),
    ("PRC", "PRC ambulances reach Jenin", "Palestine Red Crescent Society"),
    ("RSF", "RSF shells Omdurman", "Rapid Support Forces"),
    ("RSF", "RSF condemns the arrest of a journalist", "Reporters Without Borders"),
]


@pytest.mark.parametrize(("acronym", "text", "whose"), WHOSE)
def test_who_watches_a_shared_acronym_hears_of_each_that_has_it(
    tmp_path: Path, acronym: str, text: str, whose: str
) -> None:
    (tmp_path / "w.yml").write_text(f"watchlists: [{{id: w, title: W, groups: [{acronym}]}}]\n")
    own = load_rules(tmp_path, environment={})
    assert [note.code for note in own.notes] == ["R607"]
    [found] = matcher_of(own).match(Article(id="a", title=text))
    assert whose in {one.term for one in found.evidence if one.surface == acronym}


# --- places -----------------------------------------------------------------------------------


def test_a_place_lies_in_its_country() -> None:
    """Within 300 km of a town of it; a slip of the pen, as latitude for longitude, lies farther."""
    lost = []
    for id_, place in entities().items():
        if place.kind is Kind.PLACE and place.at and place.countries and id_ not in REMOTE:
            towns = shipped().near(place.at, NEXT_TOWN)
            if not {town.country for town in towns} & set(place.countries):
                lost.append(id_)
    assert lost == []


def test_what_is_remote_is_really_so() -> None:
    for id_ in REMOTE:
        place = entities()[id_]
        assert place.at
        assert not any(
            town.country in place.countries
            and distance(place.at, town.at or place.at) < NEXT_TOWN - 1
            for town in shipped().near(place.at, NEXT_TOWN)
        )
