"""From routed matches to alerts and deliveries: here "exactly once" is decided.

An alert's id is the hash of its story, its subscriber and its address, and it is the primary key:
whatever is polled twice, matched twice or reported by ten feeds, the second insert finds the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import RoutedMatch
from alerts.storage import baskets, silences
from alerts.storage.follow_up import follow_up, raise_severity
from alerts.storage.many import rows_for
from alerts.storage.muting import hold_muted, quieted
from alerts.storage.silenced import silenced
from alerts.storage.tables import alert_matches, alerts, deliveries, matches
from alerts.storage.told import Announcement, Step, Told, announcements, next_step
from alerts.storage.upsert import insert_new

_Pair = tuple[Announcement, Told]


async def announce(
    connection: AsyncConnection,
    routed: Sequence[RoutedMatch],
    stories: Mapping[str, str],
    *,
    rule_set: str,
    now: datetime,
    changed: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Write the alerts of *routed* and their deliveries; return how many alerts are new.

    *stories* maps the article of each match to its story, *changed* those articles that were
    known before to their headline from before.
    """
    loud = await silences.ringing(connection, routed, now=now)
    wanted = announcements(loud, stories, changed)
    return await tell(connection, wanted, rule_set=rule_set, now=now)


async def tell(
    connection: AsyncConnection, wanted: Sequence[Announcement], *, rule_set: str, now: datetime
) -> int:
    """Write what becomes of *wanted*, whose matches are stored; return how many alerts are new."""
    wanted = await _willing(connection, wanted, now=now)
    wanted = await quieted(connection, wanted, now=now)
    if not wanted:
        return 0
    told = await _told(connection, wanted)
    steps: dict[Step, list[Announcement]] = {step: [] for step in Step}
    for item in wanted:
        steps[next_step(told.get(item.key), item, now=now)].append(item)
    known = {step: [(item, told[item.key]) for item in steps[step]] for step in _OF_KNOWN}

    fresh = {item.alert_id(): item for item in steps[Step.TELL]}
    again = {
        item.alert_id(before.episode + 1): (item, before) for item, before in known[Step.REPEAT]
    }
    episodes = dict.fromkeys(fresh, 1) | {
        key: before.episode + 1 for key, (_, before) in again.items()
    }
    new = fresh | {key: item for key, (item, _) in again.items()}
    await _write(connection, new, episodes, rule_set=rule_set, now=now)
    await hold_muted(connection, new)
    await _raise_severity(connection, known[Step.JOIN] + known[Step.HASTEN])
    await _hasten(connection, known[Step.HASTEN], now=now)
    await follow_up(connection, known[Step.UPDATE], now=now)
    added = [
        (before.id, item)
        for step in (Step.JOIN, Step.HASTEN, Step.UPDATE)
        for item, before in known[step]
    ]
    await _attach(connection, [*new.items(), *added])
    return len(new)


async def _willing(
    connection: AsyncConnection, wanted: Sequence[Announcement], *, now: datetime
) -> Sequence[Announcement]:
    """Return *wanted* for those who may be written to, where they moved to."""
    if not wanted:
        return wanted
    addresses = {item.destination.address for item in wanted}
    said = await silenced(connection, addresses, now=now)
    if not said.standings:
        return wanted
    moved: dict[tuple[str, str], Announcement] = {}
    for item in wanted:
        receiver = item.destination.receiver
        address = said.moved(item.destination.address, receiver)
        if (address, receiver) not in said:
            there = replace(item, destination=replace(item.destination, address=address))
            # Who moved to a mailbox that is told anyway is told once, and all of it.
            known = moved.get(there.key)
            moved[there.key] = known.joined(there) if known is not None else there
    return list(moved.values())


_OF_KNOWN = (Step.JOIN, Step.HASTEN, Step.REPEAT, Step.UPDATE)


async def _told(
    connection: AsyncConnection, wanted: Sequence[Announcement]
) -> dict[tuple[str, str], Told]:
    """Return story and address -> the newest alert of it."""
    query = (
        select(alerts)
        .add_columns(*(deliveries.c[name] for name in _OF_DELIVERY))
        .join(deliveries, deliveries.c.id == alerts.c.delivery)
        .order_by(alerts.c.episode)
    )
    stories = {item.story for item in wanted}
    # Later episodes replace earlier ones.
    return {
        (row["story"], row["address"]): Told.of(row)
        for row in await rows_for(connection, query, alerts.c.story, stories)
    }


_OF_DELIVERY = ("kind", "gathers", "due_at", "state", "attempt", "possible_repeat", "held_by")


async def _write(
    connection: AsyncConnection,
    new: Mapping[str, Announcement],
    episodes: Mapping[str, int],
    *,
    rule_set: str,
    now: datetime,
) -> None:
    """Write new alerts and what carries them."""
    if not new:
        return
    wanted = {key: (item.destination, item.severity) for key, item in new.items()}
    carried = await baskets.carry(connection, wanted, now=now)
    await connection.execute(
        insert(alerts),
        [
            {
                "id": key,
                "story": item.story,
                "address": item.destination.address.key,
                "episode": episodes[key],
                "delivery": carried[key],
                "severity": item.severity.value,
                "rule_set": rule_set,
                "created_at": now,
            }
            for key, item in new.items()
        ],
    )


async def _raise_severity(connection: AsyncConnection, pairs: Iterable[_Pair]) -> None:
    """Let later matches make alerts more severe that have not left yet."""
    for item, told in pairs:
        if item.severity.rank > told.severity.rank:
            await raise_severity(connection, told.id, item.severity)
            await baskets.raise_rank(connection, told.delivery, item.severity)


async def _hasten(connection: AsyncConnection, pairs: Sequence[_Pair], *, now: datetime) -> None:
    """Let alerts leave sooner: out of what gathers, and though they were kept from ringing."""
    for item, told in pairs:
        if told.delivery == told.id:
            await baskets.readmit(connection, told.delivery, item.destination)
    # Out of what carries others, too: those stay where they are.
    wanted = {
        told.id: (item.destination, item.severity)
        for item, told in pairs
        if told.delivery != told.id
    }
    carried = await baskets.carry(connection, wanted, now=now)
    for alert, delivery in carried.items():
        await connection.execute(
            update(alerts).where(alerts.c.id == alert).values(delivery=delivery)
        )
    await baskets.withdraw_empty(connection, {told.delivery for _, told in pairs})


async def _attach(connection: AsyncConnection, items: Sequence[tuple[str, Announcement]]) -> None:
    """Note which matches an alert names."""
    pairs = [
        (alert, match.article, match.watchlist) for alert, item in items for match in item.matches
    ]
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
