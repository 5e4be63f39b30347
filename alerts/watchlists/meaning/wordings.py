"""One way to write a name, and when a text that holds its words is meant by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from alerts.model import Entity, How, Spelling
from alerts.text.capitals import asked_capitals
from alerts.text.spelling.letters import is_arabic
from alerts.text.tokens import Token, Word, tokenize


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One way to write a name."""

    tokens: tuple[Token, ...]
    how: How
    #: For each token: whether capitals are asked for in the text.
    capitals: tuple[bool, ...]
    #: What alerts show: the name that this one stands for.
    term: str
    #: A word that everybody uses: "Hit", "Same".
    is_word_too: bool = False
    #: It is not known by its sound too (`respellings`).
    is_unheard: bool = False

    @property
    def is_acronym(self) -> bool:
        """Whether it is written in capitals: that says nothing of how it sounds."""
        return any(self.capitals) or all(token.word.capitals for token in self.tokens)

    @property
    def bared(self) -> tuple[bool, ...]:
        """For each token: whether the text's word counts without what clings to it, too.

        Of a name that has no sound, which would do the same: its last word with a Turkish suffix, or
        its first with Arabic proclitics.
        """
        count = len(self.tokens)
        if not count or not (self.is_unheard or self.is_acronym):
            return (False,) * count
        return tuple(
            place == (0 if is_arabic(token.word.written[:1]) else count - 1)
            for place, token in enumerate(self.tokens)
        )

    @property
    def weak(self) -> bool:
        """Whether it counts only as written, and only with support in the same article."""
        return self.how is How.WEAK_ALIAS

    @property
    def proper(self) -> bool:
        """Whether the text must write it as a name.

        Nobody chose this spelling by hand ("of" is a town in the gazetteer, and a word of every
        article), or who chose it knew that it is a word.
        """
        return self.how is How.GAZETTEER or self.is_word_too

    @property
    def inside(self) -> bool:
        """Whether it is no name where a sentence begins: every word has a capital there, but not "IS"."""
        return self.is_word_too and not any(self.capitals)


def is_proper(words: Iterable[Word]) -> bool:
    """Tell whether *words* are written as a name is: "al-Bab", but not "hit".

    One that begins with a capital will do; scripts without capitals have nothing to say.
    """
    return any(not word.written[:1].islower() for word in words)


def wording(text: str, how: How, term: str) -> Wording:
    """Return *text* as a way to write *term*."""
    tokens = tokenize(text)
    return Wording(tokens=tokens, how=how, capitals=asked_capitals(tokens), term=term)


# Asked for the words of an entity, then for their sounds, then for those that support others.
@lru_cache(maxsize=1 << 4)
def of_entity(entity: Entity) -> tuple[Wording, ...]:
    """Return how *entity* is written, the most trustworthy first, each word sequence once.

    A text that is both a weak alias and another name of the same entity is not weak.
    """
    written = [(entity.name, How.EXACT)]
    written += [(alias, How.ALIAS) for alias in entity.aliases]
    written += [(previous, How.PREVIOUS_NAME) for previous in entity.previous_names]
    strong = once(wording(text, how, entity.name) for text, how in written)
    known = {folded(one.tokens) for one in strong}
    weak = (
        wording(text, How.WEAK_ALIAS, entity.name) for text in dict.fromkeys(entity.weak_aliases)
    )
    if entity.spelling is Spelling.LISTED:
        strong = tuple(replace(one, is_unheard=True) for one in strong)
    unheard = (replace(one, is_unheard=True) for one in weak if folded(one.tokens) not in known)
    return (*strong, *unheard)


def once(wordings: Iterable[Wording]) -> tuple[Wording, ...]:
    """Return the first of those that a text cannot tell apart."""
    found: dict[tuple[str, ...], Wording] = {}
    for one in wordings:
        found.setdefault(folded(one.tokens), one)
    return tuple(found.values())


def folded(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """Return what the words of a name are compared by."""
    return tuple(token.word.folded for token in tokens)
