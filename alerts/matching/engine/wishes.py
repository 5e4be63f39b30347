"""What watchlists ask for, in the form in which it is looked up: clauses of terms, and vetoes.

A wish is met when some term of each clause stands in the article, and no veto does.  Most watchlists are
that and no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, cast

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
    Term,
    Watchlist,
)

#: Fields as bits.
BITS = {field: 1 << number for number, field in enumerate(Field)}
Clause = tuple[int, ...]
#: What cannot be said in clauses and vetoes, or only in several.
_OPERATORS = frozenset((All, Any, AtLeast, InField, Near, Not, Score))


class Wish(NamedTuple):
    """Clauses and vetoes, as numbers of terms."""

    clauses: list[Clause]
    vetoes: list[int]


def fields_of(fields: Iterable[Field]) -> int:
    """Return *fields* as bits."""
    bits = 0
    for one in fields:
        bits |= BITS[one]
    return bits


def wish_of(watchlist: Watchlist, terms: Terms) -> Wish | None:
    """Return what *watchlist* asks for; None: it is more than clauses and vetoes, or no clause."""
    wish = Wish([], [])
    fields = fields_of(watchlist.fields)
    if watchlist.mask or not _ask(watchlist.condition, fields, terms, wish):
        return None
    if watchlist.exclude is not None and not _any_of(watchlist.exclude, fields, terms, wish.vetoes):
        return None
    return wish if wish.clauses else None


def _ask(condition: Condition, fields: int, terms: Terms, wish: Wish) -> bool:
    """Add *condition* to *wish*; False: that cannot be said in clauses and vetoes."""
    # Comparing types is twice as fast as `match`, which counts with a million.
    if isinstance(condition, All):
        return all(_ask(part, fields, terms, wish) for part in condition.parts)
    if isinstance(condition, Not):
        return _any_of(condition.part, fields, terms, wish.vetoes)
    if isinstance(condition, InField):
        return _ask(condition.part, BITS[condition.field], terms, wish)
    clause: list[int] = []
    if type(condition) not in _OPERATORS:
        clause.append(terms.number(cast("Term", condition), fields))
    elif not _any_of(condition, fields, terms, clause):
        return False
    wish.clauses.append(tuple(sorted(set(clause)) if len(clause) > 1 else clause))
    return True


def _any_of(condition: Condition, fields: int, terms: Terms, found: list[int]) -> bool:
    """Add the terms of which *condition* asks for any; False: it asks for something else."""
    for part in condition.parts if isinstance(condition, Any) else (condition,):
        if type(part) not in _OPERATORS:
            found.append(terms.number(cast("Term", part), fields))
        elif isinstance(part, InField):
            if not _any_of(part.part, BITS[part.field], terms, found):
                return False
        elif not isinstance(part, Any) or not _any_of(part, fields, terms, found):
            return False
    return True
