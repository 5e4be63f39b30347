"""What watchlists ask for, in the form in which it is looked up: clauses of terms, and vetoes.

A wish is met when some term of each clause stands in the article, and no veto does.  Most watchlists are
that and no more.
"""

from __future__ import annotations

from typing import NamedTuple

from alerts.matching.engine.terms import EVERYWHERE, OPERATORS, Terms
from alerts.model import All, Any, Condition, Field, InField, Not, Watchlist

#: Fields as bits.
BITS = {field: 1 << number for number, field in enumerate(Field)}
Clause = tuple[int, ...]
_ALL_FIELDS = tuple(Field)


class Wish(NamedTuple):
    """Clauses and vetoes, as numbers of terms."""

    #: Each sorted, with each term once.
    clauses: list[Clause]
    vetoes: list[int]


def fields_of(fields: tuple[Field, ...]) -> int:
    """Return *fields* as bits."""
    if fields == _ALL_FIELDS:
        return EVERYWHERE
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
    if watchlist.exclude is not None and not _veto(watchlist.exclude, fields, terms, wish):
        return None
    return wish if wish.clauses else None


def _ask(condition: Condition, fields: int, terms: Terms, wish: Wish) -> bool:
    """Add *condition* to *wish*; False: that cannot be said in clauses and vetoes."""
    # Comparing types is twice as fast as `match`, which counts with a million.
    if isinstance(condition, All):
        return all(_ask(part, fields, terms, wish) for part in condition.parts)
    if isinstance(condition, Not):
        return _veto(condition.part, fields, terms, wish)
    if isinstance(condition, InField):
        return _ask(condition.part, BITS[condition.field], terms, wish)
    clause = _any_of(condition, fields, terms)
    if clause is None:
        return False
    wish.clauses.append(tuple(sorted(set(clause)) if len(clause) > 1 else clause))
    return True


def _veto(condition: Condition, fields: int, terms: Terms, wish: Wish) -> bool:
    """Let *condition* be a veto of *wish*; False: it asks for more than any of some terms."""
    vetoes = _any_of(condition, fields, terms)
    if vetoes is None:
        return False
    wish.vetoes.extend(vetoes)
    return True


def _any_of(condition: Condition, fields: int, terms: Terms) -> list[int] | None:
    """Return the terms of which *condition* asks for any; None: it asks for something else."""
    parts = condition.parts if isinstance(condition, Any) else (condition,)
    found = terms.numbers(parts, fields)
    if found is not None:
        return found
    found = []
    for part in parts:
        further = None
        if isinstance(part, InField):
            further = _any_of(part.part, BITS[part.field], terms)
        elif isinstance(part, Any) or type(part) not in OPERATORS:
            further = _any_of(part, fields, terms)
        if further is None:
            return None
        found += further
    return found
