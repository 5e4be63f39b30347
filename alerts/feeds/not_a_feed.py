"""If it is no feed, what is it?  Words for an operator, and the way out.  Pure."""

from __future__ import annotations

import re

from alerts.feeds.clean import shorten, words
from alerts.feeds.discover import feed_links
from alerts.feeds.document import root_name

_LOOK_AT = 200_000
_SUGGESTIONS = 3
# What the pages of bot protection have in common: their makers' names, or what they say.
_CHALLENGE = re.compile(
    r"/cdn-cgi/challenge-platform|cf[-_]chl|cf-browser-verification|just a moment\.\.\."
    r"|attention required! \| cloudflare|_incapsula_resource|ddos-guard|sucuri_cloudproxy"
    r"|px-captcha|awswaf|gokuprops|captcha-delivery|geo\.captcha|anubis_challenge"
    r"|checking your browser|verify (?:that )?you are (?:a )?human|are you a robot"
    r"|<title>[^<]{0,60}(?:captcha|access denied|security check)",
    re.IGNORECASE,
)
_TITLE = re.compile(r"<title\b[^<>]*+>([^<]{1,500})", re.IGNORECASE)
_OTHER_XML = {
    "opml": "a list of feeds (OPML): import it instead",
    "urlset": "a sitemap",
    "sitemapindex": "an index of sitemaps",
    "error": "an error document in XML",
    "svg": "a picture (SVG)",
}


def is_page(text: str) -> bool:
    """Tell whether *text* is an HTML page, which no feed is."""
    return root_name(text) in ("html", "head", "body")


def name(text: str, url: str) -> str:
    """Return what *text*, which came from *url* and is no feed, is; one line."""
    text = text[:_LOOK_AT]
    if not text.strip():
        return "the document is empty"
    if _CHALLENGE.search(text):
        return "a challenge page (the publisher's bot protection) instead of a feed"
    root = root_name(text)
    if is_page(text) or (not root and re.search(r"<(?:html|body|div|p)\b", text, re.IGNORECASE)):
        return _page(text, url)
    if root in _OTHER_XML:
        return f"{_OTHER_XML[root]}, not a feed"
    if root:
        return f"an XML document <{root[:40]}>, not a feed"
    if text.lstrip().startswith(("{", "[")):
        return "a JSON document, but not a JSON Feed"
    return "neither XML nor JSON, not a feed"


def _page(text: str, url: str) -> str:
    title = _TITLE.search(text)
    called = f" ({shorten(words(title[1]), 80)})" if title else ""
    links = [link for link in feed_links(text, url) if len(link) <= 200][:_SUGGESTIONS]
    if not links:
        return f"an HTML page{called}, not a feed"
    return f"an HTML page{called}, not a feed; it names as its feeds: {' , '.join(links)}"
