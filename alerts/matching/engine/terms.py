"""Terms by number, and what stands for them in a text.  Only needed while building."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import cast

from alerts.matching.engine.kinds import (
    BARE,
    BARE_SHOUTED,
    BARE_WRITTEN,
    BEGINS_WITH,
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
from alerts.matching.engine.names import Names
from alerts.matching.engine.table import NAMES, WANTS_PROPER, Sequences, Table
from alerts.matching.patterns import By, Pattern, Step, of_keyword, of_names, of_words
from alerts.model import (
    All,
    Any,
    AtLeast,
    Cased,
    Condition,
    Entity,
    EntityRef,
    Field,
    InField,
    Keyword,
    Name,
    Near,
    Not,
    Phrase,
    Prefix,
    Regex,
    Score,
    Term,
)
from alerts.text.tokens import tokenize
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.meaning.respellings import Respelling
from alerts.watchlists.meaning.wordings import Wording

#: Fields as bits.
EVERYWHERE = (1 << len(Field)) - 1
#: Conditions that are no terms.
OPERATORS = frozenset((All, Any, AtLeast, InField, Near, Not, Score))
#: Words of a keyword that are looked up; each may be a form of several words, in all combinations.
_MOST_WORDS = 5


@dataclass(slots=True)
class Weak:
    """Weak names of an entity, which count where something supports them."""

    #: The term of the weak names, and that of the entity for which they then stand.
    term: int
    whole: int
    #: Terms of which any, in any field, is support enough.
    support: tuple[int, ...]


@dataclass(slots=True)
class Doubt:
    """A term of which the tables do not know all."""

    term: int
    meant: Term
    #: It is in doubt only where one of these stands; none: wherever it seems to stand.
    masks: tuple[int, ...] = ()
    #: Hits of this one are in doubt too; -1: there is none.
    weak: int = -1


@dataclass(slots=True)
class Further:
    """What the tables of sequences do not say."""

    weak: list[Weak] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    regexes: list[tuple[int, Regex]] = field(default_factory=list)
    #: Names that are known by their sound.
    sounds: Names = field(default_factory=Names)


@dataclass(slots=True)
class Keywords:
    """Keywords with their numbers: each language has a table of their stems."""

    numbers: array[int] = field(default_factory=lambda: array("i"))
    terms: list[Keyword] = field(default_factory=list)

    def add(self, number: int, term: Keyword) -> None:
        """Take the keyword *term* with its number."""
        self.numbers.append(number)
        self.terms.append(term)


class Terms:
    """Terms in sets of fields, numbered from 0."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._numbers: dict[tuple[object, ...], int] = {}
        #: By fields: numbers by `id`, of the first of equal values, which is held: nothing else has
        #: its id.  Who makes watchlists shares what is the same in them, and to compare values costs
        #: five times as much, which counts with four million terms.
        self._same: list[dict[int, int]] = [{} for _ in range(EVERYWHERE + 1)]
        self._held: list[Term] = []
        self._common = Sequences()
        #: The fields of each, as bits.
        self.fields = bytearray()
        #: What `Wish` orders its clauses by: how often each may be expected.
        self.costs = bytearray()
        self.keywords = Keywords()
        self.wants = Wants()
        self.further = Further()

    def numbers(self, parts: tuple[Condition, ...], fields: int) -> list[int] | None:
        """Return the number of each of *parts* in *fields*; None: some are no terms."""
        same = self._same[fields]
        try:
            return [same[id(part)] for part in parts]
        except KeyError:
            if any(type(part) in OPERATORS for part in parts):
                return None
            return [self.number(cast("Term", part), fields) for part in parts]

    def number(self, term: Term, fields: int, *, strong: bool = False) -> int:
        """Return the number of *term* in *fields*, which are bits.

        With *strong*, an entity stands for the names that need no support, and has no mask.
        """
        # Of most terms a text is all; a dataclass is hashed in Python, a tuple of it is not.
        text = getattr(term, "text", None)
        plain = text is not None and not isinstance(term, Name)
        key = (type(term), text, fields) if plain else (term, strong, fields)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = self._numbered(term, fields, strong=strong)
            if not strong:
                self._same[fields][id(term)] = found
                self._held.append(term)
        return found

    def _numbered(self, term: Term, fields: int, *, strong: bool) -> int:
        meant = self._lexicon.meant(term)
        if meant is not term:
            return self.number(meant, fields, strong=strong)
        number = self._next(fields, term)
        self._enter(number, term, fields, strong=strong)
        return number

    def table(self) -> Table:
        """Return the table of all sequences that are the same in every language."""
        return self._common.table()

    def _next(self, fields: int, term: Term) -> int:
        self.fields.append(fields)
        self.costs.append(5 if isinstance(term, Prefix) else 3 if isinstance(term, Keyword) else 1)
        return len(self.fields) - 1

    def _enter(self, number: int, term: Term, fields: int, *, strong: bool) -> None:
        match term:
            case Keyword(text):
                self.keywords.add(number, term)
                if len(tokenize(text)) > _MOST_WORDS:
                    self.further.doubts.append(Doubt(number, term))
            case Phrase() | Cased() | Prefix():
                self._add(number, of_words(number, term))
            case Regex():
                self.further.regexes.append((number, term))
            case EntityRef(id_):
                if entity := self._lexicon.entity(id_):
                    self._enter_entity(number, term, entity, fields, strong=strong)
            case _:
                wordings = self._lexicon.wordings(term)
                if any(one.inside for one in wordings):
                    self.further.doubts.append(Doubt(number, term))
                self._add_names(number, wordings)
                self._add_sounds(number, self._lexicon.respellings(term))

    def _enter_entity(
        self, number: int, term: EntityRef, entity: Entity, fields: int, *, strong: bool
    ) -> None:
        wordings = self._lexicon.wordings(term)
        self._add_names(number, (one for one in wordings if not one.weak))
        self._add_sounds(number, self._lexicon.respellings(term))
        if strong:
            return
        weak = -1
        if entity.weak_aliases:
            weak = self._next(fields, term)
            self._add_names(weak, (one for one in wordings if one.weak))
            support = [self.number(term, EVERYWHERE, strong=True)]
            support += [self.number(one, EVERYWHERE, strong=True) for one in entity.support]
            self.further.weak.append(Weak(weak, number, tuple(support)))
            if any(doubt.term in support for doubt in self.further.doubts):
                self.further.doubts.append(Doubt(number, term))
        if entity.mask:
            masks = tuple(self.number(one, EVERYWHERE, strong=True) for one in entity.mask)
            self.further.doubts.append(Doubt(number, term, masks, weak))

    def _add_names(self, number: int, wordings: Iterable[Wording]) -> None:
        self._add(number, of_names(number, wordings))

    def _add_sounds(self, number: int, respellings: Iterable[Respelling]) -> None:
        for one in respellings:
            self.further.sounds.add(number, one)
        if self.further.sounds and not self.wants.sounds:
            self.wants = self.wants.and_(Wants(sounds=True))

    def _add(self, number: int, patterns: Iterable[Pattern]) -> None:
        for pattern in patterns:
            for step in (pattern.first, *pattern.rest):
                if step.by is By.WRITTEN:
                    self.wants = self.wants.and_(Wants(written=True))
                elif step.by is By.PREFIX:
                    lengths = bit_of_beginning(len(step.texts[0]))
                    self.wants = self.wants.and_(Wants(lengths=lengths))
                if step.bared:
                    self.wants = self.wants.and_(Wants(bared=True))
            _add(self._common, number, pattern, 0)


