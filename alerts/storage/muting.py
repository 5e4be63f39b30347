"""What is muted of what is about to be told: it is written, held, and counted once.

A story that was muted before it rang is an alert all the same, so that it is found, and so that the
next watchlist that it meets, or the next report after the mute, can still let it ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import HeldBy
from alerts.storage import mutes
from alerts.storage.many import portions, rows_for
from alerts.storage.muted import Muted
from alerts.storage.tables import alerts, articles, deliveries
from alerts.storage.told import Announcement


async def quieted(
    connection: AsyncConnection, wanted: Sequence[Announcement], *, now: datetime
) -> Sequence[Announcement]:
    """Return *wanted* without the matches that are muted where they go.

    One of which nothing is left keeps them all, is to be held, and names its mutes (`muted_by`).
    """
    keys = {item.destination.address.key for item in wanted}
    muted = await mutes.active(connection, keys, now=now)
    if not muted:
        return wanted
    publishers = await _publishers(connection, wanted)
    return [_quieted(item, muted, publishers) for item in wanted]


async def hold_muted(connection: AsyncConnection, written: Mapping[str, Announcement]) -> None:
    """Note of the new alerts *written*, by their ids, why those that are muted are held."""
    held = {key: item.muted_by for key, item in written.items() if item.muted_by}
    for some in portions(held):
        carrying = select(alerts.c.delivery).where(alerts.c.id.in_(some))
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(carrying))
            .values(held_by=HeldBy.MUTED.value)
        )
    await mutes.count(connection, (number for numbers in held.values() for number in numbers))


def _quieted(
    item: Announcement, muted: Mapping[str, Muted], publishers: Mapping[str, str]
) -> Announcement:
    here = muted.get(item.destination.address.key, Muted())
    heard = here.heard(item.matches, story=item.story, publishers=publishers)
    if heard.matches:
        return replace(item, matches=list(heard.matches))
    # Alone, so that nothing that rings is held with it.
    aside = replace(item.destination, gathers="", is_dropped=True)
    return replace(item, destination=aside, muted_by=heard.muted_by)


async def _publishers(
    connection: AsyncConnection, wanted: Iterable[Announcement]
) -> Mapping[str, str]:
    """Return article -> its publisher, for all that *wanted* tells of."""
    query = select(articles.c.id, articles.c.publisher)
    told = {match.article for item in wanted for match in item.matches}
    found = await rows_for(connection, query, articles.c.id, told)
    return {row["id"]: row["publisher"] for row in found}
