"""Names of entities, and terms of watchlists, by which nothing was found."""

from __future__ import annotations

import pytest

from alerts.alerting.sightings import RulesInForce
from alerts.alerting.unseen_names import unseen_names, unseen_terms
from alerts.model import Article, How
from alerts.storage.hygiene import Found
from alerts.watchlists.load import load_text

RULES = load_text(
    """
entities:
  hts:
    type: group
    name: Hayat Tahrir al-Sham
    aliases: [Levant Liberation Board, Tahrir al-Sham]
    previous_names: [al-Nusra Front]
    weak_aliases: [HTS]
    support: [Idlib]
  pkk: {type: group, name: Kurdistan Workers Party, aliases: [PKK], spelling: listed}
  khmeimim: {type: place, name: Khmeimim Air Base, aliases: [Hmeimim]}
  nobody: {type: person, name: Nobody Looks, aliases: [For Him]}
watchlists:
  - {id: groups, title: Groups, groups: ["@hts", "@pkk"]}
  - {id: base, title: Base, query: '@khmeimim AND (attack* OR drone) AND NOT (@nobody OR exercise)'}
  - {id: old, title: Old, status: "off", keywords: [never]}
"""
)
IN_FORCE = RulesInForce.compile(RULES)
EVERY = {
    "Levant Liberation Board",
    "Tahrir al-Sham",
    "al-Nusra Front",
    "HTS",
    "PKK",
    "Hmeimim",
}


def found(*titles: str) -> frozenset[Found]:
    """Return by which words the production matcher has met the watchlists in *titles*."""
    return frozenset(
        Found(match.watchlist, one.term, one.surface)
        for title in titles
        for match in IN_FORCE.matcher.match(Article(id="a", title=title))
        for one in match.evidence
    )


def unseen(*titles: str) -> set[str]:
    return {name.text for name in unseen_names(RULES, found(*titles))}


def test_without_a_match_every_name_that_is_looked_for_is_unseen() -> None:
    assert unseen() == EVERY
    by_name = {name.text: name for name in unseen_names(RULES, ())}
    assert by_name["HTS"].how is How.WEAK_ALIAS
    assert (by_name["Hmeimim"].entity, by_name["Hmeimim"].how) == ("khmeimim", How.ALIAS)


@pytest.mark.parametrize(
    ("title", "seen"),
    [
        ("Levant Liberation Board meets", {"Levant Liberation Board"}),
        ("HTS advances in Idlib", {"HTS"}),
        ("PKK'nın açıklaması", {"PKK"}),
        ("Anti-PKK rally", {"PKK"}),
        # By its sound, which is the alias's too.
        ("Drone attack at Hmeymim", {"Hmeimim"}),
        ("Hayat Tahrir al-Sham advances", set()),
        ("Nothing of all that", set()),
        # The article has it, and no watchlist is met.
        ("Life at Hmeimim", set()),
    ],
)
def test_a_name_is_seen_where_it_met_a_watchlist(title: str, seen: set[str]) -> None:
    assert EVERY - unseen(title) == seen


def test_terms_are_unseen_of_watchlists_that_were_met_by_others() -> None:
    told = unseen_terms(RULES, found("Attacks at Khmeimim Air Base", "PKK statement"))
    assert {(each.watchlist, each.text) for each in told} == {("groups", "@hts"), ("base", "drone")}


def test_a_silent_watchlist_is_not_told_term_by_term() -> None:
    assert unseen_terms(RULES, ()) == ()


def test_what_vetoes_and_what_is_off_is_not_asked_for() -> None:
    every = unseen_terms(RULES, [Found("base", "x", "x"), Found("old", "x", "x")])
    assert {each.text for each in every} == {"@khmeimim", "attack*", "drone"}


def test_what_lies_in_an_area_is_not_told_one_by_one() -> None:
    rules = load_text(
        "watchlists: [{id: w, title: W, places: [{in: SY}, Xanadu-on-Sea], keywords: [vx, sarin]}]"
    )
    told = unseen_terms(rules, [Found("w", "sarin", "Sarin")])
    assert {each.text for each in told} == {"vx", "Xanadu-on-Sea"}
