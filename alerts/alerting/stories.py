"""Which articles report one story?  Pure.

The same article in several feeds is one story: the same canonical link, or the same headline of
four words or more from one publisher (FEEDS.md, What is new).
"""

from __future__ import annotations

from hashlib import sha256

from alerts.feeds.identity import canonical_url, title_key
from alerts.model import Article


def story_keys(article: Article) -> tuple[str, ...]:
    """Return the keys that *article* shares with every other report of its story.

    A key that begins with `title:` holds for seven days, the others for good.
    """
    keys = []
    if article.url:
        keys.append("url:" + _digest(canonical_url(article.url)))
    headline = title_key(article.title)
    if headline:
        keys.append("title:" + _digest(f"{article.publisher}\0{headline}"))
    return tuple(keys) or ("article:" + article.id,)


def digest(article: Article) -> str:
    """Return the hash of what makes a revision: title, summary, content, link; not the dates."""
    words = (article.title, article.summary, article.content, article.url)
    return _digest("\0".join(words))


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
