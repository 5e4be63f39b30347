"""Deliveries that look like real ones, for tests and for the gallery."""

from __future__ import annotations

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

NOW = datetime(2025, 11, 22, 11, 49, tzinfo=UTC)
CHAT = Address(channel="telegram", target="-1001", thread=7)
MAILBOX = Address(channel="email", target="reader@example.net")
TERMINAL = Address(channel="console")

KHMEIMIM = "Khmeimim Air Base"


def article(**values: Any) -> Article:
    given: dict[str, Any] = {
        "id": "a1",
        "publisher": "Levant Wire",
        "url": "https://news.example/syria/hmeymim-drones",
        "title": "Drones shot down over Hmeymim, residents report explosions",
        "summary": (
            "The night was quiet at first. Air defences at the Russian-run Hmeymim base in Latakia"
            " province brought down at least four drones shortly after 2 a.m., residents of Jableh"
            " said. No casualties were reported."
        ),
        "published_at": NOW - timedelta(minutes=12),
    }
    return Article(**(given | values))


def evidence(of: Article, surface: str, term: str, *, field: Field = Field.SUMMARY) -> Evidence:
    start = of.text(field).index(surface)
    return Evidence(
        field=field,
        start=start,
        end=start + len(surface),
        surface=surface,
        term=term,
        how=How.ALIAS if surface != term else How.EXACT,
    )


def match(of: Article, *found: Evidence, **values: Any) -> Match:
    given: dict[str, Any] = {
        "article": of.id,
        "watchlist": "khmeimim-attack",
        "title": "Attack on Khmeimim",
        "severity": Severity.CRITICAL,
        "evidence": found or (evidence(of, of.title.split()[0], "x", field=Field.TITLE),),
    }
    return Match(**(given | values))


def alert(*articles: Article, matches: tuple[Match, ...] = (), **values: Any) -> Alert:
    articles = articles or (article(),)
    given: dict[str, Any] = {
        "id": f"alert {articles[0].id}",
        "story": f"story {articles[0].id}",
        "severity": Severity.CRITICAL,
        "articles": articles,
        "matches": matches or (match(articles[0]),),
    }
    return Alert(**(given | values))


def delivery(*alerts: Alert, address: Address = CHAT, **values: Any) -> Delivery:
    alerts = alerts or (khmeimim(),)
    given: dict[str, Any] = {
        "id": "5f" * 32,
        "kind": DeliveryKind.ALERT if len(alerts) == 1 else DeliveryKind.LIST,
        "receiver": "security desk",
        "address": address,
        "alerts": alerts,
        "created_at": NOW,
    }
    return Delivery(**(given | values))


def khmeimim() -> Alert:
    lead = article()
    second = article(id="a2", publisher="وكالة الساحل", url="https://sahel.example/1", title="x")
    third = article(id="a3", publisher="Coast Observer", url="", title="x")
    return alert(
        lead,
        second,
        third,
        matches=(
            match(
                lead,
                evidence(lead, "Hmeymim", KHMEIMIM, field=Field.TITLE),
                evidence(lead, "Hmeymim", KHMEIMIM),
                evidence(lead, "drones", "drone"),
            ),
            match(
                lead,
                evidence(lead, "Latakia", "Latakia"),
                watchlist="latakia",
                title="Anything in Latakia",
                severity=Severity.LOW,
            ),
        ),
    )


def arabic() -> Alert:
    lead = article(
        id="b1",
        publisher="وكالة الساحل",
        url="https://sahel.example/2",
        title="قصف جوي على خان شيخون بريف إدلب (فيديو)",
        summary="قال ناشطون إن غارات جوية استهدفت مدينة خان شيخون صباح اليوم. ولم ترد أنباء عن ضحايا.",
        published_at=None,
    )
    return alert(
        lead,
        severity=Severity.HIGH,
        matches=(
            match(
                lead,
                evidence(lead, "خان شيخون", "Khan Shaykhun"),
                watchlist="khan-shaykhun",
                title="Khan Shaykhun",
                severity=Severity.HIGH,
            ),
        ),
    )


def chemical() -> Alert:
    lead = article(
        id="c1",
        publisher="Idlib <Daily>",
        url="https://idlib.example/?a=1&b=2",
        title='Inspectors: "chlorine & sarin" traces <confirmed> 🧪',
        summary=(
            "A report of the inspectors says that samples taken in the town contain traces of"
            " chlorine, and that a nerve agent was probably used."
        ),
        published_at=NOW - timedelta(hours=5),
    )
    return alert(
        lead,
        severity=Severity.MEDIUM,
        matches=(
            match(
                lead,
                evidence(lead, "nerve agent", "nerve agent"),
                evidence(lead, "chlorine", "chlorine", field=Field.TITLE),
                watchlist="chemical",
                title="Chemical weapons",
                severity=Severity.MEDIUM,
            ),
        ),
    )


def long_list(count: int) -> tuple[Alert, ...]:
    kinds = [khmeimim(), arabic(), chemical()]
    return tuple(kinds[min(2, number * 4 // count)] for number in range(count))
