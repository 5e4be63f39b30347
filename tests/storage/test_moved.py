"""A group that became a supergroup: its old id leads to the new one, everywhere and at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.model import (
    Address,
    Delivery,
    DeliveryKind,
    Destination,
    Receipt,
    Severity,
)
from alerts.storage import Storage
from alerts.storage.tables import alerts
from tests.builders import NOW, a_destination, a_notice, a_sighting, an_article, an_operator
from tests.storage.databases import count, list_feeds, record

MINUTE = timedelta(minutes=1)
OLD, NEW = "-100", "-1001234"
KEYS = ("url:https://news.example/blast",)


@pytest.fixture(autouse=True)
async def _feeds(storage: Storage) -> None:
    await list_feeds(storage)


async def report(storage: Storage, name: str, to: Destination, severity: Severity) -> None:
    sighting = a_sighting(an_article(name), story_keys=KEYS, to=[to], severity=severity)
    await record(storage, sighting)


async def lease(storage: Storage) -> Delivery:
    [told] = await storage.outbox.lease_due("telegram", now=NOW, until=NOW + MINUTE, limit=9)
    return told


async def moved(storage: Storage, thread: int | None = None) -> Destination:
    """Tell a story where the chat has moved while it was told; return how rules name the chat."""
    address = Address(channel="telegram", target=OLD, thread=thread)
    old = a_destination(address=address)
    await report(storage, "a", old, Severity.MEDIUM)
    await storage.outbox.move(await lease(storage), NEW, now=NOW)
    again = await lease(storage)
    assert (again.address.target, again.address.thread) == (NEW, thread)
    assert await storage.outbox.mark_sent(again, Receipt(message_id="7"), now=NOW)
    return old


@pytest.mark.parametrize("thread", [None, 7])
@pytest.mark.parametrize("name", [OLD, NEW], ids=["old id", "new id"])
async def test_a_story_is_told_once_whichever_id_the_rules_have(
    storage: Storage, name: str, thread: int | None
) -> None:
    await moved(storage, thread)
    address = Address(channel="telegram", target=name, thread=thread)
    await report(storage, "b", a_destination(address=address), Severity.MEDIUM)
    assert await count(storage, alerts) == 1


async def test_what_becomes_of_a_story_answers_the_message_in_the_new_chat(
    storage: Storage,
) -> None:
    old = await moved(storage)
    await report(storage, "b", old, Severity.CRITICAL)
    told = await lease(storage)
    assert (told.kind, told.address.target) == (DeliveryKind.UPDATE, NEW)
    assert told.follows == "7"


async def test_no_message_of_the_old_chat_is_answered_in_the_new_one(storage: Storage) -> None:
    """The new chat numbers its messages anew."""
    old = a_destination(OLD)
    await report(storage, "a", old, Severity.MEDIUM)
    first = await lease(storage)
    assert await storage.outbox.mark_sent(first, Receipt(message_id="3"), now=NOW)
    other = a_sighting(an_article("x"), to=[old])
    await record(storage, other)
    await storage.outbox.move(await lease(storage), NEW, now=NOW)
    assert await storage.outbox.mark_sent(await lease(storage), Receipt(), now=NOW)
    await report(storage, "b", old, Severity.CRITICAL)
    assert (await lease(storage)).follows == ""


async def test_the_operators_group_hears_of_a_trouble_once(storage: Storage) -> None:
    operator = an_operator(Address(channel="telegram", target=OLD))
    await storage.outbox.notify(a_notice(), operator, now=NOW)
    await storage.outbox.move(await lease(storage), NEW, now=NOW)
    assert await storage.outbox.mark_sent(await lease(storage), Receipt(), now=NOW)
    assert await storage.outbox.notify(a_notice(), operator, now=NOW) == 0
    assert await storage.outbox.notify(a_notice(""), operator, now=NOW) == 1
    assert (await lease(storage)).address.target == NEW


async def test_a_group_that_moves_again_and_again_is_found_by_all_its_names(
    storage: Storage,
) -> None:
    await moved(storage)
    names = [OLD, NEW, *(f"-200{number}" for number in range(6))]
    for number, target in enumerate(names[2:]):
        await record(storage, a_sighting(an_article(f"x{number}"), to=[a_destination(OLD)]))
        await storage.outbox.move(await lease(storage), target, now=NOW)
        assert await storage.outbox.mark_sent(await lease(storage), Receipt(), now=NOW)
    told = await count(storage, alerts)
    for name in names:
        await report(storage, f"again {name}", a_destination(name), Severity.MEDIUM)
    assert await count(storage, alerts) == told
