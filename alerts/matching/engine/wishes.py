"""What watchlists ask for, in the form in which it is looked up: clauses of terms, and vetoes.

A wish is met when some term of each clause stands in the article, and no veto does.  Most watchlists are
that and no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from alerts.matching.engine.terms import Terms
from alerts.model import (
    All,
    Any,
    AtLeast,
    Condition,
    Field,
    InField,
    Near,
    Not,
    Score,
    Watchlist,
)

#: Fields as bits.
BITS = {field: 1 << number for number, field in enumerate(Field)}
Clause = tuple[int, ...]


class Wish(NamedTuple):
    """Clauses and vetoes, as numbers of terms."""

    clauses: list[Clause]
    vetoes: list[int]


def fields_of(fields: Iterable[Field]) -> int:
    """Return *fields* as bits."""
    return sum(BITS[one] for one in set(fields))


def wish_of(watchlist: Watchlist, terms: Terms) -> Wish | None:
    """Return what *watchlist* asks for; None: it is more than clauses and vetoes, or no clause."""
    wish = Wish([], [])
    fields = fields_of(watchlist.fields)
    if watchlist.mask or not _ask(watchlist.condition, fields, terms, wish):
        return None
    if watchlist.exclude is not None and not _veto(watchlist.exclude, fields, terms, wish):
        return None
    return wish if wish.clauses else None


def _ask(condition: Condition, fields: int, terms: Terms, wish: Wish) -> bool:
    """Add *condition* to *wish*; False: that cannot be said in clauses and vetoes."""
    match condition:
        case All(parts):
            return all(_ask(part, fields, terms, wish) for part in parts)
        case Not(part):
            return _veto(part, fields, terms, wish)
        case InField(one, part):
            return _ask(part, BITS[one], terms, wish)
    clause: list[int] = []
    if not _any_of(condition, fields, terms, clause):
        return False
    wish.clauses.append(tuple(sorted(set(clause))))
    return True


def _veto(condition: Condition, fields: int, terms: Terms, wish: Wish) -> bool:
    return _any_of(condition, fields, terms, wish.vetoes)


def _any_of(condition: Condition, fields: int, terms: Terms, found: list[int]) -> bool:
    """Add the terms of which *condition* asks for any; False: it asks for something else."""
    match condition:
        case Any(parts):
            return all(_any_of(part, fields, terms, found) for part in parts)
        case InField(one, part):
            return _any_of(part, BITS[one], terms, found)
        case All() | Not() | Near() | AtLeast() | Score():
            return False
        case _:
            found.append(terms.number(condition, fields))
            return True
