"""Terms as patterns: sequences of words that the scan of an article can look for.

What the patterns of a term mean is defined by `alerts.watchlists.meaning.standing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from alerts.model import Cased, How, Keyword, Phrase, Prefix
from alerts.text.clinging import bare
from alerts.text.stems import answered, asked, parted
from alerts.text.tokens import Word, tokenize, word
from alerts.watchlists.meaning.respellings import Respelling
from alerts.watchlists.meaning.wordings import Wording


class By(IntEnum):
    """What a word of the text is compared by."""

    FOLDED = 0
    WRITTEN = 1
    PREFIX = 2
    KEYS = 3
    #: How several words sound together: a pattern of one step, as many words as it takes.
    SOUND = 4


class Step(NamedTuple):
    """One word of a pattern."""

    by: By
    #: One text, or of `By.KEYS` any of them; of `By.SOUND` none: the respelling has its key.
    texts: tuple[str, ...]
    #: Only capitals will do.
    capitals: bool = False
    #: Also what clings to a word may be taken off.
    bared: bool = False

    def fits(self, one: Word, language: str) -> bool:
        """Tell whether the word *one* of an article in *language* is meant."""
        if self._is(one, language):
            return True
        return self.bared and any(self._is(form, language) for form in bare(one))

    def _is(self, one: Word, language: str) -> bool:
        if self.capitals and not one.capitals:
            return False
        if self.by is By.FOLDED:
            return one.folded == self.texts[0]
        if self.by is By.WRITTEN:
            return one.written == self.texts[0]
        if self.by is By.PREFIX:
            return one.folded.startswith(self.texts[0])
        return not set(self.texts).isdisjoint(answered(one.written, language))


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Words next to one another that are a hit of a term."""

    #: `Leaf.id`.
    leaf: int
    first: Step
    rest: tuple[Step, ...]
    #: None: exact where the folded words are `exact`, else an inflection.
    how: How | None
    exact: tuple[str, ...] = ()
    #: Also met behind a prefix: "anti-HTS".
    names: bool = False
    #: Also met by two words with a hyphen that are one without it.
    hyphen: bool = False
    #: The words must be written as a name is.
    proper: bool = False
    #: They must not begin a sentence, where every word is written so.
    inside: bool = False
    #: `Evidence.term`, where it is not the leaf's: the town, of an area.
    label: str = ""
    #: Of `By.SOUND`: what must be heard.
    respelling: Respelling | None = None


_HEARD = Step(By.SOUND, ())


@lru_cache(maxsize=1 << 12)
def _step(by: By, text: str, capitals: bool, bared: bool) -> Step:  # noqa: FBT001 - cached
    """Return the step of one text: names have words in common, and then one value for them."""
    return Step(by, (text,), capitals, bared)


def of_words(leaf: int, term: Phrase | Cased | Prefix) -> list[Pattern]:
    """Return the pattern of *term*; none if it has no words."""
    words = [token.word for token in tokenize(term.text)]
    if not words:
        return []
    if isinstance(term, Cased):
        steps = [Step(By.WRITTEN, (one.written,)) for one in words]
        return [Pattern(leaf, steps[0], tuple(steps[1:]), How.EXACT, names=True)]
    steps = [Step(By.FOLDED, (one.folded,), one.dotted) for one in words]
    if isinstance(term, Phrase):
        return [Pattern(leaf, steps[0], tuple(steps[1:]), How.EXACT)]
    steps[-1] = Step(By.PREFIX, (words[-1].folded,))
    return [Pattern(leaf, steps[0], tuple(steps[1:]), How.PREFIX)]


def of_names(leaf: int, wordings: Iterable[Wording]) -> list[Pattern]:
    """Return a pattern for each way to write a name."""
    return [_of_wording(leaf, wording) for wording in wordings if wording.tokens]


def _of_wording(leaf: int, wording: Wording) -> Pattern:
    steps = [
        _step(By.WRITTEN, token.word.written, capitals, bared)
        if wording.weak
        else _step(By.FOLDED, token.word.folded, capitals or token.word.dotted, bared)
        for token, capitals, bared in zip(
            wording.tokens, wording.capitals, wording.bared, strict=True
        )
    ]
    return Pattern(
        leaf,
        steps[0],
        tuple(steps[1:]),
        wording.how,
        names=True,
        proper=wording.proper,
        inside=wording.inside,
        label=wording.term,
    )


def of_respellings(leaf: int, respellings: Iterable[Respelling]) -> list[Pattern]:
    """Return a pattern for each sound that a name is known by."""
    return [
        Pattern(
            leaf,
            _HEARD,
            (),
            How.SPELLING,
            names=True,
            proper=True,
            label=one.term,
            respelling=one,
        )
        for one in respellings
    ]


def of_keyword(leaf: int, term: Keyword, language: str) -> list[Pattern]:
    """Return the patterns of *term* in articles in *language*."""
    words = [token.word for token in tokenize(term.text)]
    if not words:
        return []
    exact = tuple(one.folded for one in words)
    whole = [_inflected(one, language) for one in words]
    sequences = [whole]
    if len(words) == 1 and (pair := parted(words[0].written, language)):
        sequences.append([_inflected(word(part), language) for part in pair])
    if len(words) == 2:
        closed = words[0].written + words[1].written
        sequences.append([Step(By.KEYS, asked(closed, language))])
    hyphen = len(words) == 1 and not words[0].dotted
    return [
        Pattern(leaf, steps[0], tuple(steps[1:]), None, exact, hyphen=hyphen and steps is whole)
        for steps in sequences
    ]


def _inflected(one: Word, language: str) -> Step:
    return Step(By.KEYS, asked(one.written, language), one.dotted)
