"""What most documents are: RSS 2.0 without a single oddity, read by the XML parser alone.

Feedparser takes 5 ms for thirty items because it understands nearly everything that was ever called
a feed.  Here only what means one thing is understood; at the first element, attribute or text that
is anything else the document is left to feedparser.  What is returned is what feedparser returns, as
far as `alerts.feeds.parse` looks at it; a test holds both equal over every document of the suite.
Pure.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from feedparser.datetimes import _parse_date

_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}


def _named(names: str) -> frozenset[str]:
    """Return *names* as the XML parser gives them: `{namespace}name`."""
    parted = [name.rpartition(":") for name in names.split()]
    return frozenset(f"{{{_NAMESPACES[at]}}}{name}" if at else name for at, _, name in parted)


[_CONTENT] = _named("content:encoded")
[_CREATOR] = _named("dc:creator")
[_ATOM_LINK] = _named("atom:link")
[_PERIOD] = _named("sy:updatePeriod")
[_FREQUENCY] = _named("sy:updateFrequency")
#: Of a channel, and not looked at; most of it says something of the publisher.
_IDLE_IN_CHANNEL = _named(
    "category copyright docs generator image lastBuildDate managingEditor pubDate webMaster"
)
_IDLE_IN_ITEM = _named(
    "comments enclosure media:content media:thumbnail slash:comments wfw:commentRss"
)
_IN_IMAGE = _named("url title link width height description")
#: Attributes that change nothing of what is looked at, by element.
_IDLE_ATTRIBUTES = _named("domain url length type width height medium")
# What these say changes how the names of all elements are read, or what the document is.
_ODD = (
    b"<!doctype",
    b"xml:",
    b"purl.org/rss/1.0/'",
    b'purl.org/rss/1.0/"',
    b"backend.userland",
    b"my.netscape",
)
# A link that every reader takes as it stands.
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[^\s;]*)?")
# A title that may be HTML: feedparser looks closer.
_MAYBE_HTML = re.compile(r"</\w|&#?\w+;")
#: Characters of windows-1252 that a careless publisher called by their bytes.
_MEANT = {
    byte: meant
    for byte in range(0x80, 0xA0)
    if (meant := bytes((byte,)).decode("cp1252", "ignore"))
}

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainDocument:
    """A document in feedparser's words."""

    feed: Mapping[str, Any]
    entries: list[Values]
    version: str = "rss20"


class _OddError(Exception):
    """Something is not plain."""


def read_plain(document: bytes) -> PlainDocument | None:
    """Return what *document*, an XML document in UTF-8, says; None: it is not plain."""
    lowered = document.lower()
    if any(odd in lowered for odd in _ODD):
        return None
    try:
        root = ET.fromstring(document)  # noqa: S314 - without DTD there is nothing to expand
        return _document(root)
    except (ET.ParseError, _OddError, ValueError):
        return None


def _document(root: Element) -> PlainDocument:
    if root.tag != "rss" or root.attrib != {"version": "2.0"} or len(root) != 1:
        raise _OddError
    channel = root[0]
    if channel.tag != "channel" or channel.attrib:
        raise _OddError
    feed: Values = {"links": []}
    entries: list[Values] = []
    for element in channel:
        if element.tag == "item":
            entries.append(_entry(element))
        elif element.tag == "image":
            _check_image(element)
        elif element.tag == _ATOM_LINK:
            feed["links"].append(_relation(element))
        elif element.tag not in _IDLE_IN_CHANNEL:
            _about(feed, element)
    return PlainDocument(feed=feed, entries=entries)


def _about(feed: Values, element: Element) -> None:
    """Note what *element* says of the feed itself."""
    key = _OF_CHANNEL.get(element.tag)
    if key is None or element.attrib:
        raise _OddError
    said = _put(feed, key, _text(element))
    if key == "link" and not _LINK.fullmatch(said):
        raise _OddError


_OF_CHANNEL = {
    "title": "title",
    "link": "link",
    "description": "subtitle",
    "language": "language",
    "ttl": "ttl",
    _PERIOD: "sy_updateperiod",
    _FREQUENCY: "sy_updatefrequency",
}


def _check_image(image: Element) -> None:
    if image.attrib or not all(each.tag in _IN_IMAGE for each in image):
        raise _OddError
    for each in image:
        _text(each)


def _relation(link: Element) -> Values:
    """Return a link from a feed to its hub, or to itself."""
    href, relation = link.get("href", ""), link.get("rel", "")
    if relation not in ("self", "hub") or not _LINK.fullmatch(href) or len(link):
        raise _OddError
    if not link.attrib.keys() <= {"href", "rel", "type"}:
        raise _OddError
    return {"rel": relation, "href": href}


def _entry(item: Element) -> Values:
    entry: Values = {}
    if item.attrib:
        raise _OddError
    for element in item:
        if read := _OF_ITEM.get(element.tag):
            if element.attrib and element.tag not in ("guid", "category"):
                raise _OddError
            read(entry, element)
        elif (
            element.tag not in _IDLE_IN_ITEM
            or len(element)
            or not element.attrib.keys() <= _IDLE_ATTRIBUTES
        ):
            raise _OddError
    if "link" not in entry and entry.get("guidislink"):
        entry["link"] = entry["id"]
    if "summary" not in entry and "content" in entry:
        entry["summary"] = entry["content"][0]["value"]
    return entry


def _title(entry: Values, element: Element) -> None:
    title = _put(entry, "title", _text(element))
    if _MAYBE_HTML.search(title):
        raise _OddError


def _link(entry: Values, element: Element) -> None:
    if not _LINK.fullmatch(_put(entry, "link", _text(element))):
        raise _OddError


def _guid(entry: Values, element: Element) -> None:
    guid = _put(entry, "id", _text(element))
    if ":///" in guid or not element.attrib.keys() <= {"isPermaLink"}:
        raise _OddError
    entry["guidislink"] = element.get("isPermaLink", "true") == "true"


def _description(entry: Values, element: Element) -> None:
    _put(entry, "summary", _text(element))
    entry["summary_detail"] = {"type": "text/html"}


def _content(entry: Values, element: Element) -> None:
    _put(entry, "content", [{"type": "text/html", "value": _text(element)}])


def _published(entry: Values, element: Element) -> None:
    _put(entry, "published_parsed", _parse_date(_text(element)))


def _author(entry: Values, element: Element) -> None:
    name = _put(entry, "author", _text(element))
    if "@" in name:
        raise _OddError
    entry["authors"] = [{"name": name}]


def _category(entry: Values, element: Element) -> None:
    term = _text(element)
    if not term or not element.attrib.keys() <= {"domain"}:
        raise _OddError
    entry.setdefault("tags", []).append({"term": term})


_OF_ITEM: dict[str, Callable[[Values, Element], None]] = {
    "title": _title,
    "link": _link,
    "guid": _guid,
    "description": _description,
    _CONTENT: _content,
    "pubDate": _published,
    "author": _author,
    _CREATOR: _author,
    "category": _category,
}


def _put(values: Values, key: str, value: Any) -> Any:
    """Note *value*; which of two counts is feedparser's to say."""
    if key in values:
        raise _OddError
    values[key] = value
    return value


def _text(element: Element) -> str:
    """Return the text of *element*, as feedparser mends it."""
    if len(element):
        raise _OddError
    text = (element.text or "").strip()
    if text.isascii():
        return text
    with contextlib.suppress(UnicodeError):
        # UTF-8 that was taken for Latin-1 and written as UTF-8 once more.
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_MEANT)
