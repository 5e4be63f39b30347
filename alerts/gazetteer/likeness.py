"""Which names are most like one that does not exist, for "did you mean".  Pure.

Apart from `gazetteer`, because making the table imports that one without rapidfuzz installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

# Two slips in a short name make it any other name.
_TWO_SLIPS, _THREE_SLIPS = 7, 14
# How alike in percent a place's own name must be to stand for the name that was found: Kabul for
# "Kabool", but not Ermoupoli for "Syra".
_RECOGNISABLE = 60.0


def alike(key: str, others: Sequence[str]) -> dict[str, int]:
    """Return which of the keys *others* may be meant by *key*: those with the fewest slips, if few.

    A slip is a letter too many, too few, another or two swapped (optimal string alignment); the
    longer the name, the more are forgiven.
    """
    forgiven = 1 + (len(key) >= _TWO_SLIPS) + (len(key) >= _THREE_SLIPS)
    found = process.extract(key, others, scorer=OSA.distance, score_cutoff=forgiven, limit=None)
    fewest = min((slips for _, slips, _ in found), default=0)
    return {other: int(slips) for other, slips, _ in found if slips == fewest}


def likest(key: str, others: Iterable[str]) -> str:
    """Return which of the keys *others*, not empty, is most like *key*; of equals the first."""
    return max(others, key=lambda other: fuzz.ratio(key, other))


def recognisable(key: str, other: str) -> bool:
    """Tell whether who wrote *key* sees why *other* is suggested."""
    return fuzz.ratio(key, other) >= _RECOGNISABLE
