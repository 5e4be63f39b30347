"""Articles as pages of tokens, and what is remembered of their chunks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alerts.matching.engine.hashing import SEED, units_of
from alerts.matching.engine.kinds import LANGUAGE_NUMBERS, Wants
from alerts.matching.engine.learning import lesson
from alerts.matching.engine.memory import UNKNOWN, Memory, adopt_all, empty
from alerts.matching.engine.reading import Page, chunks, page, read
from alerts.matching.engine.simple import exceptions
from alerts.model import Article, Field
from alerts.text.stems import language_of

#: Code points for which a page has room at first.
_UNITS = 1 << 14
#: The most words that one character may give rise to, and its chunk with it.
_MOST_WORDS = 64


class Read(NamedTuple):
    """An article that was read."""

    article: Article
    language: str
    #: All of its fields, one behind the other.
    text: str
    page: Page
    #: Places of the page.
    length: int
    memory: Memory


class Reader:
    """Reads one article at a time."""

    def __init__(self) -> None:
        self._wants = Wants()
        self._asked = self._wants.array()
        self._page, self._chunks = page(_UNITS), chunks(_UNITS)
        self._memory, self._old = empty(), empty(1)

    def want(self, wants: Wants) -> None:
        """Note these classes of words too, from now on."""
        together = self._wants.and_(wants)
        if together != self._wants:
            self._wants, self._asked = together, together.array()
            self._memory, self._old = empty(), empty(1)

    def read(self, article: Article) -> Read:
        """Return *article* as tokens, until the next one is read."""
        language = language_of(article.language)
        texts = [article.text(field) for field in Field]
        text = "".join(texts)
        units = units_of(text)
        if len(units) + 8 > len(self._page.tokens):
            self._page, self._chunks = page(len(units)), chunks(len(units))
        ends = np.zeros(len(texts), np.int64)
        end = 0
        for place, one in enumerate(texts):
            end += len(one)
            ends[place] = end
        number = LANGUAGE_NUMBERS[language]
        turns = 0
        while True:
            length = read(
                units,
                ends,
                number,
                SEED,
                self._asked,
                exceptions(),
                self._memory,
                self._old,
                self._chunks,
                self._page,
            )
            if length >= 0:
                return Read(article, language, text, self._page, length, self._memory)
            if length != UNKNOWN or not self._learnt(text, language):
                self._turn(len(units), turns)
                turns += 1

    def _learnt(self, text: str, language: str) -> bool:
        """Learn the chunks that the page says are unknown; False: there is no room for them."""
        places = self._chunks.unknown[: self._chunks.counts[0]].tolist()
        chunks = dict.fromkeys(text[start:end] for start, end in places)
        found = lesson(list(chunks), language, self._wants)
        return adopt_all(self._memory, found.hashes, found.words, found.firsts)

    def _turn(self, units: int, turns: int) -> None:
        """Forget what was not met since the last turn; make room for an uncommonly long article."""
        self._old, self._memory = self._memory, empty()
        if turns:
            self._memory = empty(units, _MOST_WORDS * units)
