"""Numbers for words and for sequences of them.

64 bits, seeded anew in each process by Python's own hash (SipHash): two words of a million fall
together once in ten million processes, and nobody can choose them so that they do.
"""

from __future__ import annotations

import numpy as np

from alerts.matching.engine.compiled import inlined

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(32)


@inlined
def mixed(state: np.uint64, value: np.uint64) -> np.uint64:
    """Return the number of a sequence: *state* is that of what stands before *value*."""
    found = (state ^ value) * _MULTIPLIER
    found ^= found >> _SHIFT
    found = (found + value) * _MULTIPLIER
    found ^= found >> _SHIFT
    # Zero is an empty place in tables.
    return found | np.uint64(found == 0)
