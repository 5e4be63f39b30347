"""The query language, read by recursive descent into a condition.

    any     = all { "OR" all }
    all     = near { "AND" near }
    near    = single { "NEAR/n" single | "ONEAR/n" single }
    single  = "NOT" single | "ATLEAST/n" single | primary
    primary = "(" any ")" | field ":" primary | kind ":" word or phrase | term

Two words side by side are an error: peers read them as AND, as OR, and as a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from alerts import model
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.query import terms
from alerts.watchlists.query.lexer import LABELS, Sort, Token, term, tokens
from alerts.watchlists.query.tree import all_of, any_of, needs_presence

#: Operators and parentheses inside one another; who walks a condition may recurse.
MAX_NESTING = 25
#: Characters of a query.
MAX_QUERY = 20_000

#: Says what a name stands for, given its place in the query.
Lookup = Callable[[model.Name | model.EntityRef, int], model.Condition]

#: NEAR5, near/5: not an operator, but nearly.
_NEARLY_NEAR = re.compile(r"(o?near|atleast)/?(\d{1,5})", re.IGNORECASE)

_BEGINS = (Sort.TERM, Sort.LABEL, Sort.OPEN, Sort.NOT, Sort.ATLEAST)


def _unchanged(named: model.Name | model.EntityRef, _offset: int) -> model.Term:
    return named


def parse(text: str, lookup: Lookup = _unchanged) -> model.Condition:
    """Return the condition that *text* asks for.

    Raises:
        FlawError: with the place in *text*; the first finding only.
    """
    if len(text) > MAX_QUERY:
        raise FlawError("R415", f"the query is longer than {MAX_QUERY:,} characters")
    condition = _Parser(text, lookup).query()
    if not needs_presence(condition):
        hint = "what must not be there belongs into 'exclude'"
        raise FlawError("R414", "nothing in the query must be present", hint=hint)
    return condition


class _Parser:
    def __init__(self, text: str, lookup: Lookup) -> None:
        self._tokens = tokens(text)
        self._next = next(self._tokens)
        self._lookup = lookup
        self._nesting = 0
        self._in_field = False

    def query(self) -> model.Condition:
        if self._next.sort is Sort.END:
            raise FlawError("R418", "the query is empty")
        condition = self._any()
        if self._next.sort is Sort.CLOSE:
            raise self._flaw("R403", "a closing parenthesis too many")
        return condition

    # --- operators, the loosest first ---------------------------------------------------------

    def _any(self) -> model.Condition:
        parts = [self._all()]
        while self._taken(Sort.OR):
            parts.append(self._all())
        return any_of(parts)

    def _all(self) -> model.Condition:
        parts = [self._near()]
        while self._taken(Sort.AND):
            parts.append(self._near())
        if self._next.sort in _BEGINS:
            raise self._side_by_side()
        return all_of(parts)

    def _near(self) -> model.Condition:
        first, left = self._next, self._single()
        links = 0
        while operator := self._taken(Sort.NEAR):
            links += 1
            self._check_nesting(links)
            second, right = self._next, self._single()
            _check_side(first, left, operator)
            _check_side(second, right, operator)
            ordered = operator.text.startswith("O")
            left = model.Near(left, right, operator.number, ordered)
        return left

    def _single(self) -> model.Condition:
        self._nesting += 1
        self._check_nesting()
        condition = self._unary()
        self._nesting -= 1
        return condition

    def _unary(self) -> model.Condition:
        if self._taken(Sort.NOT):
            return model.Not(self._single())
        if operator := self._taken(Sort.ATLEAST):
            first, part = self._next, self._single()
            if not _is_terms(part):
                message = f"{operator.text} counts a term, or terms joined by OR"
                hint = "parentheses around the terms alone: ATLEAST/3 (a OR b)"
                raise FlawError("R408", message, hint=hint, offset=first.offset)
            return model.AtLeast(operator.number, part)
        return self._primary()

    # --- what stands between operators --------------------------------------------------------

    def _primary(self) -> model.Condition:
        token = self._next
        if self._taken(Sort.OPEN):
            return self._parenthesis(token)
        if self._taken(Sort.LABEL):
            return self._labelled(token)
        if self._taken(Sort.TERM):
            return self._meaning(token, term, token)
        found = "the query ends" if token.sort is Sort.END else f"{quoted(token.text)} stands"
        raise self._flaw("R401", f"{found} where a term is missing", _operator_hint(token))

    def _parenthesis(self, opening: Token) -> model.Condition:
        if self._next.sort is Sort.CLOSE:
            raise self._flaw("R401", "nothing stands between the parentheses")
        condition = self._any()
        if not self._taken(Sort.CLOSE):
            message = "the parenthesis is not closed"
            raise FlawError("R403", message, hint="add a )", offset=opening.offset)
        return condition

    def _labelled(self, label: Token) -> model.Condition:
        meaning = LABELS[label.text[:-1]]
        if not isinstance(meaning, model.Field):
            return self._named(label, meaning)
        if self._in_field:
            message = f"{quoted(label.text)} inside another field"
            hint = "one field for each part: title:a AND summary:b"
            raise FlawError("R405", message, hint=hint, offset=label.offset)
        self._in_field = True
        part = self._primary()
        self._in_field = False
        return model.InField(meaning, part)

    def _named(self, label: Token, kind: model.Kind | None) -> model.Condition:
        value = self._next
        quote = value.sort is Sort.TERM and value.text[0] in terms.QUOTES
        if not quote and not value.is_bare:
            hint = f'such as {label.text}"two words"'
            message = f"a word or a phrase must follow {quoted(label.text)}"
            raise self._flaw("R401", message, hint)
        self._taken(Sort.TERM)
        text = terms.unquoted(value.text) if quote else value.text
        if kind is None:
            return self._meaning(value, terms.keyword_entry, text)
        return self._meaning(value, terms.name, kind, text)

    def _meaning(
        self, token: Token, read: Callable[..., model.Term], *arguments: object
    ) -> model.Condition:
        """Return what *token* stands for; flaws inside it get their place in the query."""
        try:
            meant = read(*arguments)
        except FlawError as flaw:
            flaw.offset += token.offset
            raise
        if isinstance(meant, model.Name | model.EntityRef):
            return self._lookup(meant, token.offset)
        return meant

    # --- tokens -------------------------------------------------------------------------------

    def _taken(self, sort: Sort) -> Token | None:
        """Go on to the next token if this one is a *sort*, and return it."""
        token = self._next
        if token.sort is not sort:
            return None
        if sort is not Sort.END:
            self._next = next(self._tokens)
        return token

    def _check_nesting(self, more: int = 0) -> None:
        if self._nesting + more > MAX_NESTING:
            raise self._flaw("R415", f"more than {MAX_NESTING} levels inside one another")

    def _flaw(self, code: str, message: str, hint: str = "") -> FlawError:
        return FlawError(code, message, hint=hint, offset=self._next.offset)

    def _side_by_side(self) -> FlawError:
        text = self._next.text
        return self._flaw("R402", f"no operator stands before {quoted(text)}", _joining(self._next))


def _joining(token: Token) -> str:
    """Say how *token* is joined to what stands before it."""
    if token.sort is Sort.NOT:
        return "write AND NOT"
    if token.text.upper() in ("AND", "OR", "NOT", "NEAR"):
        return f"operators are capitals: {token.text.upper()}"
    if near := _NEARLY_NEAR.fullmatch(token.text):
        return (
            f"operators are capitals, with a slash before the number: {near[1].upper()}/{near[2]}"
        )
    return (
        "join them by AND or OR; words that belong together stand in quotes of their own,"
        " inside those of YAML: '\"two words\"'"
    )


def _operator_hint(token: Token) -> str:
    operators = (Sort.AND, Sort.OR, Sort.NEAR)
    return "an operator stands between two terms" if token.sort in operators else ""


def _is_terms(condition: model.Condition) -> bool:
    parts = condition.parts if isinstance(condition, model.Any) else (condition,)
    return all(isinstance(part, model.Term) for part in parts)


def _check_side(first: Token, side: model.Condition, operator: Token) -> None:
    if isinstance(side, model.Near) or _is_terms(side):
        return
    message = f"{operator.text} joins terms, or terms joined by OR"
    hints: dict[type, str] = {
        model.Not: "parentheses: NOT (a NEAR/5 b)",
        model.InField: "the field around both: title:(a NEAR/5 b)",
    }
    hint = hints.get(type(side), "such as (a OR b) NEAR/5 c")
    raise FlawError("R407", message, hint=hint, offset=first.offset)
