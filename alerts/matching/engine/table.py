"""Sequences of classes and the terms that they are hits of: a hash table of all their beginnings.

No automaton: the state behind a word is a number that is mixed from those of the words so far, and
most words of a text end at a filter of bits that stays in the processor's cache.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Hashes, Ints, Units, compiled, inlined, int_of
from alerts.matching.engine.hashing import mixed, numbers

#: Of a hit: also behind a prefix ("anti-HTS"); only if written as a name is.
NAMES, WANTS_PROPER = 1, 2
#: Bits of these in a hit, below its term.
FLAGS = 2
#: Bits of the filter for each beginning, and the most of all (512 KB).
_BITS, _MOST_BITS = 32, 1 << 22
#: Where in a slot the count of hits and the first of them stand; the lowest bit: sequences go on.
_COUNT, _FIRST = np.uint64(1), np.uint64(24)
_COUNTED = np.uint64((1 << 23) - 1)
_MORE = np.uint64(1)
_ONE_HIT = np.uint64(1 << 24)


class Table(NamedTuple):
    """Beginnings of sequences, by their number."""

    filter: Units
    #: Open addressing: the number of a beginning, and what is known of it; 0: nothing.
    slots: Hashes
    #: Terms, with their flags.
    hits: Ints


@dataclass(slots=True)
class Sequences:
    """What a table is made of."""

    starts: array[int] = field(default_factory=lambda: array("i", [0]))
    kinds: array[int] = field(default_factory=lambda: array("i"))
    texts: list[str] = field(default_factory=list)
    hits: array[int] = field(default_factory=lambda: array("i"))

    def add(self, classes: Iterable[tuple[int, str]], term: int, flags: int) -> None:
        """Make *classes*, each of its kind, next to one another a hit of *term*."""
        for kind, text in classes:
            self.kinds.append(kind)
            self.texts.append(text)
        self.starts.append(len(self.texts))
        self.hits.append(term << FLAGS | flags)

    def table(self) -> Table:
        """Return the table of all sequences that were added."""
        found = _empty(len(self.texts), len(self.hits))
        places = np.zeros(len(self.hits), np.int32)
        starts = np.array(self.starts, np.int32)
        _enter_all(found, starts, numbers(self.texts, self.kinds), places)
        _fill(found, places, np.array(self.hits, np.int32))
        return found


def _empty(beginnings: int, hits: int) -> Table:
    places = 1 << max(3, (2 * beginnings - 1).bit_length())
    bits = min(_MOST_BITS, max(1024, places * _BITS // 2))
    return Table(
        filter=np.zeros(bits // 32, np.uint32),
        slots=np.zeros((places, 2), np.uint64),
        hits=np.zeros(hits, np.int32),
    )


@inlined
def may_be_in(table: Table, state: np.uint64) -> bool:
    """Tell whether the sequence or beginning *state* may be in *table*."""
    bit = int_of(state & np.uint64(len(table.filter) * 32 - 1))
    return bool((table.filter[bit >> 5] >> np.uint32(bit & 31)) & np.uint32(1))


@inlined
def known_of(table: Table, state: np.uint64) -> np.uint64:
    """Return what *table* knows of the sequence or beginning *state*; 0: it is not there."""
    return np.uint64(table.slots[_place(table, state), 1])


@inlined
def count_of(known: np.uint64) -> int:
    """Return how many hits a sequence is."""
    return int_of((known >> _COUNT) & _COUNTED)


@inlined
def first_of(known: np.uint64) -> int:
    """Return the first of them."""
    return int_of(known >> _FIRST)


@inlined
def goes_on(known: np.uint64) -> bool:
    """Tell whether longer sequences begin so."""
    return bool(known & _MORE)


@inlined
def _place(table: Table, state: np.uint64) -> int:
    """Return where *state* is, or would be."""
    mask = len(table.slots) - 1
    place = int_of(state >> np.uint64(24)) & mask
    while table.slots[place, 0] != 0 and table.slots[place, 0] != state:
        place = (place + 1) & mask
    return place


@compiled
def _enter_all(table: Table, starts: Ints, classes: Hashes, places: Ints) -> None:
    for sequence in range(len(places)):
        state = classes[starts[sequence]]
        for step in range(starts[sequence], starts[sequence + 1]):
            if step > starts[sequence]:
                state = mixed(state, classes[step])
            place = _place(table, state)
            table.slots[place, 0] = state
            bit = int_of(state & np.uint64(len(table.filter) * 32 - 1))
            table.filter[bit >> 5] |= np.uint32(1) << np.uint32(bit & 31)
            if step + 1 < starts[sequence + 1]:
                table.slots[place, 1] |= _MORE
            else:
                table.slots[place, 1] += np.uint64(1) << _COUNT
                places[sequence] = place


@compiled
def _fill(table: Table, places: Ints, hits: Ints) -> None:
    total = 0
    for place in range(len(table.slots)):
        known = table.slots[place, 1]
        table.slots[place, 1] = known | np.uint64(total) << _FIRST
        total += count_of(known)
    for sequence in range(len(places)):
        # `first_of` moves through the range while it is filled, and back at the end.
        place = places[sequence]
        table.slots[place, 1] += _ONE_HIT
        table.hits[first_of(table.slots[place, 1]) - 1] = hits[sequence]
    for place in range(len(table.slots)):
        table.slots[place, 1] -= np.uint64(count_of(table.slots[place, 1])) << _FIRST
