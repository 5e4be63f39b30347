"""Keep what runs one way from reordering what runs the other way (UAX #9).  Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LEFT_TO_RIGHT_ISOLATE: Final = "\u2066"
_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"
_ISOLATES: Final = re.compile("[\u2066-\u2069]")
# Embeddings, overrides and isolates of others would close ours.  Marks (U+200E, U+200F) may stay.
_CONTROLS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SIGNED: Final = re.compile(r"[-+\u2212]\d")
#: `/watch` in a sentence, and not in a path, an address or a closing tag.
_COMMAND: Final = re.compile(r"(?<![\w/<:.\"=])/[a-z][a-z_]*")
_CODE: Final = re.compile(r"<code>.*?</code>", re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]*>")


def isolated(value: str, *, is_rtl: bool) -> str:
    """Return *value*, which comes from outside, so that it cannot reorder the line around it."""
    value = _CONTROLS.sub("", value)
    if is_rtl:
        # The sign of a number would go to its other side.
        stands_out = _has(value, "L") or bool(_SIGNED.match(value))
    else:
        stands_out = _has(value, "R", "AL", "AN")
    return f"{_FIRST_STRONG_ISOLATE}{value}{_POP_ISOLATE}" if stands_out else value


def with_commands_isolated(text: str, *, is_rtl: bool) -> str:
    """Return a text of ours whose commands keep their slash in front: `/watch`."""
    if not is_rtl:
        return text
    return _COMMAND.sub(lambda command: _left_to_right(command[0]), text)


def with_code_isolated(html: str, *, is_rtl: bool) -> str:
    """Return *html* with no isolates inside of tags, and around code instead of inside.

    An address in a tag must stay one.  Code is copied by a tap: what is pasted must be what is shown.
    """
    html = _TAG.sub(lambda tag: _ISOLATES.sub("", tag[0]), html)

    def whole(code: re.Match[str]) -> str:
        bare = _ISOLATES.sub("", code[0])
        before = html[code.start() - 1 : code.start()]
        turns = (is_rtl or _has(bare, "R", "AL", "AN")) and before != _LEFT_TO_RIGHT_ISOLATE
        return _left_to_right(bare) if turns else bare

    return _CODE.sub(whole, html)


def _left_to_right(text: str) -> str:
    return f"{_LEFT_TO_RIGHT_ISOLATE}{text}{_POP_ISOLATE}"


def _has(text: str, *classes: str) -> bool:
    return any(unicodedata.bidirectional(char) in classes for char in text)
