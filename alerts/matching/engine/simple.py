"""Chunks that need no grammar, worked out in compiled code: most of what a text has for the first time.

Numbers, and in English words of ASCII that end as no inflection does.  What they hold is what `learning`
would have said; a test holds the two together.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from alerts.matching.engine.compiled import Hashes, Longs, Units, compiled, inlined, int_of
from alerts.matching.engine.hashing import begun, ended, further, numbers
from alerts.matching.engine.kinds import (
    BEGINS_WITH,
    FOLDED,
    LENGTHS,
    LONGEST,
    SHOUTED,
    SOUNDS,
    STEM,
    STEM_SHOUTED,
    WRITTEN,
    WRITTEN_TOO,
    kind_of_stem,
)
from alerts.matching.engine.memory import FULL, LAST, PROPER, UNKNOWN, Memory, enter, has_room, head
from alerts.text import english
from alerts.text.spelling.windows import SMALL_WORDS
from alerts.text.stems import LANGUAGES

#: The language whose words these are.
_ENGLISH = list(LANGUAGES).index("en")
_LONGEST = 40
#: Words of a record, besides those for beginnings.
_MOST_WORDS = 6 + 64
_S, _D, _G, _N, _Y, _E, _L, _R, _Z = map(ord, "sdgnyelrz")


@cache
def exceptions() -> Hashes:
    """Return a hash table of the words that are no simple ones, however they end."""
    words = {*english.irregular(), *SMALL_WORDS}
    found = np.zeros(1 << (4 * len(words)).bit_length(), np.uint64)
    for number in numbers([*words], [FOLDED] * len(words)):
        place = int(number >> np.uint64(20)) & (len(found) - 1)
        while found[place]:
            place = (place + 1) & (len(found) - 1)
        found[place] = number
    return found


@inlined
def _is_excepted(table: Hashes, number: np.uint64) -> bool:
    mask = len(table) - 1
    place = int_of(number >> np.uint64(20)) & mask
    while table[place] != 0:
        if table[place] == number:
            return True
        place = (place + 1) & mask
    return False


@inlined
def _is_inflected(text: Units, start: int, end: int) -> bool:
    """Tell whether a word may have an ending of English: -s, -ed, -ing, -men, -tion, -y, -ll, -ize."""
    last = int_of(text[end - 1] | 0x20)
    if last in (_S, _D, _G, _N, _Y):
        return True
    before = int_of(text[end - 2] | 0x20) if end - start > 1 else 0
    if last == _L:
        return before == _L
    # -ize, -ise, -iser.
    return last in (_E, _R) and (before in (_S, _Z, _E))


@inlined
def _is_simple(text: Units, start: int, end: int, language: int, wants: Longs) -> bool:
    """Tell whether a chunk is all digits, or an English word that is as it is in dictionaries."""
    digits = letters = 0
    for place in range(start, end):
        unit = text[place]
        digits += 0x30 <= unit <= 0x39
        letters += 0x61 <= unit | 0x20 <= 0x7A
    length = end - start
    if length > _LONGEST:
        return False
    if digits == length:
        return True
    if letters != length or language != _ENGLISH or _is_inflected(text, start, end):
        return False
    # How names sound is not worked out here.
    return not (wants[SOUNDS] and text[start] <= 0x5A)


@compiled
def learn_simple(
    text: Units,
    start: int,
    end: int,
    number: np.uint64,
    language: int,
    wants: Longs,
    excepted: Hashes,
    seed: np.uint64,
    memory: Memory,
) -> int:
    """Learn the chunk from *start* to *end*, whose hash is *number*, if it is a simple one.

    Return where its record is, or UNKNOWN, or FULL.
    """
    if not _is_simple(text, start, end, language, wants):
        return UNKNOWN
    if not has_room(memory, _MOST_WORDS):
        return FULL
    folded, stem = begun(seed, FOLDED), begun(seed, kind_of_stem(STEM, language))
    shouted, key = begun(seed, SHOUTED), begun(seed, kind_of_stem(STEM_SHOUTED, language))
    written, begins = begun(seed, WRITTEN), begun(seed, BEGINS_WITH)
    words, first = memory.words, memory.used[1]
    shouts = text[start] >= 0x41
    classes = 1
    for place in range(start, end):
        unit = text[place]
        lower = unit | 0x20 if unit >= 0x41 else unit
        shouts = shouts and unit <= 0x5A
        folded, stem = further(folded, lower), further(stem, lower)
        shouted, key = further(shouted, lower), further(key, lower)
        written, begins = further(written, unit), further(begins, lower)
        if (wants[LENGTHS] >> min(place - start + 1, LONGEST)) & 1:
            classes += 1
            words[first + classes] = ended(begins)
    words[first + 1] = ended(folded)
    if _is_excepted(excepted, words[first + 1]):
        return UNKNOWN
    if wants[WRITTEN_TOO]:
        classes += 1
        words[first + classes] = ended(written)
    words[first + classes + 1 + shouts] = ended(stem)
    stems = 1
    if shouts:
        classes += 1
        words[first + classes] = ended(shouted)
        words[first + classes + 2] = ended(key)
        stems = 2
    words[first] = head(LAST | PROPER * (text[start] <= 0x5A), classes, stems, 0)
    return enter(memory, number, 1 + classes + stems)
