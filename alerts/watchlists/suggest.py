"""Did you mean …?"""

from __future__ import annotations

from collections.abc import Collection

#: A slip or two in a word of usual length; anything less alike would mislead.
_LIKENESS = 0.6


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Return a hint that names the *known* word most like *word*, or an empty text."""
    found = nearest(word, known)
    return f"did you mean '{found}'?" if found else ""


def nearest(word: str, known: Collection[str]) -> str:
    """Return the *known* word most like *word*, or an empty text."""
    # 2.4 MB and forty modules that good rules do not need.
    from rapidfuzz import process  # noqa: PLC0415
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    # Not with a processor that folds case: it is called for each of ten thousand known words.
    for spelled in (word, word.lower()):
        found = process.extractOne(
            spelled, known, scorer=OSA.normalized_similarity, score_cutoff=_LIKENESS
        )
        if found:
            return str(found[0])
    return ""
