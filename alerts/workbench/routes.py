"""Which way does a match take through the routes, and when does it leave?  And who meets a silence?

The walk through the tree is production's (`alerting.routing.walk`); here is only why a node said no.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain

from alerts.alerting.routing import Answer, leaving, most_urgent, walk
from alerts.model import (
    Destination,
    LabelMatcher,
    Route,
    RuleSet,
    Severity,
    Status,
    Watchlist,
)
from alerts.watchlists.matchers import Labels, meets


class Verdict(StrEnum):
    """What a node of the tree did with a match."""

    TAKEN = "taken"
    #: It let the match in, and a node below took it.
    PASSED = "passed on"
    UNMET = "not met"
    ASLEEP = "outside its hours"
    #: A node before it took the match, and does not say `continue`.
    UNASKED = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A route, and what it did with a match."""

    #: The way from the root: () is the root, (2, 0) the first child of its third.
    place: tuple[int, ...]
    route: Route
    verdict: Verdict
    #: The first matcher that is not met.
    unmet: LabelMatcher | None = None
    #: Who hears, where a route takes the match: one for each address.
    leaving: tuple[Destination, ...] = ()
    below: tuple[Node, ...] = ()

    def whole(self) -> Iterator[Node]:
        """Yield the node and all below it, from above."""
        yield self
        for node in self.below:
            yield from node.whole()


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """The tree as a match met it, and who hears of it."""

    root: Node
    #: Each address once, by the most urgent of the ways that lead to it; what is sent is this.
    destinations: tuple[Destination, ...]


def traced(
    rules: RuleSet,
    values: Labels,
    *,
    severity: Severity,
    repeat_after: timedelta | None = None,
    now: datetime,
) -> Traced:
    """Return the way of a match with the labels *values* through the routes of *rules* at *now*."""
    answers: dict[tuple[int, ...], Answer] = {}
    taken: dict[tuple[int, ...], tuple[Destination, ...]] = {}
    for asked in walk(rules.route, values, rules.intervals, now):
        answers[asked.place] = asked.answer
        if asked.answer is Answer.TAKES:
            found = leaving(
                rules, asked.route, values, severity=severity, repeat_after=repeat_after, now=now
            )
            taken[asked.place] = tuple(found)
    root = _node((), rules.route, answers, taken, values)
    return Traced(root=root, destinations=most_urgent(chain.from_iterable(taken.values())))


def _node(
    place: tuple[int, ...],
    route: Route,
    answers: Mapping[tuple[int, ...], Answer],
    taken: Mapping[tuple[int, ...], tuple[Destination, ...]],
    values: Labels,
) -> Node:
    answer = answers.get(place)
    unmet = next((one for one in route.matchers if not meets(one, values)), None)
    return Node(
        place=place,
        route=route,
        verdict=_VERDICTS[answer],
        unmet=unmet if answer is Answer.UNMET else None,
        leaving=taken.get(place, ()),
        below=tuple(
            _node((*place, number), child, answers, taken, values)
            for number, child in enumerate(route.routes)
        ),
    )


#: What the last answer of a node comes to.
_VERDICTS = {
    Answer.TAKES: Verdict.TAKEN,
    Answer.ENTERED: Verdict.PASSED,
    Answer.UNMET: Verdict.UNMET,
    Answer.ASLEEP: Verdict.ASLEEP,
    None: Verdict.UNASKED,
}


# --- which watchlists can meet a silence ------------------------------------------------------


class Reach(StrEnum):
    """How many of a watchlist's matches meet the matchers of a silence."""

    ALWAYS = "always"
    #: It depends on the article.
    SOMETIMES = "sometimes"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A watchlist, and how far a silence reaches it."""

    watchlist: Watchlist
    reach: Reach


def reached(matchers: Sequence[LabelMatcher], rules: RuleSet) -> list[Reached]:
    """Return the watchlists of *rules* that ring, and whether their matches meet *matchers*."""
    publishers = tuple(dict.fromkeys(feed.publisher for feed in rules.feeds))
    found = []
    for watchlist in rules.watchlists:
        if watchlist.status is Status.ACTIVE:
            reach = {_reach(matcher, watchlist, publishers) for matcher in matchers}
            found.append(Reached(watchlist=watchlist, reach=_together(reach)))
    return found


def misnamed(
    matchers: Sequence[LabelMatcher], rules: RuleSet
) -> tuple[LabelMatcher, list[str]] | None:
    """Return the first of *matchers* that names what nothing is called, and what there is; None: none.

    A slip would silence nothing, and nobody would notice.
    """
    known = {
        "watchlist": [watchlist.id for watchlist in rules.watchlists],
        "severity": [severity.value for severity in Severity],
        "owner": [watchlist.owner for watchlist in rules.watchlists],
        "publisher": [feed.publisher for feed in rules.feeds],
    }
    for matcher in matchers:
        names = known.get(matcher.label)
        if (
            names is not None
            and matcher.operator in ("=", "!=")
            and matcher.value not in ("", *names)
        ):
            return matcher, sorted(set(names))
    return None


def _together(reach: Iterable[Reach]) -> Reach:
    each = set(reach)
    if Reach.NEVER in each:
        return Reach.NEVER
    return Reach.SOMETIMES if Reach.SOMETIMES in each else Reach.ALWAYS


#: A value that nothing has: what lets it pass lets everything pass.
_NOTHING_IS_CALLED_SO = "\x1f nothing is called so"


def _reach(matcher: LabelMatcher, watchlist: Watchlist, publishers: tuple[str, ...]) -> Reach:
    match matcher.label:
        case "watchlist":
            return _surely(matcher, (watchlist.id,))
        case "severity":
            return _surely(matcher, (watchlist.severity.value,))
        case "owner":
            return _surely(matcher, (watchlist.owner,))
        case "publisher" if publishers:
            met = {meets(matcher, {matcher.label: (name,)}) for name in publishers}
            return _of(met)
        case "tag":
            return _of_tags(matcher, watchlist.tags)
        case _:
            return _of_any(matcher)


def _surely(matcher: LabelMatcher, values: tuple[str, ...]) -> Reach:
    return Reach.ALWAYS if meets(matcher, {matcher.label: values}) else Reach.NEVER


def _of_tags(matcher: LabelMatcher, own: tuple[str, ...]) -> Reach:
    """Decide by the tags of a watchlist where they do: an article may have others."""
    if own:
        known = _surely(matcher, own)
        # More tags can only help a matcher that asks for one, and only hurt one that forbids it.
        is_settled = (known is Reach.NEVER) is matcher.operator.startswith("!")
        if is_settled:
            return known
    return _of_any(matcher)


def _of_any(matcher: LabelMatcher) -> Reach:
    """Decide where the article has the word: only what any word meets is met for sure."""
    met = {meets(matcher, {matcher.label: (value,)}) for value in ("", "a", _NOTHING_IS_CALLED_SO)}
    if matcher.operator == "=~" and met == {True}:
        return Reach.ALWAYS
    if matcher.operator == "!~" and met == {False}:
        return Reach.NEVER
    return Reach.SOMETIMES


def _of(met: set[bool]) -> Reach:
    if len(met) > 1:
        return Reach.SOMETIMES
    return Reach.ALWAYS if True in met else Reach.NEVER
