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


async def test_what_is_written_after_the_digest_has_left_leaves_as_well(storage: Storage) -> None:
    """A poll that began before the hour knows no later one."""
    await ring(storage)
    [told] = await due(storage, 5)
    assert await storage.outbox.mark_sent(told, Receipt(), now=NOW + 5 * HOUR)
    await record(storage, a_sighting(an_article("b"), to=[EVENING]), now=NOW + 5 * HOUR)
    [late] = await due(storage, 5)
    assert [alert.lead.guid for alert in late.alerts] == ["urn:news:b"]


async def test_an_hour_that_comes_back_after_its_digest_has_left_gathers_anew(
    storage: Storage,
) -> None:
    await ring(storage)
    await storage.backlog.agree({"desk": NOW + HOUR}, [], now=NOW)
    [told] = await due(storage, 1)
    assert await storage.outbox.mark_sent(told, Receipt(), now=NOW + HOUR)
    await storage.backlog.agree({"desk": NOW + 5 * HOUR}, [], now=NOW + 2 * HOUR)
    await record(storage, a_sighting(an_article("b"), to=[EVENING]), now=NOW + 2 * HOUR)
    [second] = await due(storage, 5)
    assert [alert.lead.guid for alert in second.alerts] == ["urn:news:b"]


async def test_two_receivers_of_one_mailbox_have_a_digest_each(storage: Storage) -> None:
    await list_feeds(storage)
    other = replace(EVENING, receiver="another")
    await record(
        storage,
        a_sighting(an_article("a"), to=[EVENING]),
        a_sighting(an_article("b"), to=[other]),
    )
    [first] = await due(storage, 5)
    assert await storage.outbox.mark_sent(first, Receipt(), now=NOW + 5 * HOUR)
    [second] = await due(storage, 5)
    assert {first.receiver, second.receiver} == {"desk", "another"}
    assert len(first.alerts) == len(second.alerts) == 1


async def test_a_digest_is_as_old_as_its_hour_whenever_it_was_opened(storage: Storage) -> None:
    """Its mail has the date of that hour, and a week of gathering uses up no horizon."""
    await ring(storage)
    [told] = await due(storage, 5)
    assert told.created_at == NOW + 5 * HOUR
    again_at = NOW + 6 * HOUR
    assert await storage.outbox.mark_retry(told, "later", due_at=again_at)
    [again] = await due(storage, 6)
    assert again.created_at == NOW + 5 * HOUR
