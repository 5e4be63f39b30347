"""Conditions in the form in which they are evaluated: terms numbered, fields decided, NOT inside.

What each operator means is defined by `alerts.watchlists.meaning.evaluate`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from alerts.matching.leaves import Leaf
from alerts.matching.reading import FIELDS, TITLE, Masked, Part, Reading, Stretch
from alerts.model import (
    All,
    Any,
    AtLeast,
    Condition,
    Field,
    InField,
    Near,
    Not,
    Score,
    Term,
)


@dataclass(frozen=True, slots=True)
class Sight:
    """A reading as one watchlist sees it."""

    reading: Reading
    masked: Masked | None


Found = Sequence[Stretch] | None


@dataclass(frozen=True, slots=True, eq=False)
class LeafNode:
    """A term in some fields."""

    leaf: Leaf
    fields: frozenset[int]

    def find(self, sight: Sight) -> Found:
        """Return where the term stands."""
        stands = sight.reading.stands(self.leaf, sight.masked)
        return [one for one in stands if one.field in self.fields] or None if stands else None


@dataclass(frozen=True, slots=True, eq=False)
class AllNode:
    """AND."""

    parts: tuple[Node, ...]

    def find(self, sight: Sight) -> Found:
        """Return what is found of all parts, if each is met."""
        found: list[Stretch] = []
        for part in self.parts:
            hits = part.find(sight)
            if hits is None:
                return None
            found += hits
        return found


@dataclass(frozen=True, slots=True, eq=False)
class AnyNode:
    """OR."""

    parts: tuple[Node, ...]

    def find(self, sight: Sight) -> Found:
        """Return what is found of those parts that are met."""
        found: list[Stretch] = []
        met = False
        for part in self.parts:
            hits = part.find(sight)
            if hits is not None:
                met = True
                found += hits
        return found if met else None


@dataclass(frozen=True, slots=True, eq=False)
class AbsentNode:
    """NOT."""

    part: Node

    def find(self, sight: Sight) -> Found:
        """Return that nothing is needed, if the part is not met."""
        return [] if self.part.find(sight) is None else None


@dataclass(frozen=True, slots=True, eq=False)
class NearNode:
    """NEAR and ONEAR."""

    left: Node
    right: Node
    distance: int
    ordered: bool

    def find(self, sight: Sight) -> Found:
        """Return the pairs that stand near enough, each as one stretch."""
        left = self.left.find(sight)
        right = left and self.right.find(sight)
        if not left or not right:
            return None
        places: dict[tuple[int, int, int], Stretch] = {}
        for one, other in self._pairs(left, right):
            across = _across(one, other)
            known = places.get(place := (across.field, across.start, across.end))
            places[place] = _across(known, across) if known else across
        return tuple(places.values()) or None

    def _pairs(
        self, left: Sequence[Stretch], right: Sequence[Stretch]
    ) -> Iterator[tuple[Stretch, Stretch]]:
        yield from _follows(left, right, self.distance)
        if not self.ordered:
            yield from _follows(right, left, self.distance)


@dataclass(frozen=True, slots=True, eq=False)
class AtLeastNode:
    """ATLEAST."""

    count: int
    part: Node

    def find(self, sight: Sight) -> Found:
        """Return what is found of the part, if it stands there often enough."""
        found = self.part.find(sight)
        if found is None:
            return None
        taken, field, end = 0, -1, 0
        for one in sorted(found, key=lambda one: (one.field, one.end)):
            if one.field != field or one.start >= end:
                taken, field, end = taken + 1, one.field, one.end
        return found if taken >= self.count else None


@dataclass(frozen=True, slots=True, eq=False)
class ScoreNode:
    """Weighted parts."""

    threshold: float
    terms: tuple[tuple[Node, float], ...]
    title_factor: float

    def find(self, sight: Sight) -> Found:
        """Return what is found of the parts that weigh in, if they weigh enough."""
        total = 0.0
        found: list[Stretch] = []
        for part, weight in self.terms:
            hits = part.find(sight)
            if hits is None:
                continue
            in_title = any(one.field == TITLE for one in hits)
            total += weight * (self.title_factor if in_title else 1.0)
            if weight > 0:
                found += hits
        return found if total >= self.threshold else None


Node = LeafNode | AllNode | AnyNode | AbsentNode | NearNode | AtLeastNode | ScoreNode


def compiled(condition: Condition, fields: Iterable[Field], take: Callable[[Term], Leaf]) -> Node:
    """Return *condition*, looked for in *fields*, as a node; *take* numbers its terms."""
    return _Compiler(take).node(condition, frozenset(map(FIELDS.index, fields)))


@dataclass(frozen=True, slots=True)
class _Compiler:
    take: Callable[[Term], Leaf]

    def node(self, condition: Condition, fields: frozenset[int]) -> Node:
        match condition:
            case All(parts):
                return AllNode(tuple(self.node(part, fields) for part in parts))
            case Any(parts):
                return AnyNode(tuple(self.node(part, fields) for part in parts))
            case Not(part):
                return self.absent(part, fields)
            case Near(left, right, distance, ordered):
                sides = self.node(left, fields), self.node(right, fields)
                return NearNode(*sides, distance, ordered)
            case AtLeast(count, part):
                return AtLeastNode(count, self.node(part, fields))
            case InField(field, part):
                return self.node(part, frozenset({FIELDS.index(field)}))
            case Score(threshold, terms, title_factor):
                weighted = tuple((self.node(part, fields), weight) for part, weight in terms)
                return ScoreNode(threshold, weighted, title_factor)
            case _:
                return LeafNode(self.take(condition), fields)

    def absent(self, part: Condition, fields: frozenset[int]) -> Node:
        """Pass NOT inwards by De Morgan's laws, so that NOT NOT a has the evidence of a."""
        match part:
            case Not(inner):
                return self.node(inner, fields)
            case All(parts):
                return AnyNode(tuple(self.absent(one, fields) for one in parts))
            case Any(parts):
                return AllNode(tuple(self.absent(one, fields) for one in parts))
            case InField(field, inner):
                return self.absent(inner, frozenset({FIELDS.index(field)}))
            case _:
                return AbsentNode(self.node(part, fields))


def _follows(
    left: Sequence[Stretch], right: Sequence[Stretch], distance: int
) -> Iterator[tuple[Stretch, Stretch]]:
    """Yield each stretch of *left* with those of *right* that stand soon behind it."""
    behind = sorted(right, key=lambda one: (one.field, one.start))
    starts = [(one.field, one.start) for one in behind]
    for one in left:
        for other in behind[bisect_left(starts, (one.field, one.end)) :]:
            if other.field != one.field or other.first - one.last > distance:
                break
            yield one, other


def _across(one: Stretch, other: Stretch) -> Stretch:
    parts: dict[Part, None] = dict.fromkeys(one.parts + other.parts)
    return Stretch(
        one.field,
        min(one.first, other.first),
        max(one.last, other.last),
        min(one.start, other.start),
        max(one.end, other.end),
        tuple(parts),
    )
