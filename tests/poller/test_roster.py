"""Many feeds are taken up beside everything else, and nothing that happens meanwhile is lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from alerts.poller.roster import Roster
from alerts.poller.waiting import gently
from tests.builders import NOW, a_feed
from tests.poller.conftest import Newsdesk

FEEDS = [a_feed(f"https://host{number}.example/feed") for number in range(1200)]


async def test_what_is_polled_while_rules_are_taken_up_is_not_forgotten(desk: Newsdesk) -> None:
    roster = Roster(desk.storage, now=desk.clock)
    await roster.use(FEEDS)
    polled = [roster.states[feed.url] for feed in FEEDS[:30]]
    taking_up = asyncio.create_task(roster.use(FEEDS[:1100]))
    polls = 0
    while not taking_up.done():
        polls += 1
        for state in polled:
            roster.keep(replace(state, last_polled_at=NOW, gaps=polls))
        await asyncio.sleep(0)
    assert polls > 1
    assert {roster.states[state.url].gaps for state in polled} == {polls}
    assert len(roster.states) == len(roster.feeds) == 1100


async def test_a_poll_under_way_is_ended_although_its_feed_has_left(desk: Newsdesk) -> None:
    roster = Roster(desk.storage, now=desk.clock)
    await roster.use(FEEDS[:1])
    roster.seat(FEEDS[0].url)
    assert roster.take() == FEEDS[0].url
    await roster.use([])
    roster.land(FEEDS[0].url)
    assert roster.next_at() is None


async def test_first_polls_of_new_feeds_are_apart_and_known_ones_keep_their_time(
    desk: Newsdesk,
) -> None:
    roster = Roster(desk.storage, now=desk.clock)
    await roster.use(FEEDS[:2])
    before = dict(roster.states)
    desk.clock.advance(seconds=30)
    await roster.use(FEEDS)
    assert {url: roster.states[url] for url in before} == before
    due = [roster.states[feed.url].next_due_at for feed in FEEDS[2:]]
    assert due[0] == desk.clock()
    assert len(set(due)) == len(due)


async def test_going_through_many_gives_others_their_turn() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    assert [value async for value in gently(range(5000))] == list(range(5000))
    assert turns >= 10
    task.cancel()
