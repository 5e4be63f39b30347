"""One way to write a name, and when a text that holds its words is meant by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.model import Entity, How
from alerts.text.capitals import asked_capitals
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


def is_proper(words: Iterable[Word]) -> bool:
    """Tell whether *words* are written as a name is: "al-Bab", but not "hit".

    One that begins with a capital will do; scripts without capitals have nothing to say.
    """
    return any(not word.written[:1].islower() for word in words)


def wording(text: str, how: How, term: str) -> Wording:
    """Return *text* as a way to write *term*."""
    tokens = tokenize(text)
    return Wording(tokens=tokens, how=how, capitals=asked_capitals(tokens), term=term)


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
    return (*strong, *(one for one in weak if folded(one.tokens) not in known))


def once(wordings: Iterable[Wording]) -> tuple[Wording, ...]:
    """Return the first of those that a text cannot tell apart."""
    found: dict[tuple[str, ...], Wording] = {}
    for one in wordings:
        found.setdefault(folded(one.tokens), one)
    return tuple(found.values())


def folded(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """Return what the words of a name are compared by."""
    return tuple(token.word.folded for token in tokens)
