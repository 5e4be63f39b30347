"""Whatever rule files hold: nothing breaks, places are real, and doing what is said changes nothing."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.alerting.routing import destinations
from alerts.model import Article, Evidence, Field, How, Match, RuleSet, Watchlist
from alerts.watchlists.load import load_text
from alerts.watchlists.meaning.evaluate import evaluate
from alerts.watchlists.meaning.lexicon import Lexicon
from tests.workbench.lint.desks import TESTS, found, subject

_TEXT = (
    "attack attacks attacked attacker strike strikes struck striking loot looter looting evacuate"
    " evacuation gas gases airstrike airstrikes sarin Sarin WHO who chemical chemicals"
)
WORDS = _TEXT.split()
TERMS = st.sampled_from(
    [*WORDS, "attack*", "str*", "stri*", '"strike"', "=WHO", "/gas.*/", "@hezbollah", "nerve agent"]
)
LEXICON = Lexicon.shipped()
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

several = st.lists(TERMS, min_size=1, max_size=6)


@st.composite
def queries(draw: st.DrawFn) -> str:
    words = draw(st.lists(TERMS, min_size=1, max_size=4))
    joined = [f"({words[0]})"]
    for word in (each if " " not in each else f'"{each}"' for each in words[1:]):
        operator = draw(st.sampled_from(["AND", "OR", "AND NOT", "NEAR/2", "OR title:"]))
        joined.append(f"{operator} {word}".replace(": ", ":"))
    text = " ".join(joined)
    return text.replace("(nerve agent)", '"nerve agent"')


@st.composite
def rule_files(draw: st.DrawFn) -> str:
    """Return a watchlist in one of the ways to lay one out."""
    given: dict[str, Any] = {"keywords": draw(several)}
    for key, what in (("mask", several), ("exclude", several)):
        if draw(st.booleans()):
            given[key] = draw(what)
    lines = ["watchlists:", "  - id: w", "    title: W", "    owner: desk"]
    for key, value in given.items():
        if draw(st.booleans()):
            lines += [f"    {key}:", *(f"      - {json.dumps(each)}" for each in value)]
        else:
            lines.append(f"    {key}: [{', '.join(map(json.dumps, value))}]")
    if draw(st.booleans()):
        query = draw(queries())
        form = draw(st.sampled_from(["plain", "folded", "comment"]))
        folded = "\n      ".join(query.split(" "))
        lines += {
            "plain": [f"    query: {json.dumps(query)}"],
            "folded": [f"    query: >-\n      {folded}"],
            "comment": ["    # tocsin: ignore L201 as it is", f"    query: |\n      {folded}"],
        }[form]
    return "\n".join(lines) + "\n" + TESTS


articles = st.builds(
    Article,
    id=st.just("a"),
    title=st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join),
    content=st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join),
    language=st.just("en"),
)


def loaded(text: str) -> bool:
    """Tell whether *text* can be loaded: a query may be none."""
    try:
        load_text(text)
    except Exception:  # noqa: BLE001 - what the loader refuses is its own tests' business
        return False
    return True


@given(rule_files())
def test_places_are_real_and_two_looks_are_alike(text: str) -> None:
    if not loaded(text):
        return
    lines = text.splitlines()
    first = found(text)
    for each in first:
        complaint = each.complaint
        assert complaint.source == lines[complaint.line - 1]
        assert 1 <= complaint.column <= len(complaint.source)
        assert not complaint.source[complaint.column - 1].isspace()
    assert found(text) == first


def sole(text: str) -> Watchlist:
    (watchlist,) = load_text(text).watchlists
    return watchlist


@given(several, st.none() | several, articles)
def test_deleting_what_says_nothing_new_changes_no_verdict(
    keywords: list[str], excluded: list[str] | None, article: Article
) -> None:
    """One at a time: of two that are alike only one is told, but three may lean on one another."""
    exclude = f"    exclude: {json.dumps(excluded)}\n" if excluded else ""

    def text(words: list[str]) -> str:
        return (
            "watchlists:\n  - id: w\n    title: W\n    owner: desk\n"
            f"    keywords:\n{''.join(f'      - {json.dumps(each)}' + chr(10) for each in words)}"
            f"{exclude}{TESTS}"
        )

    before = evaluate(sole(text(keywords)), article, LEXICON) is not None
    told = {each.complaint.line - 6: each.code.code for each in found(text(keywords))}
    if "L103" in told.values():
        assert not before
    idle = [number for number, code in told.items() if code in ("L104", "L201", "L202")]
    for number in idle:
        rest = [word for place, word in enumerate(keywords) if place != number]
        if 0 <= number < len(keywords) and rest:
            assert (evaluate(sole(text(rest)), article, LEXICON) is not None) is before


# --- routes -----------------------------------------------------------------------------------

MATCHERS = st.sampled_from(
    [
        "severity=high",
        "severity!=high",
        'severity=~"high|critical"',
        "severity=low",
        "watchlist=one",
        "owner=desk",
        'owner=""',
        "tag=x",
        "tag!=x",
        "publisher=Times",
        "publisher=Post",
        "place=Idlib",
    ]
)
nodes = st.recursive(
    st.fixed_dictionaries({"match": st.lists(MATCHERS, max_size=2), "continue": st.booleans()}),
    lambda below: st.fixed_dictionaries(
        {
            "match": st.lists(MATCHERS, max_size=2),
            "continue": st.booleans(),
            "routes": st.lists(below, min_size=1, max_size=3),
        }
    ),
    max_leaves=5,
)


def named(node: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return *node* with a receiver of its own for each node."""
    names.append(f"r{len(names)}")
    told = {"receiver": names[-1], **{key: value for key, value in node.items() if value}}
    if "routes" in told:
        told["routes"] = [named(each, names) for each in told["routes"]]
    return told


