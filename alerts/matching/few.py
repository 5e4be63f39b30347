"""Some watchlists and the matches of an article with them, by dictionaries and in plain Python.

It says why; the engine, for many, says which (`many`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from alerts.matching.index import Entry, Index
from alerts.matching.leaves import Leaf, Leaves
from alerts.matching.nodes import Sight, compiled
from alerts.matching.reading import Part, Reading
from alerts.matching.table import Table
from alerts.model import (
    Article,
    Condition,
    Evidence,
    Fact,
    Field,
    How,
    Match,
    Publisher,
    Severity,
    Status,
    Term,
    Watchlist,
)
from alerts.watchlists.meaning.circumstances import NOBODY, match_of, unknown_facts
from alerts.watchlists.meaning.lexicon import Lexicon

_TRUST = {how: rank for rank, how in enumerate(How)}
_RANK = {severity: severity.rank for severity in Severity}

#: What makes two watchlists one wish.
_Wish = tuple[Condition, Condition | None, tuple[Term, ...], tuple[Field, ...]]


class Few:
    """Finds the watchlists that an article meets, with the evidence.  One thread at a time."""

    def __init__(
        self,
        watchlists: Iterable[Watchlist],
        lexicon: Lexicon,
        publishers: Mapping[str, Publisher] = NOBODY,
    ) -> None:
        self._table = Table()
        self._publishers = publishers
        self._rivals = lexicon.rivals
        self._leaves = Leaves(lexicon, self._table)
        self._index = Index(self._table)
        self._entries: dict[_Wish, Entry] = {}
        self._watchlists: dict[str, Watchlist] = {}
        for watchlist in watchlists:
            self.add(watchlist)

    def __len__(self) -> int:
        return len(self._watchlists)

    def add(self, watchlist: Watchlist) -> None:
        """Match *watchlist* from now on, in place of the one with the same id.

        One that is `off` is kept and never matches.

        Raises:
            ValueError: RE2 refuses one of its regexes; nothing was changed.
        """
        entry = None if watchlist.status is Status.OFF else self._entry(watchlist)
        if entry is None or watchlist.id not in entry.owners:
            if watchlist.id in self._watchlists:
                self.remove(watchlist.id)
            if entry is not None and not entry.owners:
                self._enter(_wish(watchlist), entry)
        if entry is not None:
            entry.owners[watchlist.id] = watchlist
        self._watchlists[watchlist.id] = watchlist

    def remove(self, watchlist_id: str) -> None:
        """Match the watchlist of this id no more.

        Raises:
            KeyError: there is none.
        """
        watchlist = self._watchlists.pop(watchlist_id)
        if watchlist.status is Status.OFF:
            return
        entry = self._entries[_wish(watchlist)]
        del entry.owners[watchlist_id]
        if not entry.owners:
            del self._entries[_wish(watchlist)]
            self._index.remove(entry)
            self._drop(entry.leaves)

    def match(self, article: Article) -> list[Match]:
        """Return the matches of *article*, the most severe first, then by watchlist id."""
        return sorted(
            self._matches(article), key=lambda match: (-_RANK[match.severity], match.watchlist)
        )

    def _matches(self, article: Article) -> Iterator[Match]:
        reading = Reading(article, self._table, self._rivals)
        standing = {*reading.hits, *self._standing_regexes(reading)}
        for entry in self._index.candidates(standing):
            admitted = [*self._admitted(entry, article)]
            evidence = _evidence(entry, reading) if admitted else ()
            if not evidence:
                continue
            for watchlist, unknown in admitted:
                yield match_of(watchlist, article, evidence, unknown)

    def _admitted(
        self, entry: Entry, article: Article
    ) -> Iterator[tuple[Watchlist, tuple[Fact, ...]]]:
        """Yield the watchlists of one wish that want this article, and what it leaves open."""
        for watchlist in entry.owners.values():
            unknown = unknown_facts(watchlist, article, self._publishers)
            if unknown is not None:
                yield watchlist, unknown

    def _entry(self, watchlist: Watchlist) -> Entry:
        """Return the entry of the wish of *watchlist*, which may be a new one without owners."""
        known = self._entries.get(_wish(watchlist))
        if known is not None:
            return known
        leaves: list[Leaf] = []

        def take(term: Term) -> Leaf:
            leaves.append(self._leaves.take(term))
            return leaves[-1]

        try:
            node = compiled(watchlist.condition, watchlist.fields, take)
            veto = watchlist.exclude
            exclude = compiled(veto, watchlist.fields, take) if veto is not None else None
            mask = tuple(map(take, watchlist.mask))
        except ValueError:
            self._drop(leaves)
            raise
        return Entry(node=node, exclude=exclude, mask=mask, leaves=leaves)

    def _enter(self, wish: _Wish, entry: Entry) -> None:
        self._entries[wish] = entry
        self._index.add(entry)

    def _drop(self, leaves: Iterable[Leaf]) -> None:
        for leaf in leaves:
            self._leaves.drop(leaf)

    def _standing_regexes(self, reading: Reading) -> Iterator[int]:
        """Yield the regexes that stand in the article, of those at which a watchlist waits."""
        for number in self._index.regexes.candidates(reading.needles, reading.texts):
            if reading.stands(self._leaves[number], None):
                yield number


def _wish(watchlist: Watchlist) -> _Wish:
    return watchlist.condition, watchlist.exclude, watchlist.mask, watchlist.fields


def _evidence(entry: Entry, reading: Reading) -> tuple[Evidence, ...]:
    """Return why the article meets *entry*; nothing if it does not."""
    sight = Sight(reading, reading.spans(entry.mask) if entry.mask else None)
    found = entry.node.find(sight)
    if not found:
        return ()
    if entry.exclude is not None and entry.exclude.find(sight) is not None:
        return ()
    return tuple(map(reading.evidence, _in_order(part for hit in found for part in hit.parts)))


def _in_order(parts: Iterable[Part]) -> list[Part]:
    """Return each span and term once, with the most trustworthy way in which it was met."""
    met: dict[tuple[int, int, int, str], Part] = {}
    for part in parts:
        known = met.get(part[:4])
        if known is None or _TRUST[part.how] < _TRUST[known.how]:
            met[part[:4]] = part
    return [met[place] for place in sorted(met)]
