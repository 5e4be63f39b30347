"""Numbers for words and for sequences of them.

64 bits, seeded anew in each process: two words of a million fall together once in ten million processes,
and nobody can choose them so that they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from secrets import randbits

import numpy as np

from alerts.matching.engine.compiled import (
    Hashes,
    Ints,
    Longs,
    Units,
    compiled,
    inlined,
)

# An argument and not a constant of compiled code: that is kept for other processes.
SEED = np.uint64(randbits(64) | 1)

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_OTHER = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(32)
_ONE = np.uint64(1)


@inlined
def begun(seed: np.uint64, kind: int) -> np.uint64:
    """Return the number of nothing yet, of this *kind*."""
    return (seed + np.uint64(kind)) * _MULTIPLIER


@inlined
def further(state: np.uint64, unit: int) -> np.uint64:
    """Return *state* with the code point *unit* behind it."""
    state = (state ^ np.uint64(unit)) * _MULTIPLIER
    return state ^ (state >> np.uint64(29))


@inlined
def ended(state: np.uint64) -> np.uint64:
    """Return the number of what led to *state*; never zero, which is an empty place in tables."""
    state = (state ^ (state >> _SHIFT)) * _OTHER
    state ^= state >> _SHIFT
    return state + np.uint64(state == 0)


@inlined
def mixed(state: np.uint64, value: np.uint64) -> np.uint64:
    """Return the number of a sequence: *state* is that of what stands before *value*."""
    found = (state ^ value) * _MULTIPLIER
    found ^= found >> _SHIFT
    found = (found + value) * _MULTIPLIER
    found ^= found >> _SHIFT
    return found | np.uint64(found == 0)


@compiled
def _number(seed: np.uint64, text: Units, ends: Longs, kinds: Ints, found: Hashes) -> None:
    start = 0
    for place in range(len(ends)):
        state = begun(seed, kinds[place])
        for at in range(start, ends[place]):
            state = further(state, text[at])
        found[place] = ended(state)
        start = ends[place]


def numbers(texts: Sequence[str], kinds: Sequence[int]) -> Hashes:
    """Return the numbers of *texts*, each of its kind."""
    found = np.zeros(len(texts), np.uint64)
    ends = np.fromiter(map(len, texts), np.int64, len(texts)).cumsum()
    _number(SEED, units_of("".join(texts)), ends, np.array(kinds, np.int32), found)
    return found


def units_of(text: str) -> Units:
    """Return the code points of *text*; lone surrogates too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
