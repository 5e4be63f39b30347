"""What somebody could have meant by a name that is not known."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

#: Names that are offered.
_MOST: Final = 3
#: Of 100: below, names have little more than letters in common.
_LIKENESS: Final = 60


def nearest(word: str, known: Collection[str], *, what: str) -> str:
    """Return `the nearest are 'a', 'b'`: the *known* names most like *word*, the nearest first.

    A part of a name counts: `khmeimim` is like `khmeimim-attack`.  *what* names all of them, where none
    is like it or there is none: `watchlists`.
    """
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - 2.4 MB for good names, too

    if not known:
        return f"there are no {what}"
    found = process.extract(
        word,
        sorted(known),
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        limit=_MOST,
        score_cutoff=_LIKENESS,
    )
    names = ", ".join(f"'{name}'" for name, *_ in found)
    if not found:
        names = ", ".join(sorted(known)[:_MOST])
        return f"there are {len(known):,} {what}, such as {names}"
    return f"did you mean {names}?" if len(found) == 1 else f"the nearest are {names}"
