"""Watchlists that cancel themselves, or in part: exclusions, masks, contradictions, idle operators."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from alerts.model import All, Any, Condition, Field, Not, Score, Term
from alerts.watchlists.complaints import quoted
from alerts.watchlists.nodes import Node
from alerts.watchlists.query import lexer
from alerts.watchlists.query.lexer import Sort
from alerts.workbench.lint.logic import Asked, implies, most, never
from alerts.workbench.lint.subject import WANTED, Finding, Placed, Spot, Subject

#: Words between the sides of a NEAR; five paragraphs of news have no more.
_WIDE = 100


def check(subject: Subject) -> Iterator[Finding]:
    """Yield what makes watchlists ask for less than they say."""
    for placed in subject.watchlists:
        asked = Asked(placed.watchlist.condition, placed.fields)
        if never(asked):
            yield _contradiction(placed, asked)
        else:
            yield from _vetoed(subject, placed, asked)
            yield from _masked(subject, placed)
        for _, node in subject.queries(placed):
            yield from _operators(placed, node)


def _contradiction(placed: Placed, asked: Asked) -> Finding:
    score = placed.node.entries.get("score")
    if score is not None and placed.section.score is not None:
        reached = _reached(asked.condition, placed.fields)
        if reached < placed.section.score.threshold:
            message = f"the weights add up to {reached:g} at most where the title is not looked at"
            hint = "add title to 'in', or lower the threshold"
            return placed.found("L107", message, at=score.entries["threshold"], hint=hint)
    message = "no article can meet the condition: it forbids what it asks for"
    node = placed.node.entries.get("query", placed.id_node)
    return placed.found("L106", message, at=node, hint="delete one side of the contradiction")


def _reached(condition: Condition, fields: frozenset[Field]) -> float:
    parts = condition.parts if isinstance(condition, All) else (condition,)
    scores = (part for part in parts if isinstance(part, Score))
    return min((most(score, fields) for score in scores), default=inf)


# --- exclusions -----------------------------------------------------------------------------------


def _vetoed(subject: Subject, placed: Placed, asked: Asked) -> Iterator[Finding]:
    veto = placed.watchlist.exclude
    if veto is not None and implies(asked, Asked(veto, placed.fields)):
        message = "the exclusion vetoes everything that the watchlist could match"
        hint = "take out of 'exclude' what the watchlist asks for"
        yield placed.found("L103", message, at=placed.key("exclude"), hint=hint)
        return
    for alternative in _alternatives(asked.condition):
        if _is_forbidden(asked, alternative, veto):
            spot = subject.where(placed, alternative, *WANTED, "query")
            written = spot.written if spot else "an alternative"
            message = f"{quoted(written)} can never be what matches: it is excluded"
            hint = "delete it here, or among what is excluded"
            yield placed.found("L104", message, at=spot, hint=hint)


def _alternatives(condition: Condition) -> Iterator[Term]:
    """Yield the terms of which one must be met, where there are several."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    for part in parts:
        if isinstance(part, Any):
            yield from (each for each in part.parts if isinstance(each, Term))


def _is_forbidden(asked: Asked, term: Term, veto: Condition | None) -> bool:
    parts = asked.condition.parts if isinstance(asked.condition, All) else ()
    vetoes = [part.part for part in parts if isinstance(part, Not)]
    vetoes += [veto] if veto is not None else []
    return any(implies(asked.of(term), asked.of(each)) for each in vetoes)


# --- masks ----------------------------------------------------------------------------------------


def _masked(subject: Subject, placed: Placed) -> Iterator[Finding]:
    """Yield the masks that lie over a wanted term wherever it stands."""
    if not placed.watchlist.mask:
        return
    wanted = {term for key in WANTED for spot in subject.listed(placed, key) for term in spot.terms}
    for key, node in subject.queries(placed):
        if key != "exclude":
            wanted |= {term for spot in subject.spots(node) for term in spot.terms}
    for spot in subject.listed(placed, "mask"):
        if not wanted.isdisjoint(spot.terms):
            message = f"the mask {quoted(spot.written)} blanks a term that the watchlist asks for"
            hint = "mask the longer text that is not meant"
            yield placed.found("L105", message, at=spot, hint=hint)


# --- operators ------------------------------------------------------------------------------------


def _operators(placed: Placed, node: Node) -> Iterator[Finding]:
    for token in lexer.tokens(str(node.value)):
        spot = Spot(terms=(), written=token.text, node=node, offset=token.offset)
        if token.sort is Sort.NEAR and token.number > _WIDE:
            message = f"{token.text} reaches over a whole summary: it says hardly more than AND"
            yield placed.found("L108", message, at=spot, hint="some words, such as NEAR/15; or AND")
        elif token.sort is Sort.ATLEAST and token.number == 1:
            message = "ATLEAST/1 asks for no more than the term itself"
            yield placed.found(
                "L109", message, at=spot, hint="delete it, or ask for more: ATLEAST/2"
            )
