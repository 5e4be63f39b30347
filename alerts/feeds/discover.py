"""Which feeds does a page name, and where else might they be?  Pure.

Pages are hostile: every expression here is linear in the length of the page, and what comes out is
bounded.  Asking the addresses is `alerts.feeds.discovery`'s.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from alerts.feeds.links import http_url

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<(link|a|base)\b([^<>]*+)>", re.IGNORECASE)
# From the beginning of a word on, so that a megabyte of letters is read once.
_ATTRIBUTE = re.compile(
    r"""(?<![a-zA-Z-])([a-zA-Z-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))"""
)
_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/json",
    }
)
#: How the address of a feed reads where a page only links to it.
_FEED_LIKE = re.compile(
    r"(?:^|[/._-])(?:rss2?|atom|feeds?|rdf)(?:[/._-]|$)|[^/]\.(?:rss|atom|rdf)$|/index\.xml$",
    re.IGNORECASE,
)
_FEED_ASKED = re.compile(r"(?:^|&)(?:feed|format|output|type)=(?:rss2?|atom|feed)\b", re.IGNORECASE)
_OTHER_FILE = re.compile(
    r"\.(?:html?|aspx|pdf|png|jpe?g|gif|svg|ico|webp|css|js|zip|mp3|mp4)$", re.IGNORECASE
)
#: Where the programs behind most sites put their feeds, the most frequent first.
_WELL_KNOWN = ("feed/", "rss.xml", "feed.xml", "atom.xml", "index.xml", "rss", "feed.json")
_MOST = 20


def feed_links(page: str, url: str) -> tuple[str, ...]:
    """Return the feeds that the HTML *page* at *url* announces, absolute, in its order."""
    found: dict[str, None] = {}
    for name, attributes, base in _tags(page, url):
        if name != "link" or "alternate" not in attributes.get("rel", "").lower().split():
            continue
        kind = attributes.get("type", "").partition(";")[0].strip().lower()
        link = http_url(attributes.get("href", ""), base) if kind in _FEED_TYPES else ""
        if link and "/wp-json/" not in link:  # WordPress's API, announced as JSON
            found[link] = None
        if len(found) == _MOST:
            break
    return tuple(found)


def linked_feeds(page: str, url: str) -> tuple[str, ...]:
    """Return what the *page* at *url* links to and looks like a feed, absolute, in its order."""
    found: dict[str, None] = {}
    for name, attributes, base in _tags(page, url):
        link = http_url(attributes.get("href", ""), base) if name == "a" else ""
        if link and _looks_like_a_feed(link):
            found[link] = None
        if len(found) == _MOST:
            break
    return tuple(found)


def likely_places(url: str) -> tuple[str, ...]:
    """Return where a feed of the page at *url*, or of its site, would usually be."""
    parts = urlsplit(url)
    site = f"{parts.scheme}://{parts.netloc}/"
    section = parts._replace(query="", fragment="").geturl().rstrip("/") + "/"
    places = [urljoin(section, "feed/")] if section != site else []
    return tuple(dict.fromkeys([*places, *(urljoin(site, path) for path in _WELL_KNOWN)]))


def _looks_like_a_feed(link: str) -> bool:
    parts = urlsplit(link)
    if _OTHER_FILE.search(parts.path):
        return False
    return bool(_FEED_LIKE.search(parts.path) or _FEED_ASKED.search(parts.query))


def _tags(page: str, url: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield name, attributes and base address of every link in *page*."""
    base = url
    for tag in _TAG.finditer(_COMMENT.sub(" ", page)):
        attributes = {
            name.lower(): html.unescape(quoted or single or bare)
            for name, quoted, single, bare in _ATTRIBUTE.findall(tag[2])
        }
        name = tag[1].lower()
        if name == "base":
            base = http_url(attributes.get("href", ""), url) or base
        else:
            yield name, attributes, base
