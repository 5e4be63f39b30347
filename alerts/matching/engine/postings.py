"""Wishes as arrays, and which of them the terms that stand in an article meet.

Identical wishes are one entry with many owners.  An entry of one clause waits at each of its terms; one
of several clauses at each pair of a term of its first and one of its second clause, so that the work
follows hits: a popular place does not call up everybody who asks for it together with something else.
"""

from __future__ import annotations

from array import array
from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Bytes, Hashes, Index, Ints, compiled
from alerts.matching.engine.hashing import mixed
from alerts.matching.engine.standing import Found
from alerts.matching.engine.wishes import Wish

#: An entry of more pairs waits at its first clause alone.
MOST_PAIRS = 64
#: Roles of a term, as bits: in a first clause of pairs, in a second one.
_FIRST, _SECOND = 1, 2
#: An owner that was replaced or removed; the bit of one that asks for more than words.
DEAD, ASKING = -1, 1 << 30


class Rows:
    """Wishes in the order in which they came, flat.

    A row is the number of the wish with the judge, or -1; how many clauses; of each its length and its
    terms; how many vetoes; these.
    """

    def __init__(self) -> None:
        self.codes = array("i")
        self.starts = array("i", [0])
        #: The number of the watchlist of each.
        self.owners = array("i")

    def add(self, owner: int, wish: Wish, judged: int, costs: list[int]) -> None:
        """Add the *wish* of *owner*, a watchlist's number and perhaps ASKING.

        The clause that stands there least often comes first.
        """
        clauses = wish.clauses
        if len(clauses) > 1:
            clauses = sorted(
                clauses, key=lambda clause: (sum(costs[one] for one in clause), clause)
            )
        codes = self.codes
        codes.append(judged)
        codes.append(len(clauses))
        for clause in clauses:
            codes.append(len(clause))
            codes.extend(clause)
        codes.append(len(wish.vetoes))
        codes.extend(sorted(set(wish.vetoes)) if len(wish.vetoes) > 1 else wish.vetoes)
        self.starts.append(len(codes))
        self.owners.append(owner)


class Postings(NamedTuple):
    """Entries, and where they wait."""

    #: The rows of all entries; where each begins.
    codes: Ints
    starts: Ints
    #: The watchlists of each entry, as numbers with ASKING, or DEAD.
    owners: Ints
    #: Of each entry: where these begin; the last article in which it was looked at.  Together, since
    #: what takes time with a million watchlists is the way to memory.
    looked: Ints
    #: Entries that wait at a single term, by term; with the bits turned: that one is all they ask.
    single: Ints
    single_starts: Ints
    #: Entries that wait at a pair, by a part of its hash, with more of it.
    paired: Ints
    paired_starts: Ints
    paired_marks: Bytes
    #: By term.
    roles: Bytes


class Answer(NamedTuple):
    """Where `meet` writes."""

    #: Watchlists that are met; those that also ask for something else; wishes for the judge.
    met: Ints
    asking: Ints
    judged: Ints
    #: Terms that have a role in pairs.
    firsts: Ints
    seconds: Ints


def postings_of(rows: Rows, terms: int) -> Postings:
    """Return the entries of *rows*, which ask for so many *terms*."""
    codes = np.frombuffer(rows.codes, np.int32) if rows.codes else np.zeros(0, np.int32)
    starts = np.frombuffer(rows.starts, np.int32)
    owners = np.frombuffer(rows.owners, np.int32) if rows.owners else np.zeros(0, np.int32)
    hashes = np.zeros(len(owners), np.uint64)
    _hash_rows(codes, starts, hashes)
    order = np.argsort(hashes, kind="stable").astype(np.int32)
    leads = np.zeros(len(owners), np.uint8)
    units = _lead(codes, starts, hashes, order, leads)
    owner_starts = np.append(np.flatnonzero(leads), len(owners)).astype(np.int32)
    entries = len(owner_starts) - 1
    looked = np.zeros((entries + 1, 2), np.int32)
    looked[:, 0] = owner_starts
    kept = np.zeros(units, np.int32)
    kept_starts = np.zeros(entries + 1, np.int32)
    _keep(codes, starts, order[owner_starts[:-1]], kept, kept_starts)
    single_starts = np.zeros(terms + 1, np.int32)
    roles = np.zeros(terms, np.uint8)
    pairs = _count(kept, kept_starts, single_starts, roles)
    np.cumsum(single_starts, out=single_starts)
    buckets = 1 << max(3, int(pairs - 1).bit_length())
    found = Postings(
        codes=kept,
        starts=kept_starts,
        owners=owners[order],
        looked=looked,
        single=np.zeros(single_starts[-1], np.int32),
        single_starts=single_starts,
        paired=np.zeros(pairs, np.int32),
        paired_starts=np.zeros(buckets + 1, np.int32),
        paired_marks=np.zeros(pairs, np.uint8),
        roles=roles,
    )
    _wait(found, single_starts[1:].copy(), np.zeros(buckets + 1, np.int32))
    return found


