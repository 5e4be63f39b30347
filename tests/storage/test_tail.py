"""Whoever reads along is shown everything once, whenever it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.model import Article, Novelty, Receipt
from alerts.storage import Storage
from alerts.storage.tail import LOOK_BACK, Place, Seen
from tests.builders import NOW, a_destination, a_sighting, an_article, hashed
from tests.storage.databases import Database, list_feeds, on_sqlite, opened, record

MINUTE = timedelta(minutes=1)


class Reader:
    """Reads along, a few articles at a time."""

    def __init__(self, storage: Storage, place: Place, *, most: int = 200) -> None:
        self._storage = storage
        self._most = most
        self.place = place

    async def read(self, *, now: datetime = NOW + timedelta(hours=1)) -> list[Seen]:
        """Return everything that there is at present."""
        seen: list[Seen] = []
        while True:
            stretch = await self._storage.tail.read(self.place, now=now, most=self._most)
            seen += stretch.seen
            self.place = stretch.place
            if stretch.is_end:
                return seen


async def reader(storage: Storage, since: datetime = NOW, *, most: int = 200) -> Reader:
    return Reader(storage, await storage.tail.begin(since), most=most)


def names(seen: Sequence[Seen]) -> list[str]:
    return [each.title.rpartition("(")[2].rstrip(")") for each in seen]


def at(name: str, minutes: float, **fields: object) -> Article:
    return an_article(name, seen_at=NOW + minutes * MINUTE, **fields)


async def store(
    storage: Storage, *articles: Article, now: datetime = NOW, watchlists: Sequence[str] = ()
) -> None:
    await record(storage, *(a_sighting(each, watchlists=watchlists) for each in articles), now=now)


async def test_what_comes_in_is_shown_once_in_its_order(storage: Storage) -> None:
    await list_feeds(storage)
    await store(storage, at("old", -1))
    along = await reader(storage)
    assert await along.read() == []
    await store(storage, at("b", 2), at("a", 1))
    assert names(await along.read()) == ["a", "b"]
    assert await along.read() == []
    await store(storage, at("c", 3))
    assert names(await along.read()) == ["c"]


async def test_what_is_stored_late_is_shown_too(storage: Storage) -> None:
    """A poll that waited for the disk brings articles that are older than what was shown."""
    await list_feeds(storage)
    along = await reader(storage)
    await store(storage, at("quick", 4))
    assert names(await along.read()) == ["quick"]
    await store(storage, at("slow", 1), at("before the start", -0.5), watchlists=["bases"])
    slow = await along.read()
    assert names(slow) == ["before the start", "slow"]
    assert not any(each.is_changed for each in slow)
    assert await along.read() == []


async def test_what_a_changed_article_meets_newly_is_shown(storage: Storage) -> None:
    await list_feeds(storage)
    await store(storage, at("old", -60), now=NOW - 60 * MINUTE, watchlists=["bases"])
    along = await reader(storage)
    await store(storage, at("young", 1), watchlists=["bases"])
    assert names(await along.read()) == ["young"]
    for name, minutes in (("old", -60.0), ("young", 1.0)):
        changed = at(name, minutes, title=f"Sarin ({name})")
        sighting = a_sighting(changed, watchlists=["chemical"], digest=hashed(changed.title))
        await record(storage, sighting, now=NOW + 2 * MINUTE)
    seen = await along.read()
    assert sorted(names(seen)) == ["old", "young"]
    for each in seen:
        assert each.is_changed
        assert [found.match.watchlist for found in each.found] == ["chemical"]
        assert each.at == NOW + 2 * MINUTE
    assert await along.read() == []


async def test_an_article_of_the_future_holds_nobody_up(storage: Storage) -> None:
    """The clock was wrong for a while."""
    await list_feeds(storage)
    along = await reader(storage)
    await store(storage, at("future", 60 * 24 * 365))
    assert names(await along.read(now=NOW)) == ["future"]
    await store(storage, at("a", 1))
    assert names(await along.read(now=NOW + MINUTE)) == ["a"]
    assert await along.read(now=NOW + 2 * MINUTE) == []


async def test_each_match_says_who_hears_of_it(storage: Storage) -> None:
    await list_feeds(storage)
    along = await reader(storage)
    to = [a_destination("100"), a_destination("200", due_at=NOW + MINUTE)]
    await record(storage, a_sighting(at("a", 0), to=to), a_sighting(at("b", 1), to=()))
    [leased] = await storage.outbox.lease_due("telegram", now=NOW, until=NOW + MINUTE, limit=1)
    await storage.outbox.mark_sent(leased, Receipt(), now=NOW)
    told, quiet = await along.read()
    [found] = told.found
    assert [(ring.address.target, ring.state.value) for ring in found.rings] == [
        ("100", "sent"),
        ("200", "pending"),
    ]
    assert (found.rule_set, found.silence, found.is_story_told) == ("r1", None, True)
    assert quiet.found[0].rings == ()
    assert not quiet.found[0].is_story_told


@pytest.mark.parametrize("novelty", [Novelty.BASELINE, Novelty.LATE])
async def test_what_is_not_news_says_so(novelty: Novelty, storage: Storage) -> None:
    await list_feeds(storage)
    along = await reader(storage)
    await record(storage, a_sighting(at("a", 0), watchlists=(), novelty=novelty))
    assert [each.novelty for each in await along.read()] == [novelty]


async def test_what_is_kept_in_mind_is_of_the_last_minutes(storage: Storage) -> None:
    """Reading along for weeks takes no more memory than for minutes."""
    await list_feeds(storage)
    along = await reader(storage, most=5)
    for minute in range(100):
        await store(storage, at(str(minute), minute))
    assert len(await along.read(now=NOW + timedelta(days=1))) == 100
    assert len(along.place.shown) <= 1 + LOOK_BACK / MINUTE


async def test_the_watchlists_that_ever_matched_are_known(storage: Storage) -> None:
    await list_feeds(storage)
    await store(storage, at("a", 0), at("b", 0), watchlists=["one", "two"])
    assert await storage.tail.watchlists() == ["one", "two"]


#: When an article was read, in seconds, and how much later it was stored.
_ARRIVALS = st.lists(st.tuples(st.integers(0, 1200), st.integers(0, 290)), min_size=1, max_size=25)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals=_ARRIVALS, most=st.integers(1, 4), changes=st.sets(st.integers(0, 24)))
async def test_nothing_is_lost_or_shown_twice_however_it_comes(
    arrivals: list[tuple[int, int]],
    most: int,
    changes: set[int],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """As long as an article is stored within the minutes that are looked back at."""
    database: Database = on_sqlite(tmp_path_factory.mktemp("tail"))
    async with opened(database) as storage:
        await list_feeds(storage)
        along = await reader(storage, most=most)
        shown: list[tuple[str, bool]] = []
        stored = sorted(
            (seen + late, str(number), NOW + timedelta(seconds=seen))
            for number, (seen, late) in enumerate(arrivals)
        )
        for seconds, name, seen_at in stored:
            now = NOW + timedelta(seconds=seconds)
            article = an_article(name, seen_at=seen_at)
            await store(storage, article, now=now, watchlists=["bases"])
            if seconds % 3:  # not each time
                shown += [(each.id, each.is_changed) for each in await along.read(now=now)]
            if int(name) in changes:
                changed = replace(article, title=f"Sarin ({name})")
                sighting = a_sighting(changed, watchlists=["chemical"], digest=hashed("changed"))
                await record(storage, sighting, now=now)
        shown += [(each.id, each.is_changed) for each in await along.read(now=now)]
    first = [id_ for id_, is_changed in shown if not is_changed]
    again = [id_ for id_, is_changed in shown if is_changed]
    assert sorted(first) == sorted(hashed("article", name) for _, name, _ in stored)
    assert len(again) == len(set(again))
