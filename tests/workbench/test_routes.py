"""The way that is shown is the way that is taken; and what a silence reaches is what it silences."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alerting.routing import destinations
from alerts.model import (
    Article,
    Keyword,
    LabelMatcher,
    Route,
    RuleSet,
    Severity,
    Status,
    Watchlist,
)
from alerts.watchlists.matchers import labels, meets_all
from alerts.watchlists.routes import read_matcher
from alerts.workbench.routes import Node, Reach, Verdict, reached, traced
from tests.alerting.receivers import INTERVALS, RECEIVERS
from tests.builders import NOW, a_feed, a_match, an_article

BASES = Watchlist(id="bases", title="Bases", condition=Keyword("base"), owner="syria-desk")


def rules(tree: Route) -> RuleSet:
    return RuleSet(route=tree, receivers=RECEIVERS, intervals=INTERVALS, watchlists=(BASES,))


def route(receiver: str, *matchers: str, routes: tuple[Route, ...] = (), **fields: bool) -> Route:
    read = tuple(map(read_matcher, matchers))
    return Route(receiver=receiver, matchers=read, routes=routes, **fields)  # type: ignore[arg-type]


def verdicts(tree: Route, **values: str) -> list[tuple[str, Verdict]]:
    given = {label: (value,) for label, value in values.items()}
    way = traced(rules(tree), given, severity=Severity.MEDIUM, now=NOW)
    return [(node.route.receiver, node.verdict) for node in way.root.whole()]


def test_each_node_says_what_it_did() -> None:
    asleep = Route(receiver="night", active_intervals=("later",))
    tree = route(
        "root",
        routes=(
            route("ops", "severity=critical"),
            asleep,
            route("desk", routes=(route("night", "owner=a"),)),
            route("ops"),
        ),
    )
    assert verdicts(tree, severity="high", owner="a") == [
        ("root", Verdict.PASSED),
        ("ops", Verdict.UNMET),
        ("night", Verdict.ASLEEP),
        ("desk", Verdict.PASSED),
        ("night", Verdict.TAKEN),
        ("ops", Verdict.UNASKED),
    ]


def test_a_node_whose_children_do_not_take_it_takes_it() -> None:
    tree = route("root", routes=(route("ops", routes=(route("desk", "owner=b"),)),))
    assert verdicts(tree, owner="a") == [
        ("root", Verdict.PASSED),
        ("ops", Verdict.TAKEN),
        ("desk", Verdict.UNMET),
    ]


def test_the_first_matcher_that_is_not_met_is_named() -> None:
    tree = route("root", routes=(route("ops", "severity=high", "owner=a", "tag=x"),))
    way = traced(rules(tree), {"severity": ("high",)}, severity=Severity.HIGH, now=NOW)
    [child] = way.root.below
    assert child.unmet == LabelMatcher(label="owner", operator="=", value="a")


_EXPRESSIONS = ("severity=medium", "severity=high", "owner=syria-desk", "watchlist=~b.*", "tag!=x")
_LEAVES = st.builds(
    lambda name, expressions, proceed, wait: replace(
        route(name, *expressions, proceed=proceed), group_wait=timedelta(seconds=wait)
    ),
    st.sampled_from(sorted(RECEIVERS)),
    st.lists(st.sampled_from(_EXPRESSIONS), max_size=2),
    st.booleans(),
    st.sampled_from([0, 30]),
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
def test_what_is_shown_is_what_is_sent(children: list[Route], severity: Severity) -> None:
    tree = Route(receiver="root", routes=tuple(children))
    watchlist, article = replace(BASES, severity=severity), an_article()
    match = a_match(article, severity=severity)
    values = labels(watchlist, match, article)
    way = traced(rules(tree), values, severity=severity, now=NOW)
    assert way.destinations == destinations(rules(tree), watchlist, match, article, now=NOW)
    taken = [node for node in way.root.whole() if node.verdict is Verdict.TAKEN]
    assert {one.receiver for node in taken for one in node.leaving} == {
        node.route.receiver for node in taken
    }
    assert _count(tree) == len(list(way.root.whole()))
    assert all(_is_consistent(node) for node in way.root.whole())


def _count(tree: Route) -> int:
    return 1 + sum(map(_count, tree.routes))


def _is_consistent(node: Node) -> bool:
    """A node below one that said no was not asked; one that passed it on has a taker below."""
    below = [each for each in node.whole() if each is not node]
    if node.verdict is Verdict.PASSED:
        return any(each.verdict is Verdict.TAKEN for each in below)
    if node.verdict is Verdict.TAKEN:
        return all(each.verdict is not Verdict.TAKEN for each in below)
    return all(each.verdict is Verdict.UNASKED for each in below)


# --- what a silence reaches -------------------------------------------------------------------

WATCHLISTS = (
    Watchlist(
        id="bases",
        title="Bases",
        condition=Keyword("base"),
        owner="syria-desk",
        severity=Severity.HIGH,
        tags=("war",),
    ),
    Watchlist(id="idlib", title="Idlib", condition=Keyword("x"), severity=Severity.LOW),
)
FEEDS = (a_feed("https://a.example/", publisher="A"), a_feed("https://b.example/", publisher="B"))
RULES = RuleSet(watchlists=WATCHLISTS, feeds=FEEDS)


@pytest.mark.parametrize(
    ("matchers", "bases", "idlib"),
    [
        (["watchlist=bases"], Reach.ALWAYS, Reach.NEVER),
        (['severity=~"low|info"'], Reach.NEVER, Reach.ALWAYS),
        (['owner=""'], Reach.NEVER, Reach.ALWAYS),
        (["publisher=A"], Reach.SOMETIMES, Reach.SOMETIMES),
        (['publisher=~"A|B"'], Reach.ALWAYS, Reach.ALWAYS),
        (["publisher=C"], Reach.NEVER, Reach.NEVER),
        (["tag=war"], Reach.ALWAYS, Reach.SOMETIMES),
        (["tag!=war"], Reach.NEVER, Reach.SOMETIMES),
        (["tag!=peace"], Reach.SOMETIMES, Reach.SOMETIMES),
        (["place=Idlib"], Reach.SOMETIMES, Reach.SOMETIMES),
        (['place=~".*"'], Reach.ALWAYS, Reach.ALWAYS),
        (['group!~".*"'], Reach.NEVER, Reach.NEVER),
        (["watchlist=bases", "place=Idlib"], Reach.SOMETIMES, Reach.NEVER),
        ([], Reach.ALWAYS, Reach.ALWAYS),
    ],
)
def test_what_matchers_reach(matchers: list[str], bases: Reach, idlib: Reach) -> None:
    found = {
        each.watchlist.id: each.reach for each in reached(list(map(read_matcher, matchers)), RULES)
    }
    assert found == {"bases": bases, "idlib": idlib}


def test_what_does_not_ring_is_reached_by_nothing() -> None:
    off = replace(WATCHLISTS[0], status=Status.EXPERIMENTAL)
    assert reached([], replace(RULES, watchlists=(off,))) == []


_SOME = st.lists(
    st.sampled_from(
        [
            "watchlist=bases",
            'watchlist!~"b.*"',
            "severity=low",
            "owner!=syria-desk",
            "publisher=A",
            "publisher!=B",
            "tag=war",
            "tag!=war",
            'tag=~"w.*"',
            'tag!~"w.*"',
            "place=Blast",
            'group=~".*"',
        ]
    ),
    max_size=3,
)


@given(
    given=_SOME,
    watchlist=st.sampled_from(WATCHLISTS),
    publisher=st.sampled_from(["A", "B"]),
    tags=st.sets(st.sampled_from(["war", "peace", "world"])),
)
def test_never_and_always_are_kept(
    given: list[str], watchlist: Watchlist, publisher: str, tags: set[str]
) -> None:
    matchers = list(map(read_matcher, given))
    found = {each.watchlist.id: each.reach for each in reached(matchers, RULES)}
    article: Article = an_article(publisher=publisher, tags=tuple(sorted(tags)))
    match = a_match(article, watchlist.id, severity=watchlist.severity)
    is_met = meets_all(matchers, labels(watchlist, match, article))
    assert found[watchlist.id] in {Reach.SOMETIMES, Reach.ALWAYS if is_met else Reach.NEVER}
