"""Regexes of users: RE2 and nothing else, so that no pattern can take exponential time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import re2

_SURROGATE = re.compile("[\ud800-\udfff]")


def compile_regex(pattern: str) -> Any:
    """Return the compiled RE2 *pattern*.

    Raises:
        ValueError: RE2 refuses it; the text is RE2's reason.
    """
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from error


def spans(regex: Any, text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of *regex* in *text*, in code points, empty ones left out."""
    for found in regex.finditer(encodable(text)):
        start, end = found.span()
        if start < end:
            yield start, end


def encodable(text: str) -> str:
    """Return *text* with its lone surrogates, which UTF-8 has no bytes for, replaced one by one."""
    return _SURROGATE.sub("\ufffd", text)


def union(patterns: Sequence[str]) -> Any:
    """Return a regex that is found wherever one of *patterns* is; None if RE2 refuses it.

    Not `re2.Set`: out of memory it answers "nothing found" (its Python binding drops the error),
    where a plain RE2 falls back to its slower automaton.
    """
    try:
        return compile_regex("|".join(f"(?:{pattern})" for pattern in patterns))
    except ValueError:
        return None
