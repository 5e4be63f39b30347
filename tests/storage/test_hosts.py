"""Pauses of hosts outlive the process, and are never made shorter."""

from __future__ import annotations

from datetime import timedelta

from alerts.storage import Storage
from alerts.storage.tables import hosts
from tests.builders import NOW, a_notice, an_operator
from tests.storage.databases import Database, count, opened

HOUR = timedelta(hours=1)


async def test_a_pause_outlives_the_process(database: Database) -> None:
    async with opened(database) as storage:
        await storage.hosts.pause("news.example", NOW + HOUR, now=NOW)
        await storage.hosts.pause("*.other.example", NOW + 2 * HOUR, now=NOW)
    async with opened(database) as storage:
        assert await storage.hosts.pauses(now=NOW) == {
            "news.example": NOW + HOUR,
            "*.other.example": NOW + 2 * HOUR,
        }
        assert list(await storage.hosts.pauses(now=NOW + HOUR)) == ["*.other.example"]


async def test_a_pause_is_never_made_shorter(storage: Storage) -> None:
    for hours in (2, 1, 3, 2):
        await storage.hosts.pause("news.example", NOW + hours * HOUR, now=NOW)
    assert await storage.hosts.pauses(now=NOW) == {"news.example": NOW + 3 * HOUR}


async def test_pauses_that_are_over_are_forgotten(storage: Storage) -> None:
    await storage.hosts.pause("a.example", NOW + HOUR, now=NOW)
    await storage.hosts.pause("b.example", NOW + 9 * HOUR, now=NOW + HOUR)
    assert await count(storage, hosts) == 1


async def test_troubles_that_last_are_found_by_the_beginning_of_their_names(
    storage: Storage,
) -> None:
    async def tell(about: str, state: str) -> None:
        notice = a_notice(state, about=about)
        await storage.outbox.notify(notice, an_operator(), now=NOW)

    for about, states in {
        "feeds/a": ("ill",),
        "feeds/ended": ("ill", ""),
        "feeds/again": ("ill", "", "ill"),
        "feeds_b": ("ill",),
        "rules": ("broken",),
    }.items():
        for state in states:
            await tell(about, state)
    assert await storage.outbox.open_troubles("feeds/") == ["feeds/a", "feeds/again"]
    assert await storage.outbox.open_troubles("feeds_") == ["feeds_b"]
