"""Spellings of names: two that a reader takes for one name, in four scripts.

`windows` hears words as a name, `sounds` gives it a key, and `guard` compares what the key leaves
out.  `alike` puts them together for two names; the matcher looks keys up.  Latin, Arabic (with
Persian and Kurdish) and Cyrillic letters; names in other scripts are alike to nothing here.
"""

from __future__ import annotations

from alerts.text.spelling.guard import agree
from alerts.text.spelling.windows import name
from alerts.text.tokens import tokenize

#: A name needs so many consonants to be known by its sound.
LEAST_CONSONANTS = 2


def keys(text: str) -> frozenset[str]:
    """Return what the name *text* is looked up by; spellings of one name share a key.

    Empty for a name that is too short to be known by its sound, or in another script.
    """
    found = (one.sound for one in name(tokenize(text)))
    return frozenset(one.key for one in found if len(one.consonants) >= LEAST_CONSONANTS)


def alike(one: str, other: str) -> bool:
    """Tell whether the names *one* and *other* are spellings of one name."""
    return one == other or any(
        mine.sound.key == yours.sound.key and agree(mine.sound, yours.sound)
        for mine in name(tokenize(one))
        for yours in name(tokenize(other))
    )