@compiled
def _hash_rows(codes: Ints, starts: Ints, hashes: Hashes) -> None:
    """Hash rows so that those with the same first term come together: they are met together."""
    for row in range(len(hashes)):
        state = np.uint64(1)
        for place in range(starts[row], starts[row + 1]):
            state = mixed(state, np.uint64(np.uint32(codes[place])))
        first = np.uint64(codes[starts[row] + 3])
        hashes[row] = (first << np.uint64(32)) | (state >> np.uint64(32))


@compiled
def _lead(codes: Ints, starts: Ints, hashes: Hashes, order: Ints, leads: Bytes) -> int:
    """Mark the rows that are not the same as the one before; return how long they are together."""
    units = 0
    lead = -1
    for place in range(len(order)):
        row = order[place]
        if lead < 0 or hashes[row] != hashes[lead] or not _are_same(codes, starts, row, lead):
            lead = row
            leads[place] = 1
            units += starts[row + 1] - starts[row]
    return units


@compiled
def _are_same(codes: Ints, starts: Ints, one: int, other: int) -> bool:
    length = starts[one + 1] - starts[one]
    if starts[other + 1] - starts[other] != length:
        return False
    for offset in range(length):
        if codes[starts[one] + offset] != codes[starts[other] + offset]:
            return False
    return True


@compiled
def _keep(codes: Ints, starts: Ints, rows: Ints, kept: Ints, kept_starts: Ints) -> None:
    end = 0
    for entry in range(len(rows)):
        for place in range(starts[rows[entry]], starts[rows[entry] + 1]):
            kept[end] = codes[place]
            end += 1
        kept_starts[entry + 1] = end


@compiled
def _shape(codes: Ints, start: int) -> tuple[int, int, int]:
    """Return how long the first and the second clause of a row are, and where the second begins.

    A second clause of no length: the entry waits at the terms of the first.
    """
    first = codes[start + 2]
    second = start + 3 + first
    if codes[start + 1] < 2 or first * codes[second] > MOST_PAIRS:
        return first, 0, second + 1
    return first, codes[second], second + 1


@compiled
def _count(codes: Ints, starts: Ints, single_starts: Ints, roles: Bytes) -> int:
    pairs = 0
    for entry in range(len(starts) - 1):
        begin = starts[entry] + 3
        first, second, other = _shape(codes, starts[entry])
        for one in range(begin, begin + first):
            if second:
                roles[codes[one]] |= _FIRST
            else:
                single_starts[codes[one] + 1] += 1
        for two in range(other, other + second):
            roles[codes[two]] |= _SECOND
        pairs += first * second
    return pairs


@compiled
def _pair(first: int, second: int) -> np.uint64:
    return mixed(np.uint64(first + 1), np.uint64(second + 1))


@compiled
def _bucket(number: np.uint64, postings: Postings) -> Index:
    return np.int64(number & np.uint64(len(postings.paired_starts) - 2))


