"""What an operator wants to silence, as it is typed in a chat.  Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from alerts.bot.times import span_of
from alerts.bot.typed import brief
from alerts.model import LabelMatcher
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.routes import read_matcher

#: What phones make of straight quotes.
_CURLY: Final = str.maketrans("“”„«»", '"' * 5)
_MATCHER: Final = re.compile(
    r'\s*(?P<label>\w+)\s*(?P<operator>=~|!~|!=|=)\s*(?P<value>"(?:[^"\\]|\\.)*"|[^\s"]+)'
)
_FOR: Final = re.compile(r"\s*for\s+", re.IGNORECASE)
#: UTF-16 units.
_COMMENT: Final = 500


class SilenceFlaw(StrEnum):
    """What of a silence cannot be read."""

    MATCHER = "matcher"
    SPAN = "span"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A silence that may begin."""

    #: Never empty.
    matchers: tuple[LabelMatcher, ...]
    span: timedelta
    comment: str


def wanted_of(text: str) -> Wanted | SilenceFlaw:
    """Return what *text* asks for: `publisher=Reuters severity!=critical 2h maintenance`."""
    matchers, rest = _matchers(text.translate(_CURLY))
    if not matchers:
        return SilenceFlaw.MATCHER
    rest = _FOR.sub("", rest)
    # "2 hours of work" before "2h maintenance".
    for count in (2, 1):
        parts = rest.split(None, count)
        span = span_of(" ".join(parts[:count])) if parts else None
        if span is not None:
            comment = brief("".join(parts[count:]), _COMMENT)
            whole = Wanted(matchers=matchers, span=span, comment=comment)
            return whole if comment else SilenceFlaw.COMMENT
    return SilenceFlaw.SPAN


def _matchers(text: str) -> tuple[tuple[LabelMatcher, ...], str]:
    """Return the matchers that *text* begins with, and the rest; none where one is none."""
    matchers: list[LabelMatcher] = []
    while found := _MATCHER.match(text):
        try:
            matchers.append(read_matcher(f"{found['label']}{found['operator']}{found['value']}"))
        except FlawError:
            return (), text
        text = text[found.end() :]
    return tuple(matchers), text
