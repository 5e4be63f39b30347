"""Routes: Alertmanager's tree, inherited receivers, and matchers that can match."""

from __future__ import annotations

from dataclasses import replace
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


HOURS = (
    "time_intervals: {night: {times: [{start: '22:00', end: '06:30'}]}, weekend: {days: [sat]}}\n"
)

BROKEN = [
    ("R308", "routes: [{mute_time_intervals: [night, ‸nihgt]}]", "'night'"),
    ("R308", "routes: [{active_time_intervals: [‸lunch]}]", "'time_intervals'"),
    ("R308", "routes: [{routes: [{active_time_intervals: [‸weekends]}]}]", "'weekend'"),
    ("R201", "routes: [{‸mute_time_interval: [night]}]", "'mute_time_intervals'"),
    ("R203", "routes: [{mute_time_intervals: ‸night}]", "[first, second]"),
    ("R203", "routes: [{mute_time_intervals: [‸12]}]", "quotes"),
    ("R205", "routes: [{mute_time_intervals: ‸[]}]", "delete the key"),
    ("R205", "routes: [{‸active_time_intervals: }]", "delete the key"),
    ("R203", "group_by: ‸story", "[first, second]"),
    ("R204", "group_by: [story, ‸stories]", ""),
    ("R204", "group_by: [‸publishr]", "'publisher'"),
    ("R204", "routes: [{group_by: [‸'...']}]", ""),
    ("R205", "group_by: ‸[]", "delete the key"),
    ("R209", "repeat_after: ‸6", "2h"),
    ("R206", "repeat_after: ‸1s", ""),
    ("R206", "routes: [{repeat_after: ‸31d}]", ""),
    ("R201", "‸repeat_interval: 4h", "'repeat_after'"),
    ("R209", "group_wait: ‸30", "90s"),
    ("R203", "routes: [{match: ‸severity=high}]", "[first, second]"),
]


@pytest.mark.parametrize(("code", "keys", "hint"), BROKEN)
def test_routes_that_lead_nowhere_are_refused(code: str, keys: str, hint: str) -> None:
    assert_refused(f"{HOURS}routes: {{receiver: console, {keys}}}", code, hint)


@pytest.mark.parametrize(
    "routes",
    [
        "routes: ‸{group_wait: 30s}",
        "routes: {receiver: console, ‸match: [severity=high]}",
        "routes: {receiver: console, ‸continue: true}",
        "routes: {receiver: console, ‸active_time_intervals: [weekend]}",
        "routes: {receiver: console, ‸mute_time_intervals: [night]}",
    ],
)
def test_the_root_takes_everything_to_somebody(routes: str) -> None:
    assert_refused(HOURS + routes, "R504", "")


def test_grouping_and_repeats_are_inherited_but_not_hours() -> None:
    rules = rules_of(
        HOURS
        + """
receivers: {ops: {console: {}}}
routes:
  receiver: console
  group_by: [watchlist, story, watchlist]
  group_wait: 30s
  repeat_after: 6h
  routes:
    - receiver: ops
      active_time_intervals: [weekend, night, weekend]
      mute_time_intervals: [night]
      routes:
        - {match: [severity=high], group_wait: 0s, repeat_after: 1h, group_by: [severity]}
"""
    )
    inherited = Route(
        receiver="console",
        group_by=("watchlist", "story"),
        group_wait=timedelta(seconds=30),
        repeat_after=timedelta(hours=6),
    )
    urgent = Route(
        receiver="ops",
        matchers=(LabelMatcher(label="severity", operator="=", value="high"),),
        group_by=("severity",),
        group_wait=timedelta(0),
        repeat_after=timedelta(hours=1),
    )
    hourly = replace(
        inherited,
        receiver="ops",
        active_intervals=("weekend", "night"),
        mute_intervals=("night",),
        routes=(urgent,),
    )
    assert rules.route == replace(inherited, routes=(hourly,))


def test_matches_are_grouped_by_story_unless_said_otherwise() -> None:
    assert rules_of("routes: {receiver: console, routes: [{continue: true}]}").route.routes == (
        Route(receiver="console", proceed=True, group_by=("story",), repeat_after=None),
    )
