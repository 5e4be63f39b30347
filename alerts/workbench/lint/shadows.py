"""Watchlists that say nothing new: another one with the same receivers always matches as well.

Only what can be proved is said (`logic`), of conditions, masks, fields, exclusions and filters alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from alerts.model import (
    All,
    Any,
    AtLeast,
    Condition,
    InField,
    LabelMatcher,
    Near,
    Not,
    Publishers,
    Route,
    RuleSet,
    Status,
    Unknown,
    Watchlist,
)
from alerts.watchlists.complaints import quoted
from alerts.watchlists.matchers import meets
from alerts.workbench.lint.logic import Asked, implies, positive
from alerts.workbench.lint.subject import Finding, Subject

Leaves = frozenset[Condition]


def check(subject: Subject) -> Iterator[Finding]:
    """Yield the watchlists that are shadowed; of two that are alike the later one."""
    routing = _Routing.of(subject.rules)
    active = [each for each in subject.watchlists if each.watchlist.status is Status.ACTIVE]
    places = {each.watchlist.id: number for number, each in enumerate(active)}
    candidates = _Candidates.of([each.watchlist for each in active])
    for number, placed in enumerate(active):
        one = placed.watchlist
        for other in candidates.of_which_one_stands_in(one):
            if other.id == one.id or not routing.are_alike(one, other):
                continue
            is_covered = covers(other, one)
            if is_covered and not (places[other.id] > number and covers(one, other)):
                at = active[places[other.id]]
                message = f"{quoted(other.id)} always matches when {quoted(one.id)} does"
                where = f"{at.page.file.path}:{at.id_node.line}"
                hint = f"it stands at {where}, with the same receivers: delete one, or route them apart"
                yield placed.found("L102", message, hint=hint)
                break


# --- does it match whenever the other does? -------------------------------------------------------


def covers(other: Watchlist, one: Watchlist) -> bool:
    """Tell whether *other* surely matches every article that *one* matches, at least as urgently."""
    return (
        other.severity.rank >= one.severity.rank
        and other.repeat_after == one.repeat_after
        and _admits(other, one)
        and _masks_no_more(other, one)
        and implies(_whole(one), _whole(other))
    )


def _whole(watchlist: Watchlist) -> Asked:
    """Return the condition and what must not be met, as one."""
    condition = watchlist.condition
    if watchlist.exclude is not None:
        parts = condition.parts if isinstance(condition, All) else (condition,)
        condition = All((*parts, Not(watchlist.exclude)))
    return Asked(condition, frozenset(watchlist.fields))


def _masks_no_more(other: Watchlist, one: Watchlist) -> bool:
    """Tell whether masks hide nothing from *other* that they show to *one*.

    A mask may also hide what would veto, or part names that stand inside one another: fewer masks
    are no gain where something is forbidden, counted or near.
    """
    if set(other.mask) == set(one.mask):
        return True
    return set(other.mask) < set(one.mask) and other.exclude is None and _is_plain(other.condition)


def _is_plain(condition: Condition) -> bool:
    match condition:
        case All(parts) | Any(parts):
            return all(map(_is_plain, parts))
        case InField(part=part):
            return _is_plain(part)
        case _:
            return not isinstance(condition, Not | Near | AtLeast) and not hasattr(
                condition, "threshold"
            )


def _admits(other: Watchlist, one: Watchlist) -> bool:
    """Tell whether *other* wants every article that *one* wants, and sends it."""
    return (
        _is_wider(set(other.languages), set(one.languages))
        and (other.max_age is None or (one.max_age is not None and one.max_age <= other.max_age))
        and _publishers(other.publishers, one.publishers)
        and (
            other.unknown is Unknown.PASS
            or other.unknown is one.unknown
            or one.unknown is Unknown.DROP
        )
    )


def _publishers(other: Publishers, one: Publishers) -> bool:
    rated = bool(one.reliability) and one.reliability <= other.reliability
    return (
        _is_wider(set(other.only), set(one.only))
        and set(other.but) <= set(one.but)
        and (not other.reliability or rated)
        and _is_wider(set(other.countries), set(one.countries))
    )


def _is_wider(other: set[str], one: set[str]) -> bool:
    """Tell whether a list lets in all that another lets in; an empty one lets in everything."""
    return not other or (bool(one) and one <= other)


# --- do the same people hear of it? ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Routing:
    """What the routes ask for, of all their nodes."""

    matchers: frozenset[LabelMatcher]
    groups: frozenset[str]

    @classmethod
    def of(cls, rules: RuleSet) -> Self:
        nodes = list(_nodes(rules.route))
        matchers = frozenset(matcher for node in nodes for matcher in node.matchers)
        return cls(matchers, frozenset(label for node in nodes for label in node.group_by))

    def are_alike(self, one: Watchlist, other: Watchlist) -> bool:
        """Tell whether the matches of both surely take the same way; evidence has labels, too."""
        labels = {matcher.label for matcher in self.matchers}
        if labels & {"place", "group"} or self.groups - {"story", "publisher"}:
            return False
        if "tag" in labels and set(one.tags) != set(other.tags):
            return False
        return all(
            meets(matcher, _labels(one)) is meets(matcher, _labels(other))
            for matcher in self.matchers
            if matcher.label in ("watchlist", "severity", "owner")
        )


def _labels(watchlist: Watchlist) -> Mapping[str, tuple[str, ...]]:
    return {
        "watchlist": (watchlist.id,),
        "severity": (watchlist.severity.value,),
        "owner": (watchlist.owner,),
    }


def _nodes(route: Route) -> Iterator[Route]:
    yield route
    for below in route.routes:
        yield from _nodes(below)


# --- who may cover whom ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Watchlists by terms of which one stands in every watchlist that they may cover.

    A proof ends where a term of the one is a term of the other: of an AND the part whose terms are
    rarest tells most.  A thousand watchlists take a fraction of a second, not a million comparisons.
    """

    waiting: Mapping[Condition, list[Watchlist]]

    @classmethod
    def of(cls, watchlists: list[Watchlist]) -> Self:
        commonness = Counter(leaf for each in watchlists for leaf in _leaves(each))
        waiting: defaultdict[Condition, list[Watchlist]] = defaultdict(list)
        for watchlist in watchlists:
            for leaf in _needed(watchlist.condition, commonness):
                waiting[leaf].append(watchlist)
        return cls(waiting)

    def of_which_one_stands_in(self, watchlist: Watchlist) -> list[Watchlist]:
        """Return those that may cover *watchlist*, in the order in which they were given."""
        found = {
            id(each): each for leaf in _leaves(watchlist) for each in self.waiting.get(leaf, ())
        }
        return list(found.values())


def _leaves(watchlist: Watchlist) -> dict[Condition, None]:
    return dict.fromkeys(positive(watchlist.condition))


def _needed(condition: Condition, commonness: Counter[Condition]) -> Leaves:
    """Return terms of which one is in whatever implies *condition*; none: anything may."""
    match condition:
        case All(parts):
            several = [found for part in parts if (found := _needed(part, commonness))]
            return min(
                several, key=lambda one: sum(commonness[leaf] for leaf in one), default=frozenset()
            )
        case Near(left=left, right=right):
            return _needed(All((left, right)), commonness)
        case Any(parts):
            return frozenset().union(*(_needed(part, commonness) for part in parts))
        case AtLeast(part=part) | InField(part=part):
            return _needed(part, commonness)
        case Not():
            return frozenset()
        case _:
            return frozenset({condition})
