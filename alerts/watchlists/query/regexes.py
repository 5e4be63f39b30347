"""Regexes of authors: RE2 alone, which takes linear time whatever it is given.

There is no fallback to `re`: a pattern of a stranger could hold it up for hours.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import re2

from alerts.watchlists.complaints import FlawError, quoted

MAX_PATTERN = 1_000
#: Bytes that one compiled pattern may take; RE2's own default is eight times as much.
MAX_MEMORY = 1 << 20

#: How what RE2 lacks begins in a pattern, and its name.
_LACKING = (
    (re.compile(r"\(\?<?[=!]"), "lookaround"),
    (re.compile(r"\(\?>"), "atomic groups"),
    (re.compile(r"\(\?(\(|\||&|R|P[=>]|#)"), "conditions, recursion and comments"),
    (re.compile(r"\\[1-9]|\\[gk]"), "backreferences"),
    (re.compile(r"[+*?}]\+"), "possessive repetition"),
)


def check(pattern: str) -> None:
    """Refuse a pattern that RE2 cannot run, or that meets every text.

    Raises:
        FlawError: with the place in the pattern, and the name of what RE2 lacks.
    """
    compiled = compile_pattern(pattern)
    if any((found := compiled.search(text)) and not found.group() for text in ("", "ab c")):
        hint = "it must ask for at least one character"
        raise FlawError("R413", "the regex meets every text", hint=hint)


def compile_pattern(pattern: str) -> Any:
    """Return *pattern* compiled by RE2, within our limits.

    Raises:
        FlawError: with the place in the pattern, and the name of what RE2 lacks.
    """
    if len(pattern.encode()) > MAX_PATTERN:
        raise FlawError("R412", f"the regex is longer than {MAX_PATTERN:,} bytes", hint="split it")
    try:
        return re2.compile(pattern, _options())
    except re2.error as error:
        raise _flaw(pattern, error) from None


@cache
def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    return options


def _flaw(pattern: str, error: re2.error) -> FlawError:
    said = error.args[0] if error.args else ""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    problem, _, fragment = text.partition(": ")
    offset = max(0, pattern.rfind(fragment)) if fragment else 0
    if "too large" in problem:
        return FlawError("R412", "the regex needs too much memory", hint="repeat less, or split it")
    for begins, name in _LACKING:
        if begins.match(pattern, offset):
            hint = "RE2 leaves it out, so that every pattern takes linear time"
            return FlawError("R411", f"regexes have no {name} here", hint=hint, offset=offset)
    return FlawError("R410", f"not a regex: {problem} {quoted(fragment)}", offset=offset)
