"""Google News sitemaps: a publisher's articles of the last two days.  Pure.

Feedparser does not know them.  A sitemap of anything but news lists pages and not articles, and is
no feed.  Source of the names: Google's description of news sitemaps, and sitemaps.org for the rest.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from alerts.errors import ParseError
from alerts.feeds import dates
from alerts.feeds.clean import words
from alerts.feeds.document import XmlDocument, root_name
from alerts.feeds.items import RawItem, finished, language
from alerts.feeds.links import http_url
from alerts.feeds.parsed import ParsedFeed, ParsedItem

_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_LOOK_IN = 4000


def looks_like_news_sitemap(text: str) -> bool:
    """Tell whether *text* is a sitemap that speaks of news."""
    return root_name(text) == "urlset" and _NEWS in text[:_LOOK_IN]


def parse_news_sitemap(document: XmlDocument, url: str) -> ParsedFeed:
    """Return the feed in *document*; a page without news in it is skipped.

    Raises:
        ParseError: it is not well-formed from the first page on.
    """
    reader: ET.XMLPullParser[ET.Element] = ET.XMLPullParser(("end",))
    reader.feed(document.xml)
    pages: list[ParsedItem | None] = []
    broken = document.truncated
    try:
        for event in reader.read_events():
            element = event[-1]
            if isinstance(element, ET.Element) and _name(element) == "url":
                pages.append(_item(element, url))
    except ET.ParseError as error:
        broken = True
        if not pages:
            raise ParseError("a news sitemap that is not well-formed") from error
    items = tuple(page for page in pages if page is not None)
    return ParsedFeed(
        version="news-sitemap",
        title=items[0].author if items else "",
        items=items,
        skipped=len(pages) - len(items),
        truncated=broken,
    )


def _item(element: ET.Element, url: str) -> ParsedItem | None:
    # Pictures and videos have titles and addresses too, in namespaces of their own.
    own = (f"{{{_NEWS}}}", element.tag.removesuffix("url"))
    said = {_name(each): each.text or "" for each in element.iter() if each.tag.startswith(own)}
    if "title" not in said:
        return None
    return finished(
        RawItem(
            guid="",
            link=http_url(said.get("loc", ""), url),
            title=words(said["title"], markup=False),
            summary="",
            content="",
            author=said.get("name", ""),
            tags=re.split(r"[,،、;]", said.get("keywords", "")),
            language=language(said.get("language", "")),
            published_at=dates.from_iso(said.get("publication_date")),
            updated_at=dates.from_iso(said.get("lastmod")),
        )
    )


def _name(element: ET.Element) -> str:
    """Return the element's name without its namespace."""
    return element.tag.rpartition("}")[2].lower()
