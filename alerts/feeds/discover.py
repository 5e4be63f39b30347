"""Which feeds does a page name?  Pure."""

from __future__ import annotations

import html
import re

from alerts.feeds.links import http_url

_LINK = re.compile(r"<link\b([^<>]*+)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/json",
    }
)
_MOST = 20


def feed_links(page: str, url: str) -> tuple[str, ...]:
    """Return the feeds that the HTML *page* at *url* announces, absolute, in its order."""
    found: dict[str, None] = {}
    for tag in _LINK.finditer(page):
        attributes = {
            name.lower(): html.unescape(quoted or single or bare)
            for name, quoted, single, bare in _ATTRIBUTE.findall(tag[1])
        }
        kind = attributes.get("type", "").partition(";")[0].strip().lower()
        if "alternate" in attributes.get("rel", "").lower().split() and kind in _FEED_TYPES:
            link = http_url(attributes.get("href", ""), url)
            if link and "/wp-json/" not in link:  # WordPress's API, announced as JSON
                found[link] = None
        if len(found) == _MOST:
            break
    return tuple(found)
