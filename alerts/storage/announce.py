"""From routed matches to alerts and deliveries: here "exactly once" is decided.

An alert's id is the hash of its story, its subscriber and its address, and it is the primary key:
whatever is polled twice, matched twice or reported by ten feeds, the second insert finds the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Address, DeliveryState, Destination, Match, RoutedMatch, Severity
from alerts.storage import rows
from alerts.storage.many import rows_for
from alerts.storage.tables import alert_matches, alerts, deliveries, matches
from alerts.storage.upsert import insert_new


@dataclass(slots=True, kw_only=True)
class _Announcement:
    """An alert in the making: one story for one address."""

    id: str
    story: str
    destination: Destination
    matches: list[Match]

    @property
    def severity(self) -> Severity:
        return max((match.severity for match in self.matches), key=lambda level: level.rank)


async def announce(
    connection: AsyncConnection,
    routed: Iterable[RoutedMatch],
    stories: Mapping[str, str],
    *,
    rule_set: str,
    now: datetime,
) -> int:
    """Write the alerts of *routed* and their deliveries; return how many alerts are new.

    *stories* maps the article of each match to its story.
    """
    wanted = _announcements(routed, stories)
    if not wanted:
        return 0
    known = await _known(connection, wanted)
    fresh = [item for item in wanted.values() if item.id not in known]
    carried = await _write_deliveries(connection, fresh, now)
    await _write_alerts(connection, fresh, carried, rule_set, now)
    unsent = [wanted[key] for key, row in known.items() if _unsent(row)]
    for item in unsent:
        await _raise_severity(connection, known[item.id], item)
    await _attach(connection, fresh + unsent)
    return len(fresh)


def _announcements(
    routed: Iterable[RoutedMatch], stories: Mapping[str, str]
) -> dict[str, _Announcement]:
    wanted: dict[str, _Announcement] = {}
    for item in routed:
        story = stories[item.match.article]
        for destination in item.destinations:
            key = alert_id(story, destination.address.key)
            if key not in wanted:
                wanted[key] = _Announcement(
                    id=key, story=story, destination=destination, matches=[]
                )
            wanted[key].matches.append(item.match)
    return wanted


def alert_id(story: str, address: str, subscriber: str = "") -> str:
    """Return the id of the one alert that tells *address* of *story* (DELIVERY.md, Outbox)."""
    return sha256(f"{story}\0{subscriber}\0{address}".encode()).hexdigest()


async def _known(connection: AsyncConnection, wanted: Iterable[str]) -> dict[str, RowMapping]:
    query = (
        select(alerts.c.id, alerts.c.severity, deliveries.c.state, deliveries.c.attempt)
        .add_columns(deliveries.c.id.label("delivery"))
        .join(deliveries, deliveries.c.id == alerts.c.delivery)
    )
    return {row["id"]: row for row in await rows_for(connection, query, alerts.c.id, wanted)}


def _unsent(row: RowMapping) -> bool:
    return bool(row["state"] == DeliveryState.PENDING.value and row["attempt"] == 0)


async def _write_deliveries(
    connection: AsyncConnection, fresh: Iterable[_Announcement], now: datetime
) -> dict[str, str]:
    """Return alert -> the delivery that carries it: one that still gathers, or a new one."""
    carried: dict[str, str] = {}
    gathering: dict[tuple[str, Address], str] = {}
    opened: dict[str, dict[str, Any]] = {}
    for item in fresh:
        destination = item.destination
        basket = (destination.gathers, destination.address)
        if destination.gathers and basket not in gathering:
            found = await _gathering(connection, destination)
            gathering[basket] = found or item.id
        delivery = carried[item.id] = gathering.get(basket, item.id)
        if delivery == item.id:
            opened[delivery] = rows.new_delivery(delivery, destination, item.severity, now=now)
        elif delivery in opened:
            opened[delivery]["rank"] = max(opened[delivery]["rank"], item.severity.rank)
        else:
            await _raise_rank(connection, delivery, item.severity)
    if opened:
        await connection.execute(insert(deliveries), list(opened.values()))
    return carried


async def _write_alerts(
    connection: AsyncConnection,
    fresh: Iterable[_Announcement],
    carried: Mapping[str, str],
    rule_set: str,
    now: datetime,
) -> None:
    opened = [
        {
            "id": item.id,
            "story": item.story,
            "delivery": carried[item.id],
            "severity": item.severity.value,
            "rule_set": rule_set,
            "created_at": now,
        }
        for item in fresh
    ]
    if opened:
        await connection.execute(insert(alerts), opened)


async def _gathering(connection: AsyncConnection, destination: Destination) -> str | None:
    address = destination.address
    found: str | None = await connection.scalar(
        select(deliveries.c.id).where(
            deliveries.c.gathers == destination.gathers,
            deliveries.c.channel == address.channel,
            deliveries.c.target == address.target,
            deliveries.c.thread.is_not_distinct_from(address.thread),
            deliveries.c.state == DeliveryState.PENDING.value,
            deliveries.c.attempt == 0,
        )
    )
    return found


async def _raise_severity(
    connection: AsyncConnection, row: RowMapping, item: _Announcement
) -> None:
    """Let a later match make an alert more severe that has not left yet."""
    if item.severity.rank > Severity(row["severity"]).rank:
        await connection.execute(
            update(alerts).where(alerts.c.id == item.id).values(severity=item.severity.value)
        )
        await _raise_rank(connection, row["delivery"], item.severity)


async def _raise_rank(connection: AsyncConnection, delivery: str, severity: Severity) -> None:
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery, deliveries.c.rank < severity.rank)
        .values(rank=severity.rank)
    )


async def _attach(connection: AsyncConnection, items: Iterable[_Announcement]) -> None:
    """Note which matches an alert will name; one that has left names no more."""
    pairs = [(item.id, match.article, match.watchlist) for item in items for match in item.matches]
    numbers = await _match_ids(connection, {article for _, article, _ in pairs})
    await insert_new(
        connection,
        alert_matches,
        [{"alert": alert, "match": numbers[article, watch]} for alert, article, watch in pairs],
    )


async def _match_ids(
    connection: AsyncConnection, reported: Iterable[str]
) -> dict[tuple[str, str], int]:
    """Return article and watchlist -> the number of their match."""
    query = select(matches.c.article, matches.c.watchlist, matches.c.id)
    found = await rows_for(connection, query, matches.c.article, reported)
    return {(row["article"], row["watchlist"]): row["id"] for row in found}
