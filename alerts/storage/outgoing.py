"""Leased deliveries with everything that they say: alerts, matches and articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Alert, Article, Delivery, DeliveryKind, Match, Severity
from alerts.storage import rows
from alerts.storage.tables import alert_matches, alerts, articles, deliveries, feeds, matches


async def load(connection: AsyncConnection, ids: Sequence[str]) -> list[Delivery]:
    """Return the deliveries *ids*, in that order."""
    result = await connection.execute(select(deliveries).where(deliveries.c.id.in_(ids)))
    found = {row["id"]: row for row in result.mappings()}
    carried = await _alerts(connection, ids)
    return [_delivery(found[key], carried.get(key, ())) for key in ids if key in found]


def _delivery(row: RowMapping, carried: Iterable[Alert]) -> Delivery:
    return Delivery(
        id=row["id"],
        kind=DeliveryKind(row["kind"]),
        receiver=row["receiver"],
        address=rows.address(row),
        alerts=tuple(sorted(carried, key=lambda alert: -alert.severity.rank)),
        created_at=row["created_at"],
        attempt=row["attempt"],
        possible_repeat=row["possible_repeat"],
    )


async def _alerts(connection: AsyncConnection, ids: Sequence[str]) -> Mapping[str, list[Alert]]:
    """Return delivery -> its alerts, the oldest first."""
    result = await connection.execute(
        select(alerts).where(alerts.c.delivery.in_(ids)).order_by(alerts.c.created_at, alerts.c.id)
    )
    told = list(result.mappings())
    named = await _matches(connection, [row["id"] for row in told])
    reported = await _articles(
        connection, {match.article for group in named.values() for match in group}
    )
    carried: dict[str, list[Alert]] = {}
    for row in told:
        found = named.get(row["id"], [])
        carried.setdefault(row["delivery"], []).append(_alert(row, found, reported))
    return carried


def _alert(row: RowMapping, found: Sequence[Match], reported: Mapping[str, Article]) -> Alert:
    used = {match.article: reported[match.article] for match in found}
    return Alert(
        id=row["id"],
        story=row["story"],
        severity=Severity(row["severity"]),
        articles=tuple(sorted(used.values(), key=_seen_at)),
        matches=tuple(sorted(found, key=lambda match: -match.severity.rank)),
    )


def _seen_at(article: Article) -> tuple[Any, str]:
    return article.seen_at, article.id


async def _matches(connection: AsyncConnection, ids: Sequence[str]) -> Mapping[str, list[Match]]:
    result = await connection.execute(
        select(alert_matches.c.alert, matches)
        .join(matches, matches.c.id == alert_matches.c.match)
        .where(alert_matches.c.alert.in_(ids))
        .order_by(matches.c.id)
    )
    named: dict[str, list[Match]] = {}
    for row in result.mappings():
        named.setdefault(row["alert"], []).append(rows.match(row))
    return named


async def _articles(connection: AsyncConnection, ids: Iterable[str]) -> Mapping[str, Article]:
    result = await connection.execute(
        select(articles, feeds.c.url.label("feed_url"))
        .join(feeds, feeds.c.id == articles.c.feed)
        .where(articles.c.id.in_(list(ids)))
    )
    return {row["id"]: rows.article(row, feed=row["feed_url"]) for row in result.mappings()}
