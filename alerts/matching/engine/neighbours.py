"""What is known of the words around a name that was heard: whether they make a longer one of it.

Nearly no two words of news next to one another are in somebody's name, and those that are come again.
What `alerts.watchlists.meaning.rivals` said is kept as numbers, and looked up in compiled code:

- runs of words that are nobody's name, whoever is meant by a part of them;
- words that are no first names of persons;
- where these do not decide, the tokens around one who may be meant, by their places in one memory.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Hashes, Longs, compiled, inlined, int_of
from alerts.matching.engine.hashing import mixed
from alerts.matching.engine.memory import PROPER, SMALL
from alerts.matching.engine.reading import Page
from alerts.watchlists.meaning.rivals import AROUND

#: Numbers that are kept, so many in each of the places where one may be: a line of the processor's cache.
_KEPT, _BESIDE = 1 << 18, 8
#: Names are made of such words: with capitals, or small ones inside.
_OF_NAMES = PROPER | SMALL
#: What a number is about, and its answer.
_RUN, _BEFORE, _EXACT = np.uint64(1), np.uint64(2), np.uint64(3)
_ANSWER = np.uint64(1)

#: Is a name meant?
TAKEN, MEANT, UNKNOWN = 0, 1, 2


class Neighbours(NamedTuple):
    """Numbers of what is known; the lowest bit of each is the answer.  A new one may displace another."""

    slots: Hashes
    #: How often tokens and owners were numbered anew.
    turns: Longs


class Spot(NamedTuple):
    """Where a name stands on a page, as places."""

    first: int
    last: int
    #: From and to where a longer name may reach.
    start: int
    end: int


class Meant(NamedTuple):
    """Who may be meant by it."""

    owner: int
    #: Whether there are places of that name; persons may be called like one.
    is_place: bool


def no_neighbours() -> Neighbours:
    """Return an empty memory."""
    return Neighbours(np.zeros((_KEPT // _BESIDE, _BESIDE), np.uint64), np.zeros(1, np.int64))


def turn(known: Neighbours) -> None:
    """Let the numbers of tokens and owners be others from now on."""
    known.turns[0] += 1


@inlined
def spot_of(page: Page, words: Hashes, first: int, last: int) -> Spot:
    """Return where the tokens from *first* to before *last* stand."""
    start, end = first, last
    while start > first - AROUND and _may_be_of_name(page, words, start - 1, start):
        start -= 1
    while end < last + AROUND and _may_be_of_name(page, words, end, end - 1):
        end += 1
    return Spot(first, last, start, end)


@inlined
def _may_be_of_name(page: Page, words: Hashes, place: int, inside: int) -> bool:
    """Tell whether the token at *place* may belong to a longer name, with that at *inside*."""
    token = page.tokens[place] if place >= 0 else -1
    if token < 0:
        return False
    if page.chunks[place, 0] == page.chunks[inside, 0]:
        return True
    return bool(int_of(words[token]) & _OF_NAMES)


@compiled
def judge(page: Page, words: Hashes, known: Neighbours, spot: Spot, meant: Meant) -> int:
    """Return whether the one who may be *meant* is: TAKEN, MEANT, or UNKNOWN."""
    if _are_runs_known(page, words, known, spot):
        before = _before(page, words, spot, meant)
        if before == 0 or _answer(known, before) == MEANT:
            return MEANT
    return _answer(known, _exact(page, known, spot, meant))


@compiled
def learn(
    page: Page,
    words: Hashes,
    known: Neighbours,
    spot: Spot,
    meant: Meant,
    answer: int,
    is_somebodys: bool,  # noqa: FBT001 - compiled code takes arguments by place
) -> None:
    """Keep the *answer* to whether somebody is meant, TAKEN or MEANT.

    *is_somebodys*: the words there may be a longer name, whoever is meant.
    """
    if not is_somebodys and _are_written_so(page, words, spot):
        _keep_runs(page, words, known, spot)
    before = _before(page, words, spot, meant)
    if before != 0 and answer == MEANT:
        _keep(known, before, MEANT)
    if judge(page, words, known, spot, meant) == UNKNOWN:
        _keep(known, _exact(page, known, spot, meant), answer)


@inlined
def _are_written_so(page: Page, words: Hashes, spot: Spot) -> bool:
    """Tell whether the words around are written as those of names are.

    Or else they are only of one chunk with it, and it was decided by that.
    """
    for place in range(spot.start, spot.end):
        is_around = place < spot.first or place >= spot.last
        if is_around and not int_of(words[page.tokens[place]]) & _OF_NAMES:
            return False
    return True


@inlined
def _are_runs_known(page: Page, words: Hashes, known: Neighbours, spot: Spot) -> bool:
    """Tell whether no longer run of words is somebody's name, as far as is known."""
    for start in range(spot.start, spot.first + 1):
        run = _RUN
        for place in range(start, spot.end):
            run = mixed(run, _folded(page, words, place))
            if _is_longer(spot, start, place) and _answer(known, run) == UNKNOWN:
                return False
    return True


