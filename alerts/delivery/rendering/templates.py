"""The templates: ours alone, with every value escaped.  Feed text is data and never a template."""

from __future__ import annotations

import re
from html import unescape
from typing import Final, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from alerts.delivery.rendering.marked import Marked, Run
from alerts.locales import direction

_Text = TypeVar("_Text", str, Marked)

_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"
_MENTION: Final = re.compile(r"@(?=\w)")
_WORD_JOINER: Final = "\u2060"
_TAG: Final = re.compile("<[^>]*>")


def isolated(text: _Text, *, is_rtl: bool = False) -> _Text:
    """Keep text from reordering the line that it stands in (UAX #9, 2.4.2).

    *is_rtl* says whether our own words in that line run from right to left.
    """
    if not isinstance(text, Marked):
        return direction.isolated(text, is_rtl=is_rtl)
    plain = str(text)
    if direction.isolated(plain, is_rtl=is_rtl) == plain:
        return text
    return Marked((Run(_FIRST_STRONG_ISOLATE), *text.runs, Run(_POP_ISOLATE)))


def inert(text: _Text) -> _Text:
    """Keep Telegram from reading a name in feed text as a mention, which would ring somebody."""
    if isinstance(text, Marked):
        return text.map(inert)
    said = _MENTION.sub("@" + _WORD_JOINER, text)
    # What was escaped stays so.
    return Markup(said) if isinstance(text, Markup) else said  # noqa: S704


def bare(html: str) -> str:
    """Return *html*, escaped by us, as people read it: without tags and references."""
    return unescape(_TAG.sub("", html))


ENVIRONMENT: Final = Environment(
    loader=PackageLoader("alerts.delivery"),
    autoescape=select_autoescape(("html",), default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters["isolated"] = isolated
ENVIRONMENT.filters["inert"] = inert
ENVIRONMENT.filters["bare"] = bare
