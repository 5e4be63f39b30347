"""From the bytes of a document to the articles in it.  Pure: no network, no clock, no files.

It calls feedparser, which is slow on hostile input and has been made to hang; so it runs in a
process that may be killed (`alerts.feeds.worker`), and the rest of the program never imports it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import repeat
from typing import Any
from xml.sax import SAXException

import feedparser

from alerts.errors import ParseError
from alerts.feeds import dates, not_a_feed
from alerts.feeds.clean import words
from alerts.feeds.cutting import CutDocument, cut
from alerts.feeds.document import decode, is_truncated, repaired, root_name
from alerts.feeds.items import TITLE_LENGTH, RawItem, finished, language
from alerts.feeds.jsonfeed import looks_like_json, parse_json_feed
from alerts.feeds.links import LONGEST_LINK, http_url
from alerts.feeds.parsed import MOST_HUBS, ParsedFeed, ParsedItem
from alerts.feeds.plain import read_plain
from alerts.feeds.sitemap import looks_like_news_sitemap, parse_news_sitemap

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_MAILBOX = re.compile(r"[^\s@()]++@[^\s@()]++\s++\(([^()]++)\)")
_LONGEST_MAILBOX = 500
_LOOK_FOR_ROOT = 10_000
#: A hint beyond says no more than this one.
_LONGEST_HINT = timedelta(days=7)


#: Archives of many years list some thousands.  A hundred thousand would be read in four seconds, and
#: writing them would keep everybody waiting for ten more.
MOST_ITEMS = 10_000


def parse_document(
    body: bytes, *, url: str, content_type: str, seen: AbstractSet[str] = frozenset()
) -> ParsedFeed:
    """Return the feed in *body*, which came from *url* with *content_type* as its header.

    Items whose marks are *seen* are only named, where the document lets itself be cut: parsing
    them would take most of the time, and say what it said before.

    Raises:
        ParseError: it is not a feed, and the text says what it is; or it lists more than anybody
            reads.
    """
    feed = _parse(decode(body, content_type), url, seen)
    if len(feed.items) > MOST_ITEMS:
        raise ParseError(f"it lists {len(feed.items):,} new items, and {MOST_ITEMS:,} are too many")
    return feed


def _parse(text: str, url: str, seen: AbstractSet[str]) -> ParsedFeed:
    if looks_like_json(text):
        return parse_json_feed(text, url, seen=seen)
    if not_a_feed.is_page(text):
        raise ParseError(not_a_feed.name(text, url))
    if looks_like_news_sitemap(text):
        return parse_news_sitemap(repaired(text), url)
    whole = None if is_truncated(text) else cut(text, url)
    unseen = whole.without(seen) if whole else None
    if whole and unseen and (feed := _parse_cut(unseen, url)):
        return replace(feed, seen=tuple(each for each in whole.marks if each in seen))
    return _parse_whole(text, url)


def _parse_whole(text: str, url: str) -> ParsedFeed:
    document = repaired(text)
    parsed = _parse_xml(document.xml, url)
    # `bozo` is True of good feeds and False of captcha pages.
    if not parsed.version and not parsed.entries:
        raise ParseError(not_a_feed.name(text, url))
    return replace(_feed(parsed, url), truncated=document.truncated)


def _parse_cut(document: CutDocument, url: str) -> ParsedFeed | None:
    """Return the feed in *document*, its items marked; None: it must be parsed whole."""
    parsed = _parse_xml(repaired(document.text).xml, url)
    # feedparser reads what is not well-formed in another way, and the whole document with it.
    if parsed.broken or not parsed.version or len(parsed.entries) != len(document.marks):
        return None
    return _feed(parsed, url, marks=document.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parsed:
    """What feedparser says of a document, or would say."""

    version: str
    feed: Mapping[str, Any]
    entries: Sequence[Mapping[str, Any]]
    #: It is not well-formed, and was read as well as it goes.
    broken: bool = False


def _parse_xml(document: bytes, url: str) -> _Parsed:
    if plain := read_plain(document):
        return _Parsed(version=plain.version, feed=plain.feed, entries=plain.entries)
    return _feedparsed(document, url)


def _feedparsed(document: bytes, url: str) -> _Parsed:
    # Relative to what?  Atom: the document; RSS: the site, which is known only afterwards.  Without
    # a base feedparser gives one that an element sets for itself to all that follow.
    headers = {"content-type": "application/xml; charset=utf-8"}
    if root_name(document[:_LOOK_FOR_ROOT].decode("utf-8", "replace")) == "feed":
        headers["content-location"] = url
    # Never a str: feedparser would open it as a file or fetch it.  Both options off: links are
    # resolved and markup is taken out here, for what we keep, at a fraction of the time.
    parsed = feedparser.parse(
        io.BytesIO(document),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return _Parsed(
        version=parsed.version,
        feed=parsed.feed,
        entries=parsed.entries,
        broken=isinstance(parsed.get("bozo_exception"), SAXException),
    )


def _feed(parsed: _Parsed, url: str, *, marks: Sequence[str] = ()) -> ParsedFeed:
    head = parsed.feed
    home = http_url(_text(head, "link"), url)
    # RSS has no base address, and what is relative is meant relative to the site, which need not
    # be where the feed is; Atom resolves against xml:base or the document (RFC 4287, 2).
    base = home if home and not parsed.version.startswith("atom") else url
    items = [
        _item(entry, base, mark)
        for entry, mark in zip(parsed.entries, marks or repeat(""), strict=False)
    ]
    good = tuple(item for item in items if item is not None)
    return ParsedFeed(
        version=parsed.version,
        title=words(_text(head, "title"), markup=False)[:TITLE_LENGTH],
        link=home,
        language=language(_text(head, "language")),
        items=good,
        skipped=len(items) - len(good),
        update_every=_update_every(head),
        hubs=_hrefs(head, "hub")[:MOST_HUBS],
        self_url=next(iter(_hrefs(head, "self")), ""),
    )


def _hrefs(head: Mapping[str, Any], relation: str) -> tuple[str, ...]:
    links = (link for link in _list(head, "links") if _text(link, "rel") == relation)
    return tuple(href for link in links if 0 < len(href := _text(link, "href")) <= LONGEST_LINK)


def _item(entry: Mapping[str, Any], base: str, mark: str) -> ParsedItem | None:
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
            mark=mark,
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
    # RSS 2.0 wants an address with the name behind it, which feedparser cuts in odd places.
    if mailbox := _MAILBOX.fullmatch(_text(entry, "author")[:_LONGEST_MAILBOX]):
        return mailbox[1]
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
