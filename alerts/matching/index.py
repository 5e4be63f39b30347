"""Which watchlists could an article meet, given the terms that stand in it?

Each condition has clauses: sets of terms of which one at least must stand in an article that meets
it.  It waits at the terms of its rarest clause, so that work follows hits and not watchlists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from alerts.matching.leaves import Leaf
from alerts.matching.nodes import (
    AbsentNode,
    AllNode,
    AnyNode,
    AtLeastNode,
    LeafNode,
    NearNode,
    Node,
    ScoreNode,
)
from alerts.matching.table import Table
from alerts.model import Regex, Watchlist

Clause = frozenset[Leaf]


@dataclass(slots=True, eq=False)
class Entry:
    """One wish, however many watchlists have it."""

    node: Node
    exclude: Node | None
    mask: tuple[Leaf, ...]
    #: Every term that was taken for it, as often as it was.
    leaves: list[Leaf]
    owners: dict[str, Watchlist] = field(default_factory=dict)
    #: The clause at which it waits.
    anchor: Clause = frozenset()
    #: The other clauses, as leaf numbers.
    required: tuple[frozenset[int], ...] = ()


class Index:
    """Entries, each at the terms of its rarest clause."""

    def __init__(self, table: Table) -> None:
        self._waiting: dict[int, dict[Entry, None]] = {}
        #: Regexes at which something waits: they have to be run on every article.
        self.regexes = table.regexes
        self._table = table

    def add(self, entry: Entry) -> None:
        """Let *entry* wait for hits; one that nothing positive can meet is never a candidate."""
        clauses = clauses_of(entry.node) or [positive(entry.node)]
        entry.anchor = min(clauses, key=_cost)
        entry.required = tuple(
            frozenset(leaf.id for leaf in clause)
            for clause in clauses
            # The scan does not see regexes.
            if clause != entry.anchor and not any(leaf.regex for leaf in clause)
        )
        for leaf in entry.anchor:
            if isinstance(leaf.term, Regex) and leaf.id not in self._waiting:
                self._table.add_regex(leaf.id, leaf.term.pattern)
            self._waiting.setdefault(leaf.id, {})[entry] = None

    def remove(self, entry: Entry) -> None:
        """Let *entry* wait no more."""
        for leaf in entry.anchor:
            waiting = self._waiting[leaf.id]
            del waiting[entry]
            if not waiting:
                del self._waiting[leaf.id]
                if leaf.regex is not None:
                    self.regexes.remove(leaf.id)

    def candidates(self, standing: Iterable[int]) -> Iterator[Entry]:
        """Yield once each entry that the terms *standing* in an article could meet."""
        found = frozenset(standing)
        seen: set[Entry] = set()
        for number in found:
            for entry in self._waiting.get(number, ()):
                if entry in seen:
                    continue
                seen.add(entry)
                if not any(clause.isdisjoint(found) for clause in entry.required):
                    yield entry


def clauses_of(node: Node) -> list[Clause]:
    """Return sets of terms of which one each must stand there for *node* to be met."""
    match node:
        case LeafNode(leaf=leaf):
            return [frozenset({leaf})]
        case AllNode(parts=parts):
            return [clause for part in parts for clause in clauses_of(part)]
        case AnyNode(parts=parts):
            return _one_of(parts)
        case NearNode(left=left, right=right):
            return clauses_of(left) + clauses_of(right)
        case AtLeastNode(part=part):
            return clauses_of(part)
        case ScoreNode(threshold=threshold, terms=terms, title_factor=factor):
            # Only then can nothing but a positive term reach the threshold.
            needs_terms = threshold > 0 and factor >= 0
            return _one_of([part for part, weight in terms if weight > 0]) if needs_terms else []
        case AbsentNode():
            return []


def _one_of(parts: Iterable[Node]) -> list[Clause]:
    every = [clauses_of(part) for part in parts]
    if not every or not all(every):
        return []
    return [frozenset().union(*(min(clauses, key=_cost) for clauses in every))]


def positive(node: Node) -> Clause:
    """Return all terms of *node* that can be evidence: no match is without some."""
    match node:
        case LeafNode(leaf=leaf):
            return frozenset({leaf})
        case AllNode(parts=parts) | AnyNode(parts=parts):
            return frozenset().union(*map(positive, parts))
        case NearNode(left=left, right=right):
            return positive(left) | positive(right)
        case AtLeastNode(part=part):
            return positive(part)
        case ScoreNode(terms=terms):
            return frozenset().union(*(positive(part) for part, weight in terms if weight > 0))
        case AbsentNode():
            return frozenset()


def _cost(clause: Clause) -> float:
    return sum(leaf.cost for leaf in clause)
