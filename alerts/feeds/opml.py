"""Lists of feeds as other readers write and read them: OPML 1.0, 1.1 and 2.0.  Pure.

Such a file comes from strangers: a document type is refused, so that no entity is ever expanded,
and depth, outlines and lengths are bounded.  What is found is only *named* here; the rule files'
loader decides what may be stored, and the address guard what may be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from types import MappingProxyType
from urllib.parse import quote, unquote, urlsplit
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from alerts.errors import ParseError
from alerts.feeds.clean import shorten, words
from alerts.feeds.document import decode, repaired, root_name

#: More is no list that a person keeps, but an attack or a crawl.
MOST_OUTLINES = 50_000
_DEEPEST = 50
_LONGEST_URL = 4000
_LONGEST_NAME = 200
_MOST_TAGS = 20
#: What OPML has no word for goes into attributes of our own (OPML 2.0: "in a namespace").
NAMESPACE = "urn:tocsin:feeds"
_OURS = "tocsin:"
#: Keys of a feed in a rule file that travel in attributes of our own, as texts.
OWN_KEYS = (
    "country",
    "reliability",
    "interval",
    "priority",
    "rate_limit_scope",
    "backfill",
    "full_text",
)
# An ampersand that begins no reference, as in an address that nobody escaped.
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
# `feed:` was a scheme that browsers handed to readers: feed://host and feed:https://host.
_FEED_SCHEME = re.compile(r"^feed:(?://)?(?=https?:)|^feed:(?=//)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d+(?:/|$))")
_FEED_ROOTS = frozenset({"rss", "feed", "rdf"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlinedFeed:
    """A feed as an outline names it; nothing of it is checked."""

    url: str
    #: Whom the list calls it; the host where it calls it nothing.
    name: str
    language: str = ""
    #: The folders around it, the outermost first, and its categories.
    tags: tuple[str, ...] = ()
    #: `OWN_KEYS` that stand there.
    own: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedOutline:
    """An outline that means a feed and does not say which."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opml:
    """A list of feeds, in its order; the same address may stand there twice."""

    title: str = ""
    feeds: tuple[OutlinedFeed, ...] = ()
    refused: tuple[RefusedOutline, ...] = ()
    #: Where and why reading ended early; empty: the whole list was read.
    broken: str = ""


def read_opml(body: bytes, *, content_type: str = "") -> Opml:
    """Return the feeds that the list in *body* names.

    What stands before a place where the XML breaks is kept, and `broken` says where that is.

    Raises:
        ParseError: it is no such list, is larger or deeper than any is, or has a document type.
    """
    text = decode(body, content_type)
    root = root_name(text)
    if root in _FEED_ROOTS:
        raise ParseError("this is a feed and not a list of feeds: add it with `tocsin feeds add`")
    if root != "opml":
        found = f"<{root[:40]}>" if root else "no XML"
        raise ParseError(f"this is not a list of feeds (OPML): it is {found}")
    reader = _Reader()
    broken = reader.read(_BARE_AMPERSAND.sub(b"&amp;", repaired(text).xml))
    return Opml(
        title=reader.title,
        feeds=tuple(reader.feeds),
        refused=tuple(reader.refused),
        broken=broken,
    )


def write_opml(feeds: Iterable[OutlinedFeed], *, title: str, now: datetime) -> bytes:
    """Return *feeds* as OPML 2.0: a folder for each first tag, and every tag as a category."""
    folders: dict[str, list[str]] = {}
    for feed in feeds:
        folder = feed.tags[0] if feed.tags else ""
        folders.setdefault(folder, []).append(_outline(feed))
    made = format_datetime(now, usegmt=True)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<opml version="2.0" xmlns:tocsin="{NAMESPACE}">',
        f"  <head><title>{escape(title)}</title><dateCreated>{made}</dateCreated></head>",
        "  <body>",
    ]
    for folder, outlines in folders.items():
        if folder:
            name = quoteattr(folder)
            lines.append(f"    <outline text={name} title={name}>")
            lines += [f"      {outline}" for outline in outlines]
            lines.append("    </outline>")
        else:
            lines += [f"    {outline}" for outline in outlines]
    return "\n".join([*lines, "  </body>", "</opml>", ""]).encode("utf-8")


