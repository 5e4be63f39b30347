"""Why a term does not stand in an article: what would have to be otherwise, tried by reading again.

Each question is put to the production code with one thing changed: without the mask, with support,
without rivals, in other letters.  Nothing here decides whether a watchlist is met.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from alerts.matching.leaves import Leaf, Leaves
from alerts.matching.reading import FIELDS, Part, Reading, Stretch
from alerts.matching.table import Table
from alerts.model import (
    Article,
    Cased,
    Entity,
    EntityRef,
    Evidence,
    Keyword,
    Kind,
    Name,
    Phrase,
    Prefix,
    Regex,
    Term,
)
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.meaning.rivals import Rivals
from alerts.watchlists.query.printing import to_text


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a term is not met, and the words that nearly did it."""

    why: str
    evidence: tuple[Evidence, ...] = ()


class Misses:
    """Looks for what nearly stands in one article."""

    def __init__(self, article: Article, lexicon: Lexicon) -> None:
        self._article = article
        self._lexicon = lexicon
        self._table = Table()
        self._leaves = Leaves(lexicon, self._table)
        self._asked: dict[int, Term] = {}

    def take(self, term: Term) -> Leaf:
        """Return the leaf of *term*, to be taken before the article is read."""
        leaf = self._leaves.take(term)
        self._asked.setdefault(leaf.id, term)
        return leaf

    def name(self, leaf: Leaf) -> str:
        """Return what *leaf* was taken for, and the entity if it is the name of one."""
        asked = self._asked[leaf.id]
        meant = f" = {to_text(leaf.term)}" if asked != leaf.term else ""
        return to_text(asked) + meant

    @cached_property
    def reading(self) -> Reading:
        """The article, read for all terms that were taken."""
        return Reading(self._article, self._table, self._lexicon.rivals)

    def of(self, leaf: Leaf, fields: frozenset[int], mask: Iterable[Leaf]) -> Miss:
        """Return why *leaf* does not stand in *fields* outside of *mask*."""
        found = self.reading.stands(leaf, None)
        if found:
            return self._hidden(found, fields, mask)
        if leaf.id in self.reading.hits:
            return self._refused(leaf)
        if isinstance(leaf.term, EntityRef) and not self._lexicon.entity(leaf.term.id):
            return Miss("no such entity")
        return next(self._alike(leaf.term), Miss("stands nowhere"))

    def _hidden(
        self, found: tuple[Stretch, ...], fields: frozenset[int], mask: Iterable[Leaf]
    ) -> Miss:
        here = [one for one in found if one.field in fields]
        if not here:
            where = ", ".join(FIELDS[each].value for each in sorted({one.field for one in found}))
            return Miss(f"stands only in {where}", _evidence(self.reading, found))
        over = [each for each in mask if _lies_over(self.reading.stands(each, None), here)]
        names = ", ".join(map(self.name, over))
        return Miss(f"masked by {names}", _evidence(self.reading, here))

    def _refused(self, leaf: Leaf) -> Miss:
        """Say why words that could be a name of *leaf* are not taken for one."""
        if words := self._words(replace(leaf, mask=())):
            names = ", ".join(to_text(each.term) for each in leaf.mask)
            return Miss(f"not what is meant, by the entity's mask ({names})", words)
        supported = replace(leaf, support=(self.take(Regex("(?s).+")),))
        if words := self._words(supported):
            return Miss(f"a weak alias without support, such as {_support(leaf)}", words)
        if words := self._words(replace(supported, mask=())):
            return Miss("a weak alias without support, and masked by the entity", words)
        if words := self._words(leaf, Rivals({}, None)):
            return Miss(f"sounds like it, but means {self._rival(words[0])}", words)
        return Miss("stands only as a plain word, not as a name")

    def _words(self, leaf: Leaf, rivals: Rivals | None = None) -> tuple[Evidence, ...]:
        """Return where *leaf* stands."""
        # A reading remembers what it found by the number of a leaf: each question needs its own.
        reading = Reading(self._article, self._table, rivals or self._lexicon.rivals)
        return _evidence(reading, reading.stands(leaf, None))

    def _rival(self, words: Evidence) -> str:
        """Say who is meant by *words*, which sound like a watched name."""
        place = self._lexicon.bearer(Name(Kind.PLACE, words.surface))
        if place is not None:
            return f"{place.name} ({place.country})"
        called = (self._lexicon.rivals.called(kind, words.surface) for kind in Kind)
        known = (self._lexicon.entity(id_) for id_ in chain.from_iterable(called))
        names = (entity.name for entity in known if entity)
        return next(names, "somebody else, or is a part of a longer name")

    def _alike(self, term: Term) -> Iterator[Miss]:
        """Yield how words stand there that would be *term*, but for their letters or a prefix."""
        others = Misses(self._article, self._lexicon)
        texts = self._texts(term)
        phrases = [others.take(Phrase(text)) for text in texts]
        behind = [others.take(Cased(text)) for text in texts if isinstance(term, Keyword | Phrase)]
        for leaves, why in (
            (phrases, "stands only in other letters"),
            (behind, "stands only behind a prefix, as another word"),
        ):
            found = [one for leaf in leaves for one in others.reading.stands(leaf, None)]
            if found:
                yield Miss(why, _evidence(others.reading, found))

    def _texts(self, term: Term) -> tuple[str, ...]:
        match term:
            case Keyword(text) | Cased(text) | Phrase(text) | Prefix(text) | Name(text=text):
                return (text,)
            case EntityRef(id_):
                entity = self._lexicon.entity(id_)
                return _names(entity) if entity else ()
            case _:
                return ()


def _evidence(reading: Reading, found: Iterable[Stretch]) -> tuple[Evidence, ...]:
    parts: dict[Part, None] = dict.fromkeys(part for one in found for part in one.parts)
    return tuple(map(reading.evidence, sorted(parts)))


def _lies_over(mask: Iterable[Stretch], found: Iterable[Stretch]) -> bool:
    return any(
        over.field == one.field and over.start < one.end and one.start < over.end
        for over in mask
        for one in found
    )


def _support(leaf: Leaf) -> str:
    return ", ".join(to_text(each.term) for each in leaf.support) or "another of its names"


def _names(entity: Entity) -> tuple[str, ...]:
    return (entity.name, *entity.aliases, *entity.previous_names, *entity.weak_aliases)
