"""What waits leaves when its receiver wants it now; and what nobody needs to know of a chat goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from alerts.model import DeliveryKind, Destination
from alerts.storage import Storage
from alerts.storage.tables import addresses, deliveries
from tests.builders import CHAT, NOW, a_destination, a_sighting, an_article
from tests.storage.databases import fetch, list_feeds, record, table

HOUR = timedelta(hours=1)


async def gathers(storage: Storage, number: int, receiver: str, gathers: str) -> None:
    """Let an article gather for *receiver* until an hour from now."""
    kind = DeliveryKind.DIGEST if gathers == "digest" else DeliveryKind.LIST
    to: Destination = replace(
        a_destination(f"{number}"),
        receiver=receiver,
        gathers=gathers,
        kind=kind,
        due_at=NOW + HOUR,
    )
    await record(storage, a_sighting(an_article(str(number)), to=[to]), now=NOW)


async def due(storage: Storage) -> dict[str, object]:
    rows = await fetch(storage, select(deliveries.c.receiver, deliveries.c.due_at))
    return {row["receiver"]: row["due_at"] - NOW for row in rows}


async def test_a_digest_is_moved_for_its_receiver_alone(storage: Storage) -> None:
    await list_feeds(storage)
    await gathers(storage, 1, "ann", "digest")
    await gathers(storage, 2, "ben", "digest")
    await storage.backlog.retime("ann", NOW + 3 * HOUR, now=NOW)
    assert await due(storage) == {"ann": 3 * HOUR, "ben": HOUR}


async def test_what_quiet_hours_keep_leaves_for_its_receiver_alone(storage: Storage) -> None:
    await list_feeds(storage)
    await gathers(storage, 1, "ann", "quiet")
    await gathers(storage, 2, "ben", "quiet")
    await storage.backlog.release_quiet("ann", now=NOW)
    assert await due(storage) == {"ann": timedelta(0), "ben": HOUR}


async def test_the_pace_of_a_chat_is_forgotten_and_that_it_is_gone_is_not(storage: Storage) -> None:
    late, gone = replace(CHAT, target="2"), replace(CHAT, target="3")
    await storage.outbox.put_off(CHAT, NOW)
    await storage.outbox.put_off(late, NOW + 25 * HOUR)
    await storage.departures.note("telegram", [gone.target], "blocked", now=NOW)
    assert await storage.backlog.forget_paces(before=NOW + 24 * HOUR) == 1
    assert {row["target"] for row in await table(storage, addresses)} == {"2", "3"}
