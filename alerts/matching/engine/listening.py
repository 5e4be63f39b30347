"""Names that are known by their sound: which of them are meant where `hearing` finds a window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from alerts.matching.engine.hearing import heard_of, listen, tree_of, walk_of
from alerts.matching.engine.kinds import LANGUAGE_NUMBERS
from alerts.matching.engine.memory import PROPER, SMALL, Memory
from alerts.matching.engine.reader import Read
from alerts.matching.engine.reading import Page
from alerts.text.spelling.windows import NOTHING, hear
from alerts.text.tokens import Token, cut
from alerts.watchlists.meaning.respellings import Respelling
from alerts.watchlists.meaning.rivals import AROUND, Owner, Rivals
from alerts.watchlists.meaning.wordings import is_proper

#: Windows of which it is remembered what they sound like, about 100 bytes each.
_REMEMBERED = 1 << 17
_OF_NAMES = np.uint64(PROPER | SMALL)


class Meant(NamedTuple):
    """Somebody whose name a window sounds like."""

    owner: Owner
    #: The terms that are met if it is theirs.
    terms: tuple[int, ...]
    #: Nobody else is known by these words, whatever stands around.
    is_sure: bool


class Listener:
    """The sounds of one segment's names."""

    def __init__(self, sounds: Iterable[tuple[int, Respelling]], rivals: Rivals) -> None:
        self._rivals = rivals
        self._by_key: dict[str, list[tuple[Respelling, int]]] = {}
        for term, one in sounds:
            self._by_key.setdefault(one.sound.key, []).append((one, term))
        self._tree = tree_of(self._by_key)
        self._walk, self._heard = walk_of(), heard_of(1 << 12)
        self._known: dict[int, tuple[Meant, ...]] = {}
        #: Of those who may be meant, by the tokens of one memory around: whether they are.
        self._there: dict[tuple[int, ...], bool] = {}
        self._of: Memory | None = None

    def __len__(self) -> int:
        return len(self._by_key)

    def windows(self, read: Read) -> Iterator[tuple[int, int, tuple[Meant, ...]]]:
        """Yield what sounds like names: the first token, how many, who may be meant."""
        page, language = read.page, LANGUAGE_NUMBERS[read.language]
        while not listen(
            page, read.length, language, read.memory, self._tree, self._walk, self._heard
        ):
            self._heard = heard_of(2 * len(self._heard.firsts))
        count = self._heard.counts[0]
        numbers = self._heard.numbers[:count].tolist()
        for place, window in enumerate(numbers):
            known = self._known.get(window)
            if known == ():
                continue
            first, width = int(self._heard.firsts[place]), int(self._heard.widths[place])
            if known is None:
                tokens = tokens_of(read.text, page, first, first + width)
                known = self._learn(window, tokens, read.language)
            if known:
                yield first, width, known

    def is_meant(self, meant: Meant, read: Read, first: int, width: int) -> bool:
        """Tell whether a window that sounds like a name is nobody else's where it stands."""
        start, end = first, first + width
        while start > first - AROUND and _may_be_of_name(read, start - 1, start):
            start -= 1
        while end < first + width + AROUND and _may_be_of_name(read, end, end - 1):
            end += 1
        # Nearly all names stand among plain words, which cannot make a longer name of them.
        if meant.is_sure or end - start == width:
            return True
        if self._of is not read.memory:
            self._of, self._there = read.memory, {}
        there = (id(meant), first - start, width, *read.page.tokens[start:end].tolist())
        known = self._there.get(there)
        if known is None:
            tokens = tokens_of(read.text, read.page, start, end)
            last = first - start + width
            known = not self._rivals.take_there(meant.owner, tokens, first - start, last)
            self._there[there] = known
        return known

    def _learn(self, window: int, tokens: tuple[Token, ...], language: str) -> tuple[Meant, ...]:
        if len(self._known) + len(self._there) >= _REMEMBERED:
            self._known.clear()
            self._there.clear()
        found = self._known[window] = tuple(self._meant(tokens, language))
        return found

    def _meant(self, tokens: tuple[Token, ...], language: str) -> Iterator[Meant]:
        heard = NOTHING
        for token in tokens:
            further = hear(heard, token, language)
            if further is None:
                return
            heard = further
        if not is_proper(token.word for token in tokens):
            return
        owners: dict[Owner, dict[int, None]] = {}
        for key in dict.fromkeys(one.sound.key for one in heard.whole):
            for respelling, term in self._by_key.get(key, ()):
                if respelling.is_heard(heard):
                    owners.setdefault(respelling.owner, {})[term] = None
        for owner, terms in owners.items():
            takes = self._rivals.take_words(owner, tokens)
            if not takes:
                yield Meant(owner, tuple(terms), takes is False)


def _may_be_of_name(read: Read, place: int, inside: int) -> bool:
    """Tell whether the token at *place* may belong to a longer name, with that at *inside*."""
    token = read.page.tokens[place] if place >= 0 else -1
    if token < 0:
        return False
    if read.page.chunks[place, 0] == read.page.chunks[inside, 0]:
        return True
    return bool(read.memory.words[token] & _OF_NAMES)


def tokens_of(text: str, page: Page, first: int, last: int) -> tuple[Token, ...]:
    """Return the tokens of *page* from *first* to before *last*, of one field, as in their chunks."""
    found: list[Token] = []
    offset, before = 0, -1
    while first > offset and page.tokens[first - offset - 1] >= 0:
        if page.chunks[first - offset - 1, 0] != page.chunks[first, 0]:
            break
        offset += 1
    for start, end in page.chunks[first:last].tolist():
        if start != before:
            offset = 0 if found else offset
            tokens, before = cut(text[start:end]), start
        found.append(tokens[offset])
        offset += 1
    return tuple(found)
