"""Digests follow the hours of the rules in force, and a promised one leaves also when empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alerts.model import Delivery, DeliveryKind, Receipt
from alerts.storage import Storage
from alerts.storage.tables import deliveries
from tests.builders import NOW, a_destination, a_sighting, an_article
from tests.storage.databases import count, list_feeds, record

HOUR = timedelta(hours=1)
EVENING = a_destination(gathers="digest", kind=DeliveryKind.DIGEST, due_at=NOW + 5 * HOUR)


async def ring(storage: Storage, name: str = "a") -> None:
    await list_feeds(storage)
    await record(storage, a_sighting(an_article(name), to=[EVENING]))


async def due(storage: Storage, hours: int) -> list[Delivery]:
    now = NOW + hours * HOUR
    return await storage.outbox.lease_due("telegram", now=now, until=now + HOUR, limit=9)


async def test_an_edit_of_the_hour_moves_the_digest_that_gathers(storage: Storage) -> None:
    await ring(storage)
    await storage.backlog.agree({"desk": NOW + 2 * HOUR}, [], now=NOW)
    assert await due(storage, 1) == []
    [told] = await due(storage, 2)
    assert len(told.alerts) == 1


async def test_without_an_hour_what_has_gathered_leaves_at_once(storage: Storage) -> None:
    await ring(storage)
    await storage.backlog.agree({"others": NOW + HOUR}, [], now=NOW)
    [told] = await due(storage, 0)
    assert len(told.alerts) == 1


async def test_a_promised_digest_leaves_also_when_nothing_happened(storage: Storage) -> None:
    for _ in range(3):  # each minute
        await storage.backlog.promise([EVENING], now=NOW)
    assert await due(storage, 4) == []
    [told] = await due(storage, 5)
    assert (told.alerts, told.kind, told.since) == ((), DeliveryKind.DIGEST, None)
    assert await storage.outbox.mark_sent(told, Receipt(), now=NOW + 5 * HOUR)
    # The next one says since when.
    await storage.backlog.promise([replace(EVENING, due_at=NOW + 9 * HOUR)], now=NOW + 6 * HOUR)
    [second] = await due(storage, 9)
    assert second.since == NOW + 5 * HOUR


async def test_alerts_join_the_promised_digest(storage: Storage) -> None:
    await storage.backlog.promise([EVENING], now=NOW)
    await ring(storage)
    assert await count(storage, deliveries) == 1
    [told] = await due(storage, 5)
    assert len(told.alerts) == 1


async def test_a_promise_that_the_rules_take_back_is_gone(storage: Storage) -> None:
    await storage.backlog.promise([EVENING], now=NOW)
    await storage.backlog.agree({}, [], now=NOW)
    assert await count(storage, deliveries) == 0