@inlined
def _keep_runs(page: Page, words: Hashes, known: Neighbours, spot: Spot) -> None:
    """Keep that no longer run of words is somebody's name."""
    for start in range(spot.start, spot.first + 1):
        run = _RUN
        for place in range(start, spot.end):
            run = mixed(run, _folded(page, words, place))
            if _is_longer(spot, start, place):
                _keep(known, run, MEANT)


@inlined
def _folded(page: Page, words: Hashes, place: int) -> np.uint64:
    """Return the number of the folded word at *place*: the first class of its token."""
    return np.uint64(words[page.tokens[place] + 1])


@inlined
def _is_longer(spot: Spot, start: int, end: int) -> bool:
    """Tell whether the name at *spot* is a part of what reaches from *start* to *end*, both inside."""
    return end >= spot.last or (start < spot.first and end == spot.last - 1)


@inlined
def _before(page: Page, words: Hashes, spot: Spot, meant: Meant) -> np.uint64:
    """Return the number of the word before a place, if it may be a person's first name, or 0."""
    token = page.tokens[spot.first - 1] if spot.start < spot.first else -1
    if not meant.is_place or token < 0 or not int_of(words[token]) & PROPER:
        return np.uint64(0)
    return mixed(_BEFORE, words[token + 1])


@inlined
def _exact(page: Page, known: Neighbours, spot: Spot, meant: Meant) -> np.uint64:
    """Return the number of all that may matter."""
    state = mixed(_EXACT, np.uint64(known.turns[0]))
    state = mixed(state, np.uint64(meant.owner))
    state = mixed(state, np.uint64(spot.first - spot.start))
    state = mixed(state, np.uint64(spot.last - spot.start))
    for place in range(spot.start, spot.end):
        state = mixed(state, np.uint64(page.tokens[place]))
    return state


@inlined
def _line(known: Neighbours, number: np.uint64) -> int:
    """Return where *number* may be."""
    return int_of(number >> np.uint64(20)) & (len(known.slots) - 1)


@inlined
def _answer(known: Neighbours, number: np.uint64) -> int:
    """Return what is known of *number*."""
    line = _line(known, number)
    for beside in range(_BESIDE):
        found = known.slots[line, beside]
        if found | _ANSWER == number | _ANSWER:
            return int_of(found & _ANSWER)
    return UNKNOWN


@inlined
def _keep(known: Neighbours, number: np.uint64, answer: int) -> None:
    """Keep the *answer* to *number* where it is, or is room, or else in place of the oldest."""
    line = _line(known, number)
    free = _BESIDE - 1
    for beside in range(_BESIDE - 1, -1, -1):
        found = known.slots[line, beside]
        if found == 0 or found | _ANSWER == number | _ANSWER:
            free = beside
    for beside in range(free, 0, -1):
        known.slots[line, beside] = known.slots[line, beside - 1]
    known.slots[line, 0] = (number & ~_ANSWER) | np.uint64(answer)
