"""Functions on arrays that are compiled to machine code when they are first called.

The compiled code is kept in the user's cache folder, under a name that changes with these sources; where
nothing can be written it is compiled anew in each process, which takes half a minute.  Other threads run
meanwhile: compiled code holds no lock of Python.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

P = ParamSpec("P")
T = TypeVar("T")

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Units = NDArray[np.uint32]
Hashes = NDArray[np.uint64]

# The arrays outlive each call, and compiled code makes none: without counting references to each of a
# dozen arrays, with atomic operations, at each call inside, reading an article takes 31 µs and not 86.
_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False}


def _folder() -> Path:
    """Return where the code of just these sources is kept.

    Numba looks at the file of a function alone, and not at those of the functions that it calls.
    """
    sources = blake2b(digest_size=8)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        sources.update(file.read_bytes())
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return kept / "tocsin" / f"compiled-{sources.hexdigest()}"


if not os.environ.get("NUMBA_CACHE_DIR"):
    vars(numba.config)["CACHE_DIR"] = str(_folder())


def compiled(function: Callable[P, T]) -> Callable[P, T]:
    """Return *function* compiled; it may use numbers, arrays and named tuples of them.

    It cannot make arrays.
    """
    try:
        found = numba.njit(cache=True, **_OPTIONS)(function)
    except (RuntimeError, OSError):
        # There is no folder that it may write to.
        found = numba.njit(**_OPTIONS)(function)
    return cast("Callable[P, T]", found)


def inlined(function: Callable[P, T]) -> Callable[P, T]:
    """Return *function*, to be a part of the compiled functions that call it; Python may call it too."""
    return register_jitable(forceinline=True, **_OPTIONS)(function)


@inlined
def int_of(number: Any) -> int:
    """Return a *number* of whatever size as one that can be calculated with."""
    return np.int64(number)  # type: ignore[return-value] # numpy has a type for each size
