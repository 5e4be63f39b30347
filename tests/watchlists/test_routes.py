"""Routes: Alertmanager's tree, inherited receivers, and matchers that can match."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.model import LabelMatcher, Route
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.routes import LABELS, read_matcher
from tests.watchlists.marked import W, assert_refused, rules_of

ROUTES = [
    ("R501", "severity", "such as"),
    ("R501", "", ""),
    ("R501", "severity==high", "quotes"),
    ("R501", "owner=two words", "quotes"),
    ("R501", 'owner="open', "quotes"),
    ("R502", "sevrity=high", "'severity'"),
    ("R502", "team=x", "known"),
    ("R503", 'owner=~"("', ""),
    ("R503", 'owner!~"(?=a)"', "linear"),
]


TREE = """
watchlists: [{id: w, title: W, keywords: [sarin]}]
receivers:
  desk: {console: {}}
  ops: {console: {}}
routes:
  receiver: desk
  group_wait: 30s
  routes:
    - match: ['severity=~"high|critical"', watchlist=w]
      continue: true
      routes:
        - receiver: ops
          match: ['tag!="a \\"b\\" = c"']
          group_wait: 1m
    - receiver: console
"""


@pytest.mark.parametrize(("code", "matcher", "hint"), ROUTES)
def test_matchers_that_cannot_be_read_are_refused(code: str, matcher: str, hint: str) -> None:
    with pytest.raises(FlawError) as caught:
        read_matcher(matcher)
    assert caught.value.code == code
    assert hint in caught.value.hint


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("operator", ["=", "!=", "=~", "!~"])
@pytest.mark.parametrize("spelled", ["x-1", '"x-1"', ' "x-1" '])
def test_every_label_and_operator_can_be_matched(label: str, operator: str, spelled: str) -> None:
    expected = LabelMatcher(label=label, operator=operator, value="x-1")
    assert read_matcher(f"{label}{operator}{spelled}") == expected
    assert read_matcher(f" {label} {operator} {spelled}") == expected


def test_a_pattern_may_meet_the_empty_label() -> None:
    """Alertmanager's `owner=~".*"`: also a watchlist without owner."""
    assert read_matcher('owner=~".*"').value == ".*"


def test_routes_inherit_what_they_do_not_say() -> None:
    half, whole = timedelta(seconds=30), timedelta(minutes=1)
    deepest = Route(
        receiver="ops",
        matchers=(LabelMatcher(label="tag", operator="!=", value='a "b" = c'),),
        group_wait=whole,
    )
    urgent = Route(
        receiver="desk",
        matchers=(
            LabelMatcher(label="severity", operator="=~", value="high|critical"),
            LabelMatcher(label="watchlist", operator="=", value="w"),
        ),
        proceed=True,
        routes=(deepest,),
        group_wait=half,
    )
    rest = Route(receiver="console", group_wait=half)
    assert rules_of(TREE).route == Route(receiver="desk", routes=(urgent, rest), group_wait=half)


def test_without_routes_everything_goes_to_the_console() -> None:
    rules = rules_of(W + "    keywords: [sarin]")
    assert rules.route == Route(receiver="console")
    assert "console" in rules.receivers


@pytest.mark.parametrize(
    "routes",
    [
        "routes: ‸{group_wait: 30s}",
        "routes: {receiver: console, ‸match: [severity=high]}",
        "routes: {receiver: console, ‸continue: true}",
    ],
)
def test_the_root_takes_everything_to_somebody(routes: str) -> None:
    assert_refused(routes, "R504", "")
