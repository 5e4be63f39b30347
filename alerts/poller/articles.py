"""What a document lists, as articles.  Pure: the time is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.feeds.parsed import ParsedFeed, ParsedItem
from alerts.model import Article, Feed


def articles_of(
    feed: Feed, parsed: ParsedFeed, keys: Sequence[str], *, now: datetime
) -> tuple[Article, ...]:
    """Return the articles of a document, each key once, in the order of their publication."""
    found: dict[str, Article] = {}
    for key, item in zip(keys, parsed.items, strict=True):
        if key not in found:
            found[key] = _article(feed, parsed, key, item, now)
    # Documents list the newest first.
    return tuple(reversed(found.values()))


def _article(feed: Feed, parsed: ParsedFeed, key: str, item: ParsedItem, now: datetime) -> Article:
    # Atom need not say when an entry was published, only when it was last changed.
    published_at = item.published_at or item.updated_at
    return Article(
        id=key,
        feed=feed.url,
        publisher=feed.publisher,
        guid=item.guid,
        url=item.link,
        title=item.title,
        summary=item.summary,
        content=item.content,
        author=item.author,
        tags=tuple(dict.fromkeys(item.tags + feed.tags)),
        language=item.language or feed.language or parsed.language,
        # A date in the future is a publisher's slip; it must not make the article the newest.
        published_at=published_at and min(published_at, now),
        seen_at=now,
    )