def table_of(keywords: Keywords, language: str) -> Table:
    """Return the table of the stems of *keywords*, with their numbers, in *language*."""
    sequences = Sequences()
    for number, keyword in zip(keywords.numbers, keywords.terms, strict=True):
        for pattern in of_keyword(number, keyword, language):
            _add(sequences, number, pattern, LANGUAGE_NUMBERS[language])
    return sequences.table()


def _add(sequences: Sequences, number: int, pattern: Pattern, language: int) -> None:
    flags = NAMES * pattern.names | WANTS_PROPER * pattern.proper
    steps = (pattern.first, *pattern.rest)
    if pattern.first.by is By.KEYS:
        steps = steps[:_MOST_WORDS]
    if len(steps) == 1:
        for one in _classes(pattern.first, language):
            sequences.add((one,), number, flags)
    else:
        for classes in product(*(tuple(_classes(step, language)) for step in steps)):
            sequences.add(classes, number, flags)
    if pattern.hyphen:
        kind = kind_of_stem(STEM_OF_PAIR, language)
        for key in pattern.first.texts:
            sequences.add([(kind, key)], number, flags)


def _classes(step: Step, language: int) -> Iterator[tuple[int, str]]:
    match step.by:
        case By.FOLDED:
            yield SHOUTED if step.capitals else FOLDED, step.texts[0]
            if step.bared:
                yield BARE_SHOUTED if step.capitals else BARE, step.texts[0]
        case By.WRITTEN:
            yield WRITTEN, step.texts[0]
            if step.bared:
                yield BARE_WRITTEN, step.texts[0]
        case By.PREFIX:
            yield BEGINS_WITH, step.texts[0]
        case By.KEYS:
            kind = kind_of_stem(STEM_SHOUTED if step.capitals else STEM, language)
            for key in step.texts:
                yield kind, key
        case _:
            raise TypeError(step)
