"""From the bytes of a document to the articles in it.  Pure: no network, no clock, no files.

It calls feedparser, which is slow on hostile input and has been made to hang; so it runs in a
process that may be killed (`alerts.feeds.worker`), and the rest of the program never imports it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import feedparser

from alerts.errors import ParseError
from alerts.feeds import dates, not_a_feed
from alerts.feeds.clean import words
from alerts.feeds.document import decode, repaired
from alerts.feeds.items import TITLE_LENGTH, RawItem, finished, language
from alerts.feeds.jsonfeed import looks_like_json, parse_json_feed
from alerts.feeds.links import http_url
from alerts.feeds.parsed import ParsedFeed, ParsedItem

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
#: A hint beyond says no more than this one.
_LONGEST_HINT = timedelta(days=7)


def parse_document(body: bytes, *, url: str, content_type: str) -> ParsedFeed:
    """Return the feed in *body*, which came from *url* with *content_type* as its header.

    Raises:
        ParseError: it is not a feed; the text says what it is.
    """
    text = decode(body, content_type)
    if looks_like_json(text):
        return parse_json_feed(text, url)
    if not_a_feed.is_page(text):
        raise ParseError(not_a_feed.name(text, url))
    document = repaired(text)
    # Never a str: feedparser would open it as a file or fetch it.  Both options off: links are
    # resolved and markup is taken out here, for what we keep, at a fraction of the time.
    parsed = feedparser.parse(
        io.BytesIO(document.xml), sanitize_html=False, resolve_relative_uris=False
    )
    # `bozo` is True of good feeds and False of captcha pages.
    if not parsed.version and not parsed.entries:
        raise ParseError(not_a_feed.name(text, url))
    return _feed(parsed, url, truncated=document.truncated)


def _feed(parsed: Any, url: str, *, truncated: bool) -> ParsedFeed:
    head: Mapping[str, Any] = parsed.feed
    home = http_url(_text(head, "link"), url)
    # RSS has no base address, and what is relative is meant relative to the site, which need not
    # be where the feed is; Atom resolves against xml:base or the document (RFC 4287, 2).
    base = home if home and not parsed.version.startswith("atom") else url
    items = [_item(entry, base) for entry in parsed.entries]
    good = tuple(item for item in items if item is not None)
    return ParsedFeed(
        version=parsed.version,
        title=words(_text(head, "title"), markup=False)[:TITLE_LENGTH],
        link=home,
        language=language(_text(head, "language")),
        items=good,
        skipped=len(items) - len(good),
        truncated=truncated,
        update_every=_update_every(head),
    )


def _item(entry: Mapping[str, Any], base: str) -> ParsedItem | None:
    title_detail = _mapping(entry, "title_detail")
    summary_detail = _mapping(entry, "summary_detail")
    published = _moment(entry, "published_parsed") or _moment(entry, "created_parsed")
    updated = _moment(entry, "updated_parsed")
    return finished(
        RawItem(
            guid=_text(entry, "id"),
            link=_link(entry, base),
            title=words(_text(entry, "title"), markup=_is_markup(title_detail)),
            summary=words(_text(entry, "summary"), markup=_is_markup(summary_detail)),
            content=_content(entry),
            author=_author(entry),
            tags=_tags(entry),
            language=language(_text(entry, "language") or _text(title_detail, "language")),
            # dc:date and Atom entries that only name their last change.
            published_at=published or updated,
            updated_at=updated,
        )
    )


def _link(entry: Mapping[str, Any], base: str) -> str:
    # FeedBurner puts its own counter in `link` and the publisher's address here.
    if origin := http_url(_text(entry, "feedburner_origlink"), base):
        return origin
    link = _text(entry, "link")
    if link and link == _text(entry, "id") and not link.lower().startswith(("http:", "https:")):
        # A guid without isPermaLink="false" counts as a link in RSS 2.0, but "12345" is none.
        link = ""
    if not link:
        others = [each for each in _list(entry, "links") if each.get("rel") != "enclosure"]
        link = next((href for each in others if (href := _text(each, "href"))), "")
    return http_url(link, base)


def _content(entry: Mapping[str, Any]) -> str:
    parts = [
        words(_text(part, "value"), markup=_is_markup(part))
        for part in _list(entry, "content")
        if _is_words(part)
    ]
    return " ".join(dict.fromkeys(filter(None, parts)))


def _author(entry: Mapping[str, Any]) -> str:
    names = [_text(author, "name") for author in _list(entry, "authors")]
    return ", ".join(dict.fromkeys(filter(None, names))) or _text(entry, "author")


def _tags(entry: Mapping[str, Any]) -> list[str]:
    return [_text(tag, "label") or _text(tag, "term") for tag in _list(entry, "tags")]


def _update_every(head: Mapping[str, Any]) -> timedelta | None:
    """Return the longer of ttl (minutes, RSS 2.0) and sy:updatePeriod / sy:updateFrequency."""
    hints = []
    ttl = _text(head, "ttl").strip()
    if ttl.isdecimal() and 0 < len(ttl) <= 6:
        hints.append(timedelta(minutes=int(ttl)))
    frequency = _text(head, "sy_updatefrequency").strip()
    if period := _PERIODS.get(_text(head, "sy_updateperiod").strip().lower()):
        times = int(frequency) if frequency.isdecimal() and len(frequency) <= 6 else 1
        hints.append(period / max(times, 1))
    return min(max(hints), _LONGEST_HINT) if hints else None


def _is_markup(detail: Mapping[str, Any]) -> bool:
    return "html" in _text(detail, "type")


def _is_words(detail: Mapping[str, Any]) -> bool:
    kind = _text(detail, "type")
    return not kind or kind.startswith("text/") or "html" in kind


# feedparser's values are whatever the document made of them: everything is asked for its type.


def _text(holder: Mapping[str, Any], key: str) -> str:
    value = dict.get(holder, key)  # type: ignore[call-overload]
    return value if isinstance(value, str) else ""


def _mapping(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _list(holder: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = holder.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _moment(entry: Mapping[str, Any], key: str) -> Any:
    # Not `entry.get`: feedparser answers a question about `updated` with `published`, warning.
    return dates.from_utc_fields(dict.get(entry, key))  # type: ignore[call-overload]
