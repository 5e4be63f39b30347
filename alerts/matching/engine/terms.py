"""Terms by number, and the sequences of words that are hits of them.  Only needed while building."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import product

from alerts.matching.engine.learning import (
    BEGINS,
    FOLDED,
    SHOUTED,
    WRITTEN,
    Wants,
    keyed,
    kind_of_beginning,
    number_of,
)
from alerts.matching.engine.memory import BEGINNING
from alerts.matching.engine.table import NAMES, WANTS_PROPER, Sequences, Table
from alerts.matching.patterns import By, Pattern, Step, of_keyword, of_names, of_words
from alerts.model import Cased, EntityRef, Keyword, Phrase, Prefix, Regex, Term
from alerts.text.tokens import tokenize
from alerts.watchlists.meaning.lexicon import Lexicon

#: Words of a keyword that are looked up; each may be a form of several words, in all combinations.
_MOST_WORDS = 5


class Look(Enum):
    """How much the tables know of a term."""

    #: It stands where its sequences do.
    EXACT = 0
    #: It stands nowhere else, but not everywhere there: a weak alias wants support.
    ROUGH = 1
    #: They cannot find it: a regex, a name that is known by its sound.
    BLIND = 2


class Terms:
    """Terms in sets of fields, numbered from 0."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._numbers: dict[tuple[Term, int], int] = {}
        self._exact: dict[tuple[Term, int], int | None] = {}
        self._looks: dict[Term, Look] = {}
        self._common = Sequences()
        #: The fields of each, as bits.
        self.fields = bytearray()
        #: What `Wish` orders its clauses by: how often each may be expected.
        self.costs: list[int] = []
        self.keywords: list[tuple[int, Keyword]] = []
        self.wants = Wants(0)

    def number(self, term: Term, fields: int) -> int:
        """Return the number of *term* in *fields*, which are bits."""
        key = (term, fields)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self._numbers)
            self.fields.append(fields)
            self._enter(found, term)
        return found

    def exact(self, term: Term, fields: int) -> int | None:
        """Return the number of *term* in *fields*; None: the tables alone cannot tell where it stands."""
        known = self._exact.get((term, fields), -1)
        if known == -1:
            known = self.number(term, fields) if self.look(term) is Look.EXACT else None
            self._exact[term, fields] = known
        return known

    def look(self, term: Term) -> Look:
        """Return how well the tables can find *term*."""
        known = self._looks.get(term)
        if known is None:
            known = self._looks[term] = self._look(term)
        return known

    def _look(self, term: Term) -> Look:
        match term:
            case Phrase() | Cased() | Prefix():
                return Look.EXACT
            case Keyword(text):
                return Look.EXACT if len(tokenize(text)) <= _MOST_WORDS else Look.ROUGH
            case Regex():
                return Look.BLIND
        if self._lexicon.respellings(term):
            return Look.BLIND
        entity = self._lexicon.entities.get(term.id) if isinstance(term, EntityRef) else None
        return Look.ROUGH if entity and (entity.weak_aliases or entity.mask) else Look.EXACT

    def table(self) -> Table:
        """Return the table of all sequences that are the same in every language."""
        return self._common.table()

    def _enter(self, number: int, term: Term) -> None:
        self.costs.append(5 if isinstance(term, Prefix) else 3 if isinstance(term, Keyword) else 1)
        match term:
            case Keyword():
                self.keywords.append((number, term))
            case Phrase() | Cased() | Prefix():
                self._add(number, of_words(number, term))
            case Regex():
                raise TypeError(term)
            case _:
                self._add(number, of_names(number, self._lexicon.wordings(term)))

    def _add(self, number: int, patterns: Iterable[Pattern]) -> None:
        for pattern in patterns:
            for step in (pattern.first, *pattern.rest):
                if step.by is By.WRITTEN:
                    self.wants |= Wants.WRITTEN
                elif step.by is By.PREFIX:
                    self.wants |= Wants.BEGINNINGS
                    kind = kind_of_beginning(len(step.texts[0]))
                    self._common.lengths |= 1 << (kind - BEGINNING)
            _add(self._common, number, pattern, "")


def table_of(keywords: Iterable[tuple[int, Keyword]], language: str) -> Table:
    """Return the table of the stems of *keywords*, with their numbers, in *language*."""
    sequences = Sequences()
    for number, keyword in keywords:
        for pattern in of_keyword(number, keyword, language):
            _add(sequences, number, pattern, language)
    return sequences.table()


def _add(sequences: Sequences, number: int, pattern: Pattern, language: str) -> None:
    flags = NAMES * pattern.names | WANTS_PROPER * pattern.proper
    steps = (pattern.first, *pattern.rest)
    if language:
        steps = steps[:_MOST_WORDS]
    for classes in product(*(list(_classes(step, language)) for step in steps)):
        sequences.add(classes, number, flags)
    if pattern.hyphen:
        for key in pattern.first.texts:
            sequences.add([number_of(keyed(language, pair=True), key)], number, flags)


def _classes(step: Step, language: str) -> Iterator[int]:
    match step.by:
        case By.FOLDED:
            yield number_of(SHOUTED if step.capitals else FOLDED, step.texts[0])
        case By.WRITTEN:
            yield number_of(WRITTEN, step.texts[0])
        case By.PREFIX:
            yield number_of(BEGINS, step.texts[0])
        case By.KEYS:
            for key in step.texts:
                yield number_of(keyed(language, capitals=step.capitals), key)
        case _:
            raise TypeError(step)
