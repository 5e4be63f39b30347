"""Terms that watchlists share: each is looked for once, however many ask for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from alerts.matching.patterns import Pattern, of_keyword, of_names, of_respellings, of_words
from alerts.matching.table import Table
from alerts.model import Cased, EntityRef, Keyword, Phrase, Prefix, Regex, Term
from alerts.text.regexes import compile_regex
from alerts.watchlists.meaning.lexicon import Lexicon

#: A term, and whether only the strong names of an entity are meant.
_Key = tuple[Term, bool]


@dataclass(slots=True, eq=False)
class Leaf:
    """A term, numbered."""

    id: int
    term: Term
    #: `Evidence.term`.
    label: str
    #: How rare its hits are: small is rare.
    cost: float
    key: _Key
    users: int = 0
    #: Those of keywords depend on the language and are kept by the table.
    patterns: list[Pattern] = field(default_factory=list)
    regex: Any = None
    #: Of an entity with weak aliases or a mask: what supports it and what is not it.
    support: tuple[Leaf, ...] = ()
    mask: tuple[Leaf, ...] = ()
    #: Of names inside one another the longest counts.
    is_name: bool = False


class Leaves:
    """All terms that some watchlist asks for."""

    def __init__(self, lexicon: Lexicon, table: Table) -> None:
        self._lexicon = lexicon
        self._table = table
        self._by_key: dict[_Key, Leaf] = {}
        self._by_id: dict[int, Leaf] = {}
        self._next = 0

    def __getitem__(self, number: int) -> Leaf:
        return self._by_id[number]

    def take(self, term: Term, *, strong: bool = False) -> Leaf:
        """Return the leaf of *term* for one more user; each `take` wants a `drop`.

        With *strong*, an entity stands for the names that need no support, and has no mask.
        """
        key = (term, strong and isinstance(term, EntityRef))
        leaf = self._by_key.get(key)
        if leaf is None:
            term = self._lexicon.meant(term)
            key = (term, strong and isinstance(term, EntityRef))
            leaf = self._by_key.get(key)
        if leaf is None:
            leaf = self._made(term, key)
            self._by_key[key] = self._by_id[leaf.id] = leaf
        leaf.users += 1
        return leaf

    def drop(self, leaf: Leaf) -> None:
        """Say that one user of *leaf* is gone; without users it is looked for no more."""
        leaf.users -= 1
        if leaf.users:
            return
        del self._by_key[leaf.key], self._by_id[leaf.id]
        if isinstance(leaf.term, Keyword):
            self._table.remove_keyword(leaf.id)
        self._table.remove(leaf.patterns)
        for other in (*leaf.support, *leaf.mask):
            self.drop(other)

    def _made(self, term: Term, key: _Key) -> Leaf:
        self._next += 1
        leaf = Leaf(id=self._next, term=term, label=_label(term), cost=1.0, key=key)
        match term:
            case Keyword():
                words = of_keyword(leaf.id, term, "en")
                leaf.cost = 1.0 if words and words[0].rest else 3.0
                self._table.add_keyword(leaf.id, term)
            case Phrase() | Cased() | Prefix():
                leaf.patterns = of_words(leaf.id, term)
                leaf.cost = 5.0 if isinstance(term, Prefix) else 2.0
            case Regex(pattern):
                leaf.regex = compile_regex(pattern)
                # Each has to be run on every article: rarer than nothing.
                leaf.cost = 1e6
            case EntityRef():
                self._make_entity(leaf, term, strong=key[1])
            case _:
                leaf.patterns = of_names(leaf.id, self._lexicon.wordings(term))
                leaf.patterns += of_respellings(leaf.id, self._lexicon.respellings(term))
                leaf.is_name = True
        self._table.add(leaf.patterns)
        return leaf

    def _make_entity(self, leaf: Leaf, term: EntityRef, *, strong: bool) -> None:
        entity = self._lexicon.entity(term.id)
        if entity is None:
            return
        wordings = self._lexicon.wordings(term)
        leaf.patterns = of_names(leaf.id, (one for one in wordings if not (strong and one.weak)))
        leaf.patterns += of_respellings(leaf.id, self._lexicon.respellings(term))
        if strong:
            return
        leaf.is_name = True
        leaf.mask = tuple(self.take(term, strong=True) for term in entity.mask)
        if entity.weak_aliases:
            leaf.support = tuple(self.take(term, strong=True) for term in entity.support)


def _label(term: Term) -> str:
    match term:
        case Prefix(text):
            return f"{text}*"
        case Regex(pattern):
            return f"/{pattern}/"
        case Keyword(text) | Phrase(text) | Cased(text):
            return text
        case _:
            # Each way to write a name says what it stands for.
            return ""
