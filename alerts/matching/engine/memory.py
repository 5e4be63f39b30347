"""What is known of the chunks of texts (what white space parts): their tokens and the classes of these.

A class is what words are compared by: the folded word, the word as written, a key of its stem.  Nearly
every chunk of news was seen before; this is where it is found again.  Two memories make one that is
bounded: when the young one is full it becomes the old one, and what is met there is taken over into a
new young one, so that only what was not seen for long is forgotten.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import (
    Bytes,
    Hashes,
    Index,
    Ints,
    Longs,
    Units,
    compiled,
    inlined,
)

#: Chunks of one memory, and of each what it has room for on average.
CHUNKS = 1 << 16
_UNITS, _TOKENS, _CLASSES = 12, 1.5, 6

#: Of a token: it stands behind a prefix ("anti-war"); it is written as a name may be.
PREFIXED, PROPER = 1, 2
#: Of a class: compared in every language; by stems in one; a beginning of the word, of so many letters.
COMMON, KEYS, BEGINNING = 0, 1, 16

#: Not a constant of compiled code: that is kept for other processes.
_SEED = hash("chunk") & 0xFFFFFFFFFFFFFFFF
_PRIME = np.uint64(0x100000001B3)


class Memory(NamedTuple):
    """Chunks in the order in which they were learnt; what belongs to one lies together."""

    #: What hashes begin with, of one process.
    seed: Hashes
    #: By hash: number of the chunk and one; 0: nothing.
    places: Ints
    hashes: Hashes
    #: Where the text of each begins: its language, then its code points.
    texts: Ints
    units: Units
    #: Where the tokens of each chunk, and the classes of each token, begin.
    tokens: Ints
    classes: Ints
    flags: Bytes
    values: Hashes
    kinds: Bytes
    #: How many chunks, units, tokens and classes there are.
    used: Longs


def empty(chunks: int = CHUNKS, units: int = 0, tokens: int = 0, classes: int = 0) -> Memory:
    """Return a memory with room for so much at least."""
    units = max(units, chunks * _UNITS)
    tokens = max(tokens, int(chunks * _TOKENS))
    classes = max(classes, chunks * _CLASSES)
    return Memory(
        seed=np.array([_SEED], np.uint64),
        places=np.zeros(1 << (2 * chunks - 1).bit_length(), np.int32),
        hashes=np.zeros(chunks, np.uint64),
        texts=np.zeros(chunks + 1, np.int32),
        units=np.zeros(units, np.uint32),
        tokens=np.zeros(chunks + 1, np.int32),
        classes=np.zeros(tokens + 1, np.int32),
        flags=np.zeros(tokens, np.uint8),
        values=np.zeros(classes, np.uint64),
        kinds=np.zeros(classes, np.uint8),
        used=np.zeros(4, np.int64),
    )


@inlined
def hashed(seed: np.uint64, text: Units, start: Index, end: Index, language: Index) -> np.uint64:
    """Return the hash of a chunk in a language."""
    found = seed ^ np.uint64(language)
    for place in range(start, end):
        found = (found ^ np.uint64(text[place])) * _PRIME
    found ^= found >> np.uint64(32)
    return found * np.uint64(0x9E3779B97F4A7C15)


@inlined
def found_in(  # noqa: PLR0917 - compiled: called by place
    memory: Memory, number: np.uint64, text: Units, start: Index, end: Index, language: Index
) -> Index:
    """Return which chunk of *memory* the text from *start* to *end* is; -1: none."""
    mask = len(memory.places) - 1
    place = np.int64(number >> np.uint64(20)) & mask
    while memory.places[place]:
        chunk = memory.places[place] - 1
        if memory.hashes[chunk] == number and _is_text(memory, chunk, text, start, end, language):
            return np.int64(chunk)
        place = (place + 1) & mask
    return -1


@inlined
def _is_text(  # noqa: PLR0917 - compiled: called by place
    memory: Memory, chunk: Index, text: Units, start: Index, end: Index, language: Index
) -> bool:
    first = memory.texts[chunk]
    if memory.texts[chunk + 1] - first - 1 != end - start or memory.units[first] != language:
        return False
    for offset in range(end - start):
        if memory.units[first + 1 + offset] != text[start + offset]:
            return False
    return True


@compiled
def adopt(memory: Memory, other: Memory, chunk: Index) -> Index:
    """Take *chunk* over from *other*; return its number here, or -1 if there is no room."""
    first, last = other.texts[chunk], other.texts[chunk + 1]
    token, behind = other.tokens[chunk], other.tokens[chunk + 1]
    begin, end = other.classes[token], other.classes[behind]
    number, unit, mine = memory.used[0], memory.used[1], memory.used[2]
    klass = memory.used[3]
    if (
        number == len(memory.hashes)
        or unit + last - first > len(memory.units)
        or mine + behind - token > len(memory.flags)
        or klass + end - begin > len(memory.values)
    ):
        return -1
    memory.hashes[number] = other.hashes[chunk]
    for offset in range(last - first):
        memory.units[unit + offset] = other.units[first + offset]
    memory.texts[number + 1] = unit + last - first
    for offset in range(behind - token):
        memory.flags[mine + offset] = other.flags[token + offset]
        memory.classes[mine + offset + 1] = klass + other.classes[token + offset + 1] - begin
    memory.tokens[number + 1] = mine + behind - token
    for offset in range(end - begin):
        memory.values[klass + offset] = other.values[begin + offset]
        memory.kinds[klass + offset] = other.kinds[begin + offset]
    memory.used[0] = number + 1
    memory.used[1] = unit + last - first
    memory.used[2] = mine + behind - token
    memory.used[3] = klass + end - begin
    _enter(memory, number)
    return np.int64(number)


@inlined
def _enter(memory: Memory, chunk: Index) -> None:
    mask = len(memory.places) - 1
    place = np.int64(memory.hashes[chunk] >> np.uint64(20)) & mask
    while memory.places[place]:
        place = (place + 1) & mask
    memory.places[place] = chunk + 1


@compiled
def adopt_all(memory: Memory, other: Memory) -> Index:
    """Take every chunk of *other*, which has no hashes yet, over; return the number of the first.

    -1: there was no room for all.
    """
    first = np.int64(memory.used[0])
    for chunk in range(other.used[0]):
        start = other.texts[chunk]
        language = np.int64(other.units[start])
        number = hashed(memory.seed[0], other.units, start + 1, other.texts[chunk + 1], language)
        other.hashes[chunk] = number
        if adopt(memory, other, chunk) < 0:
            return -1
    return first
