"""Regexes that cost more than they find, or find more than was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from alerts.matching.needles import needles
from alerts.model import Regex
from alerts.watchlists.complaints import quoted
from alerts.workbench.lint.subject import Finding, Placed, Spot, Subject

_FLAGS = re.compile(r"\A\(\?[imsU]+\)")
_ESCAPE = re.compile(r"\\(?:\\|.)", re.DOTALL)
_ANYTHING = r"\.[*+]\??"
_LEADING, _TRAILING = re.compile(rf"\A\^?{_ANYTHING}"), re.compile(rf"{_ANYTHING}\$?\Z")
_INSIDE = re.compile(_ANYTHING)
_CLASS = re.compile(r"\[[^\]]*\]")


def check(subject: Subject) -> Iterator[Finding]:
    """Yield what may be wrong with each regex of the watchlists."""
    for placed in subject.watchlists:
        for spot in subject.every_spot(placed):
            for term in spot.terms:
                if isinstance(term, Regex):
                    yield from _regex(placed, spot, term.pattern)


def _regex(placed: Placed, spot: Spot, pattern: str) -> Iterator[Finding]:
    bare = _FLAGS.sub("", pattern)
    if not needles(pattern):
        message = f"{quoted(spot.written)} holds no text to look up: it is tried on every article"
        hint = "write out three letters or more that must stand there"
        yield placed.found("L209", message, at=spot, hint=hint)
    # What is escaped, or one of a class, is no operator; signs of equal length keep the rest in place.
    plain = _CLASS.sub(_blanked, _ESCAPE.sub("__", bare))
    if _LEADING.search(plain) or _TRAILING.search(plain):
        message = f"{quoted(spot.written)} takes all the text around what it looks for"
        hint = "delete the .* at its edge: a regex is found anywhere"
        yield placed.found("L210", message, at=spot, hint=hint)
    elif _INSIDE.search(plain):
        message = f"{quoted(spot.written)} reaches over any number of words"
        hint = "a query counts them: sarin NEAR/10 attack"
        yield placed.found("L211", message, at=spot, hint=hint)
    if _is_open(bare):
        message = f"{quoted(spot.written)} also matches inside of longer words"
        hint = r"put \b before and behind it, or write a keyword"
        yield placed.found("L212", message, at=spot, hint=hint)


def _blanked(found: re.Match[str]) -> str:
    return "_" * len(found.group())


def _is_open(pattern: str) -> bool:
    """Tell whether *pattern* begins or ends with a plain letter that may be a part of a word."""
    return pattern[:1].isalpha() or re.search(r"(?<!\\)[^\W\d_]\Z", pattern) is not None
