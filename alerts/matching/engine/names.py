"""Names that are known by their sound, packed: of tens of thousands nearly none is asked about.

A `Respelling` takes half a kilobyte, a packed one a tenth of that; and what is kept in few pieces leaves
none among all that building needs and gives back.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Ints, Longs
from alerts.text.spelling.sounds import Sound
from alerts.watchlists.meaning.respellings import Respelling
from alerts.watchlists.meaning.rivals import Owner

#: Between the pieces of a sound, and between its key, its consonants and its vowels.
_COMMA, _SEMICOLON = ",", ";"


class Name(NamedTuple):
    """A name that may be meant."""

    sound: Sound
    owner: Owner
    term: int
    #: What differences may weigh.
    most: float


class Names:
    """Names by the keys of their sounds."""

    def __init__(self) -> None:
        self._owners: dict[Owner, int] = {}
        self._numbered: list[Owner] = []
        #: Of each name: the hash of its key; its sound, packed, and where that ends.
        self._hashes, self._sounds, self._ends = array("q"), bytearray(), array("i", [0])
        self._whose, self._terms, self._most = array("i"), array("i"), array("d")
        #: The hashes in order, and whose they are; made when somebody asks.
        self._sorted: tuple[Longs, Ints] = (np.zeros(0, np.int64), np.zeros(0, np.int32))

    def add(self, term: int, one: Respelling) -> None:
        """Take *one*, by which the term of this number is known."""
        self._hashes.append(hash(one.sound.key))
        self._sounds += _packed(one.sound).encode()
        self._ends.append(len(self._sounds))
        self._whose.append(self._owners.setdefault(one.owner, len(self._owners)))
        self._terms.append(term)
        self._most.append(one.most)

    def __len__(self) -> int:
        return len(self._terms)

    def keys(self) -> Iterator[str]:
        """Yield the key of each name."""
        return (self._sound(number).key for number in range(len(self)))

    def of(self, key: str) -> Iterator[Name]:
        """Yield the names with this *key*."""
        if len(self._sorted[0]) < len(self):
            hashes = np.array(self._hashes, np.int64)
            order = hashes.argsort(kind="stable").astype(np.int32)
            self._sorted, self._numbered = (hashes[order], order), list(self._owners)
        hashes, order = self._sorted
        first, last = (int(hashes.searchsorted(hash(key), side)) for side in ("left", "right"))
        for number in order[first:last].tolist():
            sound = self._sound(number)
            if sound.key == key:
                owner = self._numbered[self._whose[number]]
                yield Name(sound, owner, self._terms[number], self._most[number])

    def _sound(self, number: int) -> Sound:
        return _unpacked(self._sounds[self._ends[number] : self._ends[number + 1]].decode())


def _packed(sound: Sound) -> str:
    consonants, vowels = _COMMA.join(sound.consonants), _COMMA.join(sound.vowels)
    return _SEMICOLON.join((sound.key, consonants, vowels, "+" * sound.abjad))


def _unpacked(packed: str) -> Sound:
    key, consonants, vowels, abjad = packed.split(_SEMICOLON)
    return Sound(
        key, tuple(consonants.split(_COMMA)), tuple(vowels.split(_COMMA)), abjad=bool(abjad)
    )
