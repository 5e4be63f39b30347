"""What a chunk of text holds, worked out the slow way and once: `alerts.text` decides, in Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Hashes, Longs
from alerts.matching.engine.hashing import numbers
from alerts.matching.engine.kinds import (
    BARE,
    BARE_SHOUTED,
    BARE_WRITTEN,
    BEGINS_WITH,
    CHUNK,
    FOLDED,
    LANGUAGE_NUMBERS,
    SHOUTED,
    STEM,
    STEM_OF_PAIR,
    STEM_SHOUTED,
    WRITTEN,
    Wants,
    bit_of_beginning,
    kind_of_stem,
)
from alerts.matching.engine.memory import (
    APART,
    APART_BEHIND,
    DASH,
    DASH_BEHIND,
    LAST,
    MOST,
    PREFIXED,
    PROPER,
    SILENT,
    SMALL,
    head,
)
from alerts.matching.engine.sounding import Sounding, sounding
from alerts.text.clinging import bare
from alerts.text.spelling.windows import SMALL_WORDS, is_apart
from alerts.text.stems import answered
from alerts.text.tokens import Token, Word, cut


class Lesson(NamedTuple):
    """Records for a `memory.Memory`."""

    #: Of the chunks.
    hashes: Hashes
    words: Hashes
    #: Where in `words` the record of each begins.
    firsts: Longs


class _Classes:
    """Texts that are still to be numbered, and where their numbers belong."""

    def __init__(self) -> None:
        self.words: list[int] = []
        self.texts: list[str] = []
        self.kinds: list[int] = []
        self.places: list[int] = []

    def add(self, kind: int, text: str) -> None:
        self.places.append(len(self.words))
        self.words.append(0)
        self.texts.append(text)
        self.kinds.append(kind)


def lesson(chunks: Sequence[str], language: str, wants: Wants) -> Lesson:
    """Return what is to be known of *chunks* in *language*."""
    found = _Classes()
    firsts = []
    for chunk in chunks:
        firsts.append(len(found.words))
        _learn(chunk, language, wants, found)
    words = np.array(found.words, np.uint64)
    number = kind_of_stem(CHUNK, LANGUAGE_NUMBERS[language])
    values = numbers((*found.texts, *chunks), (*found.kinds, *[number] * len(chunks)))
    words[found.places] = values[: len(found.places)]
    return Lesson(values[len(found.places) :], words, np.array(firsts, np.int64))


def _learn(chunk: str, language: str, wants: Wants, found: _Classes) -> None:
    tokens = cut(chunk)
    if not tokens:
        found.words.append(head(LAST | SILENT | _gap(chunk, APART, DASH), 0, 0, 0))
        return
    before = 0
    for token, follower in zip(tokens, (*tokens[1:], None), strict=True):
        flags = PREFIXED * token.prefixed | PROPER * (not token.word.written[:1].islower())
        flags |= _gap(chunk[before : token.start], APART, DASH)
        flags |= SMALL * (token.word.folded in SMALL_WORDS)
        before = token.end
        if follower is None:
            flags |= LAST | _gap(chunk[before:], APART_BEHIND, DASH_BEHIND)
        sound = sounding(token, language) if wants.sounds else Sounding()
        start = len(found.words)
        found.words.append(0)
        classes = _add_classes(token.word, wants, found)
        stems = _add_stems(token.word, follower, language, found)
        if sound.flags:
            found.add(WRITTEN, f"{token.word.written}-" if token.joined else token.word.written)
            found.words += sound.readings
        sounds = len(found.words) - start - 1 - classes - stems
        found.words[start] = head(flags | sound.flags, classes, stems, sounds)


def _gap(between: str, apart: int, dash: int) -> int:
    """Return which flag says what stands *between* tokens; 0: nothing."""
    return apart if is_apart(between) else dash * bool(between)


def _add_classes(word: Word, wants: Wants, found: _Classes) -> int:
    """Add what *word* is compared by in every language; return how much that is."""
    start = len(found.words)
    found.add(FOLDED, word.folded)
    if word.capitals:
        found.add(SHOUTED, word.folded)
    if wants.written:
        found.add(WRITTEN, word.written)
    for form in bare(word) if wants.bared else ():
        found.add(BARE, form.folded)
        if form.capitals:
            found.add(BARE_SHOUTED, form.folded)
        if wants.written:
            found.add(BARE_WRITTEN, form.written)
    if wants.lengths:
        for size in range(1, min(len(word.folded), MOST - 8) + 1):
            if wants.lengths & bit_of_beginning(size):
                found.add(BEGINS_WITH, word.folded[:size])
    return len(found.words) - start


def _add_stems(word: Word, follower: Token | None, language: str, found: _Classes) -> int:
    start = len(found.words)
    number = LANGUAGE_NUMBERS[language]
    for key in answered(word.written, language):
        found.add(kind_of_stem(STEM, number), key)
        if word.capitals:
            found.add(kind_of_stem(STEM_SHOUTED, number), key)
    if follower and follower.joined:
        for key in answered(word.written + follower.word.written, language):
            found.add(kind_of_stem(STEM_OF_PAIR, number), key)
    return len(found.words) - start
