"""From an article's page to the words of the article, without menus, footers and advertisements.

Pure.  It calls trafilatura, which builds a tree of whatever a page holds; so it runs in a process
that may be killed (`alerts.feeds.page_worker`), and the rest of the program never imports it.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from trafilatura import extract

from alerts.errors import ParseError
from alerts.feeds.clean import shorten, tidy
from alerts.feeds.document import decode
from alerts.feeds.items import CONTENT_LENGTH
from alerts.feeds.parsed import ParsedFeed, ParsedItem

_PAGES = ("text/html", "application/xhtml+xml")
_LOOK_AT = 100_000
_CHARSET = re.compile(rb"""<meta\b[^<>]{0,200}?charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_ROBOTS = re.compile(r"""<meta\b(?=[^<>]*\bname\s*=\s*["']?robots\b)([^<>]*)>""", re.IGNORECASE)
_NOARCHIVE = re.compile(r"\bnoarchive\b", re.IGNORECASE)


def parse_page(
    body: bytes, *, url: str, content_type: str, seen: AbstractSet[str] = frozenset()
) -> ParsedFeed:
    """Return the article in the page *body* as the content of a single item.

    Raises:
        ParseError: it is no page, has no article, or its publisher wants no copies of it.
    """
    del seen  # a page has no items that could be known
    kind = content_type.partition(";")[0].strip().lower()
    if kind and kind not in _PAGES:
        raise ParseError(f"the article is {kind[:60]}, not an HTML page")
    text = decode(body, _labelled(body, content_type))
    if forbids_copies(text):
        raise ParseError("the page asks not to be copied (noarchive)")
    found = extract(text, url=url, include_comments=False, with_metadata=False, fast=True)
    content = shorten(tidy(found or ""), CONTENT_LENGTH)
    if not content:
        raise ParseError("no article was found in the page")
    return ParsedFeed(version="page", items=(ParsedItem(link=url, content=content),))


def forbids_copies(page: str) -> bool:
    """Tell whether *page* says `noarchive` to robots."""
    return any(_NOARCHIVE.search(tag[1]) for tag in _ROBOTS.finditer(page[:_LOOK_AT]))


def _labelled(body: bytes, content_type: str) -> str:
    """Return *content_type* with the page's own charset, where the server names none."""
    found = None if "charset" in content_type.lower() else _CHARSET.search(body[:4096])
    return f"{content_type}; charset={found[1].decode()}" if found else content_type
