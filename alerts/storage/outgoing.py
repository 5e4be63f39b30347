"""Leased deliveries with everything that they say: alerts with their articles, a notice, an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Label, Table, func, select, union_all
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import (
    Alert,
    Answer,
    Article,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Notice,
    Severity,
)
from alerts.storage import rows
from alerts.storage.tables import (
    alert_matches,
    alerts,
    answers,
    articles,
    deliveries,
    feeds,
    matches,
    notices,
    updates,
)


async def load(connection: AsyncConnection, ids: Sequence[str]) -> list[Delivery]:
    """Return the deliveries *ids*, in that order."""
    result = await connection.execute(
        select(deliveries, *_NOTICE)
        .outerjoin(notices, notices.c.delivery == deliveries.c.id)
        .where(deliveries.c.id.in_(ids))
    )
    found = {row["id"]: row for row in result.mappings()}
    carried = await _alerts(connection, ids)
    told = [_delivery(found[key], carried.get(key, ())) for key in ids if key in found]
    changes = await _changes(connection, told)
    said = await _answers(connection, told)
    told = [replace(each, **changes.get(each.id, {}), answer=said.get(each.id)) for each in told]
    return [await _since(connection, each) for each in told]


def _delivery(row: RowMapping, carried: Iterable[Alert]) -> Delivery:
    return Delivery(
        id=row["id"],
        kind=DeliveryKind(row["kind"]),
        receiver=row["receiver"],
        address=rows.address(row),
        alerts=tuple(sorted(carried, key=lambda alert: -alert.severity.rank)),
        created_at=row["created_at"],
        notice=_notice(row),
        attempt=row["attempt"],
        possible_repeat=row["possible_repeat"],
        is_silent=row["silent"],
    )


async def _changes(
    connection: AsyncConnection, told: Iterable[Delivery]
) -> dict[str, dict[str, Any]]:
    """Return update -> what it says, and the channel's id of the message that told the story."""
    ids = [each.id for each in told if each.kind is DeliveryKind.UPDATE]
    if not ids:
        return {}
    first = deliveries.alias()
    query = (
        select(updates, first.c.message_id)
        .join(alerts, alerts.c.id == updates.c.alert)
        .join(first, first.c.id == alerts.c.delivery)
        .where(updates.c.delivery.in_(ids))
    )
    found = (await connection.execute(query)).mappings()
    return {
        row["delivery"]: {"change": rows.change(row), "follows": row["message_id"]} for row in found
    }


async def _answers(connection: AsyncConnection, told: Iterable[Delivery]) -> dict[str, Answer]:
    ids = [each.id for each in told if each.kind is DeliveryKind.ANSWER]
    if not ids:
        return {}
    found = await connection.execute(select(answers).where(answers.c.delivery.in_(ids)))
    return {row["delivery"]: rows.answer(row) for row in found.mappings()}


async def _since(connection: AsyncConnection, told: Delivery) -> Delivery:
    """Return a digest with the time of the one before it; anything else as it is."""
    if told.kind is not DeliveryKind.DIGEST:
        return told
    query = select(func.max(deliveries.c.sent_at)).where(
        deliveries.c.kind == DeliveryKind.DIGEST.value,
        deliveries.c.channel == told.address.channel,
        deliveries.c.target == told.address.target,
        deliveries.c.receiver == told.receiver,
        deliveries.c.state == DeliveryState.SENT.value,
    )
    return replace(told, since=await connection.scalar(query))


def _notice(row: RowMapping) -> Notice | None:
    if row["notice_delivery"] is None:
        return None
    return rows.notice(_part(row, "notice"), rank=row["rank"])


async def _alerts(connection: AsyncConnection, ids: Sequence[str]) -> Mapping[str, list[Alert]]:
    """Return delivery -> its alerts, the oldest first."""
    # An update says more of an alert that another delivery has carried.
    carrying = union_all(
        select(alerts.c.id.label("alert"), alerts.c.delivery).where(alerts.c.delivery.in_(ids)),
        select(updates.c.alert, updates.c.delivery).where(updates.c.delivery.in_(ids)),
    ).subquery()
    result = await connection.execute(
        select(*_ALERT, *_MATCH, *_ARTICLE, feeds.c.url.label("feed_url"))
        .add_columns(carrying.c.delivery.label("carrier"))
        .join(carrying, carrying.c.alert == alerts.c.id)
        .join(alert_matches, alert_matches.c.alert == alerts.c.id)
        .join(matches, matches.c.id == alert_matches.c.match)
        .join(articles, articles.c.id == matches.c.article)
        .join(feeds, feeds.c.id == articles.c.feed)
        .order_by(alerts.c.created_at, alerts.c.id, carrying.c.delivery, matches.c.id)
    )
    carried: dict[str, list[Alert]] = {}
    # One row for each match: those of an alert follow one another.
    for (carrier, _), group in groupby(result.mappings(), key=itemgetter("carrier", "alert_id")):
        carried.setdefault(carrier, []).append(_alert(list(group)))
    return carried


def _alert(rows_of: Sequence[RowMapping]) -> Alert:
    first = rows_of[0]
    used = {row["article_id"]: _article(row) for row in rows_of}
    found = [rows.match(_part(row, "match")) for row in rows_of]
    return Alert(
        id=first["alert_id"],
        story=first["alert_story"],
        severity=Severity(first["alert_severity"]),
        articles=tuple(sorted(used.values(), key=_seen_at)),
        matches=tuple(sorted(found, key=lambda match: -match.severity.rank)),
    )


def _article(row: RowMapping) -> Article:
    return rows.article(_part(row, "article"), feed=row["feed_url"])


def _seen_at(article: Article) -> tuple[Any, str]:
    return article.seen_at, article.id


def _labelled(table: Table, prefix: str) -> list[Label[Any]]:
    """Return the columns of *table* under names that do not clash with another table's."""
    return [column.label(f"{prefix}_{column.name}") for column in table.c]


def _part(row: RowMapping, prefix: str) -> dict[str, Any]:
    """Return the columns of one table from a joined row."""
    start = f"{prefix}_"
    return {key.removeprefix(start): row[key] for key in row if key.startswith(start)}


_NOTICE = _labelled(notices, "notice")
_ALERT, _MATCH = _labelled(alerts, "alert"), _labelled(matches, "match")
_ARTICLE = _labelled(articles, "article")