def _outline(feed: OutlinedFeed) -> str:
    # A comma parts categories and a slash their levels (OPML 2.0), so inside of one they are escaped.
    category = ",".join(quote(tag, safe=" ") if set(tag) & set(",/%") else tag for tag in feed.tags)
    attributes = {
        "type": "rss",
        "text": feed.name,
        "title": feed.name,
        "xmlUrl": feed.url,
        "language": feed.language,
        "category": category,
    } | {f"{_OURS}{key}": feed.own.get(key, "") for key in OWN_KEYS}
    written = (f"{key}={quoteattr(value)}" for key, value in attributes.items() if value)
    return f"<outline {' '.join(written)}/>"


def web_address(text: str) -> str:
    """Return *text* without `feed:` and fragment, and with a scheme if it only names a host."""
    text = _FEED_SCHEME.sub("", text.strip()).partition("#")[0]
    if text.startswith("//"):
        return f"http:{text}"
    return text if _SCHEME.match(text) else f"https://{text}"


class _Reader:
    """Gathers feeds while expat reads: no tree is built, so a list costs what its feeds do."""

    def __init__(self) -> None:
        self.title = ""
        self.feeds: list[OutlinedFeed] = []
        self.refused: list[RefusedOutline] = []
        self._outlines = 0
        #: The names of the open elements; a folder's own name where it is one, else "".
        self._open: list[str] = []
        self._in_title = False

    def read(self, xml: bytes) -> str:
        """Read *xml*; return why it could not be read to its end, or nothing."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_document_type
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(xml, True)  # noqa: FBT003 - expat knows no names of arguments
        except expat.ExpatError as error:
            # The first line is the declaration that was put in front.
            line = max(error.lineno - 1, 1)
            return f"line {line}: {expat.ErrorString(error.code)}"
        return ""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise ParseError(f"the list has more than {_DEEPEST} folders inside one another")
        folder = ""
        if name.lower() == "outline":
            self._outlines += 1
            if self._outlines > MOST_OUTLINES:
                raise ParseError(f"the list has more than {MOST_OUTLINES:,} outlines")
            folder = self._take({key.lower(): value for key, value in attributes.items()})
        self._open.append(folder)
        self._in_title = name.lower() == "title" and not self.title

    def _end(self, name: str) -> None:
        del name
        self._open.pop()
        self._in_title = False

    def _text(self, text: str) -> None:
        if self._in_title:
            self.title = _name(f"{self.title}{text}"[:_LONGEST_URL])

    def _take(self, attributes: Mapping[str, str]) -> str:
        """Note what an outline names; return the name of the folder that it is, or nothing."""
        kind = attributes.get("type", "").strip().lower()
        name = _name(attributes.get("text", "")) or _name(attributes.get("title", ""))
        url = attributes.get("xmlurl", "") or attributes.get("feedurl", "")
        if not url and kind in ("rss", "atom", "feed"):
            url = attributes.get("url", "")
        if url.strip():
            self._keep(web_address(url), name, attributes)
        elif kind in ("rss", "atom", "feed"):
            self.refused.append(RefusedOutline(name=name, reason="it names no address (xmlUrl)"))
        elif kind in ("include", "link") and attributes.get("url"):
            reason = "it refers to another list or page, which is not followed"
            self.refused.append(RefusedOutline(name=name, reason=reason))
        else:
            return name
        return ""

    def _keep(self, url: str, name: str, attributes: Mapping[str, str]) -> None:
        if len(url) > _LONGEST_URL:
            self.refused.append(RefusedOutline(name=name, reason="its address is too long"))
            return
        categories = (
            _name(unquote(level))
            for category in attributes.get("category", "")[:_LONGEST_URL].split(",")
            for level in category.split("/")
        )
        tags = dict.fromkeys(tag for tag in (*self._open, *categories) if tag)
        self.feeds.append(
            OutlinedFeed(
                url=url,
                name=name or _host(url),
                language=attributes.get("language", "").strip()[:_LONGEST_NAME],
                tags=tuple(tags)[:_MOST_TAGS],
                own={
                    key: attributes[_OURS + key][:_LONGEST_NAME]
                    for key in OWN_KEYS
                    if attributes.get(_OURS + key)
                },
            )
        )


def _refuse_document_type(*declared: object) -> None:
    del declared
    raise ParseError(
        "the list declares a document type (DOCTYPE), which can hide harm and which no list needs:"
        " delete the declaration"
    )


def _name(text: str) -> str:
    return shorten(words(text, markup=False), _LONGEST_NAME)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
