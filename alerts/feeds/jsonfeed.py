"""JSON Feed 1.0 and 1.1 (jsonfeed.org); feedparser knows neither.  Pure."""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from typing import Any

from alerts.errors import ParseError
from alerts.feeds import cutting, dates
from alerts.feeds.clean import words
from alerts.feeds.items import RawItem, finished, language
from alerts.feeds.links import LONGEST_LINK, http_url
from alerts.feeds.parsed import MOST_HUBS, ParsedFeed, ParsedItem

_VERSION = "https://jsonfeed.org/version/"


def looks_like_json(text: str) -> bool:
    """Tell whether *text* begins as a JSON object does."""
    return text.lstrip()[:1] == "{"


def parse_json_feed(text: str, url: str, *, seen: AbstractSet[str] = frozenset()) -> ParsedFeed:
    """Return the feed in *text*, without the items whose marks are *seen*.

    Raises:
        ParseError: it is not JSON, or JSON but no JSON Feed.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError("the document begins like JSON and is not valid JSON") from error
    version = _text(document, "version") if isinstance(document, dict) else ""
    if not version.startswith(_VERSION) or not isinstance(document.get("items"), list):
        raise ParseError("a JSON document, but not a JSON Feed")
    spoken = language(_text(document, "language"))
    author = _authors(document)
    setting = blake2b(f"{url}\0{spoken}\0{author}".encode("utf-8", "replace"), digest_size=32)
    marked = [
        (each, cutting.mark(json.dumps(each), setting.digest())) for each in document["items"]
    ]
    items = [
        _item(each, url, spoken=spoken, author=author, mark=known_by)
        for each, known_by in marked
        if known_by not in seen
    ]
    good = tuple(item for item in items if item is not None)
    return ParsedFeed(
        version="json11" if version.endswith("1.1") else "json10",
        title=words(_text(document, "title"), markup=False)[:1000],
        link=http_url(_text(document, "home_page_url"), url),
        language=spoken,
        items=good,
        seen=tuple(known_by for _, known_by in marked if known_by in seen),
        skipped=len(items) - len(good),
        hubs=_hubs(document),
        self_url=_text(document, "feed_url")[:LONGEST_LINK],
    )


def _hubs(document: dict[str, Any]) -> tuple[str, ...]:
    """Return the hubs that speak WebSub (1.1: `{"type": "WebSub", "url": ...}`)."""
    listed = document.get("hubs")
    hubs = listed[:MOST_HUBS] if isinstance(listed, list) else []
    websub = (hub for hub in hubs if isinstance(hub, dict) and hub.get("type") == "WebSub")
    return tuple(url for hub in websub if 0 < len(url := _text(hub, "url")) <= LONGEST_LINK)


def _item(item: object, url: str, *, spoken: str, author: str, mark: str) -> ParsedItem | None:
    if not isinstance(item, dict):
        return None
    markup = _text(item, "content_html")
    return finished(
        RawItem(
            guid=_text(item, "id"),
            link=http_url(_text(item, "url"), url) or http_url(_text(item, "external_url"), url),
            title=words(_text(item, "title"), markup=False),
            summary=words(_text(item, "summary"), markup=False),
            content=words(markup) if markup else words(_text(item, "content_text"), markup=False),
            author=_authors(item) or author,
            tags=[tag for tag in _list(item, "tags") if isinstance(tag, str)],
            language=language(_text(item, "language")) or spoken,
            published_at=dates.from_iso(item.get("date_published")),
            updated_at=dates.from_iso(item.get("date_modified")),
            mark=mark,
        )
    )


def _authors(holder: dict[str, Any]) -> str:
    # 1.0 had one author, 1.1 has a list.
    given = [*_list(holder, "authors"), holder.get("author")]
    names = [_text(author, "name") for author in given if isinstance(author, dict)]
    return ", ".join(dict.fromkeys(filter(None, names)))


def _list(holder: dict[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _text(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    # "If an id is a number, coerce it" (JSON Feed 1.1, Items).
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""
