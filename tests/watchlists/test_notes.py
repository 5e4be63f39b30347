"""What is told of rule files in which nothing is wrong."""

from __future__ import annotations

import pytest

from alerts.model import All, Any, EntityRef, Kind, Name, RuleSet
from tests.watchlists.marked import W, rules_of

DESK = "receivers: {desk: {email: {to: desk@example.org}}}\n"


def told(rules: RuleSet) -> list[tuple[int, int, str]]:
    return [(note.line, note.column, note.code) for note in rules.notes]


def test_a_receiver_that_nothing_leads_to_is_told() -> None:
    assert told(rules_of(DESK)) == [(1, 13, "R605")]
    (note,) = rules_of(DESK).notes
    assert note.hint == "routes: {receiver: desk} would send it everything"


@pytest.mark.parametrize(
    "more",
    [
        "routes: {receiver: desk}\n",
        "routes: {receiver: console, routes: [{match: [tag=x], receiver: desk}]}\n",
    ],
)
def test_one_that_a_route_leads_to_is_not(more: str) -> None:
    assert told(rules_of(DESK + more)) == []


def test_one_that_steps_in_and_the_operators_own_are_not() -> None:
    text = DESK.replace("}}}", "}}, operator: {console: {}, fallback: desk}}")
    assert told(rules_of(text)) == []


def test_notes_come_in_the_order_of_the_file_and_refuse_nothing() -> None:
    rules = rules_of(f"{W}    places: [Tripoli]\n{DESK}")
    assert [code for _, _, code in told(rules)] == ["R601", "R605"]
    assert rules.watchlists


GROUPS = """
entities:
  hezbollah: {type: group, name: Hezbollah}
  hurras: {type: group, name: Hurras al-Din}
  listed: {type: group, name: Tahrir al-Shams, spelling: listed}
  one: {type: group, name: Kataib Sayyid}
  other: {type: group, name: Kataeb Sayed}
"""


def test_a_group_that_sounds_like_an_entity_is_that_entity_and_told_so() -> None:
    rules = rules_of(
        f"{GROUPS}{W}    groups: [Hizbullah, Huras ad-Din]\n    query: group:Hisbollah\n"
    )
    (watchlist,) = rules.watchlists
    groups = Any((EntityRef("hezbollah"), EntityRef("hurras")))
    assert watchlist.condition == All((groups, EntityRef("hezbollah")))
    assert told(rules) == [(11, 14, "R606"), (11, 25, "R606")]
    assert rules.notes[0].hint == "write @hezbollah"


@pytest.mark.parametrize(
    "name", ["Tahrir ash-Shams", "Katayib Sayid", "Zaytun Front", "@hezbollah"]
)
def test_one_that_sounds_like_none_or_several_or_must_not_is_not(name: str) -> None:
    rules = rules_of(f'{GROUPS}{W}    groups: ["{name}"]\n')
    assert told(rules) == []
    if not name.startswith("@"):
        assert rules.watchlists[0].condition == Name(Kind.GROUP, name)
