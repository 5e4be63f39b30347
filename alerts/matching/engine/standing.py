"""Which terms stand in an article: its tokens, and their classes, against the tables of sequences."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Bytes, Hashes, Index, Ints, compiled, inlined
from alerts.matching.engine.hashing import mixed
from alerts.matching.engine.memory import BEGINNING, KEYS, PREFIXED, PROPER, Memory
from alerts.matching.engine.reading import Page
from alerts.matching.engine.table import NAMES, WANTS_PROPER, Table, place_of

#: What `stand` returns when its stack is too small.
TOO_DEEP = -1
#: Of a beginning on the stack, beside PREFIXED and PROPER: it is one of stems.
_OF_KEYS = 4


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
def stand(  # noqa: PLR0917, C901 - compiled: called by place; one loop in another
    page: Page,
    length: int,
    memory: Memory,
    common: Table,
    keys: Table,
    found: Found,
    epoch: int,
    stack: Stack,
) -> int:
    """Note in *found* which terms stand on *page*, with the stamp *epoch*; return how many.

    *common* holds what is compared in every language, *keys* the stems of one.
    """
    count = 0
    for place in range(length):
        token = page.tokens[place]
        if token < 0:
            continue
        top = 1
        stack.states[0] = 0
        stack.places[0] = place
        stack.marks[0] = memory.flags[token] & PREFIXED
        while top:
            top -= 1
            state, at, marks = stack.states[top], stack.places[top], stack.marks[top]
            token = page.tokens[at]
            if token < 0:
                continue
            marks |= memory.flags[token] & PROPER
            for number in range(memory.classes[token], memory.classes[token + 1]):
                kind = memory.kinds[number]
                if not _goes_on(kind, state, marks):
                    continue
                table = keys if kind == KEYS else common
                if kind >= BEGINNING and not _is_asked(table, kind):
                    continue
                value = memory.values[number]
                further = mixed(state, value) if state else value
                slot = place_of(table, further)
                if slot < 0:
                    continue
                field = page.fields[place]
                count = _noted(table, slot, marks, field, found, epoch, count)
                if table.more[slot]:
                    if top == len(stack.states):
                        return TOO_DEEP
                    stack.states[top] = further
                    stack.places[top] = at + 1
                    stack.marks[top] = marks | (_OF_KEYS if kind == KEYS else 0)
                    top += 1
    return count


@inlined
def _goes_on(kind: int, state: np.uint64, marks: int) -> bool:
    """Tell whether a sequence may begin, or go on, with a class of this *kind*."""
    # Sequences are of stems, or of words.
    return state == 0 or (kind == KEYS) == (marks & _OF_KEYS != 0)


@inlined
def _is_asked(table: Table, kind: int) -> bool:
    return bool((table.lengths[0] >> np.uint64(kind - BEGINNING)) & np.uint64(1))


@inlined
def _noted(  # noqa: PLR0917 - compiled: called by place
    table: Table, slot: Index, marks: int, field: int, found: Found, epoch: int, count: int
) -> int:
    first = table.starts[slot]
    for hit in range(first, first + table.counts[slot]):
        flags, term = table.flags[hit], table.terms[hit]
        # Prefixed words are other words, for all but names.
        if marks & PREFIXED and not flags & NAMES:
            continue
        if flags & WANTS_PROPER and not marks & PROPER:
            continue
        if found.stamps[term] == epoch or not (found.fields[term] >> field) & 1:
            continue
        found.stamps[term] = epoch
        found.terms[count] = term
        count += 1
    return count
