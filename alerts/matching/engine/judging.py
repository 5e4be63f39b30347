"""What the tables cannot decide: NEAR, scores, masks, regexes.

The tables find what an article could meet; whether it does is decided by `alerts.matching.nodes`, as it
is for every watchlist of a small set.
"""

from __future__ import annotations

from alerts.matching.engine.terms import EVERYWHERE, Terms
from alerts.matching.engine.wishes import Wish
from alerts.matching.index import Entry, clauses_of, positive
from alerts.matching.leaves import Leaf, Leaves
from alerts.matching.nodes import Sight, compiled
from alerts.matching.reading import Reading
from alerts.matching.table import Table
from alerts.model import Article, Term, Watchlist
from alerts.watchlists.meaning.lexicon import Lexicon


class Judge:
    """Intricate wishes and terms, by number."""

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

    def leaf(self, term: Term) -> Leaf:
        """Return *term* as something that can be asked of a reading.

        Raises:
            ValueError: it is a regex that RE2 refuses.
        """
        return self._leaves.take(term)

    def _entry(self, watchlist: Watchlist) -> Entry:
        veto = watchlist.exclude
        return Entry(
            node=compiled(watchlist.condition, watchlist.fields, self.leaf),
            exclude=compiled(veto, watchlist.fields, self.leaf) if veto is not None else None,
            mask=tuple(map(self.leaf, watchlist.mask)),
            leaves=[],
        )

    def least(self, number: int, terms: Terms) -> Wish:
        """Return what the wish *number* needs at least."""
        node = self._entries[number].node
        clauses = clauses_of(node) or [positive(node)]
        return Wish(
            [
                tuple(sorted({terms.number(leaf.term, EVERYWHERE) for leaf in clause}))
                for clause in clauses
            ],
            [],
        )

    def reading(self, article: Article) -> Reading:
        """Return *article*, to be asked about wishes and terms."""
        return Reading(article, self._table, self._rivals)

    def is_met(self, number: int, reading: Reading) -> bool:
        """Tell whether the article meets the wish *number*."""
        entry = self._entries[number]
        sight = Sight(reading, reading.spans(entry.mask) if entry.mask else None)
        if not entry.node.find(sight):
            return False
        return entry.exclude is None or entry.exclude.find(sight) is None
