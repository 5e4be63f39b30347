"""What became of a story that an address was told of: one more message, which follows the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Change, DeliveryKind, DeliveryState, Severity
from alerts.storage import rows
from alerts.storage.tables import alert_matches, alerts, deliveries, matches, updates
from alerts.storage.told import Announcement, Told
from alerts.storage.upsert import insert_new


async def follow_up(
    connection: AsyncConnection, pairs: Sequence[tuple[Announcement, Told]], *, now: datetime
) -> None:
    """Write an update of each alert that was told, if there is news in it."""
    for item, told in pairs:
        change = await _change(connection, item, told)
        if item.severity.rank > told.severity.rank:
            await raise_severity(connection, told.id, item.severity)
        if change is None or item.destination.is_dropped:
            continue
        earlier = await _waiting(connection, updates.c.alert == told.id, deliveries.c.due_at > now)
        await _take_back(connection, earlier)
        for row in earlier:
            change = _joined(rows.change(row), change)
        key = _id(told.id, change)
        destination = replace(item.destination, kind=DeliveryKind.UPDATE, gathers="")
        made = rows.new_delivery(key, destination, item.severity, now=now)
        await insert_new(connection, deliveries, [made])
        said = rows.change_columns(change) | {"delivery": key, "alert": told.id}
        await insert_new(connection, updates, [said])


async def raise_severity(connection: AsyncConnection, alert: str, severity: Severity) -> None:
    """Note how severe *alert* is now."""
    await connection.execute(
        update(alerts).where(alerts.c.id == alert).values(severity=severity.value)
    )


async def _change(connection: AsyncConnection, item: Announcement, told: Told) -> Change | None:
    """Return what is news in *item*; None: the address knows all of it."""
    named = await connection.scalars(
        select(matches.c.watchlist)
        .join(alert_matches, alert_matches.c.match == matches.c.id)
        .where(alert_matches.c.alert == told.id)
    )
    known = set(named)
    new = [match.title or match.watchlist for match in item.matches if match.watchlist not in known]
    rises = item.severity.rank > told.severity.rank
    if not new and not rises:
        return None
    return Change(
        severity_before=told.severity if rises else None,
        headline_before=item.headline_before or "",
        watchlists=tuple(dict.fromkeys(new)),
    )


async def fold(connection: AsyncConnection, delivery: str) -> None:
    """Let *delivery*, which certainly did not arrive, say itself what updates of it would say.

    It is rendered when it leaves, and nobody can be told what became of what they do not know.
    """
    carried = select(alerts.c.id).where(alerts.c.delivery == delivery)
    found = await _waiting(connection, updates.c.alert.in_(carried))
    if found:
        await _take_back(connection, found)
        rank = max(row["rank"] for row in found)
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery, deliveries.c.rank < rank)
            .values(rank=rank)
        )


async def _waiting(
    connection: AsyncConnection, *which: ColumnElement[bool]
) -> Sequence[RowMapping]:
    """Return the updates that nobody has tried to send yet."""
    query = (
        select(updates, deliveries.c.rank)
        .join(deliveries, deliveries.c.id == updates.c.delivery)
        .where(deliveries.c.state == DeliveryState.PENDING.value, deliveries.c.attempt == 0, *which)
    )
    return (await connection.execute(query)).mappings().all()


async def _take_back(connection: AsyncConnection, found: Sequence[RowMapping]) -> None:
    ids = [row["delivery"] for row in found]
    await connection.execute(delete(updates).where(updates.c.delivery.in_(ids)))
    await connection.execute(delete(deliveries).where(deliveries.c.id.in_(ids)))


def _joined(earlier: Change, later: Change) -> Change:
    """Return the two as one, for whoever has heard of neither."""
    return Change(
        severity_before=earlier.severity_before or later.severity_before,
        headline_before=earlier.headline_before or later.headline_before,
        watchlists=tuple(dict.fromkeys((*earlier.watchlists, *later.watchlists))),
    )


def _id(alert: str, change: Change) -> str:
    parts = ("update", alert, str(change.severity_before), *sorted(change.watchlists))
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
