"""The routing tree has Alertmanager's meaning, and every match ends somewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alerting.routing import destinations
from alerts.model import (
    DeliveryKind,
    Destination,
    Fact,
    Keyword,
    LabelMatcher,
    Route,
    RuleSet,
    Severity,
    Status,
    Watchlist,
)
from tests.alerting.receivers import INTERVALS, RECEIVERS
from tests.builders import NOW, a_match, an_article


def watchlist(**fields: object) -> Watchlist:
    given = {"id": "bases", "title": "Bases", "condition": Keyword("base")} | fields
    return Watchlist(**given)  # type: ignore[arg-type]


def matcher(text: str) -> LabelMatcher:
    for operator in ("!~", "=~", "!=", "="):
        label, found, value = text.partition(operator)
        if found:
            return LabelMatcher(label=label, operator=operator, value=value)
    raise AssertionError(text)


def route(receiver: str, *matchers: str, routes: tuple[Route, ...] = (), **fields: bool) -> Route:
    return Route(
        receiver=receiver,
        matchers=tuple(map(matcher, matchers)),
        routes=routes,
        **fields,  # type: ignore[arg-type]
    )


def receivers_for(tree: Route, listed: Watchlist | None = None, **fields: Any) -> list[str]:
    listed = listed or watchlist()
    article = an_article(**fields)
    match = a_match(article, listed.id, severity=listed.severity)
    rules = RuleSet(route=tree, receivers=RECEIVERS)
    return [item.receiver for item in destinations(rules, listed, match, article, now=NOW)]


def test_what_no_child_takes_stays_with_the_node() -> None:
    assert receivers_for(route("root", routes=(route("ops", "severity=critical"),))) == ["root"]


def test_the_first_child_that_matches_takes_it() -> None:
    tree = route("root", routes=(route("ops", "severity=medium"), route("desk")))
    assert receivers_for(tree) == ["ops"]


def test_continue_goes_on_to_the_next_sibling() -> None:
    tree = route("root", routes=(route("ops", "severity=medium", proceed=True), route("desk")))
    assert receivers_for(tree) == ["ops", "desk"]


def test_continue_without_another_taker_does_not_fall_back_to_the_parent() -> None:
    tree = route(
        "root", routes=(route("ops", "severity=medium", proceed=True), route("desk", "owner=x"))
    )
    assert receivers_for(tree) == ["ops"]


def test_the_deepest_node_that_matches_takes_it() -> None:
    inner = route("night", "publisher=Example News")
    assert receivers_for(route("root", routes=(route("ops", routes=(inner,)),))) == ["night"]


@pytest.mark.parametrize(
    ("expression", "taken"),
    [
        ("severity=high", True),
        ("severity!=high", False),
        ("severity=~high|critical", True),
        ("severity=~hig", False),  # anchored at both ends
        ("severity!~info|low", True),
        ("owner=syria-desk", True),
        ("owner=", False),
        ("watchlist=~ba.*", True),
        ("publisher=Example News", True),
        ("tag=bases", True),
        ("tag=world", True),
        ("tag!=world", False),
        ("place=Blast", True),
        ("nothing=", True),  # a label that is not there is empty
    ],
)
def test_matchers(expression: str, taken: bool) -> None:
    listed = watchlist(severity=Severity.HIGH, owner="syria-desk", tags=("bases",))
    tree = route("root", routes=(route("ops", expression),))
    assert (receivers_for(tree, listed, tags=("world",)) == ["ops"]) is taken


def test_one_address_hears_once_however_many_routes_lead_to_it() -> None:
    twice = route("root", routes=(route("ops", proceed=True), route("ops")))
    assert receivers_for(twice) == ["ops"]


def test_an_experimental_watchlist_is_never_sent() -> None:
    assert receivers_for(route("root"), watchlist(status=Status.EXPERIMENTAL)) == []


def test_a_match_that_is_held_is_never_sent() -> None:
    rules = RuleSet(route=route("root"), receivers=RECEIVERS)
    article = an_article()
    held = a_match(article, unknown=(Fact.LANGUAGE,), is_held=True)
    assert destinations(rules, watchlist(), held, article, now=NOW) == ()
    told = a_match(article, unknown=(Fact.LANGUAGE,))
    assert len(destinations(rules, watchlist(), told, article, now=NOW)) == 1


def test_group_wait_puts_the_delivery_off() -> None:
    tree = Route(receiver="root", group_wait=timedelta(seconds=30))
    rules = RuleSet(route=tree, receivers=RECEIVERS)
    article = an_article()
    (found,) = destinations(rules, watchlist(), a_match(article), article, now=NOW)
    assert found.due_at == NOW + timedelta(seconds=30)


def found_by(tree: Route, **fields: Any) -> Destination:
    article = an_article(**fields)
    rules = RuleSet(route=tree, receivers=RECEIVERS, intervals=INTERVALS)
    (found,) = destinations(rules, watchlist(), a_match(article), article, now=NOW)
    return found


def test_matches_that_agree_in_the_labels_of_group_by_travel_together() -> None:
    by_publisher = Route(receiver="root", group_by=("publisher", "watchlist"))
    ours = found_by(by_publisher)
    assert ours.kind is DeliveryKind.LIST
    assert ours.gathers == found_by(by_publisher, name="b").gathers != ""
    assert ours.gathers != found_by(by_publisher, publisher="Another").gathers
    assert ours.gathers != found_by(replace(by_publisher, group_by=("watchlist",))).gathers


def test_a_story_travels_alone_whatever_else_it_is_grouped_by() -> None:
    for labels in (("story",), ("story", "publisher")):
        found = found_by(Route(receiver="root", group_by=labels))
        assert (found.kind, found.gathers) == (DeliveryKind.ALERT, "")


@pytest.mark.parametrize(
    ("hours", "receiver"),
    [
        ({"active_intervals": ("now",)}, "night"),
        ({"active_intervals": ("later",)}, "root"),
        ({"active_intervals": ("later", "now")}, "night"),
        ({"mute_intervals": ("now",)}, "root"),
        ({"mute_intervals": ("later",)}, "night"),
        ({"active_intervals": ("now",), "mute_intervals": ("now",)}, "root"),
    ],
)
def test_a_route_outside_its_hours_takes_nothing(hours: dict[str, Any], receiver: str) -> None:
    tree = Route(receiver="root", routes=(Route(receiver="night", **hours),))
    assert found_by(tree).receiver == receiver


def test_an_address_hears_in_the_most_urgent_of_the_ways_that_lead_to_it() -> None:
    late = Route(receiver="ops", group_wait=timedelta(hours=1), proceed=True)
    soon = Route(receiver="ops", group_wait=timedelta(minutes=1))
    found = found_by(Route(receiver="root", routes=(late, soon)))
    assert found.due_at == NOW + timedelta(minutes=1)


def test_a_watchlist_says_more_exactly_than_a_route_when_a_story_is_told_again() -> None:
    tree = Route(receiver="root", repeat_after=timedelta(hours=12))
    assert found_by(tree).repeat_after == timedelta(hours=12)
    rules = RuleSet(route=tree, receivers=RECEIVERS)
    own = watchlist(repeat_after=timedelta(hours=6))
    article = an_article()
    (found,) = destinations(rules, own, a_match(article), article, now=NOW)
    assert found.repeat_after == timedelta(hours=6)


_EXPRESSIONS = ("severity=medium", "severity=high", "owner=a", "watchlist=~b.*", "tag!=x")
_LEAVES = st.builds(
    lambda name, expressions, proceed: route(name, *expressions, proceed=proceed),
    st.sampled_from(sorted(RECEIVERS)),
    st.lists(st.sampled_from(_EXPRESSIONS), max_size=2),
    st.booleans(),
)
_NODES = st.recursive(
    _LEAVES,
    lambda nodes: st.builds(
        lambda leaf, routes: replace(leaf, routes=tuple(routes)),
        _LEAVES,
        st.lists(nodes, max_size=3),
    ),
    max_leaves=8,
)


@given(children=st.lists(_NODES, max_size=4), severity=st.sampled_from(Severity))
def test_every_match_ends_somewhere(children: list[Route], severity: Severity) -> None:
    tree = Route(receiver="root", routes=tuple(children))
    found = receivers_for(tree, watchlist(severity=severity))
    assert found
    assert len(set(found)) == len(found)
