"""What follows from a condition, by its form alone.  Sound and not complete: no guess is made.

Terms are opaque, and equal only when they are written alike; what is answered "yes" holds for every
article, and "no" means "not proved".  The meaning of each operator is that of
`alerts.watchlists.meaning.evaluate`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

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

Fields = frozenset[Field]


class Asked(NamedTuple):
    """A condition and the fields in which it is looked for."""

    condition: Condition
    fields: Fields

    def of(self, part: Condition) -> Asked:
        """Return a part of the condition, looked for in the same fields."""
        return Asked(part, self.fields)


def implies(one: Asked, other: Asked) -> bool:
    """Tell whether every article that meets *one* surely meets *other*, under the same masks."""
    if one == other:
        return True
    one, other = _settled(one), _settled(other)
    if isinstance(other.condition, All):
        return all(implies(one, other.of(part)) for part in other.condition.parts)
    if isinstance(one.condition, Any):
        return _every_way(one, other)
    if isinstance(other.condition, Any):
        known = _terms(other.condition)
        if one.condition in known:
            return one.fields <= other.fields
        rest = (part for part in other.condition.parts if part not in known)
        if any(implies(one, other.of(part)) for part in rest):
            return True
    if isinstance(one.condition, All):
        return any(implies(one.of(part), other) for part in one.condition.parts)
    return _single(one, other)


def _every_way(one: Asked, other: Asked) -> bool:
    assert isinstance(one.condition, Any)
    if isinstance(other.condition, Any) and one.fields <= other.fields:
        # An area of a thousand places in one look.
        known = _terms(other.condition)
        rest = [part for part in one.condition.parts if part not in known]
    else:
        rest = list(one.condition.parts)
    return all(implies(one.of(part), other) for part in rest)


def _single(one: Asked, other: Asked) -> bool:
    """Compare what is neither AND nor OR."""
    match one.condition, other.condition:
        case Not(part=part), Not(part=forbidden):
            return implies(other.of(forbidden), one.of(part))
        case Near() as near, Near() as wider if _is_within(near, wider):
            return one.fields <= other.fields
        case AtLeast(count, part), AtLeast(least, counted) if _terms(part):
            return count >= least and _terms(part) <= _terms(counted) and one.fields <= other.fields
        case _, AtLeast(1, part) if _terms(part):
            return implies(one, other.of(part))
        case AtLeast(_, part), _:
            return implies(one.of(part), other)
        case Near(left=left, right=right), _:
            return implies(one.of(left), other) or implies(one.of(right), other)
        case term, same:
            return isinstance(term, Term | Score) and term == same and _fits(one, other)


def _fits(one: Asked, other: Asked) -> bool:
    # The title counts more than the rest: a score in more fields is another one.
    return (
        one.fields == other.fields
        if isinstance(one.condition, Score)
        else one.fields <= other.fields
    )


def _is_within(near: Near, wider: Near) -> bool:
    """Tell whether every stretch of *near* has one of *wider*."""
    if near.distance > wider.distance or (wider.ordered and not near.ordered):
        return False
    sides = [(wider.left, wider.right)]
    if not wider.ordered:
        sides.append((wider.right, wider.left))
    return any(_is_part(near.left, left) and _is_part(near.right, right) for left, right in sides)


def _is_part(side: Condition, of: Condition) -> bool:
    return side == of or (bool(_terms(side)) and _terms(side) <= _terms(of))


def _settled(asked: Asked) -> Asked:
    """Return *asked* with fields and NOT passed inwards, as far as its outermost operator goes."""
    condition, fields = asked
    while True:
        match condition:
            case InField(field, part):
                condition, fields = part, frozenset({field})
            case Not(part=Not(part=part)):
                condition = part
            case Not(part=InField(field, part)):
                condition, fields = Not(part), frozenset({field})
            case Not(part=All(parts)):
                condition = Any(tuple(map(Not, parts)))
            case Not(part=Any(parts)):
                condition = All(tuple(map(Not, parts)))
            case _:
                return Asked(condition, fields)


def _terms(condition: Condition) -> frozenset[Condition]:
    """Return the terms that *condition* is an OR of; of an OR of more its terms alone."""
    parts = condition.parts if isinstance(condition, Any) else (condition,)
    return frozenset(part for part in parts if isinstance(part, Term))


def never(asked: Asked, blanked: frozenset[Condition] = frozenset()) -> bool:
    """Tell whether surely no article meets *asked*, where the terms *blanked* never stand."""
    asked = _settled(asked)
    match asked.condition:
        case All(parts):
            return any(never(asked.of(part), blanked) for part in parts) or _contradicts(asked)
        case Any(parts):
            return all(never(asked.of(part), blanked) for part in parts)
        case Near(left=left, right=right):
            return never(asked.of(left), blanked) or never(asked.of(right), blanked)
        case AtLeast(part=part):
            return never(asked.of(part), blanked)
        case Score() as score:
            return most(score, asked.fields, blanked) < score.threshold
        case Not():
            return False
        case term:
            return term in blanked


def most(score: Score, fields: Fields, blanked: frozenset[Condition] = frozenset()) -> float:
    """Return the sum that the weights of *score* reach at most in *fields*."""
    return (
        sum(
            weight * (score.title_factor if Field.TITLE in _fields(part, fields) else 1.0)
            for part, weight in score.terms
            if weight > 0 and not never(Asked(part, fields), blanked)
        )
        if score.title_factor >= 1
        else sum(max(weight, 0.0) for _, weight in score.terms)
    )


def _fields(condition: Condition, fields: Fields) -> Fields:
    """Return every field that *condition* looks at."""
    match condition:
        case InField(field, _):
            return frozenset({field})
        case All(parts) | Any(parts):
            return frozenset().union(*(_fields(part, fields) for part in parts))
        case Not(part=part) | AtLeast(part=part):
            return _fields(part, fields)
        case _:
            return fields


def _contradicts(asked: Asked) -> bool:
    """Tell whether one part of an AND forbids what another one asks for."""
    assert isinstance(asked.condition, All)
    forbidden = [part for part in asked.condition.parts if isinstance(part, Not)]
    wanted = [part for part in asked.condition.parts if not isinstance(part, Not)]
    return any(
        implies(asked.of(part), asked.of(veto.part)) for veto in forbidden for part in wanted
    )


def positive(condition: Condition) -> Iterator[Condition]:
    """Yield the terms and scores of which some must stand in an article that meets *condition*."""
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from positive(part)
        case Near(left=left, right=right):
            yield from positive(left)
            yield from positive(right)
        case AtLeast(part=part) | InField(part=part):
            yield from positive(part)
        case Not():
            return
        case _:
            yield condition


def every_term(condition: Condition | None) -> Iterator[Term]:
    """Yield every term in *condition*, also those that must not stand there."""
    match condition:
        case None:
            return
        case All(parts) | Any(parts):
            for part in parts:
                yield from every_term(part)
        case Near(left=left, right=right):
            yield from every_term(left)
            yield from every_term(right)
        case Not(part=part) | AtLeast(part=part) | InField(part=part):
            yield from every_term(part)
        case Score(terms=terms):
            for part, _ in terms:
                yield from every_term(part)
        case _:
            yield condition
