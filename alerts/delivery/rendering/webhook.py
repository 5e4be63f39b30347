"""A delivery as JSON for machines: what a webhook's body says (docs/webhook.md, version 1).

Keys are only ever added; one that changes its meaning makes a new version.  Texts are cleaned and cut
as for people, because they end in somebody's chat all the same.  The feed's own address is left out:
it may hold a password.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from alerts.delivery.rendering.marked import clean, clean_lines, cut
from alerts.delivery.rendering.plain import plain
from alerts.delivery.rendering.view import Limits, link, view
from alerts.model import Alert, Article, Change, Delivery, Evidence, Match, Message, Notice

VERSION: Final = 1
#: Bytes of a body; alerts that do not fit are counted.  Many receivers refuse a megabyte.
MOST_BYTES: Final = 256_000
MOST_ARTICLES: Final = 20
MOST_MATCHES: Final = 50
MOST_EVIDENCE: Final = 20
MOST_DETAILS: Final = 50
#: UTF-16 units, as everywhere in this package.
_SUMMARY, _NAME, _TEXT = 1_000, 200, 8_000
_LIMITS: Final = Limits(headline=500, excerpt=_SUMMARY, reasons=0, sources=0)

_Item = TypeVar("_Item")
_Object = dict[str, Any]


def webhook(delivery: Delivery, public_url: str, now: datetime) -> Message:
    """Return *delivery* as text, with the JSON beside it."""
    return structured(delivery, plain(delivery, public_url, now), public_url)


def structured(delivery: Delivery, message: Message, public_url: str) -> Message:
    """Return *message*, which is *delivery* in words, with the JSON beside it."""
    body = _body(delivery, message, public_url)
    left, shown = MOST_BYTES - len(_written(body).encode()), list[_Object]()
    for alert in delivery.alerts:
        said = _alert(alert, delivery.created_at)
        left -= len(_written(said).encode()) + 1
        # The first always goes: its own limits bound it.
        if left < 0 and shown:
            break
        shown.append(said)
    body["data"] |= {"alerts": shown, "more": len(delivery.alerts) - len(shown)}
    return replace(message, html=_written(body))


def _body(delivery: Delivery, message: Message, public_url: str) -> _Object:
    """Return everything but the alerts."""
    return {
        "type": delivery.kind.value,
        "timestamp": _moment(delivery.created_at),
        "data": {
            "version": VERSION,
            "delivery": delivery.id,
            "receiver": delivery.receiver,
            "severity": delivery.severity.value,
            "subject": message.subject,
            "text": cut(message.text, _TEXT),
            "url": public_url,
            "silent": delivery.is_silent,
            "possible_repeat": delivery.possible_repeat,
            "follows": delivery.follows,
            "since": _moment(delivery.since),
            "change": _change(delivery.change) if delivery.change else None,
            "notice": _notice(delivery.notice) if delivery.notice else None,
        },
    }


def _alert(alert: Alert, created_at: datetime) -> _Object:
    shown = view(alert, _LIMITS, now=created_at)
    return {
        "id": alert.id,
        "story": alert.story,
        "severity": alert.severity.value,
        "headline": str(shown.headline),
        "excerpt": str(shown.excerpt),
        "url": shown.url,
        **_first("matches", alert.matches, MOST_MATCHES, _match),
        **_first("articles", alert.articles, MOST_ARTICLES, _article),
    }


def _match(match: Match) -> _Object:
    return {
        "watchlist": match.watchlist,
        "title": _name(match.title),
        "severity": match.severity.value,
        "article": match.article,
        "unknown": [fact.value for fact in match.unknown],
        **_first("evidence", match.evidence, MOST_EVIDENCE, _evidence),
    }


def _evidence(one: Evidence) -> _Object:
    return {
        "field": one.field.value,
        "surface": _name(one.surface),
        "term": _name(one.term),
        "how": one.how.value,
    }


def _article(article: Article) -> _Object:
    return {
        "id": article.id,
        "publisher": _name(article.publisher),
        "title": cut(clean(article.title), _LIMITS.headline),
        "summary": cut(clean(article.summary[: 4 * _SUMMARY]), _SUMMARY),
        "url": link(article.url),
        "author": _name(article.author),
        "language": article.language,
        "published_at": _moment(article.published_at),
        "seen_at": _moment(article.seen_at),
    }


def _change(change: Change) -> _Object:
    before = change.severity_before
    return {
        "severity_before": before and before.value,
        "headline_before": cut(clean(change.headline_before), _LIMITS.headline),
        "watchlists": [_name(title) for title in change.watchlists[:MOST_MATCHES]],
    }


def _notice(notice: Notice) -> _Object:
    details = [cut(clean_lines(detail), _SUMMARY) for detail in notice.details[:MOST_DETAILS]]
    return {
        "about": notice.about,
        "state": notice.state,
        "subject": cut(clean(notice.subject), _LIMITS.headline),
        "text": cut(clean_lines(notice.text), _TEXT),
        "details": details,
        "more_details": notice.more + len(notice.details) - len(details),
        "shown_by": notice.shown_by,
    }


def _first(
    key: str, items: Sequence[_Item], most: int, said: Callable[[_Item], _Object]
) -> _Object:
    """Return so many of *items* under *key*, and how many there are besides."""
    return {key: [said(item) for item in items[:most]], f"more_{key}": max(0, len(items) - most)}


def _name(text: str) -> str:
    return cut(clean(text[: 4 * _NAME]), _NAME)


def _moment(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _written(value: _Object) -> str:
    # Without blanks: a receiver checks the signature over these very bytes.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace").decode()
