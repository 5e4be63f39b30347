"""The text of an article as tokens of a memory: everything that costs per character, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Bytes, Index, Ints, Longs, Units, compiled, inlined
from alerts.matching.engine.memory import Memory, adopt, found_in, hashed

#: What `read` returns instead of a number of chunks: the young memory has no room.
FULL = -1
#: Behind the last chunk of a field.
_END = -1


class Page(NamedTuple):
    """Where `read` writes; used again for the next article."""

    #: The article as chunks of the young memory; below -1: one that is unknown, counted from -2.
    chunks: Ints
    #: Its tokens; -1 behind those of a field.
    tokens: Ints
    #: The field of each.
    fields: Bytes
    #: From and to where chunks reach that are not known.
    unknown: Ints
    #: How many there are.
    counts: Longs


def page(units: int) -> Page:
    """Return a page for texts of so many code points."""
    return Page(
        chunks=np.zeros(units + 8, np.int32),
        tokens=np.zeros(units + 8, np.int32),
        fields=np.zeros(units + 8, np.uint8),
        unknown=np.zeros(2 * units + 2, np.int32),
        counts=np.zeros(1, np.int64),
    )


@inlined
def is_space(unit: Index) -> bool:
    """Tell whether `str.split` parts at the code point *unit*."""
    if unit < 0x85:
        return bool(unit == 0x20 or 0x09 <= unit <= 0x0D or 0x1C <= unit <= 0x1F)
    return bool(
        unit in (0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
        or 0x2000 <= unit <= 0x200A
    )


@inlined
def _bare_end(text: Units, start: Index, end: Index) -> Index:
    """Return where a chunk ends without the marks that follow a plain word.

    "Damascus," and "Damascus" have the same tokens; remembered once.
    """
    bare = end
    while bare > start and text[bare - 1] in (0x2C, 0x2E, 0x3A, 0x3B, 0x21, 0x3F):
        bare -= 1
    for place in range(start, bare):
        letter = text[place] | 0x20
        if letter < 0x61 or letter > 0x7A:
            return end
    return bare if bare > start else end


@compiled
def read(  # noqa: PLR0917 - compiled: called by place
    text: Units, ends: Longs, language: int, young: Memory, old: Memory, page: Page
) -> int:
    """Write the chunks of *text*, whose fields end at *ends*, to *page*; return how many, or FULL.

    What the *old* memory knows is taken over into the *young* one.
    """
    page.counts[0] = 0
    written = 0
    start = 0
    for field in range(len(ends)):
        last = ends[field]
        while start < last:
            while start < last and is_space(text[start]):
                start += 1
            end = start
            while end < last and not is_space(text[end]):
                end += 1
            if end > start:
                chunk = _chunk(text, start, _bare_end(text, start, end), language, young, old, page)
                if chunk == FULL:
                    return FULL
                page.chunks[written] = chunk
                written += 1
            start = end
        page.chunks[written] = _END
        written += 1
    return written


@inlined
def _chunk(  # noqa: PLR0917 - compiled: called by place
    text: Units, start: Index, end: Index, language: int, young: Memory, old: Memory, page: Page
) -> Index:
    number = hashed(young.seed[0], text, start, end, language)
    chunk = found_in(young, number, text, start, end, language)
    if chunk < 0:
        before = found_in(old, number, text, start, end, language)
        if before >= 0:
            chunk = adopt(young, old, before)
        else:
            unknown = page.counts[0]
            page.unknown[2 * unknown] = start
            page.unknown[2 * unknown + 1] = end
            page.counts[0] = unknown + 1
            chunk = -2 - unknown
    return chunk


@compiled
def lay(page: Page, length: int, learnt: Ints, memory: Memory) -> int:
    """Write the tokens of the first *length* chunks to *page*; return how many.

    *learnt* says which chunks those have become that were unknown.
    """
    written = 0
    field = 0
    for place in range(length):
        chunk = page.chunks[place]
        if chunk == _END:
            page.tokens[written] = -1
            written += 1
            field += 1
            continue
        if chunk < _END:
            chunk = learnt[-2 - chunk]
        for token in range(memory.tokens[chunk], memory.tokens[chunk + 1]):
            page.tokens[written] = token
            page.fields[written] = field
            written += 1
    return written
