"""Wishes as arrays: where each waits for the terms that an article holds.

Who asks for one term stands in the range of that term.  A wish of one clause waits at each of its terms;
one of several clauses at each pair of a term of its first and one of its second clause, so that the
work follows hits: a popular place does not call up everybody who asks for it together with something
else.  Identical wishes are one entry with many owners; those of one clause that nobody shares, which are
most, need no entry: their owner waits itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Bytes, Ints, compiled, inlined, int_of
from alerts.matching.engine.hashing import mixed
from alerts.matching.engine.rows import CLAUSES, FIRST, JUDGED, Rows, is_sole, sorted_rows

#: An entry of more pairs waits at its first clause alone.
MOST_PAIRS = 64
#: Roles of a term, as bits: in a first clause of pairs, in a second one.
IS_FIRST, IS_SECOND = 1, 2
#: The bit in a watchlist's number of one that asks for more than words.
ASKING = 1 << 30
#: The columns of owners, and of entries: from and to which owner; where its row begins and ends.
STAMP, NUMBER = 0, 1
SINCE, OWNER, NEXT_OWNER, ROW = 0, 1, 2, 3
#: The stamp of an owner that was replaced or removed.
DEAD = np.iinfo(np.int32).max


class Postings(NamedTuple):
    """Entries, and where they wait."""

    #: The rows of entries, one behind the other.
    codes: Ints
    #: Of each owner: the last article in which it was met; the watchlist's number, perhaps with ASKING.
    #: Together, since what takes time with a million watchlists is the way to memory.
    owners: Ints
    #: Of each entry: the last article in which it was looked at; its owners; its row.
    entries: Ints
    #: By term: the first of the owners that ask for it alone.
    sole: Ints
    #: By term: who waits there; owners, or entries with the bits turned.
    single: Ints
    single_starts: Ints
    #: Entries that wait at a pair, by a part of its hash, with more of it.
    paired: Ints
    paired_starts: Ints
    paired_marks: Bytes
    #: By term.
    roles: Bytes


def postings_of(rows: Rows, terms: int) -> Postings:
    """Return the entries of *rows*, which ask for so many *terms*."""
    codes, starts, numbers = rows.arrays()
    order, leads = sorted_rows(codes, starts)
    owners = np.zeros((len(order), 2), np.int32)
    owners[:, NUMBER] = numbers[order]
    sole = np.zeros(terms + 1, np.int32)
    count, units = _measure(codes, starts, order, leads, sole)
    np.cumsum(sole, out=sole)
    kept = np.zeros(units + 1, np.int32)
    entries = np.zeros((count + 1, 4), np.int32)
    _keep(codes, starts, order, leads, kept, entries)
    single_starts = np.zeros(terms + 1, np.int32)
    roles = np.zeros(terms, np.uint8)
    pairs = _count(kept, entries, single_starts, roles)
    _count_direct(codes, starts, order, leads, single_starts)
    np.cumsum(single_starts, out=single_starts)
    # One to two pairs for each.
    buckets = 1 << max(3, int(pairs).bit_length() - 1)
    found = Postings(
        codes=kept,
        owners=owners,
        entries=entries,
        sole=sole,
        single=np.zeros(single_starts[-1], np.int32),
        single_starts=single_starts,
        paired=np.zeros(pairs, np.int32),
        paired_starts=np.zeros(buckets + 1, np.int32),
        paired_marks=np.zeros(pairs, np.uint8),
        roles=roles,
    )
    ends = single_starts[1:].copy()
    _wait_direct(found, ends, codes, starts, order, leads)
    _wait(found, ends, np.zeros(buckets + 1, np.int32))
    return found


@inlined
def _is_direct(codes: Ints, starts: Ints, order: Ints, leads: Bytes, place: int) -> bool:
    """Tell whether the row at *place* of the order is of one clause and has one owner."""
    row = order[place]
    start, end = starts[row], starts[row + 1]
    if not leads[place] or (place + 1 < len(order) and not leads[place + 1]):
        return False
    plain = codes[start + JUDGED] < 0 and start + FIRST + codes[start + FIRST] + 2 == end
    return bool(plain and not is_sole(codes, start, end))


@compiled
def _measure(codes: Ints, starts: Ints, order: Ints, leads: Bytes, sole: Ints) -> tuple[int, int]:
    """Count owners of one term by it; return how many entries there are, and how long their rows."""
    entries = units = 0
    for place in range(len(order)):
        row = order[place]
        if is_sole(codes, starts[row], starts[row + 1]):
            sole[codes[starts[row] + FIRST + 1] + 1] += 1
        elif leads[place] and not _is_direct(codes, starts, order, leads, place):
            entries += 1
            units += starts[row + 1] - starts[row]
    return entries, units


@compiled
def _keep(codes: Ints, starts: Ints, order: Ints, leads: Bytes, kept: Ints, entries: Ints) -> None:
    entry = -1
    end = 0
    is_entry = False
    for place in range(len(order)):
        row = order[place]
        if leads[place]:
            is_entry = not is_sole(codes, starts[row], starts[row + 1]) and not _is_direct(
                codes, starts, order, leads, place
            )
            if is_entry:
                entry += 1
                entries[entry, OWNER] = place
                entries[entry, ROW] = end
                for at in range(starts[row], starts[row + 1]):
                    kept[end] = codes[at]
                    end += 1
        if is_entry:
            entries[entry, NEXT_OWNER] = place + 1
    entries[entry + 1, ROW] = end


@compiled
def _shape(codes: Ints, start: int) -> tuple[int, int, int]:
    """Return how long the first and the second clause of a row are, and where the second begins.

    A second clause of no length: the entry waits at the terms of the first.
    """
    first = codes[start + FIRST]
    second = start + FIRST + 1 + first
    if codes[start + CLAUSES] < 2 or first * codes[second] > MOST_PAIRS:
        return first, 0, second + 1
    return first, codes[second], second + 1


@compiled
def _count(codes: Ints, entries: Ints, single_starts: Ints, roles: Bytes) -> int:
    pairs = 0
    for entry in range(len(entries) - 1):
        begin = entries[entry, ROW] + FIRST + 1
        first, second, other = _shape(codes, entries[entry, ROW])
        for one in range(begin, begin + first):
            if second:
                roles[codes[one]] |= IS_FIRST
            else:
                single_starts[codes[one] + 1] += 1
        for two in range(other, other + second):
            roles[codes[two]] |= IS_SECOND
        pairs += first * second
    return pairs


@compiled
def _count_direct(
    codes: Ints, starts: Ints, order: Ints, leads: Bytes, single_starts: Ints
) -> None:
    for place in range(len(order)):
        if _is_direct(codes, starts, order, leads, place):
            begin = starts[order[place]] + FIRST + 1
            for one in range(begin, begin + codes[begin - 1]):
                single_starts[codes[one] + 1] += 1


@compiled
def _wait_direct(
    postings: Postings, ends: Ints, codes: Ints, starts: Ints, order: Ints, leads: Bytes
) -> None:
    """Let owners wait, from the end of each range."""
    for place in range(len(order) - 1, -1, -1):
        if _is_direct(codes, starts, order, leads, place):
            begin = starts[order[place]] + FIRST + 1
            for one in range(begin, begin + codes[begin - 1]):
                ends[codes[one]] -= 1
                postings.single[ends[codes[one]]] = place


@compiled
def pair_of(first: int, second: int) -> np.uint64:
    """Return the hash of a pair of terms."""
    return mixed(np.uint64(first + 1), np.uint64(second + 1))


@inlined
def bucket_of(number: np.uint64, postings: Postings) -> int:
    """Return where the entries of a pair wait."""
    return int_of(number & np.uint64(len(postings.paired_starts) - 2))


@inlined
def mark_of(number: np.uint64) -> np.uint8:
    """Return what tells most pairs of one bucket apart."""
    return np.uint8(number >> np.uint64(56))


@compiled
def _wait(postings: Postings, ends: Ints, counts: Ints) -> None:
    """Let every entry wait; two rounds: count, then fill from the end of each range.

    *ends* are those of `single`, *counts* zeros for `paired`.
    """
    codes, entries = postings.codes, postings.entries
    for filling in range(2):
        for entry in range(len(entries) - 2, -1, -1):
            begin = entries[entry, ROW] + FIRST + 1
            first, second, other = _shape(codes, entries[entry, ROW])
            for one in range(begin, begin + first):
                if not second and filling:
                    ends[codes[one]] -= 1
                    postings.single[ends[codes[one]]] = ~entry
                for two in range(other, other + second):
                    number = pair_of(codes[one], codes[two])
                    bucket = bucket_of(number, postings)
                    if not filling:
                        counts[bucket + 1] += 1
                        continue
                    counts[bucket] -= 1
                    postings.paired[counts[bucket]] = entry
                    postings.paired_marks[counts[bucket]] = mark_of(number)
        if not filling:
            total = 0
            for bucket in range(len(counts)):
                total += counts[bucket]
                postings.paired_starts[bucket] = total
            for bucket in range(len(counts) - 1):
                counts[bucket] = postings.paired_starts[bucket + 1]
