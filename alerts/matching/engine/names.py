"""Names that are known by their sound, packed: of tens of thousands nearly none is asked about.

A `Respelling` takes half a kilobyte, a packed one a quarter of that.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, KeysView
from typing import NamedTuple

from alerts.text.spelling.sounds import Sound
from alerts.watchlists.meaning.respellings import Respelling
from alerts.watchlists.meaning.rivals import Owner

#: Between the pieces of a sound, and between its consonants and its vowels.
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
        self._by_key: dict[str, list[int]] = {}
        self._owners: dict[Owner, int] = {}
        self._numbered: list[Owner] = []
        self._sounds: list[str] = []
        self._whose, self._terms, self._most = array("i"), array("i"), array("d")

    def add(self, term: int, one: Respelling) -> None:
        """Take *one*, by which the term of this number is known."""
        self._by_key.setdefault(one.sound.key, []).append(len(self._sounds))
        self._sounds.append(_packed(one.sound))
        self._whose.append(self._owners.setdefault(one.owner, len(self._owners)))
        self._terms.append(term)
        self._most.append(one.most)

    def __len__(self) -> int:
        return len(self._sounds)

    def keys(self) -> KeysView[str]:
        """Return the keys of all names."""
        return self._by_key.keys()

    def of(self, key: str) -> Iterator[Name]:
        """Yield the names with this *key*."""
        if len(self._numbered) < len(self._owners):
            self._numbered = list(self._owners)
        for number in self._by_key.get(key, ()):
            yield Name(
                _unpacked(key, self._sounds[number]),
                self._numbered[self._whose[number]],
                self._terms[number],
                self._most[number],
            )


def _packed(sound: Sound) -> str:
    parts = (_COMMA.join(sound.consonants), _COMMA.join(sound.vowels), "+" * sound.abjad)
    return _SEMICOLON.join(parts)


def _unpacked(key: str, packed: str) -> Sound:
    consonants, vowels, abjad = packed.split(_SEMICOLON)
    return Sound(
        key, tuple(consonants.split(_COMMA)), tuple(vowels.split(_COMMA)), abjad=bool(abjad)
    )
