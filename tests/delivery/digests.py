"""Digests that look like a newsroom's, for tests, the gallery and the benchmark."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.model import (
    Address,
    Alert,
    Article,
    Delivery,
    DeliveryKind,
    Evidence,
    Field,
    How,
    Match,
    Severity,
)
from tests.delivery.samples import MAILBOX, arabic, chemical, khmeimim

#: A Wednesday evening; the digest before left on Tuesday.
NOW = datetime(2026, 11, 4, 17, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)

_PLACES = (
    ("Idlib", "Idlib", "Anything in Idlib"),
    ("Maarrat al-Numan", "Maarat al-Numan", "Anything in Idlib"),
    ("Tartus", "Tartus", "The coast"),
    ("Deir ez-Zor", "Deir ez-Zor", "The Euphrates"),
    ("Manbij", "Manbij", "The Euphrates"),
)
_EVENTS = (
    "Shelling reported near {}; two farms burn",
    "Convoy of forty trucks crosses into {}",
    "Hospital in {} says it is out of fuel",
    "Talks on a prisoner exchange resume in {}",
)
_LEVELS = (Severity.HIGH, Severity.MEDIUM, Severity.MEDIUM, Severity.LOW)


def digest(*alerts: Alert, address: Address = MAILBOX, **values: Any) -> Delivery:
    """Return the digest of *alerts*."""
    given: dict[str, Any] = {
        "id": "d1" * 32,
        "kind": DeliveryKind.DIGEST,
        "receiver": "desk",
        "address": address,
        "alerts": alerts,
        "created_at": NOW,
        "since": SINCE,
    }
    return Delivery(**(given | values))


def evening() -> tuple[Alert, ...]:
    """Return seven stories under several watchlists, two of them right-to-left or hostile."""
    return (
        _moved(khmeimim(), timedelta(hours=3)),
        _moved(arabic(), timedelta(hours=5)),
        _moved(chemical(), timedelta(hours=1)),
        *many(4),
    )


def many(count: int) -> tuple[Alert, ...]:
    """Return *count* stories, each of its own."""
    return tuple(_story(number) for number in range(count))


def _moved(alert: Alert, back: timedelta) -> Alert:
    at = NOW - back
    articles = tuple(replace(article, published_at=at, seen_at=at) for article in alert.articles)
    return replace(alert, articles=articles)


def _story(number: int) -> Alert:
    surface, term, title = _PLACES[number % len(_PLACES)]
    at = NOW - timedelta(minutes=7 + 31 * number)
    article = Article(
        id=f"n{number}",
        publisher=("Levant Wire", "Coast Observer", "Euphrates Post")[number % 3],
        url=f"https://news.example/2026/11/04/{number}",
        title=_EVENTS[number % len(_EVENTS)].format(surface),
        summary=(
            f"Residents of {surface} spoke of a tense night. The reports could not be confirmed"
            " independently; officials promised a statement for Thursday morning."
        ),
        published_at=at,
        seen_at=at + timedelta(minutes=4),
    )
    start = article.summary.index(surface)
    found = Evidence(
        field=Field.SUMMARY,
        start=start,
        end=start + len(surface),
        surface=surface,
        term=term,
        how=How.ALIAS,
    )
    level = _LEVELS[number % len(_LEVELS)]
    match = Match(
        article=article.id, watchlist=title.lower(), title=title, severity=level, evidence=(found,)
    )
    return Alert(
        id=f"alert n{number}",
        story=f"story n{number}",
        severity=level,
        articles=(article,),
        matches=(match,),
    )
