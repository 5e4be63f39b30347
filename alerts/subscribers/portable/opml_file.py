"""Watchlists of a chat as outlines, and the feeds of other readers' lists: OPML 2.0.

An outline's `type` says what its other attributes mean (OPML 2.0, "The type attribute"), so ours need
no names of their own: `watchlist`, `subscription` and `settings`.  Feeds are found by
`alerts.feeds.opml`, which knows what other readers write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from alerts.feeds.document import decode, repaired, root_name
from alerts.feeds.opml import read_opml
from alerts.model import Subscriber
from alerts.subscribers.portable.bundle import Bundle, RefusedError, Why
from alerts.subscribers.portable.entries import (
    Gathering,
    settings_entry,
    subscription_entry,
    watchlist_entry,
)
from alerts.watchlists.complaints import FlawError

_FEED_ROOTS: Final = frozenset({"rss", "feed", "rdf"})
_DEEPEST: Final = 20
#: More is no list that a person keeps.
_MOST_ELEMENTS: Final = 20_000
_ROOT: Final = re.compile("<opml", re.IGNORECASE)
#: That begins no reference, as in an address that nobody escaped; `read_opml` forgives it as well.
_BARE_AMPERSAND: Final = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)"
)

# --- writing ----------------------------------------------------------------------------------


def to_opml(subscriber: Subscriber, *, now: datetime) -> str:
    """Return what *subscriber* takes along, as OPML 2.0."""
    made = format_datetime(now, usegmt=True)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<opml version="2.0">',
        f"  <head><title>Watchlists</title><dateCreated>{made}</dateCreated></head>",
        "  <body>",
        *(f"    {outline}" for outline in _outlines(subscriber, now)),
        "  </body>",
        "</opml>",
        "",
    ]
    return "\n".join(lines)


def _outlines(subscriber: Subscriber, now: datetime) -> Iterator[str]:
    yield _outline("settings", "Settings", settings_entry(subscriber))
    for each in subscriber.subscriptions:
        yield _outline("subscription", each.watchlist, subscription_entry(each, now=now))
    for own in subscriber.watchlists:
        entry = watchlist_entry(subscriber, own, now=now)
        yield _outline("watchlist", entry.pop("title"), entry)


def _outline(kind: str, text: str, entry: Mapping[str, str]) -> str:
    attributes = {"type": kind, "text": text, **entry}
    written = " ".join(f"{key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<outline {written}/>"


# --- reading ----------------------------------------------------------------------------------


def read_outlines(content: bytes) -> Bundle:
    """Return what the list in *content* says of a chat and its watchlists, and which feeds it names.

    Raises:
        RefusedError: it is no such list, is broken, or is larger or deeper than any is.
    """
    text = decode(content, "")
    root = root_name(text)
    if root != "opml":
        raise RefusedError(Why.FEED if root in _FEED_ROOTS else Why.NOT_OURS)
    xml = _BARE_AMPERSAND.sub(b"&amp;", repaired(text).xml)
    outlines = _Outlines(shift=_lines_above(text) - _lines_above(xml.decode()))
    outlines.read(xml)
    # It reads the same text, and would refuse it for nothing that did not stop us already.
    listed = read_opml(content)
    for feed in listed.feeds:
        outlines.gathering.take_feed(feed.name, feed.url)
    for refused in listed.refused:
        outlines.gathering.refuse(refused.name, FlawError("R210", refused.reason))
    return outlines.gathering.bundle()


def _lines_above(text: str) -> int:
    """Return how many lines stand above the root."""
    found = _ROOT.search(text)
    return text.count("\n", 0, found.start()) if found else 0


class _Outlines:
    """Takes our outlines while expat reads: no tree is built."""

    def __init__(self, *, shift: int) -> None:
        """Add *shift* to the lines that expat tells."""
        self.gathering = Gathering()
        self._parser = expat.ParserCreate()
        self._depth = self._elements = 0
        self._shift = shift

    def read(self, xml: bytes) -> None:
        """Take what stands in *xml*.

        Raises:
            RefusedError: it is broken, has a document type, or is too large or too deep.
        """
        self._parser.StartDoctypeDeclHandler = self._refuse_document_type
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        try:
            self._parser.Parse(xml, True)  # noqa: FBT003 - expat knows no names of arguments
        except expat.ExpatError as error:
            raise RefusedError(Why.BROKEN, self._line(error.lineno)) from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > _DEEPEST:
            raise self._refused(Why.TOO_DEEP)
        if self._elements > _MOST_ELEMENTS:
            raise RefusedError(Why.TOO_MANY)
        if name.lower() == "outline":
            self._take({key.lower(): value for key, value in attributes.items()})

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _take(self, attributes: Mapping[str, str]) -> None:
        match attributes.get("type", "").strip().lower():
            case "watchlist":
                self.gathering.take_watchlist({**attributes, "title": attributes.get("text")})
            case "subscription":
                self.gathering.take_subscription(attributes)
            case "settings":
                self.gathering.take_settings(attributes)

    def _refuse_document_type(self, *_declared: object) -> None:
        raise self._refused(Why.DOCUMENT_TYPE)

    def _refused(self, why: Why) -> RefusedError:
        return RefusedError(why, self._line(self._parser.CurrentLineNumber))

    def _line(self, number: int) -> int:
        return max(number + self._shift, 1)
