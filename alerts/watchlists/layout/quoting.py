"""How a scalar is written: plain where every reader agrees on it, else in quotes.

Editors and other tools read these files as YAML 1.1 as often as 1.2.  What the two understand
differently (`no`, `22:00`, `012`) is written so that they cannot.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from alerts.watchlists.scalars import Scalar, resolve

#: YAML 1.1's types that YAML 1.2 dropped or changed (https://yaml.org/type/): bool, int, float,
#: timestamp, merge, value.  Any case, because readers differ there too.
_YAML_1_1 = re.compile(
    r"""
    y|n|yes|no|on|off|true|false|null|~|<<|=
    | [-+]? ( 0b[01_]+ | 0x[0-9a-f_]+ | 0o?[0-7_]+ | [0-9][0-9_]* )
    | [-+]? [0-9][0-9_]* (:[0-5]?[0-9])+ (\.[0-9_]*)?
    | [-+]? ([0-9][0-9_]*)? \. [0-9._]* (e[-+]?[0-9]+)?
    | [-+]? \.inf | \.nan
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2} (([Tt]|[ ]+)[0-9:.]+ [ ]* (Z|[-+][0-9:]+)?)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: Numbers that are the same in both versions.
_NUMBER = re.compile(
    r"[-+]?(0|[1-9][0-9]*)|0x[0-9a-fA-F]+"
    r"|[-+]?[0-9]+\.[0-9]*([eE][-+][0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
#: A text that cannot stand without quotes anywhere.  `-` may begin one, if a word follows.
_UNPLAIN = re.compile(
    r"[?:,\[\]{}#&*!|>'\"%@`]|-(?![^\s,\[\]{}])|---|\.\.\.|.*(:(\s|$)|\s#|[\t\n])"
)
#: Older readers end a plain text at these inside of brackets ({url: http://…}).
_UNPLAIN_IN_FLOW = re.compile(r"[,\[\]{}:?]")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})


@lru_cache(maxsize=4096)
def spellings(text: str) -> tuple[str, str]:
    """Return the text as it is written on one line: outside of brackets, and inside.

    Quotes are double, or single around double quotes and backslashes, which they leave alone.
    """
    if _needs_quotes(text):
        return (_quoted(text),) * 2
    return text, _quoted(text) if _UNPLAIN_IN_FLOW.search(text) else text


def counted(written: str, value: Scalar) -> str:
    """Return a number, true, false or null as it is written: *written*, where all agree on it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value] if written else ""
    return next((each for each in (written, repr(value)) if _NUMBER.fullmatch(each)), written)


def _quoted(text: str) -> str:
    if "\n" in text or "\t" in text or not ('"' in text or "\\" in text):
        return f'"{text.translate(_ESCAPES)}"'
    return "'" + text.replace("'", "''") + "'"


def _needs_quotes(text: str) -> bool:
    return (
        not text
        or text != text.strip()
        or _UNPLAIN.match(text) is not None
        or _YAML_1_1.fullmatch(text) is not None
        or not isinstance(resolve(text), str)
        or (not text.isascii() and _runs_leftwards(text))
    )


def _runs_leftwards(text: str) -> bool:
    # Not for the parser: beside Latin words and commas nobody sees where such a text ends.
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)
