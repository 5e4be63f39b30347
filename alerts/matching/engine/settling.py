"""What sounds like a name, and whose it is, as far as that was found out before.

Nearly every window of news was heard before, and stands among plain words: then it is settled here, in
compiled code.  What is left for Python (`listening`): windows that are new, and those beside words that
may make a longer name of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Hashes, Ints, Longs, compiled, inlined, int_of
from alerts.matching.engine.hearing import Heard
from alerts.matching.engine.memory import PROPER, SMALL
from alerts.matching.engine.reading import Page
from alerts.matching.engine.standing import Found
from alerts.watchlists.meaning.rivals import AROUND

#: Windows that are remembered, and the words of a record on average.
_WINDOWS, _WORDS = 1 << 17, 6
_OF_NAMES = PROPER | SMALL


class Windows(NamedTuple):
    """What is known of windows, by their numbers.

    A record: how many may be meant; of each its number, whether nobody else can be meant, how many terms
    are then met; these.
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
    #: The same of those that depend on what stands around: the window, where the one who may be meant
    #: is, and from and to which token the name may reach.
    meant: Ints


class Settled(NamedTuple):
    """How many terms stand now, and how much is open."""

    standing: int
    unknown: int
    #: More than there is room for: not all were written.
    unsettled: int


def nothing_known() -> Windows:
    """Return an empty memory of windows."""
    return Windows(
        slots=np.zeros((2 * _WINDOWS, 2), np.uint64),
        words=np.zeros(_WINDOWS * _WORDS, np.int32),
        used=np.zeros(2, np.int64),
    )


def open_of(windows: int, meant: int) -> Open:
    """Return room for what is open of so many *windows*, and so many who may be *meant*."""
    return Open(np.zeros(windows, np.int32), np.zeros((meant, 4), np.int32))


def remember(windows: Windows, number: np.uint64, record: Sequence[int]) -> bool:
    """Note the *record* of a window; False: there is no room."""
    first = int(windows.used[1])
    if windows.used[0] == _WINDOWS or first + len(record) > len(windows.words):
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


@inlined
def _may_be_of_name(page: Page, words: Hashes, place: int, inside: int) -> bool:
    """Tell whether the token at *place* may belong to a longer name, with that at *inside*."""
    token = page.tokens[place] if place >= 0 else -1
    if token < 0:
        return False
    if page.chunks[place, 0] == page.chunks[inside, 0]:
        return True
    return bool(int_of(words[token]) & _OF_NAMES)


@inlined
def _reach(page: Page, words: Hashes, first: int, last: int) -> tuple[int, int]:
    """Return from and to which token a name may reach that holds those from *first* to *last*."""
    start, end = first, last
    while start > first - AROUND and _may_be_of_name(page, words, start - 1, start):
        start -= 1
    while end < last + AROUND and _may_be_of_name(page, words, end, end - 1):
        end += 1
    return start, end


@compiled
def settle(
    page: Page,
    words: Hashes,
    heard: Heard,
    windows: Windows,
    found: Found,
    epoch: int,
    count: int,
    unsettled: Open,
) -> Settled:
    """Note in *found* which terms stand because they were *heard*, and in *unsettled* what is open."""
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
        for _ in range(windows.words[at]):
            meant = at + 1
            at = meant + 2 + int_of(windows.words[meant + 2])
            if not _is_news(windows.words, meant, page.fields[first], found, epoch):
                continue
            start, end = _reach(page, words, first, last)
            if windows.words[meant + 1] or end - start == last - first:
                count = note(windows.words, meant, page.fields[first], found, epoch, count)
                continue
            if opened < len(unsettled.meant):
                unsettled.meant[opened, 0] = window
                unsettled.meant[opened, 1] = meant
                unsettled.meant[opened, 2] = start
                unsettled.meant[opened, 3] = end
            opened += 1
    return Settled(count, unknown, opened)


@inlined
def _is_news(words: Ints, meant: int, field: int, found: Found, epoch: int) -> bool:
    """Tell whether some term that is then met does not stand already."""
    for at in range(meant + 3, meant + 3 + words[meant + 2]):
        term = words[at]
        if found.stamps[term] != epoch and (found.fields[term] >> field) & 1:
            return True
    return False


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
