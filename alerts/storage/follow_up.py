"""What became of a story that an address was told of: one more message, which follows the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Change, DeliveryKind, Severity
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


def _id(alert: str, change: Change) -> str:
    parts = ("update", alert, str(change.severity_before), *sorted(change.watchlists))
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
