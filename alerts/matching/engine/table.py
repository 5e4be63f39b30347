"""Sequences of classes and the terms that they are hits of: a hash table of all their beginnings.

No automaton: the state behind a word is a number that is mixed from those of the words so far, and
most words of a text end at a filter of bits that stays in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Bytes, Hashes, Index, Ints, Units, compiled, inlined
from alerts.matching.engine.hashing import mixed

#: Of a hit: also behind a prefix ("anti-HTS"); only if written as a name is.
NAMES, WANTS_PROPER = 1, 2
#: Bits of the filter for each beginning, and the most of all (512 KB).
_BITS, _MOST_BITS = 32, 1 << 22


class Table(NamedTuple):
    """Beginnings of sequences, by their number."""

    filter: Units
    #: Open addressing; 0: nothing.
    keys: Hashes
    #: Whether longer sequences begin so.
    more: Bytes
    #: Where the hits of a whole sequence begin in `terms`, and how many they are.
    starts: Ints
    counts: Ints
    terms: Ints
    flags: Bytes
    #: Which lengths of beginnings of words some sequence asks for, as bits.
    lengths: Hashes


@dataclass(slots=True)
class Sequences:
    """What a table is made of."""

    starts: list[int] = field(default_factory=lambda: [0])
    classes: list[int] = field(default_factory=list)
    terms: list[int] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    #: As bits.
    lengths: int = 0

    def add(self, classes: Iterable[int], term: int, flags: int) -> None:
        """Make *classes* next to one another a hit of *term*."""
        self.classes += classes
        self.starts.append(len(self.classes))
        self.terms.append(term)
        self.flags.append(flags)

    def table(self) -> Table:
        """Return the table of all sequences that were added."""
        found = _empty(len(self.classes), len(self.terms))
        found.lengths[0] = self.lengths
        numbers = np.zeros(len(self.terms), np.int32)
        starts, classes = np.array(self.starts, np.int32), np.array(self.classes, np.uint64)
        _enter_all(found, starts, classes, numbers)
        terms, flags = np.array(self.terms, np.int32), np.array(self.flags, np.uint8)
        _fill(found, numbers, terms, flags)
        return found


def _empty(beginnings: int, hits: int) -> Table:
    places = 1 << max(3, (2 * beginnings - 1).bit_length())
    bits = min(_MOST_BITS, max(1024, places * _BITS // 2))
    return Table(
        filter=np.zeros(bits // 32, np.uint32),
        keys=np.zeros(places, np.uint64),
        more=np.zeros(places, np.uint8),
        starts=np.zeros(places, np.int32),
        counts=np.zeros(places, np.int32),
        terms=np.zeros(hits, np.int32),
        flags=np.zeros(hits, np.uint8),
        lengths=np.zeros(1, np.uint64),
    )


@inlined
def place_of(table: Table, state: np.uint64) -> Index:
    """Return where the sequence or beginning *state* is in *table*; -1: nowhere."""
    bit = np.int64(state & np.uint64(len(table.filter) * 32 - 1))
    if not (table.filter[bit >> 5] >> np.uint32(bit & 31)) & np.uint32(1):
        return -1
    place = _place(table, state)
    return place if table.keys[place] else -1


@inlined
def _place(table: Table, state: np.uint64) -> Index:
    """Return where *state* is, or would be."""
    mask = len(table.keys) - 1
    place = np.int64(state >> np.uint64(24)) & mask
    while table.keys[place] != 0 and table.keys[place] != state:
        place = (place + 1) & mask
    return place


@compiled
def _enter_all(table: Table, starts: Ints, classes: Hashes, numbers: Ints) -> None:
    for sequence in range(len(numbers)):
        state = classes[starts[sequence]]
        for step in range(starts[sequence], starts[sequence + 1]):
            if step > starts[sequence]:
                state = mixed(state, classes[step])
            place = _place(table, state)
            table.keys[place] = state
            bit = np.int64(state & np.uint64(len(table.filter) * 32 - 1))
            table.filter[bit >> 5] |= np.uint32(1) << np.uint32(bit & 31)
            if step + 1 < starts[sequence + 1]:
                table.more[place] = 1
            else:
                table.counts[place] += 1
                numbers[sequence] = place


@compiled
def _fill(table: Table, numbers: Ints, terms: Ints, flags: Bytes) -> None:
    total = 0
    for place in range(len(table.keys)):
        table.starts[place] = total
        total += table.counts[place]
        table.counts[place] = 0
    for sequence in range(len(numbers)):
        place = numbers[sequence]
        slot = table.starts[place] + table.counts[place]
        table.terms[slot] = terms[sequence]
        table.flags[slot] = flags[sequence]
        table.counts[place] += 1
