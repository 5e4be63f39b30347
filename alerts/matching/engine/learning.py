"""What a chunk of text holds, worked out the slow way and once: `alerts.text` decides, in Python."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntFlag

import numpy as np

from alerts.matching.engine.compiled import Units
from alerts.matching.engine.memory import BEGINNING, COMMON, KEYS, PREFIXED, PROPER, Memory
from alerts.text.stems import answered
from alerts.text.tokens import Word, cut

_ALL_BITS = 0xFFFFFFFFFFFFFFFF
_NO_HASHES, _NO_PLACES = np.zeros(1, np.uint64), np.zeros(1, np.int32)
#: A beginning that is longer is asked of every word.
_LONGEST = 63


class Wants(IntFlag):
    """Classes that cost room and are rarely asked for: kept once some watchlist asks."""

    WRITTEN = 1
    BEGINNINGS = 2


def number_of(kind: str, text: str) -> int:
    """Return the number of the class of words that *kind* and *text* name."""
    return hash(kind + text) & _ALL_BITS or 1


# The kinds: letters, so that no two classes share a name.
FOLDED, WRITTEN, BEGINS = "f", "w", "b"
#: The same, and written in capitals.
SHOUTED = "F"


def keyed(language: str, *, capitals: bool = False, pair: bool = False) -> str:
    """Return the kind of stems in *language*; of *pair*s: of two words with a hyphen as one."""
    return f"{'P' if pair else 'K' if capitals else 'k'}{language}:"


def kind_of_beginning(letters: int) -> int:
    """Return the kind of a beginning of so many letters."""
    return BEGINNING + min(letters, _LONGEST)


def lesson(chunks: Sequence[str], language: str, number: int, wants: Wants) -> Memory:
    """Return what is to be known of *chunks* in *language*, whose *number* stands before each text.

    Hashes and places are left to the memory that takes them over.
    """
    texts, tokens, classes = [0], [0], [0]
    plain, capital = keyed(language), keyed(language, capitals=True)
    flags: list[int] = []
    values: list[int] = []
    kinds: list[int] = []
    for chunk in chunks:
        found = cut(chunk)
        for place, token in enumerate(found):
            folded, written, capitals, _, _ = token.word
            kinds.append(COMMON)
            values.append(number_of(FOLDED, folded))
            for key in answered(written, language):
                kinds.append(KEYS)
                values.append(number_of(plain, key))
                if capitals:
                    kinds.append(KEYS)
                    values.append(number_of(capital, key))
            if capitals:
                kinds.append(COMMON)
                values.append(number_of(SHOUTED, folded))
            if wants:
                _add_rare(token.word, wants, kinds, values)
            if place + 1 < len(found) and found[place + 1].joined:
                _add_pair(token.word, found[place + 1].word, language, kinds, values)
            classes.append(len(values))
            proper = not token.word.written[:1].islower()
            flags.append(PREFIXED * token.prefixed | PROPER * proper)
        texts.append(texts[-1] + 1 + len(chunk))
        tokens.append(len(flags))
    mark = chr(number)
    return Memory(
        seed=_NO_HASHES,
        places=_NO_PLACES,
        hashes=np.zeros(len(tokens) - 1, np.uint64),
        texts=np.array(texts, np.int32),
        units=units_of("".join(mark + chunk for chunk in chunks)),
        tokens=np.array(tokens, np.int32),
        classes=np.array(classes, np.int32),
        flags=np.array(flags, np.uint8),
        values=np.array(values, np.uint64),
        kinds=np.array(kinds, np.uint8),
        used=np.array([len(tokens) - 1, 0, 0, 0], np.int64),
    )


def _add_rare(word: Word, wants: Wants, kinds: list[int], values: list[int]) -> None:
    if Wants.WRITTEN in wants:
        kinds.append(COMMON)
        values.append(number_of(WRITTEN, word.written))
    if Wants.BEGINNINGS in wants:
        for size in range(1, len(word.folded) + 1):
            kinds.append(kind_of_beginning(size))
            values.append(number_of(BEGINS, word.folded[:size]))


def _add_pair(one: Word, other: Word, language: str, kinds: list[int], values: list[int]) -> None:
    for key in answered(one.written + other.written, language):
        kinds.append(KEYS)
        values.append(number_of(keyed(language, pair=True), key))


def units_of(text: str) -> Units:
    """Return the code points of *text*; lone surrogates too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
