"""Articles as pages of tokens, and what is remembered of their chunks."""

from __future__ import annotations

import numpy as np

from alerts.matching.engine.compiled import Ints
from alerts.matching.engine.learning import Wants, lesson, units_of
from alerts.matching.engine.memory import adopt_all, empty
from alerts.matching.engine.reading import FULL, Page, lay, page, read
from alerts.model import Article, Field
from alerts.text.stems import LANGUAGES

_NOTHING = np.zeros(0, np.int32)
_NUMBERS = {language: number for number, language in enumerate(LANGUAGES)}
#: Code points for which a page has room at first.
_UNITS = 1 << 14
#: The most classes that one character may give rise to, and its chunk with it.
_MOST_CLASSES = 32


class Reader:
    """Reads one article at a time."""

    def __init__(self) -> None:
        self._wants = Wants(0)
        self._page = page(_UNITS)
        #: What the tokens of the page are tokens of.
        self.memory = empty()
        self._old = empty(1)

    def want(self, wants: Wants) -> None:
        """Note these classes of words too, from now on."""
        if wants not in self._wants:
            self._wants |= wants
            self.memory, self._old = empty(), empty(1)

    def read(self, article: Article, language: str) -> tuple[Page, int]:
        """Return the page that *article* was read to, and how many places of it."""
        texts = [article.text(field) for field in Field]
        whole = "".join(texts)
        units = units_of(whole)
        ends = np.cumsum([len(text) for text in texts])
        if len(units) > _UNITS:
            self._page = page(len(units))
        number = _NUMBERS[language]
        turns = 0
        while True:
            length = read(units, ends, number, self.memory, self._old, self._page)
            learnt = self._learnt(whole, language) if length != FULL else None
            if learnt is not None:
                return self._page, lay(self._page, length, learnt, self.memory)
            self._turn(len(units), turns)
            turns += 1

    def _learnt(self, text: str, language: str) -> Ints | None:
        """Learn the chunks that the page says are unknown; return their numbers.

        None: there is no room for them.
        """
        count = int(self._page.counts[0])
        if not count:
            return _NOTHING
        places = self._page.unknown[: 2 * count].tolist()
        chunks = [text[start:end] for start, end in zip(places[::2], places[1::2], strict=True)]
        once = {chunk: number for number, chunk in enumerate(dict.fromkeys(chunks))}
        found = lesson(list(once), language, _NUMBERS[language], self._wants)
        first = adopt_all(self.memory, found)
        if first < 0:
            return None
        return np.array([first + once[chunk] for chunk in chunks], np.int32)

    def _turn(self, units: int, turns: int) -> None:
        """Forget what was not met since the last turn; make room for an uncommonly long article."""
        self._old, self.memory = self.memory, empty()
        if turns:
            self.memory = empty(units, 2 * units, units, _MOST_CLASSES * units)
