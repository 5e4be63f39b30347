"""What is known of the chunks of texts (what white space parts): their tokens and the classes of these.

A class is what words are compared by: the folded word, the word as written, a key of its stem.  Nearly
every chunk of news was seen before; this is where it is found again.  Two memories make one that is
bounded: when the young one is full it becomes the old one, and what is met there is taken over into a
new young one, so that only what was not seen for long is forgotten.

The record of a chunk lies in one piece, since what takes time is the way to memory.  For each of its
tokens: a head, the numbers of its classes, and the sounds that it may be read as (`sounding`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Hashes, Longs, compiled, inlined, int_of

#: Chunks of one memory, and the words of a record on average.
CHUNKS = 1 << 17
_WORDS = 8

#: Of a token: it is the last of its chunk; it stands behind a prefix ("anti-war"); it is written as a
#: name may be; something parts it from the token before, or from what comes behind its chunk.
LAST, PREFIXED, PROPER, APART, APART_BEHIND = 1, 2, 4, 8, 16
#: It is none: the chunk holds no token.
SILENT = 32
#: A name may begin with it, or go on with it; it is an article, that may go unheard.
BEGINS, GOES_ON, ARTICLE = 64, 128, 256
#: A hyphen stands before it, or behind its chunk: one parts no name, two do.
DASH, DASH_BEHIND = 512, 1024
#: It is a small word that names have inside.
SMALL = 2048
#: Where the counts of its classes, of its stems, and of its sounds stand in its head.
_CLASSES, _STEMS, _SOUNDS = 16, 28, 40
_COUNT = np.uint64(0xFFF)
#: The most of each.
MOST = 0xFFF

#: Instead of a place: there is no room; nothing is known.
FULL, UNKNOWN = -1, -2


class Memory(NamedTuple):
    """Chunks in the order in which they were learnt."""

    #: By hash: it, and where the record begins; no hash: nothing.
    slots: Hashes
    words: Hashes
    #: How many chunks and words there are.
    used: Longs


def empty(chunks: int = CHUNKS, words: int = 0) -> Memory:
    """Return a memory with room for so much at least."""
    return Memory(
        slots=np.zeros((1 << (2 * chunks - 1).bit_length(), 2), np.uint64),
        words=np.zeros(max(words, chunks * _WORDS), np.uint64),
        used=np.zeros(2, np.int64),
    )


@inlined
def head(flags: int, classes: int, stems: int, sounds: int) -> int:
    """Return the head of a token with so many words of each kind behind it."""
    return flags | classes << _CLASSES | stems << _STEMS | sounds << _SOUNDS


@inlined
def classes_of(word: np.uint64) -> int:
    """Return how many classes follow the head *word*."""
    return int_of((word >> np.uint64(_CLASSES)) & _COUNT)


@inlined
def stems_of(word: np.uint64) -> int:
    """Return how many stems follow the classes."""
    return int_of((word >> np.uint64(_STEMS)) & _COUNT)


@inlined
def sounds_of(word: np.uint64) -> int:
    """Return how many words of sounds follow the stems."""
    return int_of((word >> np.uint64(_SOUNDS)) & _COUNT)


@inlined
def behind(words: Hashes, token: int) -> int:
    """Return where the token that follows *token* would begin."""
    word = words[token]
    return token + 1 + classes_of(word) + stems_of(word) + sounds_of(word)


@inlined
def found_in(memory: Memory, number: np.uint64) -> int:
    """Return where the record of the chunk with the hash *number* is in *memory*, or UNKNOWN."""
    mask = len(memory.slots) - 1
    place = int_of(number >> np.uint64(20)) & mask
    while memory.slots[place, 0] != 0:
        if memory.slots[place, 0] == number:
            return int_of(memory.slots[place, 1])
        place = (place + 1) & mask
    return UNKNOWN


@inlined
def has_room(memory: Memory, words: int) -> bool:
    """Tell whether a record of so many *words* may be taken in."""
    chunks, used = int_of(memory.used[0]), int_of(memory.used[1])
    return 2 * (chunks + 1) <= len(memory.slots) and used + words <= len(memory.words)


@inlined
def enter(memory: Memory, number: np.uint64, words: int) -> int:
    """Take in the chunk *number*, whose record was written behind all others; return where."""
    mask = len(memory.slots) - 1
    place = int_of(number >> np.uint64(20)) & mask
    while memory.slots[place, 0] != 0:
        place = (place + 1) & mask
    first = memory.used[1]
    memory.slots[place, 0] = number
    memory.slots[place, 1] = first
    memory.used[0] += 1
    memory.used[1] = first + words
    return int_of(first)


@compiled
def adopt(memory: Memory, number: np.uint64, words: Hashes, first: int) -> int:
    """Take over the record at *first* of *words* as that of *number*; return where it is now, or FULL."""
    end = first
    while words[end] & np.uint64(LAST) == 0:
        end = behind(words, end)
    length = behind(words, end) - first
    if not has_room(memory, length):
        return FULL
    start = memory.used[1]
    for place in range(length):
        memory.words[start + place] = words[first + place]
    return enter(memory, number, length)


@compiled
def adopt_all(memory: Memory, hashes: Hashes, words: Hashes, firsts: Longs) -> bool:
    """Take over the records of *words*, each begins at one of *firsts*; False: there is no room."""
    for chunk in range(len(hashes)):
        known = found_in(memory, hashes[chunk])
        if known < 0 and adopt(memory, hashes[chunk], words, firsts[chunk]) < 0:
            return False
    return True
