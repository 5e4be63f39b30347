"""Which terms stand in an article: its tokens, looked up in the tables."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Bytes, Hashes, Ints, compiled, inlined
from alerts.matching.engine.hashing import mixed
from alerts.matching.engine.memory import PREFIXED, PROPER, Memory, classes_of, stems_of
from alerts.matching.engine.reading import Page
from alerts.matching.engine.table import (
    FLAGS,
    NAMES,
    WANTS_PROPER,
    Table,
    count_of,
    first_of,
    goes_on,
    known_of,
    may_be_in,
)

#: What `stand` returns when its stack is too small.
TOO_DEEP = -1


class Stack(NamedTuple):
    """The beginnings of sequences that have still to be followed from one token on."""

    states: Hashes
    #: The token behind each.
    places: Ints
    marks: Bytes


class Found(NamedTuple):
    """The terms that stand in an article, each once."""

    terms: Ints
    #: By term: the last article in which it stood.
    stamps: Ints
    #: By term: in which fields it is asked for, as bits.
    fields: Bytes


def stack_of(entries: int) -> Stack:
    """Return a stack for so many beginnings."""
    return Stack(
        states=np.zeros(entries, np.uint64),
        places=np.zeros(entries, np.int32),
        marks=np.zeros(entries, np.uint8),
    )


@compiled
def stand(
    page: Page,
    length: int,
    memory: Memory,
    common: Table,
    stems: Table,
    found: Found,
    epoch: int,
    stack: Stack,
) -> int:
    """Note in *found* which terms stand on *page*, with the stamp *epoch*; return how many.

    *common* holds what is compared in every language, *stems* those of one.
    """
    words = memory.words
    count = 0
    for place in range(length):
        token = page.tokens[place]
        if token < 0:
            continue
        field = page.fields[place]
        top = 1
        stack.states[0] = 0
        stack.places[0] = place
        stack.marks[0] = words[token] & np.uint64(PREFIXED)
        while top:
            top -= 1
            state, at, marks = stack.states[top], stack.places[top], stack.marks[top]
            token = page.tokens[at]
            if token < 0:
                continue
            head = words[token]
            marks |= head & np.uint64(PROPER)
            middle = token + 1 + classes_of(head)
            end = middle + stems_of(head)
            for number in range(token + 1, end):
                table = common if number < middle else stems
                onward = mixed(state, words[number]) if state else words[number]
                if not may_be_in(table, onward):
                    continue
                known = known_of(table, onward)
                if not known:
                    continue
                count = _noted(table, known, marks, field, found, epoch, count)
                if goes_on(known):
                    if top == len(stack.states):
                        return TOO_DEEP
                    stack.states[top] = onward
                    stack.places[top] = at + 1
                    stack.marks[top] = marks
                    top += 1
    return count


@inlined
def _noted(
    table: Table,
    known: np.uint64,
    marks: int,
    field: int,
    found: Found,
    epoch: int,
    count: int,
) -> int:
    first = first_of(known)
    for at in range(first, first + count_of(known)):
        hit = table.hits[at]
        # Prefixed words are other words, for all but names.
        if marks & PREFIXED and not hit & NAMES:
            continue
        if hit & WANTS_PROPER and not marks & PROPER:
            continue
        term = hit >> FLAGS
        if found.stamps[term] == epoch or not (found.fields[term] >> field) & 1:
            continue
        found.stamps[term] = epoch
        found.terms[count] = term
        count += 1
    return count