def reached(rules: RuleSet) -> set[str]:
    """Return the receivers that the alerts of some articles go to."""
    seen: set[str] = set()
    for watchlist in rules.watchlists:
        for tags in ((), ("x",)):
            for term in ("Idlib", "Homs"):
                evidence = Evidence(
                    field=Field.TITLE, start=0, end=5, surface=term, term=term, how=How.EXACT
                )
                match = Match(
                    article="a",
                    watchlist=watchlist.id,
                    title="W",
                    severity=watchlist.severity,
                    evidence=(evidence,),
                )
                article = Article(id="a", publisher="Times", title=term, tags=tags)
                to = destinations(rules, watchlist, match, article, now=NOW)
                seen |= {each.receiver for each in to}
    return seen


@given(st.lists(nodes, min_size=1, max_size=3))
def test_no_alert_goes_to_a_route_that_is_said_to_be_unreached(below: list[Any]) -> None:
    names: list[str] = []
    root = {"receiver": "console", "routes": [named(each, names) for each in below]}
    receivers = {name: {"telegram": {"chat": -100 - place}} for place, name in enumerate(names)}
    text = json.dumps(
        {
            "feeds": [{"url": "https://example.org/rss", "publisher": "Times"}],
            "watchlists": [
                {
                    "id": "one",
                    "title": "One",
                    "owner": "desk",
                    "severity": "high",
                    "keywords": ["a"],
                },
                {"id": "two", "title": "Two", "tags": ["x"], "keywords": ["b"]},
            ],
            "receivers": receivers,
            "routes": root,
        }
    )
    unreached = {
        name
        for each in found(text)
        if each.code.code == "L501"
        for name in re.findall(r"route to '(r\d+)'", each.complaint.message)
    }
    assert reached(subject(text).rules).isdisjoint(unreached)


def test_routes_that_only_shadowed_routes_could_need_are_not_called_unreached() -> None:
    """The property above is not empty: in this tree one node is reached, and one is not."""
    text = json.dumps(
        {
            "watchlists": [{"id": "one", "title": "One", "severity": "high", "keywords": ["a"]}],
            "receivers": {f"r{each}": {"telegram": {"chat": -7 - each}} for each in range(3)},
            "routes": {
                "receiver": "console",
                "routes": [
                    {"receiver": "r0", "match": ["tag=x"]},
                    {"receiver": "r1", "match": ["severity=high"]},
                    {"receiver": "r2"},
                ],
            },
        }
    )
    told = [each.complaint.message for each in found(text) if each.code.code == "L501"]
    assert [message.split("'")[1] for message in told] == ["r2"]
    assert reached(subject(text).rules) == {"r0", "r1"}
