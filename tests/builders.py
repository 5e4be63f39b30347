"""Small values for tests: name what matters to the test, the rest is plausible and fixed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from alerts.model import (
    Address,
    Alert,
    Article,
    Delivery,
    DeliveryKind,
    Destination,
    Evidence,
    Feed,
    FeedState,
    Field,
    How,
    Match,
    Notice,
    Novelty,
    Receiver,
    RoutedMatch,
    Severity,
    Sighting,
)

#: When every story told in a test begins.
NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)

FEED = "https://news.example/feed.xml"
CHAT = Address(channel="telegram", target="100")


class Clock:
    """A clock that stands still until it is moved; call it where a function wants the time."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> datetime:
        """Move by `timedelta(**span)` and return the new time."""
        self.now += timedelta(**span)
        return self.now


def hashed(*parts: str) -> str:
    """Return a stable hex id, as identity keys and digests are."""
    return sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def a_feed(url: str = FEED, **fields: Any) -> Feed:
    """Return a feed as a rule file names it."""
    given: dict[str, Any] = {"url": url, "publisher": "Example News"}
    return Feed(**given | fields)


def a_state(url: str = FEED, **fields: Any) -> FeedState:
    """Return the state that a poll leaves."""
    given: dict[str, Any] = {"url": url, "next_due_at": NOW + timedelta(minutes=15)}
    return FeedState(**given | fields)


def an_article(name: str = "a", **fields: Any) -> Article:
    """Return an article whose words hold Khmeimim; *name* tells it from others."""
    given: dict[str, Any] = {
        "id": hashed("article", name),
        "feed": FEED,
        "publisher": "Example News",
        "guid": f"urn:news:{name}",
        "url": f"https://news.example/{name}",
        "title": f"Blast near Khmeimim ({name})",
        "summary": "A blast was heard near the air base.",
        "published_at": NOW - timedelta(minutes=5),
        "seen_at": NOW,
    }
    return Article(**given | fields)


def a_match(article: Article | None = None, watchlist: str = "bases", **fields: Any) -> Match:
    """Return a match of *watchlist* by the first word of the article's title."""
    article = article or an_article()
    word = article.title.split()[0] if article.title else ""
    given: dict[str, Any] = {
        "article": article.id,
        "watchlist": watchlist,
        "title": watchlist.capitalize(),
        "severity": Severity.MEDIUM,
        "evidence": (
            Evidence(
                field=Field.TITLE, start=0, end=len(word), surface=word, term=word, how=How.EXACT
            ),
        ),
    }
    return Match(**given | fields)


def a_destination(target: str = CHAT.target, **fields: Any) -> Destination:
    """Return a Telegram chat that wants to hear at once."""
    given: dict[str, Any] = {
        "receiver": "desk",
        "address": replace(CHAT, target=target),
        "due_at": NOW,
    }
    return Destination(**given | fields)


def a_sighting(
    article: Article | None = None,
    *,
    watchlists: Iterable[str] = ("bases",),
    to: Iterable[Destination] | None = None,
    severity: Severity = Severity.MEDIUM,
    **fields: Any,
) -> Sighting:
    """Return a new article that meets *watchlists*, each of them routed to *to* (one chat)."""
    article = article or an_article()
    destinations = (a_destination(),) if to is None else tuple(to)
    given: dict[str, Any] = {
        "article": article,
        "novelty": Novelty.NEW,
        "digest": hashed(article.title, article.summary, article.content, article.url),
        "story_keys": (f"url:{article.url}",),
        "matches": tuple(
            RoutedMatch(
                match=a_match(article, watchlist, severity=severity), destinations=destinations
            )
            for watchlist in watchlists
        ),
    }
    return Sighting(**given | fields)


def an_alert(*articles: Article, **fields: Any) -> Alert:
    """Return an alert of one story that *articles* report, with a match of each."""
    articles = articles or (an_article(),)
    given: dict[str, Any] = {
        "id": hashed("alert", articles[0].id),
        "story": articles[0].id,
        "severity": Severity.MEDIUM,
        "articles": articles,
        "matches": tuple(a_match(article) for article in articles),
    }
    return Alert(**given | fields)


def a_delivery(*alerts: Alert, **fields: Any) -> Delivery:
    """Return a delivery of *alerts* to a Telegram chat, at its first attempt."""
    alerts = alerts or (an_alert(),)
    given: dict[str, Any] = {
        "id": hashed("delivery", *(alert.id for alert in alerts)),
        "kind": DeliveryKind.ALERT if len(alerts) == 1 else DeliveryKind.LIST,
        "receiver": "desk",
        "address": CHAT,
        "alerts": alerts,
        "created_at": NOW,
    }
    return Delivery(**given | fields)


def a_notice(state: str = "broken", **fields: Any) -> Notice:
    """Return trouble with the rules, or its end if *state* is empty."""
    given: dict[str, Any] = {
        "about": "rules",
        "state": state,
        "subject": f"Rules {state or 'taken again'}",
        "text": "What happened.\nWhat to do.",
    }
    return Notice(**given | fields)


def an_operator(*addresses: Address) -> Receiver:
    """Return the receiver of notices: a Telegram chat, or *addresses*."""
    return Receiver(name="operator", addresses=addresses or (CHAT,))
