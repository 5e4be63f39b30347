"""The text of an article as tokens of a memory: everything that costs per character, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import (
    Bytes,
    Hashes,
    Ints,
    Longs,
    Units,
    compiled,
    inlined,
    int_of,
)
from alerts.matching.engine.hashing import begun, ended, further
from alerts.matching.engine.kinds import CHUNK, kind_of_stem
from alerts.matching.engine.memory import (
    APART,
    APART_BEHIND,
    DASH,
    DASH_BEHIND,
    FULL,
    LAST,
    SILENT,
    UNKNOWN,
    Memory,
    adopt,
    behind,
    found_in,
)
from alerts.matching.engine.simple import learn_simple

#: What stands between two tokens, added up: a hyphen is one; from here on they are parted.
_PARTS = 2


class Page(NamedTuple):
    """Where `read` writes; used again for the next article."""

    #: The tokens of the article, as places in a memory; -1 behind those of a field.
    tokens: Ints
    #: The field of each, and whether something parts it from the one before: a name has no comma inside.
    fields: Bytes
    apart: Bytes
    #: From and to where the chunk of each reaches in the text.
    chunks: Ints


class Chunks(NamedTuple):
    """What white space parts, of one article; used again for the next."""

    #: From and to where each reaches in the text, where the marks behind it end, and its field.
    spans: Ints
    #: The hash of each, and its first token in the memory.
    numbers: Hashes
    tokens: Ints
    #: From and to where those reach that are not known, and how many these are.
    unknown: Ints
    counts: Longs


def page(units: int) -> Page:
    """Return a page for texts of so many code points."""
    return Page(
        tokens=np.zeros(units + 8, np.int32),
        fields=np.zeros(units + 8, np.uint8),
        apart=np.zeros(units + 8, np.uint8),
        chunks=np.zeros((units + 8, 2), np.int32),
    )


def chunks(units: int) -> Chunks:
    """Return room for the chunks of texts of so many code points."""
    return Chunks(
        spans=np.zeros((units + 1, 4), np.int32),
        numbers=np.zeros(units + 1, np.uint64),
        tokens=np.zeros(units + 1, np.int32),
        unknown=np.zeros((units + 1, 2), np.int32),
        counts=np.zeros(1, np.int64),
    )


@inlined
def is_space(unit: int) -> bool:
    """Tell whether `str.split` parts at the code point *unit*."""
    if unit < 0x85:
        return bool(unit == 0x20 or 0x09 <= unit <= 0x0D or 0x1C <= unit <= 0x1F)
    if unit < 0x1680:
        return bool(unit in (0x85, 0xA0))
    return bool(
        unit in (0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000) or 0x2000 <= unit <= 0x200A
    )


@inlined
def _is_mark(unit: int) -> bool:
    """Tell whether the code point *unit* is one of the marks that follow words."""
    return bool(unit in (0x2C, 0x2E, 0x3A, 0x3B, 0x21, 0x3F))


@inlined
def _is_plain(unit: int) -> bool:
    """Tell whether *unit* is a letter or digit of ASCII."""
    return bool(0x61 <= unit | 0x20 <= 0x7A or 0x30 <= unit <= 0x39)


class Chunk(NamedTuple):
    """What white space parts, without the marks that follow a plain word."""

    end: int
    #: Where the marks end too.
    behind: int
    number: np.uint64


@inlined
def _cut(text: Units, start: int, last: int, bare: np.uint64) -> Chunk:
    """Return the chunk that begins at *start*; its hash begins as *bare*.

    "Damascus," and "Damascus" have the same tokens: remembered once.
    """
    state = kept = bare
    end = kept_end = start
    is_plain = True
    while end < last:
        unit = text[end]
        is_letter = _is_plain(unit)
        if not is_letter and is_space(unit):
            break
        state = further(state, unit)
        end += 1
        if is_letter:
            is_plain = is_plain and kept_end == end - 1
            kept, kept_end = state, end
        elif not _is_mark(unit):
            is_plain = False
    if is_plain and start < kept_end:
        return Chunk(kept_end, end, ended(kept))
    return Chunk(end, end, ended(state))


@compiled
def read(
    text: Units,
    ends: Longs,
    language: int,
    seed: np.uint64,
    wants: Longs,
    excepted: Hashes,
    young: Memory,
    old: Memory,
    chunks: Chunks,
    page: Page,
) -> int:
    """Write the tokens of *text*, whose fields end at *ends*, to *page*; return how many.

    What the *old* memory knows is taken over into the *young* one; what is simple is learnt.

    Returns:
        FULL, or UNKNOWN: then *chunks* says which ones.
    """
    count = _cut_all(text, ends, begun(seed, kind_of_stem(CHUNK, language)), chunks)
    # By themselves: what takes time is the way to memory, and a processor goes several at once.
    for one in range(count):
        chunks.tokens[one] = found_in(young, chunks.numbers[one])
    chunks.counts[0] = 0
    written, gap, field = 0, _PARTS, 0
    for one in range(count):
        token, number = int_of(chunks.tokens[one]), chunks.numbers[one]
        start, end = chunks.spans[one, 0], chunks.spans[one, 1]
        if token == UNKNOWN:
            token = _known(number, young, old)
        if token == UNKNOWN:
            token = learn_simple(text, start, end, number, language, wants, excepted, seed, young)
        if token == FULL:
            return FULL
        if token == UNKNOWN:
            _miss(chunks, start, end)
        if chunks.counts[0]:
            continue
        if chunks.spans[one, 3] > field:
            written = _end_fields(page, written, chunks.spans[one, 3] - field)
            field, gap = int_of(chunks.spans[one, 3]), _PARTS
        written, gap = _lay(page, young, token, written, field, gap, start, end)
        gap += _PARTS * (chunks.spans[one, 2] > end)
    return UNKNOWN if chunks.counts[0] else _end_fields(page, written, len(ends) - field)


@inlined
def _cut_all(text: Units, ends: Longs, bare: np.uint64, chunks: Chunks) -> int:
    """Write what white space parts to *chunks*; return how many."""
    count = start = 0
    for field in range(len(ends)):
        while True:
            while start < ends[field] and is_space(text[start]):
                start += 1
            if start == ends[field]:
                break
            chunk = _cut(text, start, ends[field], bare)
            chunks.spans[count, 0] = start
            chunks.spans[count, 1] = chunk.end
            chunks.spans[count, 2] = chunk.behind
            chunks.spans[count, 3] = field
            chunks.numbers[count] = chunk.number
            count += 1
            start = chunk.behind
    return count


@inlined
def _end_fields(page: Page, written: int, fields: int) -> int:
    """Write the ends of so many *fields*; return how many tokens are written now."""
    for _ in range(fields):
        page.tokens[written] = -1
        written += 1
    return written


@inlined
def _known(number: np.uint64, young: Memory, old: Memory) -> int:
    """Return where the chunk *number* is in *young*, now; UNKNOWN, or FULL."""
    token = found_in(young, number)
    if token >= 0:
        return token
    before = found_in(old, number)
    return adopt(young, number, old.words, before) if before >= 0 else UNKNOWN


@inlined
def _miss(chunks: Chunks, start: int, end: int) -> None:
    unknown = chunks.counts[0]
    chunks.unknown[unknown, 0] = start
    chunks.unknown[unknown, 1] = end
    chunks.counts[0] = unknown + 1


@inlined
def _lay(
    page: Page,
    memory: Memory,
    token: int,
    written: int,
    field: int,
    gap: int,
    start: int,
    end: int,
) -> tuple[int, int]:
    """Write the tokens of the chunk whose first is *token*, with a *gap* before it.

    Return how many are written now, and the gap behind them.
    """
    while True:
        head = int_of(memory.words[token] & np.uint64(0xFFFF))
        gap += (_PARTS if head & APART else 0) + (1 if head & DASH else 0)
        if not head & SILENT:
            page.tokens[written] = token
            page.fields[written] = field
            page.apart[written] = gap >= _PARTS
            page.chunks[written, 0] = start
            page.chunks[written, 1] = end
            written += 1
            gap = (_PARTS if head & APART_BEHIND else 0) + (1 if head & DASH_BEHIND else 0)
        if head & LAST:
            return written, gap
        token = behind(memory.words, token)
