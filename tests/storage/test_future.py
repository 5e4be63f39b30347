"""A clock that was wrong and is set right keeps nothing waiting, and loses nothing."""

from __future__ import annotations

from datetime import timedelta

from alerts.model import Receipt
from alerts.storage import Storage
from alerts.storage.tables import addresses, deliveries, feeds, hosts
from tests.builders import FEED, NOW, a_destination, a_sighting, a_state, an_article
from tests.storage.databases import list_feeds, record, table

MINUTE = timedelta(minutes=1)
YEAR = timedelta(days=365)


async def ring(
    storage: Storage, name: str, *, ahead: timedelta, wait: timedelta = 0 * MINUTE
) -> None:
    """Have an article ring while the clock is *ahead*."""
    now = NOW + ahead
    await list_feeds(storage)
    sighting = a_sighting(an_article(name), to=[a_destination(due_at=now + wait)])
    state = a_state(last_polled_at=now, next_due_at=now + 15 * MINUTE)
    await record(storage, sighting, state=state, now=now)


async def test_what_waited_for_a_wrong_hour_leaves_when_it_was_meant_to(storage: Storage) -> None:
    await ring(storage, "a", ahead=YEAR)
    await ring(storage, "b", ahead=YEAR, wait=30 * MINUTE)
    assert await storage.backlog.mend(now=NOW) == YEAR
    rows = await table(storage, deliveries)
    assert {row["due_at"] for row in rows} == {NOW, NOW + 30 * MINUTE}
    assert {row["created_at"] for row in rows} == {NOW}
    assert await storage.backlog.mend(now=NOW) == timedelta(0)


async def test_feeds_and_pauses_are_moved_back_too(storage: Storage) -> None:
    await ring(storage, "a", ahead=YEAR)
    later = NOW + YEAR
    [delivery] = await storage.outbox.lease_due("telegram", now=later, until=later, limit=1)
    pause = later + 10 * MINUTE
    await storage.outbox.mark_sent(delivery, Receipt(), now=later, not_before_at=pause)
    await storage.hosts.pause("news.example", pause, now=later)
    await storage.backlog.mend(now=NOW)
    [feed], [address], [host] = [await table(storage, each) for each in (feeds, addresses, hosts)]
    assert (feed["url"], feed["next_due_at"]) == (FEED, NOW + 15 * MINUTE)
    assert address["not_before_at"] == host["not_before_at"] == NOW + 10 * MINUTE
    [sent] = await table(storage, deliveries)
    assert sent["sent_at"] == NOW


async def test_a_clock_that_is_corrected_as_usual_moves_nothing(storage: Storage) -> None:
    await ring(storage, "a", ahead=MINUTE)
    assert await storage.backlog.mend(now=NOW) == timedelta(0)
    [row] = await table(storage, deliveries)
    assert row["due_at"] == NOW + MINUTE


async def test_a_wait_that_was_asked_for_is_no_wrong_clock(storage: Storage) -> None:
    await ring(storage, "a", ahead=0 * MINUTE)
    [delivery] = await storage.outbox.lease_due("telegram", now=NOW, until=NOW, limit=1)
    hours = NOW + 600 * MINUTE
    await storage.outbox.mark_retry(delivery, "flood", due_at=hours, not_before_at=hours)
    assert await storage.backlog.mend(now=NOW) == timedelta(0)
    [address] = await table(storage, addresses)
    assert address["not_before_at"] == hours
