"""Parts of a text in which something was found.

What is found of a condition is a list of **stretches**: from the first to the last word that it
needed, in one field, with the evidence inside.  None means that the condition is not met; an empty
list, that it is met by what does not stand there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.model import Evidence, Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a field that met a condition."""

    field: Field
    #: Tokens: the first, and the one behind the last.
    first: int
    last: int
    #: Characters, half-open.
    start: int
    end: int
    evidence: frozenset[Evidence]


Found = list[Stretch] | None


def overlaps(hit: Stretch, masked: Iterable[tuple[int, int]]) -> bool:
    """Tell whether one of the spans *masked* lies over *hit*."""
    return any(hit.start < end and start < hit.end for start, end in masked)


def inside(hit: Stretch, other: Stretch) -> bool:
    """Tell whether *hit* is a part of *other*, which is longer."""
    longer = other.end - other.start > hit.end - hit.start
    return longer and other.start <= hit.start and hit.end <= other.end


def between(one: Stretch, other: Stretch) -> int:
    """Return how many tokens stand between the two."""
    return max(one.first, other.first) - min(one.last, other.last)


def across(one: Stretch, other: Stretch) -> Stretch:
    """Return the stretch from the beginning of the first to the end of the last."""
    return Stretch(
        field=one.field,
        first=min(one.first, other.first),
        last=max(one.last, other.last),
        start=min(one.start, other.start),
        end=max(one.end, other.end),
        evidence=one.evidence | other.evidence,
    )


def merged(found: Iterable[Stretch]) -> list[Stretch]:
    """Return *found* with stretches at the same place made one."""
    places: dict[tuple[Field, int, int], Stretch] = {}
    for hit in found:
        place = (hit.field, hit.start, hit.end)
        places[place] = across(places[place], hit) if place in places else hit
    return list(places.values())
