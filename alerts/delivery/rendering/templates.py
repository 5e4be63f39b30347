"""The templates: ours alone, with every value escaped.  Feed text is data and never a template."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.delivery.rendering.marked import Marked, Run

_Text = TypeVar("_Text", str, Marked)

_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
_MENTION: Final = re.compile(r"@(?=\w)")
_WORD_JOINER: Final = "\u2060"


def isolated(text: _Text) -> _Text:
    """Keep right-to-left text from reordering the line that it stands in (UAX #9, 2.4.2)."""
    plain = str(text)
    if plain.isascii() or not any(map(_is_right_to_left, plain)):
        return text
    if isinstance(text, Marked):
        return Marked((Run(_FIRST_STRONG_ISOLATE), *text.runs, Run(_POP_ISOLATE)))
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"


def _is_right_to_left(char: str) -> bool:
    return unicodedata.bidirectional(char) in _RIGHT_TO_LEFT


def inert(text: _Text) -> _Text:
    """Keep Telegram from reading a name in feed text as a mention, which would ring somebody."""
    if isinstance(text, Marked):
        return text.map(inert)
    return _MENTION.sub("@" + _WORD_JOINER, text)


ENVIRONMENT: Final = Environment(
    loader=PackageLoader("alerts.delivery"),
    autoescape=select_autoescape(("html",), default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters["isolated"] = isolated
ENVIRONMENT.filters["inert"] = inert
