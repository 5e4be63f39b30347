"""Wishes as numbers, flat, and which of them are the same."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np

from alerts.matching.engine.compiled import Bytes, Hashes, Ints, compiled
from alerts.matching.engine.hashing import mixed
from alerts.matching.engine.wishes import Wish

#: Where in a row the number of the judge, that of clauses, and the first clause stand.
JUDGED, CLAUSES, FIRST = 0, 1, 2
_REST = np.uint64(1 << 63)


class Rows:
    """Wishes in the order in which they came.

    A row is the number of the wish with the judge, or -1; how many clauses; of each its length and its
    terms; how many vetoes; these.
    """

    def __init__(self) -> None:
        self.codes = array("i")
        self.starts = array("i", [0])
        #: The number of the watchlist of each.
        self.owners = array("i")

    def add(self, owner: int, wish: Wish, judged: int, costs: Sequence[int]) -> None:
        """Add the *wish* of *owner*, whose clauses are sorted and hold each term once.

        The clause that stands there least often comes first.
        """
        clauses, vetoes = wish
        row = [judged, len(clauses)]
        if len(clauses) > 1:
            clauses = sorted(clauses, key=lambda clause: (sum([costs[n] for n in clause]), clause))
        for clause in clauses:
            row.append(len(clause))
            row += clause
        row.append(len(vetoes))
        row += sorted(set(vetoes)) if len(vetoes) > 1 else vetoes
        # Twice as fast as `extend`.
        self.codes.fromlist(row)
        self.starts.append(len(self.codes))
        self.owners.append(owner)

    def arrays(self) -> tuple[Ints, Ints, Ints]:
        """Return codes, starts and owners."""
        return _array(self.codes), _array(self.starts), _array(self.owners)


def _array(numbers: array[int]) -> Ints:
    return np.frombuffer(numbers, np.int32) if numbers else np.zeros(0, np.int32)


def sorted_rows(codes: Ints, starts: Ints) -> tuple[Ints, Bytes]:
    """Return the rows in an order in which the same ones follow one another.

    Those that ask for one term come first, by that term; the others by the first term that they ask
    for, since they are met together.  And by place in that order, whether a row is the first of its kind.
    """
    hashes = np.zeros(len(starts) - 1, np.uint64)
    _hash_rows(codes, starts, hashes)
    order = np.argsort(hashes, kind="stable").astype(np.int32)
    leads = np.zeros(len(order), np.uint8)
    _lead(codes, starts, hashes, order, leads)
    return order, leads


@compiled
def is_sole(codes: Ints, start: int, end: int) -> bool:
    """Tell whether the row from *start* to *end* asks for one term and no more."""
    return bool(
        codes[start + JUDGED] < 0 and end - start == FIRST + 3 and codes[start + FIRST] == 1
    )


@compiled
def _hash_rows(codes: Ints, starts: Ints, hashes: Hashes) -> None:
    for row in range(len(hashes)):
        start, end = starts[row], starts[row + 1]
        term = np.uint64(codes[start + FIRST + 1]) << np.uint64(32)
        if is_sole(codes, start, end):
            hashes[row] = term
            continue
        state = np.uint64(1)
        for place in range(start, end):
            state = mixed(state, np.uint64(np.uint32(codes[place])))
        hashes[row] = _REST | term | (state >> np.uint64(32))


@compiled
def _lead(codes: Ints, starts: Ints, hashes: Hashes, order: Ints, leads: Bytes) -> None:
    lead = -1
    for place in range(len(order)):
        row = order[place]
        if lead < 0 or hashes[row] != hashes[lead] or not _are_same(codes, starts, row, lead):
            lead = row
            leads[place] = 1


@compiled
def _are_same(codes: Ints, starts: Ints, one: int, other: int) -> bool:
    length = starts[one + 1] - starts[one]
    if starts[other + 1] - starts[other] != length:
        return False
    for offset in range(length):
        if codes[starts[one] + offset] != codes[starts[other] + offset]:
            return False
    return True
