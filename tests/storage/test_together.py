"""What is written together is written for each, or for nobody but whom it concerns."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.errors import StorageError
from alerts.model import RoutedMatch
from alerts.storage import PollRecord, Recorded, Storage
from alerts.storage.tables import articles, channels
from alerts.storage.writer import Writer
from tests.builders import NOW, a_feed, a_match, a_sighting, a_state, an_article
from tests.storage.databases import count, list_feeds, table

URLS = tuple(f"https://news.example/{number}" for number in range(5))


class Notes:
    """Writes names, all that wait at once, and remembers how many came at a time."""

    def __init__(self, storage: Storage) -> None:
        self._writer: Writer = storage.outbox._writer
        self.portions: list[int] = []

    async def write(self, connection: AsyncConnection, names: Sequence[str]) -> list[str]:
        self.portions.append(len(names))
        rows = [{"name": name, "reason": ""} for name in names]
        await connection.execute(insert(channels), rows)
        if "bug" in names:
            raise ValueError("a bug")
        return [name.upper() for name in names]

    async def note(self, *names: str) -> list[str | BaseException]:
        """Note *names* so that they wait at the same time."""
        work = self.write
        running = (self._writer.run_together(work, name) for name in names)
        return await asyncio.gather(*running, return_exceptions=True)


async def test_what_waits_is_written_at_once_and_told_to_each(storage: Storage) -> None:
    notes = Notes(storage)
    names = [f"n{number:02}" for number in range(64)]
    assert await notes.note(*names) == [name.upper() for name in names]
    assert notes.portions == [64]
    assert await count(storage, channels) == 64


@pytest.mark.parametrize("turn", range(4))
async def test_one_that_fails_costs_the_others_nothing(storage: Storage, turn: int) -> None:
    notes, names = Notes(storage), ["a", "b", "c"]
    names.insert(turn, "bug")
    told = await notes.note(*names)
    assert isinstance(told.pop(turn), ValueError)
    assert told == ["A", "B", "C"]
    assert {row["name"] for row in await table(storage, channels)} == {"a", "b", "c"}


async def test_what_cannot_be_written_twice_is_written_once(storage: Storage) -> None:
    told = await Notes(storage).note("a", "b", "a")
    assert told[:2] == ["A", "B"]
    assert isinstance(told[2], StorageError)


def _poll(number: int, *, broken: bool = False) -> PollRecord:
    sighting = a_sighting(
        an_article(f"a{number}", feed=URLS[number]), story_keys=(f"url:{number}",)
    )
    if broken:
        bad = RoutedMatch(match=a_match(sighting.article, title=None), destinations=())
        sighting = replace(sighting, matches=(bad,))
    state = a_state(URLS[number], etag=f'"{number}"')
    return PollRecord(state=state, sightings=(sighting,), rule_set="r1")


async def _record(storage: Storage, *polls: PollRecord) -> list[Recorded | BaseException]:
    running = (storage.polls.record(poll, now=NOW) for poll in polls)
    return await asyncio.gather(*running, return_exceptions=True)


@pytest.mark.parametrize("turn", range(5))
async def test_a_broken_poll_of_a_group_costs_its_neighbours_nothing(
    storage: Storage, turn: int
) -> None:
    before = await list_feeds(storage, *map(a_feed, URLS))
    told = await _record(storage, *(_poll(number, broken=number == turn) for number in range(5)))
    assert isinstance(told.pop(turn), StorageError)
    assert told == [Recorded(articles=1, alerts=1)] * 4
    stored = await list_feeds(storage, *map(a_feed, URLS))
    assert stored[URLS[turn]] == before[URLS[turn]]
    assert [stored[url].etag for url in URLS if url != URLS[turn]] == [
        f'"{number}"' for number in range(5) if number != turn
    ]
    assert await count(storage, articles) == 4


async def test_feeds_that_report_one_story_in_one_group_ring_once(storage: Storage) -> None:
    await list_feeds(storage, *map(a_feed, URLS))
    polls = []
    for number in range(5):
        [sighting] = _poll(number).sightings
        shared = replace(sighting, story_keys=("url:https://news.example/blast",))
        polls.append(replace(_poll(number), sightings=(shared,)))
    told = await _record(storage, *polls)
    assert sum(each.alerts for each in told if isinstance(each, Recorded)) == 1
    assert {row["story"] for row in await table(storage, articles)} == {
        polls[0].sightings[0].article.id
    }


async def test_a_removed_feed_in_a_group_leaves_nothing(storage: Storage) -> None:
    await list_feeds(storage, *map(a_feed, URLS[1:]))
    told = await _record(storage, *(_poll(number) for number in range(5)))
    assert told == [Recorded(), *[Recorded(articles=1, alerts=1)] * 4]
    assert await count(storage, articles) == 4
