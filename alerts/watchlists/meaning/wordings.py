"""What a name stands for: every way in which an entity, or a plain name, is written.

Spelling keys and the gazetteer are not asked here yet; a plain name has itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from alerts.model import Entity, How, Name
from alerts.text.tokens import Token, tokenize

#: A name of all capitals, at most so long, asks for capitals in the text: "IS", "HTS".
SHORT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One way to write a name."""

    tokens: tuple[Token, ...]
    how: How
    #: For each token: whether capitals are asked for in the text.
    capitals: tuple[bool, ...]

    @property
    def weak(self) -> bool:
        """Whether it counts only as written, and only with support in the same article."""
        return self.how is How.WEAK_ALIAS


def wordings(name: Entity | Name) -> tuple[Wording, ...]:
    """Return how *name* is written, the most trustworthy first, each word sequence once.

    A text that is both a weak alias and another name of the same entity is not weak.
    """
    if isinstance(name, Name):
        return (_wording(name.text, How.EXACT),)
    written = [(name.name, How.EXACT)]
    written += [(alias, How.ALIAS) for alias in name.aliases]
    written += [(previous, How.PREVIOUS_NAME) for previous in name.previous_names]
    found: dict[tuple[str, ...], Wording] = {}
    for text, how in written:
        wording = _wording(text, how)
        found.setdefault(folded(wording.tokens), wording)
    weak = [_wording(text, How.WEAK_ALIAS) for text in dict.fromkeys(name.weak_aliases)]
    return (*found.values(), *(one for one in weak if folded(one.tokens) not in found))


def _wording(text: str, how: How) -> Wording:
    tokens = tokenize(text)
    return Wording(tokens=tokens, how=how, capitals=_capitals(tokens))


def _capitals(tokens: tuple[Token, ...]) -> tuple[bool, ...]:
    """Tell which words of a name ask for capitals.

    A short word in capitals does, alone ("IS") or in a name that also has other words ("IS
    Khorasan"); in a long name that is typed in capitals throughout ("AL SHABAAB") they say nothing.
    """
    words = [token.word for token in tokens]
    letters = sum(len(word.written) for word in words)
    shouted = letters > SHORT and all(word.capitals for word in words)
    return tuple(
        word.capitals and len(word.written) <= SHORT and not (shouted and len(words) > 1)
        for word in words
    )


def folded(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """Return what the words of a name are compared by."""
    return tuple(token.word.folded for token in tokens)
