"""Feeds as documents: RSS 2.0, Atom 1.0 (RFC 4287) and JSON Feed 1.1.  Pure: values in, bytes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from html import escape
from xml.etree.ElementTree import Element, SubElement, tostring

from alerts.demo.programme import Piece
from alerts.demo.script import Format, Publisher

#: What a publisher hangs on the link of an article that it reprints.
TRACKING = "utm_source={publisher}&utm_medium=rss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed as it is sent."""

    body: bytes
    content_type: str


def feed_path(publisher: Publisher) -> str:
    """Return where the feed of *publisher* is served."""
    return f"/{publisher.id}/feed.{'json' if publisher.format is Format.JSON else 'xml'}"


def article_path(number: int | str) -> str:
    """Return where the page of the article at *number*, or the pattern of one, is served."""
    return f"/articles/{number}"


def render_feed(publisher: Publisher, pieces: Sequence[Piece], *, url: str) -> Document:
    """Write *pieces*, the newest first and at least one, in the format of *publisher*.

    *url* is the newsroom's own, without a slash at the end.
    """
    return _FORMATS[publisher.format](publisher, pieces, url)


def _rss(publisher: Publisher, pieces: Sequence[Piece], url: str) -> Document:
    rss = Element("rss", version="2.0")
    channel = SubElement(rss, "channel")
    _child(channel, "title", publisher.name)
    _child(channel, "link", f"{url}/")
    _child(channel, "description", publisher.description)
    _child(channel, "language", publisher.language)
    _child(channel, "lastBuildDate", format_datetime(pieces[0].published_at, usegmt=True))
    for piece in pieces:
        item = SubElement(channel, "item")
        _child(item, "title", piece.draft.title)
        _child(item, "link", _link(piece, url))
        _child(item, "guid", _guid(piece), isPermaLink="false")
        _child(item, "pubDate", format_datetime(piece.published_at, usegmt=True))
        # Markup, as most publishers put here: readers have to take it off.
        _child(item, "description", f"<p>{escape(piece.draft.summary, quote=False)}</p>")
        for tag in piece.draft.tags:
            _child(item, "category", tag)
    return Document(body=_xml(rss), content_type="application/rss+xml")


def _atom(publisher: Publisher, pieces: Sequence[Piece], url: str) -> Document:
    feed = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": publisher.language})
    _child(feed, "title", publisher.name)
    _child(feed, "subtitle", publisher.description)
    _child(feed, "id", f"tag:example.org,2026:{publisher.id}")
    _child(feed, "updated", pieces[0].published_at.isoformat())
    _child(feed, "link", "", rel="self", href=f"{url}{feed_path(publisher)}")
    _child(SubElement(feed, "author"), "name", publisher.name)
    for piece in pieces:
        entry = SubElement(feed, "entry")
        _child(entry, "title", piece.draft.title)
        _child(entry, "link", "", rel="alternate", href=_link(piece, url))
        _child(entry, "id", _guid(piece))
        _child(entry, "published", piece.published_at.isoformat())
        _child(entry, "updated", piece.published_at.isoformat())
        _child(entry, "summary", piece.draft.summary)
        for tag in piece.draft.tags:
            _child(entry, "category", "", term=tag)
    return Document(body=_xml(feed), content_type="application/atom+xml")


def _json(publisher: Publisher, pieces: Sequence[Piece], url: str) -> Document:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publisher.name,
        "home_page_url": f"{url}/",
        "feed_url": f"{url}{feed_path(publisher)}",
        "description": publisher.description,
        "language": publisher.language,
        "items": [
            {
                "id": _guid(piece),
                "url": _link(piece, url),
                "title": piece.draft.title,
                "summary": piece.draft.summary,
                "content_text": f"{piece.draft.summary}\n\n{piece.draft.body}".strip(),
                "date_published": piece.published_at.isoformat(),
                "tags": list(piece.draft.tags),
            }
            for piece in pieces
        ],
    }
    body = json.dumps(feed, ensure_ascii=False, indent=1).encode()
    return Document(body=body, content_type="application/feed+json")


_FORMATS: dict[Format, Callable[[Publisher, Sequence[Piece], str], Document]] = {
    Format.RSS: _rss,
    Format.ATOM: _atom,
    Format.JSON: _json,
}


def _link(piece: Piece, url: str) -> str:
    link = f"{url}{article_path(piece.origin)}"
    if piece.origin == piece.number:
        return link
    return f"{link}?{TRACKING.format(publisher=piece.draft.publisher)}"


def _guid(piece: Piece) -> str:
    """Return an id that is a URI, which RFC 4287, 4.2.6 asks for (a tag URI, RFC 4151)."""
    return f"tag:example.org,2026:{piece.draft.publisher}/{piece.number}"


def _child(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text


def _xml(root: Element) -> bytes:
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document
