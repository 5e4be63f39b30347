"""Who hears of a match?  Alertmanager's tree, with its meaning.  Pure.

A match enters at the root and goes to the first child whose matchers it meets, and to the next
ones too while `continue` is said; where no child takes it, the node itself does.  So every match
ends somewhere.  A child that is outside its hours takes nothing, as if it were not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import re2

from alerts.alerting.hours import covers
from alerts.alerting.timing import timing
from alerts.model import (
    Address,
    Article,
    DeliveryKind,
    Destination,
    LabelMatcher,
    Match,
    Route,
    RuleSet,
    Status,
    TimeInterval,
    Watchlist,
)

#: Label -> its values: a match has one severity, but perhaps several tags.
Labels = Mapping[str, tuple[str, ...]]


def destinations(
    rules: RuleSet, watchlist: Watchlist, match: Match, article: Article, *, now: datetime
) -> tuple[Destination, ...]:
    """Return where *match* goes, each address once; nowhere if it is held, or an experiment."""
    if match.is_held or watchlist.status is not Status.ACTIVE:
        return ()
    values = labels(watchlist, match, article)
    found: dict[Address, Destination] = {}
    for route in _taking(rules.route, values, rules.intervals, now):
        leaving = _leaving(rules, route, match, values, now)
        repeat_after = watchlist.repeat_after or route.repeat_after
        for address in rules.receivers[route.receiver].addresses:
            wanted = replace(leaving, address=address, repeat_after=repeat_after)
            found[address] = min(found.get(address, wanted), wanted, key=Destination.urgency)
    return tuple(found.values())


def _leaving(
    rules: RuleSet, route: Route, match: Match, values: Labels, now: datetime
) -> Destination:
    """Return when and with what *match* leaves for the route's receiver, whichever address it is."""
    when = timing(
        rules.receivers[route.receiver],
        match.severity,
        at=now + route.group_wait,
        intervals=rules.intervals,
    )
    gathers, kind = when.gathers, when.kind
    if not gathers and "story" not in route.group_by:
        gathers, kind = _group(route, values), DeliveryKind.LIST
    return Destination(
        receiver=route.receiver,
        address=Address(channel=""),
        due_at=when.due_at,
        kind=kind,
        gathers=gathers,
        is_silent=when.is_silent,
        is_dropped=when.is_dropped,
    )


def _group(route: Route, values: Labels) -> str:
    """Return the word that matches share which agree in the labels of `group_by`."""
    agreed = [[label, *sorted(values.get(label, ()))] for label in sorted(route.group_by)]
    return f"group {sha256(repr((route.receiver, agreed)).encode()).hexdigest()[:32]}"


def labels(watchlist: Watchlist, match: Match, article: Article) -> Labels:
    """Return what the matchers of a route can look at."""
    return {
        "watchlist": (watchlist.id,),
        "severity": (match.severity.value,),
        "owner": (watchlist.owner,),
        "publisher": (article.publisher,),
        "tag": watchlist.tags + article.tags,
        # The names that were found: canonical for an entity, as written for the rest.
        "place": _terms(match),
        "group": _terms(match),
    }


def _terms(match: Match) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.term for item in match.evidence))


def _taking(
    route: Route, values: Labels, intervals: Mapping[str, TimeInterval], now: datetime
) -> Iterator[Route]:
    """Yield the nodes below and including *route*, whose matchers are met, that take a match."""
    taken = False
    for child in route.routes:
        met = all(_meets(matcher, values) for matcher in child.matchers)
        if met and _is_awake(child, intervals, now):
            yield from _taking(child, values, intervals, now)
            taken = True
            if not child.proceed:
                break
    if not taken:
        yield route


def _is_awake(route: Route, intervals: Mapping[str, TimeInterval], now: datetime) -> bool:
    active, muted = route.active_intervals, route.mute_intervals
    if any(covers(intervals[name], now) for name in muted):
        return False
    return not active or any(covers(intervals[name], now) for name in active)


def _meets(matcher: LabelMatcher, values: Labels) -> bool:
    negative = matcher.operator.startswith("!")
    # A label without values is the empty string, as in Alertmanager.
    candidates = values.get(matcher.label) or ("",)
    if matcher.operator.endswith("~"):
        pattern = _pattern(matcher.value)
        met = any(pattern.fullmatch(value) is not None for value in candidates)
    else:
        met = matcher.value in candidates
    return met is not negative


@lru_cache(maxsize=1024)
def _pattern(text: str) -> Any:
    return re2.compile(text)
