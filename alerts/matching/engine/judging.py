"""Watchlists that ask for more than clauses and vetoes: NEAR, scores, masks, weak aliases, regexes.

The tables find those that an article could meet; whether it does is decided by `alerts.matching.nodes`,
as it is for every watchlist of a small set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from alerts.matching.engine.terms import Look, Terms
from alerts.matching.engine.wishes import EVERYWHERE, Wish
from alerts.matching.index import Entry, clauses_of
from alerts.matching.leaves import Leaf, Leaves
from alerts.matching.nodes import Sight, compiled
from alerts.matching.reading import Reading
from alerts.matching.table import Table
from alerts.model import Article, Term, Watchlist
from alerts.watchlists.meaning.lexicon import Lexicon


class Judge:
    """Intricate wishes by number."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._rivals = lexicon.rivals
        self._table = Table()
        self._leaves = Leaves(lexicon, self._table)
        self._entries: list[Entry] = []
        self._numbers: dict[object, int] = {}

    def number(self, watchlist: Watchlist) -> int:
        """Return the number of the wish of *watchlist*.

        Raises:
            ValueError: RE2 refuses one of its regexes.
        """
        wish = (watchlist.condition, watchlist.exclude, watchlist.mask, watchlist.fields)
        found = self._numbers.get(wish)
        if found is None:
            self._entries.append(self._entry(watchlist))
            found = self._numbers[wish] = len(self._entries) - 1
        return found

    def _entry(self, watchlist: Watchlist) -> Entry:
        leaves: list[Leaf] = []

        def take(term: Term) -> Leaf:
            leaves.append(self._leaves.take(term))
            return leaves[-1]

        veto = watchlist.exclude
        return Entry(
            node=compiled(watchlist.condition, watchlist.fields, take),
            exclude=compiled(veto, watchlist.fields, take) if veto is not None else None,
            mask=tuple(map(take, watchlist.mask)),
            leaves=leaves,
        )

    def least(self, number: int, terms: Terms) -> Wish | None:
        """Return what the wish *number* needs at least; None: nothing that the tables can find."""
        wish = Wish()
        for clause in clauses_of(self._entries[number].node):
            if all(terms.look(leaf.term) is not Look.BLIND for leaf in clause):
                found = {terms.number(leaf.term, EVERYWHERE) for leaf in clause}
                wish.clauses.append(tuple(sorted(found)))
        return wish if wish.clauses else None

    def met(self, article: Article, numbers: Iterable[int]) -> Iterator[int]:
        """Yield those wishes of *numbers* that *article* meets."""
        reading: Reading | None = None
        for number in numbers:
            reading = reading or Reading(article, self._table, self._rivals)
            if _is_met(self._entries[number], reading):
                yield number


def _is_met(entry: Entry, reading: Reading) -> bool:
    sight = Sight(reading, reading.spans(entry.mask) if entry.mask else None)
    if not entry.node.find(sight):
        return False
    return entry.exclude is None or entry.exclude.find(sight) is None
