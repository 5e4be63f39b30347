"""A query without one of its parts: found in the text, where it has a place, and cut out of the tree.

Pure.  A part that falls away takes with it what says something of it alone: its NOT, its ATLEAST, its side
of a NEAR.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from alerts.model import (
    All,
    Any,
    AtLeast,
    Condition,
    EntityRef,
    Field,
    InField,
    Near,
    Not,
    Phrase,
    Score,
    Term,
)
from alerts.watchlists.query.lexer import LABELS, MOST_NEAR, Sort, Token, tokens
from alerts.watchlists.query.tree import all_of, any_of

#: Stands in a query for the term that falls away; nobody writes it.
GONE: Final = Phrase("tocsin takes this term away")


@dataclass(frozen=True, slots=True)
class Cut:
    """A query with something else in the place of one of its parts."""

    #: In characters from the beginning of the query.
    offset: int
    #: As it is written: `"air strike"`, `NEAR/5`, `title:`.
    part: str
    #: The whole query, with `GONE` for a term, and for an operator the one that asks for less.
    query: str
    is_operator: bool = False


def cuts(query: str) -> Iterator[Cut]:
    """Yield each part of *query*, which can be parsed, in its order."""
    label: Token | None = None
    for token in tokens(query):
        end = token.offset + len(token.text)
        if token.sort is Sort.LABEL and not isinstance(LABELS[token.text[:-1]], Field):
            label = token
        elif token.sort is Sort.TERM:
            begin = label.offset if label else token.offset
            label = None
            cut = f'{query[:begin]}"{GONE.text}"{query[end:]}'
            yield Cut(begin, query[begin:end], cut)
        elif (looser := _looser(token)) is not None:
            cut = f"{query[: token.offset]}{looser}{query[end:]}"
            yield Cut(token.offset, token.text, cut, is_operator=True)


def _looser(token: Token) -> str | None:
    """Return what asks for less than the operator *token*, if it asks for anything."""
    match token.sort:
        case Sort.NEAR if token.number < MOST_NEAR:
            return token.text.replace(str(token.number), str(MOST_NEAR))
        case Sort.ATLEAST if token.number > 1:
            return "ATLEAST/1"
        case Sort.LABEL:
            return ""
        case _:
            return None


def without(condition: Condition) -> Condition | None:
    """Return *condition* without `GONE`; None if nothing is left."""
    match condition:
        case All(parts) | Any(parts):
            kept = [part for part in map(without, parts) if part is not None]
            if not kept:
                return None
            return all_of(kept) if isinstance(condition, All) else any_of(kept)
        case Not(part):
            return Not(rest) if (rest := without(part)) is not None else None
        case AtLeast(count, part):
            return AtLeast(count, rest) if (rest := without(part)) is not None else None
        case InField(field, part):
            return InField(field, rest) if (rest := without(part)) is not None else None
        case Near(first, second, distance, ordered):
            one, other = without(first), without(second)
            if one is None or other is None:
                return one or other
            return Near(one, other, distance, ordered)
        case Score(threshold, terms, title_factor):
            weighted = ((without(part), weight) for part, weight in terms)
            left = tuple((part, weight) for part, weight in weighted if part is not None)
            return Score(threshold, left, title_factor) if left else None
        case _:
            return None if condition == GONE else condition


def leaves(condition: Condition) -> Iterator[Term]:
    """Yield the terms of *condition*, in its order."""
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)
        case Near(left, right):
            yield from leaves(left)
            yield from leaves(right)
        case Not(part) | AtLeast(_, part) | InField(_, part):
            yield from leaves(part)
        case Score(_, terms):
            for part, _ in terms:
                yield from leaves(part)
        case _:
            yield condition


def references(conditions: Iterable[Condition]) -> set[str]:
    """Return the ids of the entities that *conditions* name."""
    terms = (term for condition in conditions for term in leaves(condition))
    return {term.id for term in terms if isinstance(term, EntityRef)}
