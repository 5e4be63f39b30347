"""Functions on arrays that are compiled to machine code when they are first called.

The compiled code is kept beside the sources, or in the user's cache folder; where neither can be written
it is compiled anew in each process.  Other threads run meanwhile: compiled code holds no lock of Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

P = ParamSpec("P")
T = TypeVar("T")

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Units = NDArray[np.uint32]
Hashes = NDArray[np.uint64]


#: An index or a count: compiled code hands numpy's integers around.
Index = int | np.signedinteger[Any]

# The arrays outlive each call, and compiled code makes none: without counting references to each of a
# dozen arrays, with atomic operations, at each call inside, reading an article takes 31 µs and not 86.
_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False}


def compiled(function: Callable[P, T]) -> Callable[P, T]:
    """Return *function* compiled; it may use numbers, arrays and named tuples of them.

    It cannot make arrays.  What is kept on disk is kept by the file of *function* alone: after a change
    to a function of another file that it calls, `__pycache__` has to be emptied.
    """
    try:
        found = numba.njit(cache=True, **_OPTIONS)(function)
    except RuntimeError:
        # Numba found no folder that it may write to.
        found = numba.njit(**_OPTIONS)(function)
    return cast("Callable[P, T]", found)


def inlined(function: Callable[P, T]) -> Callable[P, T]:
    """Return *function* as a part of the compiled functions that call it."""
    return cast("Callable[P, T]", numba.njit(inline="always")(function))
