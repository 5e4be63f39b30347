"""Which watchlists do the terms that stand in an article meet?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Ints, compiled, inlined
from alerts.matching.engine.postings import (
    ASKING,
    DEAD,
    IS_FIRST,
    IS_SECOND,
    NEXT_OWNER,
    NUMBER,
    OWNER,
    ROW,
    SINCE,
    STAMP,
    Postings,
    bucket_of,
    mark_of,
    pair_of,
)
from alerts.matching.engine.rows import CLAUSES, FIRST, JUDGED
from alerts.matching.engine.standing import Found


class Answer(NamedTuple):
    """Where `meet` writes."""

    #: Watchlists that are met; those that also ask for something else; entries for the judge.
    met: Ints
    asking: Ints
    judged: Ints
    #: Terms that have a role in pairs.
    firsts: Ints
    seconds: Ints


def answer_of(postings: Postings) -> Answer:
    """Return room for the answers of *postings*."""
    owners = len(postings.owners)
    return Answer(
        # One more: what is met again is written before it is not counted.
        met=np.zeros(owners + 1, np.int32),
        asking=np.zeros(owners, np.int32),
        judged=np.zeros(len(postings.entries), np.int32),
        firsts=np.zeros(len(postings.roles), np.int32),
        seconds=np.zeros(len(postings.roles), np.int32),
    )


@compiled
def meet(
    postings: Postings, found: Found, count: int, epoch: int, answer: Answer
) -> tuple[int, int, int]:
    """Write to *answer* what the first *count* terms of *found* meet; return how many of each."""
    owners = postings.owners
    firsts = seconds = met = asking = judged = 0
    for place in range(count):
        term = found.terms[place]
        if found.stamps[term] != epoch:
            continue
        role = postings.roles[term]
        if role & IS_FIRST:
            answer.firsts[firsts] = term
            firsts += 1
        if role & IS_SECOND:
            answer.seconds[seconds] = term
            seconds += 1
        for owner in range(postings.sole[term], postings.sole[term + 1]):
            met, asking = _answered(owners, owner, answer, met, asking)
        for slot in range(postings.single_starts[term], postings.single_starts[term + 1]):
            waiting = postings.single[slot]
            if waiting < 0:
                met, asking, judged = _look_at(
                    postings, found, epoch, answer, ~waiting, met, asking, judged
                )
            else:
                met, asking = _answered_once(owners, waiting, epoch, answer, met, asking)
    return _meet_pairs(postings, found, epoch, answer, firsts, seconds, met, asking, judged)


@compiled
def _meet_pairs(
    postings: Postings,
    found: Found,
    epoch: int,
    answer: Answer,
    firsts: int,
    seconds: int,
    met: int,
    asking: int,
    judged: int,
) -> tuple[int, int, int]:
    """Add what pairs of the terms that have a role in them meet."""
    for one in range(firsts):
        for two in range(seconds):
            number = pair_of(answer.firsts[one], answer.seconds[two])
            bucket = bucket_of(number, postings)
            for slot in range(postings.paired_starts[bucket], postings.paired_starts[bucket + 1]):
                if postings.paired_marks[slot] == mark_of(number):
                    entry = postings.paired[slot]
                    met, asking, judged = _look_at(
                        postings, found, epoch, answer, entry, met, asking, judged
                    )
    return met, asking, judged


@inlined
def _answered(owners: Ints, owner: int, answer: Answer, met: int, asking: int) -> tuple[int, int]:
    """Add the watchlist of *owner* to the *answer*, unless it is dead."""
    if owners[owner, STAMP] != DEAD:
        number = owners[owner, NUMBER]
        if number >= ASKING:
            answer.asking[asking] = number - ASKING
            asking += 1
        else:
            answer.met[met] = number
            met += 1
    return met, asking


@inlined
def _answered_once(
    owners: Ints, owner: int, epoch: int, answer: Answer, met: int, asking: int
) -> tuple[int, int]:
    """Do what `_answered` does, unless it was done in this *epoch*.

    Lists of names wait at several terms.  Whether one was met before nobody can guess, and a processor
    that guesses wrongly waits for memory: so what is met is written always, and counted if it is new.
    """
    stamp, number = owners[owner, STAMP], owners[owner, NUMBER]
    owners[owner, STAMP] = max(stamp, epoch)  # DEAD is more than any epoch.
    if number >= ASKING:
        return _answered(owners, owner, answer, met, asking) if stamp < epoch else (met, asking)
    answer.met[met] = number
    return met + (stamp < epoch), asking


@compiled
def _look_at(
    postings: Postings,
    found: Found,
    epoch: int,
    answer: Answer,
    entry: int,
    met: int,
    asking: int,
    judged: int,
) -> tuple[int, int, int]:
    """Add the owners of *entry* to the *answer* if it is met, once."""
    entries, codes = postings.entries, postings.codes
    if entries[entry, SINCE] == epoch:
        return met, asking, judged
    entries[entry, SINCE] = epoch
    start = entries[entry, ROW]
    if not _is_met(codes, start, entries[entry + 1, ROW], found, epoch):
        return met, asking, judged
    if codes[start + JUDGED] >= 0:
        answer.judged[judged] = entry
        return met, asking, judged + 1
    for owner in range(entries[entry, OWNER], entries[entry, NEXT_OWNER]):
        met, asking = _answered(postings.owners, owner, answer, met, asking)
    return met, asking, judged


@compiled
def _is_met(codes: Ints, start: int, end: int, found: Found, epoch: int) -> bool:
    place = start + FIRST
    for _ in range(codes[start + CLAUSES]):
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