@compiled
def _wait(postings: Postings, ends: Ints, counts: Ints) -> None:
    """Let every entry wait; two rounds: count, then fill from the end of each range.

    *ends* are those of `single`, *counts* zeros for `paired`.
    """
    codes, starts = postings.codes, postings.starts
    for filling in range(2):
        for entry in range(len(starts) - 2, -1, -1):
            begin = starts[entry] + 3
            first, second, other = _shape(codes, starts[entry])
            plain = codes[starts[entry]] < 0 and begin + first + 1 == starts[entry + 1]
            for one in range(begin, begin + first):
                if not second and filling:
                    ends[codes[one]] -= 1
                    postings.single[ends[codes[one]]] = ~entry if plain else entry
                for two in range(other, other + second):
                    number = _pair(codes[one], codes[two])
                    bucket = _bucket(number, postings)
                    if not filling:
                        counts[bucket + 1] += 1
                        continue
                    counts[bucket] -= 1
                    postings.paired[counts[bucket]] = entry
                    postings.paired_marks[counts[bucket]] = np.uint8(number >> np.uint64(56))
        if not filling:
            total = 0
            for bucket in range(len(counts)):
                total += counts[bucket]
                postings.paired_starts[bucket] = total
            for bucket in range(len(counts) - 1):
                counts[bucket] = postings.paired_starts[bucket + 1]


def answer_of(postings: Postings) -> Answer:
    """Return room for the answers of *postings*."""
    owners = len(postings.owners)
    return Answer(
        met=np.zeros(owners, np.int32),
        asking=np.zeros(owners, np.int32),
        judged=np.zeros(len(postings.starts) - 1, np.int32),
        firsts=np.zeros(len(postings.roles), np.int32),
        seconds=np.zeros(len(postings.roles), np.int32),
    )


@compiled
def meet(
    postings: Postings, found: Found, count: int, epoch: int, answer: Answer
) -> tuple[int, int, int]:
    """Write to *answer* what the first *count* terms of *found* meet; return how many of each."""
    firsts = seconds = met = asking = judged = 0
    for place in range(count):
        term = found.terms[place]
        role = postings.roles[term]
        if role & _FIRST:
            answer.firsts[firsts] = term
            firsts += 1
        if role & _SECOND:
            answer.seconds[seconds] = term
            seconds += 1
        for slot in range(postings.single_starts[term], postings.single_starts[term + 1]):
            entry = postings.single[slot]
            met, asking, judged = _look_at(
                postings, found, epoch, answer, entry, met, asking, judged
            )
    for one in range(firsts):
        for two in range(seconds):
            number = _pair(answer.firsts[one], answer.seconds[two])
            bucket = _bucket(number, postings)
            mark = np.uint8(number >> np.uint64(56))
            for slot in range(postings.paired_starts[bucket], postings.paired_starts[bucket + 1]):
                if postings.paired_marks[slot] == mark:
                    entry = postings.paired[slot]
                    met, asking, judged = _look_at(
                        postings, found, epoch, answer, entry, met, asking, judged
                    )
    return met, asking, judged


@compiled
def _look_at(  # noqa: PLR0917 - compiled: called by place
    postings: Postings,
    found: Found,
    epoch: int,
    answer: Answer,
    entry: int,
    met: int,
    asking: int,
    judged: int,
) -> tuple[int, int, int]:
    """Add *entry* to the *answer* if it is met, once."""
    plain = entry < 0
    if plain:
        entry = ~entry
    if postings.looked[entry, 1] == epoch:
        return met, asking, judged
    postings.looked[entry, 1] = epoch
    if not plain:
        start = postings.starts[entry]
        if not _is_met(postings.codes, start, postings.starts[entry + 1], found, epoch):
            return met, asking, judged
        if postings.codes[start] >= 0:
            answer.judged[judged] = entry
            return met, asking, judged + 1
    for place in range(postings.looked[entry, 0], postings.looked[entry + 1, 0]):
        owner = postings.owners[place]
        if owner >= ASKING:
            answer.asking[asking] = owner - ASKING
            asking += 1
        elif owner >= 0:
            answer.met[met] = owner
            met += 1
    return met, asking, judged


@compiled
def _is_met(codes: Ints, start: int, end: int, found: Found, epoch: int) -> bool:
    place = start + 2
    for _ in range(codes[start + 1]):
        behind = place + 1 + codes[place]
        stands = False
        for one in range(place + 1, behind):
            if found.stamps[codes[one]] == epoch:
                stands = True
                break
        if not stands:
            return False
        place = behind
    for one in range(place + 1, end):  # noqa: SIM110 - generators are not compiled
        if found.stamps[codes[one]] == epoch:
            return False
    return True
