"""What sounds like a name, and whose it is, as far as that was found out before.

Nearly every window of news was heard before: then it is settled here, in compiled code, with what is
known of its `neighbours`.  What is left for Python (`listening`): windows that are new, and those beside
words that may make a longer name of them and were never asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Hashes, Ints, Longs, compiled, inlined, int_of
from alerts.matching.engine.hearing import Heard
from alerts.matching.engine.neighbours import (
    MEANT,
    UNKNOWN,
    Meant,
    Neighbours,
    Spot,
    judge,
    spot_of,
)
from alerts.matching.engine.reading import Page
from alerts.matching.engine.standing import Found

#: Windows that are remembered, and the words of a record on average.
WINDOWS, _WORDS = 1 << 17, 6
#: Of one who may be meant: nobody else can be, wherever that is; there are places of that name.
SURE, PLACE = 1, 2


class Windows(NamedTuple):
    """What is known of windows, by their numbers.

    A record: how many may be meant; of each its number, SURE and PLACE, how many terms are then met;
    these.
    """

    #: A number, and where its record is; no number: nothing.
    slots: Hashes
    words: Ints
    #: How many windows and words there are.
    used: Longs


class Open(NamedTuple):
    """What is not settled."""

    #: Windows of which nothing is known, as places of `Heard`.
    unknown: Ints
    #: Who depends on what stands around: where the record has them, a `Spot`, and who may be `Meant`.
    meant: Ints


class Settled(NamedTuple):
    """How many terms stand now, and how much is open."""

    standing: int
    unknown: int
    #: More than there is room for: not all were written.
    unsettled: int


def nothing_known(room: int) -> Windows:
    """Return an empty memory with *room*, a power of two, for so many windows."""
    return Windows(
        slots=np.zeros((2 * room, 2), np.uint64),
        words=np.zeros(room * _WORDS, np.int32),
        used=np.zeros(2, np.int64),
    )


def open_of(windows: int, meant: int) -> Open:
    """Return room for what is open of so many *windows*, and so many who may be *meant*."""
    return Open(np.zeros(windows, np.int32), np.zeros((meant, 7), np.int32))


def remember(windows: Windows, number: np.uint64, record: Sequence[int]) -> bool:
    """Note the *record* of a window; False: there is no room."""
    first = int(windows.used[1])
    if 2 * windows.used[0] == len(windows.slots) or first + len(record) > len(windows.words):
        return False
    windows.words[first : first + len(record)] = record
    _enter(windows, number, len(record))
    return True


@compiled
def _enter(windows: Windows, number: np.uint64, words: int) -> None:
    place = _place(windows, number)
    windows.slots[place, 0] = number
    windows.slots[place, 1] = windows.used[1]
    windows.used[0] += 1
    windows.used[1] += words


@inlined
def _place(windows: Windows, number: np.uint64) -> int:
    """Return where *number* is, or would be."""
    mask = len(windows.slots) - 1
    place = int_of(number >> np.uint64(20)) & mask
    while windows.slots[place, 0] != 0 and windows.slots[place, 0] != number:
        place = (place + 1) & mask
    return place


@compiled
def settle(
    page: Page,
    words: Hashes,
    heard: Heard,
    windows: Windows,
    neighbours: Neighbours,
    found: Found,
    epoch: int,
    count: int,
    unsettled: Open,
) -> Settled:
    """Note in *found* which terms stand because they were *heard*, and in *unsettled* what is open."""
    records = windows.words
    unknown = opened = 0
    for window in range(heard.counts[0]):
        place = _place(windows, heard.numbers[window])
        if windows.slots[place, 0] == 0:
            unsettled.unknown[unknown] = window
            unknown += 1
            continue
        first = int_of(heard.firsts[window])
        last = first + int_of(heard.widths[window])
        at = int_of(windows.slots[place, 1])
        for _ in range(records[at]):
            meant = at + 1
            at = meant + 2 + int_of(records[meant + 2])
            if not _is_news(records, meant, page.fields[first], found, epoch):
                continue
            spot = spot_of(page, words, first, last)
            who = Meant(int_of(records[meant]), bool(records[meant + 1] & PLACE))
            answer = MEANT
            if not records[meant + 1] & SURE:
                answer = judge(page, words, neighbours, spot, who)
            if answer == MEANT:
                count = note(records, meant, page.fields[first], found, epoch, count)
            elif answer == UNKNOWN:
                opened = _left(unsettled, opened, meant, spot, who)
    return Settled(count, unknown, opened)


@inlined
def _is_news(words: Ints, meant: int, field: int, found: Found, epoch: int) -> bool:
    """Tell whether some term that is then met does not stand already."""
    for at in range(meant + 3, meant + 3 + words[meant + 2]):
        term = words[at]
        if found.stamps[term] != epoch and (found.fields[term] >> field) & 1:
            return True
    return False


@inlined
def _left(unsettled: Open, opened: int, record: int, spot: Spot, meant: Meant) -> int:
    """Leave it open who is meant at *spot*; return how many are."""
    if opened < len(unsettled.meant):
        row = unsettled.meant[opened]
        row[0] = record
        row[1], row[2], row[3], row[4] = spot
        row[5], row[6] = meant
    return opened + 1


@compiled
def note(words: Ints, meant: int, field: int, found: Found, epoch: int, count: int) -> int:
    """Note in *found* the terms of the one who is *meant*; return how many stand now."""
    for at in range(meant + 3, meant + 3 + words[meant + 2]):
        term = words[at]
        if found.stamps[term] != epoch and (found.fields[term] >> field) & 1:
            found.stamps[term] = epoch
            found.terms[count] = term
            count += 1
    return count
