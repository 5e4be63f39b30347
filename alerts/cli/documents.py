"""What several commands say in JSON, in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alerts.model import Article, Evidence


def of_article(article: Article) -> dict[str, Any]:
    """Return what an article is known by."""
    return {
        "id": article.id,
        "url": article.url,
        "publisher": article.publisher,
        "title": article.title,
        "language": article.language,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "seen_at": article.seen_at.isoformat() if article.seen_at else None,
    }


def of_evidence(one: Evidence) -> dict[str, Any]:
    """Return one piece of evidence."""
    return {
        "field": one.field.value,
        "start": one.start,
        "end": one.end,
        "surface": one.surface,
        "term": one.term,
        "how": one.how.value,
    }
