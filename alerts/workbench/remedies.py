"""What is the smallest change of a watchlist with which an article would have met it?

Changes are proposed where the explanation says that something is missing, and each is tried by the
production code: what is told is true.  Adding words to a watchlist is left to its author.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from alerts.matching.reasons import Explanation, Reason
from alerts.model import (
    All,
    Any,
    AtLeast,
    Cased,
    Condition,
    Field,
    InField,
    Near,
    Phrase,
    Publishers,
    Score,
    Unknown,
    Watchlist,
)
from alerts.watchlists.query.printing import to_text

#: Proposals that are tried of one miss, each a reading of the article.
_MOST_TRIED = 60
#: Changes that are told.
MOST_TOLD: Final = 3

_Change = tuple[str, Condition]


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change of a watchlist."""

    #: As its author would make it: `NEAR/22 instead of NEAR/15`.
    change: str


def remedies(
    watchlist: Watchlist, explanation: Explanation, meets: Callable[[Watchlist], bool]
) -> Iterator[Remedy]:
    """Yield changes of *watchlist* with which it *meets* the article, the mildest first."""
    proposed = islice(_proposals(watchlist, explanation), _MOST_TRIED)
    helping = (change for change, changed in proposed if meets(changed))
    return (Remedy(change) for change in islice(dict.fromkeys(helping), MOST_TOLD))


def _proposals(watchlist: Watchlist, explanation: Explanation) -> Iterator[tuple[str, Watchlist]]:
    for change, part in _changes(watchlist.condition, explanation.condition):
        yield change, replace(watchlist, condition=part)
    for part in watchlist.mask:
        rest = tuple(other for other in watchlist.mask if other != part)
        yield f"no `mask` of {to_text(part)}", replace(watchlist, mask=rest)
    for field in Field:
        if field not in watchlist.fields:
            wider = (*watchlist.fields, field)
            yield f"`in` with {field}, too", replace(watchlist, fields=wider)
    if watchlist.exclude is not None:
        yield "no `exclude`", replace(watchlist, exclude=None)
    yield from _by_facts(watchlist)


def _by_facts(watchlist: Watchlist) -> Iterator[tuple[str, Watchlist]]:
    if watchlist.languages:
        yield "other `languages`", replace(watchlist, languages=())
    if watchlist.max_age is not None:
        yield "a longer `max_age`", replace(watchlist, max_age=None)
    if watchlist.publishers != Publishers():
        yield "other `publishers`", replace(watchlist, publishers=Publishers())
    if watchlist.unknown is Unknown.DROP:
        yield "`unknown: pass`", replace(watchlist, unknown=Unknown.PASS)


def _changes(condition: Condition, reason: Reason) -> Iterator[_Change]:
    """Yield changes of *condition* where *reason*, which is the same tree, is not met."""
    if reason.met:
        return
    match condition:
        case All(parts) | Any(parts):
            kind = type(condition)
            for number, (part, why) in enumerate(zip(parts, reason.parts, strict=True)):
                for change, changed in _changes(part, why):
                    yield change, kind((*parts[:number], changed, *parts[number + 1 :]))
        case InField(field, part):
            yield f"{to_text(part)} anywhere, not in the {field} alone", part
            for change, changed in _changes(part, reason):
                yield change, InField(field, changed)
        case Near():
            yield from _changes_of_near(condition, reason)
        case _:
            yield from _loosened(condition, reason)


def _loosened(condition: Condition, reason: Reason) -> Iterator[_Change]:
    match condition:
        case AtLeast(count, part) if reason.reached:
            fewer = int(reason.reached)
            yield f"ATLEAST/{fewer} instead of ATLEAST/{count}", AtLeast(fewer, part)
        case Score(threshold, terms, factor) if reason.reached is not None:
            lower = f"a threshold of {reason.reached:g} instead of {threshold:g}"
            yield lower, Score(reason.reached, terms, factor)
        case Cased(text):
            yield f'"{text}" in any letters instead of {to_text(condition)}', Phrase(text)


def _changes_of_near(near: Near, reason: Reason) -> Iterator[_Change]:
    if reason.reached is not None:
        distance = max(int(reason.reached), near.distance)
        if distance > near.distance:
            wider = f"{'ONEAR' if near.ordered else 'NEAR'}/{distance}"
            yield f"{wider} instead of {_operator(near)}", replace(near, distance=distance)
        if near.ordered:
            free = replace(near, ordered=False, distance=distance)
            yield f"{_operator(free)} instead of {_operator(near)}", free
    apart = All((near.left, near.right))
    if reason.parts and all(part.met for part in reason.parts):
        yield f"AND instead of {_operator(near)}", apart
    left, right = reason.parts
    for change, changed in _changes(near.left, left):
        yield change, replace(near, left=changed)
    for change, changed in _changes(near.right, right):
        yield change, replace(near, right=changed)


def _operator(near: Near) -> str:
    return f"{'ONEAR' if near.ordered else 'NEAR'}/{near.distance}"


def missing(reasons: Iterable[Reason]) -> Iterator[Reason]:
    """Yield what is missing of *reasons*, each part by itself, and of alternatives the nearest."""
    for reason in reasons:
        if reason.met:
            continue
        if reason.why or not reason.parts or reason.what == "not excluded":
            yield reason
        elif reason.what == "one of":
            nearest = _nearest_alternative(reason)
            yield from missing((nearest,)) if nearest is not reason else (reason,)
        else:
            yield from missing(reason.parts)


def _nearest_alternative(reason: Reason) -> Reason:
    """Return the one alternative of which some words stand there; else all of them."""
    nearest = min(reason.parts, key=lambda part: (part.short, not part.evidence, not part.parts))
    is_near = nearest.evidence or any(part.met for part in nearest.parts)
    return nearest if is_near else reason
