"""How a written word sounds, as far as spellings agree: consonants, and the vowels between them.

"Khan Shaykhun", "Khan Sheikhoun" and "خان شيخون" have one `key`, the classes of their consonants;
whether their vowels agree as well is `guard`.  Pure; any string has a sound, most scripts an empty
one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from alerts.text.normalize import fold
from alerts.text.spelling.letters import (
    CLASS_OF,
    CYRILLIC,
    MARKED,
    SOUNDS,
    is_arabic,
    is_cyrillic,
)

# The most letters that sound as one; others are not heard.
_PIECES = re.compile("|".join(sorted(SOUNDS, key=len, reverse=True)))
#: -ah, -eh, and the silent h of a French or Persian end.
_SILENT_END = re.compile(r"(?<=[aeiouy])h\Z")
_ARABIC_END = re.compile(r"(?<=.)ه\Z")
#: c is a sibilant there: "Ceuta", "Cizre".
_SOFT_C = re.compile(r"c(?=[eiy])")
#: An h behind it is not heard: "Mashhad".
_SILENT_H = frozenset(("sh", "ch", "b", "d", "g", "p", "t", "gh", "kh"))


class Sound(NamedTuple):
    """What a word or several are compared by."""

    #: The classes of the consonants: equal for all spellings of one name.
    key: str
    #: As the press writes them, or letters of the Arabic script.
    consonants: tuple[str, ...]
    #: What stands before, between and behind them: one more than consonants.
    vowels: tuple[str, ...]
    #: Written in the Arabic script, which leaves short vowels out.
    abjad: bool

    def then(self, other: Sound) -> Sound:
        """Return the sound of *other* read behind this one, as one word."""
        between = self.vowels[-1] + other.vowels[0]
        # Doubled where the words meet, as inside of one.
        heard = int(not between and self.consonants[-1:] == other.consonants[:1] != ())
        if heard:
            between = other.vowels[1]
        return Sound(
            self.key + other.key[heard:],
            self.consonants + other.consonants[heard:],
            (*self.vowels[:-1], between, *other.vowels[1 + heard :]),
            self.abjad or other.abjad,
        )


SILENCE = Sound("", (), ("",), abjad=False)


@lru_cache(maxsize=1 << 12)
def sound(written: str) -> Sound:
    """Return how *written*, one word with its marks (`Word.written`), sounds."""
    letters = _spelt(written)
    consonants: list[str] = []
    vowels = [""]
    for piece in _PIECES.findall(letters):
        heard = SOUNDS[piece]
        if heard in CLASS_OF:
            _hear(heard, consonants, vowels)
        else:
            vowels[-1] += heard
    key = "".join(CLASS_OF[one] for one in consonants)
    return Sound(key, tuple(consonants), tuple(vowels), abjad=is_arabic(letters[:1]))


def _spelt(written: str) -> str:
    """Return the letters of *written* that `SOUNDS` knows."""
    if written.isascii():
        return _as_in_latin(fold(written))
    if any(map(is_cyrillic, written)):
        return written.casefold().translate(CYRILLIC)
    letters = fold(written.translate(MARKED))
    if any(map(is_arabic, letters)):
        return _ARABIC_END.sub("", letters)
    return _as_in_latin(letters)


def _as_in_latin(letters: str) -> str:
    return _SOFT_C.sub("s", _SILENT_END.sub("", letters))


def _hear(heard: str, consonants: list[str], vowels: list[str]) -> None:
    doubled = consonants and not vowels[-1] and consonants[-1] == heard
    silent = heard == "h" and consonants and not vowels[-1] and consonants[-1] in _SILENT_H
    if not doubled and not silent:
        consonants.append(heard)
        vowels.append("")
