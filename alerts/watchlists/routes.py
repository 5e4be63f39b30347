"""The routing tree: Alertmanager's words, matchers and meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from alerts.model import LabelMatcher, Route, Severity
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.intervals import named_intervals
from alerts.watchlists.nodes import Node
from alerts.watchlists.query import regexes
from alerts.watchlists.receivers import check_receiver
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.schema.routing import RouteSection
from alerts.watchlists.suggest import did_you_mean

LABELS = ("watchlist", "severity", "owner", "publisher", "place", "group", "tag")

_MATCHER = re.compile(r"\s*([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*(.*?)\s*", re.ASCII | re.DOTALL)
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
#: What a value without quotes may hold.
_BARE = re.compile(r"[^\s\"'={}!~,]+")


@dataclass(frozen=True, slots=True)
class RouteReader:
    """Reads the routes, given what there is to route from and to."""

    file: RuleFile
    receivers: AbstractSet[str]
    watchlists: AbstractSet[str]
    intervals: AbstractSet[str]

    def read(self, section: RouteSection, node: Node) -> Route:
        """Return the tree, complaining about what leads nowhere."""
        for key, given in (
            ("match", section.match),
            ("continue", section.continue_),
            ("active_time_intervals", section.active_time_intervals),
            ("mute_time_intervals", section.mute_time_intervals),
        ):
            if given:
                hint = "it takes whatever no route below takes"
                flaw = FlawError("R504", f"the root route has no {quoted(key)}", hint=hint)
                self.file.blame(node.key(key), flaw)
        if section.receiver is None:
            flaw = FlawError("R504", "the root route needs a receiver", hint="receiver: console")
            self.file.blame(node, flaw)
        return self._route(section, node, Route(receiver="console"))

    def _route(self, section: RouteSection, node: Node, parent: Route) -> Route:
        """Read a node; what it does not say it inherits, except for matchers and hours."""
        if section.receiver is not None:
            with self.file.reviewing(node.entries["receiver"]):
                check_receiver(section.receiver, self.receivers)
        wait = section.group_wait
        route = Route(
            receiver=section.receiver or parent.receiver,
            matchers=tuple(self._matchers(node.parts("match"))),
            proceed=section.continue_,
            group_wait=parent.group_wait if wait is None else wait,
            group_by=tuple(dict.fromkeys(section.group_by)) or parent.group_by,
            repeat_after=section.repeat_after or parent.repeat_after,
            active_intervals=self._intervals(node, "active_time_intervals"),
            mute_intervals=self._intervals(node, "mute_time_intervals"),
        )
        below = zip(section.routes, node.parts("routes"), strict=True)
        routes = tuple(self._route(each, where, route) for each, where in below)
        return replace(route, routes=routes)

    def _intervals(self, node: Node, key: str) -> tuple[str, ...]:
        return named_intervals(node.entries.get(key), self.intervals, self.file)

    def _matchers(self, nodes: Iterable[Node]) -> Iterable[LabelMatcher]:
        for node in nodes:
            with self.file.reviewing(node):
                matcher = read_matcher(str(node.value))
                self._check_value(matcher)
                yield matcher

    def _check_value(self, matcher: LabelMatcher) -> None:
        """Refuse a value that no alert can have; patterns are left to their author."""
        known = {"watchlist": self.watchlists, "severity": set(Severity)}.get(matcher.label)
        if known is None or matcher.operator in ("=~", "!~") or matcher.value in known:
            return
        message = f"there is no {matcher.label} {quoted(matcher.value)}"
        raise FlawError("R307", message, slip=(matcher.value, known))


def read_matcher(text: str) -> LabelMatcher:
    """Read `severity=~"high|critical"`.

    Raises:
        FlawError: it is no matcher, of an unknown label, or its pattern is no regex.
    """
    found = _MATCHER.fullmatch(text)
    if found is None:
        hint = 'such as severity=~"high|critical"'
        raise FlawError("R501", f"{quoted(text)} is not a matcher", hint=hint)
    label, operator, value = found.groups()
    if label not in LABELS:
        hint = did_you_mean(label, LABELS) or f"known: {', '.join(LABELS)}"
        raise FlawError("R502", f"{quoted(label)} is not a label", hint=hint)
    matcher = LabelMatcher(label=label, operator=operator, value=_value(value, found.start(3)))
    if operator in ("=~", "!~"):
        _check_pattern(matcher.value, found.start(3))
    return matcher


def _value(text: str, offset: int) -> str:
    if inside := _QUOTED.fullmatch(text):
        return re.sub(r'\\(["\\])', r"\1", inside.group(1))
    if _BARE.fullmatch(text):
        return text
    hint = 'put it in double quotes: label="value"'
    raise FlawError("R501", f"{quoted(text)} is not a value", hint=hint, offset=offset)


def _check_pattern(pattern: str, offset: int) -> None:
    try:
        regexes.compile_pattern(pattern)
    except FlawError as flaw:
        raise FlawError("R503", flaw.message, hint=flaw.hint, offset=offset) from None
