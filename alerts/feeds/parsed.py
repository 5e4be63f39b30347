"""What a document says, as plain values; and their form on the pipe between the processes.

A parser process is not trusted: what comes back through `read_*` has every type checked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

#: A feed that names more has none in particular.
MOST_HUBS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedItem:
    """One item, in words; empty where the publisher said nothing."""

    guid: str = ""
    #: Absolute, http or https.
    link: str = ""
    title: str = ""
    summary: str = ""
    #: Empty also when it says the same as the summary.
    content: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    #: BCP 47, lower case.
    language: str = ""
    #: As the publisher says, also when that lies in the future.
    published_at: datetime | None = None
    updated_at: datetime | None = None
    #: Equal for items that were the same bytes in the same setting; empty: it has none.  It is no
    #: part of what the item says.
    mark: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed's document, in words."""

    #: "rss20", "atom10", "json11", ...; "" where the document does not tell.
    version: str
    title: str = ""
    link: str = ""
    language: str = ""
    #: In the order of the document.
    items: tuple[ParsedItem, ...] = ()
    #: The marks of the items that whoever asked had seen: they are listed, and not among `items`.
    seen: tuple[str, ...] = ()
    #: Items that were nothing or broke; they cost nobody else.
    skipped: int = 0
    #: The document stops before its end; an item that was cut off is not among `items`.
    truncated: bool = False
    #: How seldom the publisher says it changes (ttl, sy:updatePeriod); None: it does not say.
    update_every: timedelta | None = None
    #: As the document says, not yet resolved: who pushes it, and what it calls itself (WebSub).
    hubs: tuple[str, ...] = ()
    self_url: str = ""


_MARK = re.compile(r"(?:[0-9a-f]{32})?")
_ITEM_TEXTS = ("guid", "link", "title", "summary", "content", "author", "language", "mark")
_FEED_TEXTS = ("version", "title", "link", "language", "self_url")


def write_item(item: ParsedItem) -> dict[str, Any]:
    """Return *item* as JSON takes it."""
    texts = {name: getattr(item, name) for name in _ITEM_TEXTS if getattr(item, name)}
    moments = {
        name: moment.timestamp()
        for name in ("published_at", "updated_at")
        if (moment := getattr(item, name)) is not None
    }
    return texts | moments | ({"tags": item.tags} if item.tags else {})


def read_item(fields: object) -> ParsedItem:
    """Return the item that `write_item` wrote.

    Raises:
        ValueError: it was something else.
    """
    given = _mapping(fields)
    tags = _texts(given.get("tags", []))
    if not _MARK.fullmatch(_text(given.get("mark", ""))):
        raise ValueError("not a mark")
    return ParsedItem(
        **{name: _text(given.get(name, "")) for name in _ITEM_TEXTS},
        tags=tags,
        published_at=_moment(given.get("published_at")),
        updated_at=_moment(given.get("updated_at")),
    )


def write_feed(feed: ParsedFeed) -> dict[str, Any]:
    """Return *feed* without its items, as JSON takes it."""
    every = feed.update_every
    return {name: getattr(feed, name) for name in _FEED_TEXTS} | {
        "seen": feed.seen,
        "skipped": feed.skipped,
        "truncated": feed.truncated,
        "update_every": None if every is None else every.total_seconds(),
        "hubs": list(feed.hubs),
    }


def read_feed(fields: object, items: tuple[ParsedItem, ...]) -> ParsedFeed:
    """Return the feed that `write_feed` wrote, with *items*.

    Raises:
        ValueError: it was something else.
    """
    given = _mapping(fields)
    every = _number(given.get("update_every"))
    return ParsedFeed(
        **{name: _text(given.get(name)) for name in _FEED_TEXTS},
        items=items,
        seen=_texts(given.get("seen", [])),
        skipped=int(_number(given.get("skipped")) or 0),
        truncated=given.get("truncated") is True,
        update_every=None if every is None else timedelta(seconds=every),
        hubs=_texts(given.get("hubs", [])),
    )


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - wrong words on a pipe, not a wrong call
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - as above
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise ValueError("not a list of texts")
    return tuple(value)


def _number(value: object) -> float | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError("not a number")
    return value


def _moment(value: object) -> datetime | None:
    seconds = _number(value)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("not a moment") from error
