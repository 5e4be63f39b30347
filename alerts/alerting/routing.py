"""Who hears of a match?  Alertmanager's tree, with its meaning.  Pure.

A match enters at the root and goes to the first child whose matchers it meets, and to the next
ones too while `continue` is said; where no child takes it, the node itself does.  So every match
ends somewhere.  A child that is outside its hours takes nothing, as if it were not there.

`walk` says of every node that was asked what it answered: the destinations are made of that, and so is
what `tocsin route test` shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto
from hashlib import sha256
from typing import NamedTuple

from alerts.alerting.hours import covers
from alerts.alerting.timing import timing
from alerts.model import (
    Address,
    Article,
    DeliveryKind,
    Destination,
    Match,
    Route,
    RuleSet,
    Severity,
    Status,
    TimeInterval,
    Watchlist,
)
from alerts.watchlists.matchers import Labels, labels, meets_all


class Answer(Enum):
    """What a node of the tree says of a match."""

    #: Some matcher is not met.
    UNMET = auto()
    #: It would, and is outside its hours.
    ASLEEP = auto()
    #: It lets the match in; its children are asked next.
    ENTERED = auto()
    #: None of its children took the match: its receiver hears.
    TAKES = auto()


class Asked(NamedTuple):
    """One node, and its answer.

    A tuple, since one is made for each node of each match: a frozen dataclass takes twice as long.
    """

    #: The way from the root: () is the root, (2, 0) the first child of its third.
    place: tuple[int, ...]
    route: Route
    answer: Answer


def destinations(
    rules: RuleSet, watchlist: Watchlist, match: Match, article: Article, *, now: datetime
) -> tuple[Destination, ...]:
    """Return where *match* goes, each address once; nowhere if it is held, or an experiment."""
    return routed(rules, watchlist, match, labels(watchlist, match, article), now=now)


def routed(
    rules: RuleSet, watchlist: Watchlist, match: Match, values: Labels, *, now: datetime
) -> tuple[Destination, ...]:
    """Return where *match*, whose labels are *values*, goes; as `destinations` does."""
    if match.is_held or watchlist.status is not Status.ACTIVE:
        return ()
    return most_urgent(
        destination
        for asked in walk(rules.route, values, rules.intervals, now)
        if asked.answer is Answer.TAKES
        for destination in leaving(
            rules,
            asked.route,
            values,
            severity=match.severity,
            repeat_after=watchlist.repeat_after,
            now=now,
        )
    )


def most_urgent(wanted: Iterable[Destination]) -> tuple[Destination, ...]:
    """Return each address of *wanted* once, by the most urgent of the ways that lead to it."""
    found: dict[Address, Destination] = {}
    for destination in wanted:
        known = found.get(destination.address, destination)
        found[destination.address] = min(known, destination, key=Destination.urgency)
    return tuple(found.values())


def walk(
    root: Route, values: Labels, intervals: Mapping[str, TimeInterval], now: datetime
) -> Iterator[Asked]:
    """Yield every node that is asked for a match with the labels *values*, in the order of asking.

    A node that took the match is yielded twice: when it lets it in, and when its children have not
    taken it.  One that is not yielded was not asked: a sibling before it had taken the match.
    """
    yield Asked((), root, Answer.ENTERED)
    yield from _below((), root, values, intervals, now)


def _below(
    place: tuple[int, ...],
    route: Route,
    values: Labels,
    intervals: Mapping[str, TimeInterval],
    now: datetime,
) -> Iterator[Asked]:
    """Ask the children of *route*, and then itself."""
    taken = False
    for number, child in enumerate(route.routes):
        below = (*place, number)
        answer = _answer(child, values, intervals, now)
        yield Asked(below, child, answer)
        if answer is Answer.ENTERED:
            yield from _below(below, child, values, intervals, now)
            taken = True
            if not child.proceed:
                break
    if not taken:
        yield Asked(place, route, Answer.TAKES)


def _answer(
    route: Route, values: Labels, intervals: Mapping[str, TimeInterval], now: datetime
) -> Answer:
    if not meets_all(route.matchers, values):
        return Answer.UNMET
    return Answer.ENTERED if _is_awake(route, intervals, now) else Answer.ASLEEP


def _is_awake(route: Route, intervals: Mapping[str, TimeInterval], now: datetime) -> bool:
    active, muted = route.active_intervals, route.mute_intervals
    if any(covers(intervals[name], now) for name in muted):
        return False
    return not active or any(covers(intervals[name], now) for name in active)


def leaving(
    rules: RuleSet,
    route: Route,
    values: Labels,
    *,
    severity: Severity,
    repeat_after: timedelta | None,
    now: datetime,
) -> list[Destination]:
    """Return when and with what a match leaves for each address of the receiver of *route*.

    *repeat_after* is the watchlist's: it says more exactly than a route when a story is told again.
    """
    receiver = rules.receivers[route.receiver]
    at = now + route.group_wait
    when = timing(receiver, severity, at=at, intervals=rules.intervals)
    gathers, kind = when.gathers, when.kind
    if not gathers and "story" not in route.group_by:
        gathers, kind = _group(route, values), DeliveryKind.LIST
    one = Destination(
        receiver=route.receiver,
        address=Address(channel=""),
        due_at=when.due_at,
        kind=kind,
        gathers=gathers,
        is_silent=when.is_silent,
        is_dropped=when.is_dropped,
        repeat_after=repeat_after or route.repeat_after,
    )
    return [replace(one, address=address) for address in receiver.addresses]


def _group(route: Route, values: Labels) -> str:
    """Return the word that matches share which agree in the labels of `group_by`."""
    agreed = [[label, *sorted(values.get(label, ()))] for label in sorted(route.group_by)]
    return f"group {sha256(repr((route.receiver, agreed)).encode()).hexdigest()[:32]}"
