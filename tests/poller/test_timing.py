"""Gaps, late articles, lying validators and moves, over real polls."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

from alerts.feeds.rhythm import Rhythm, usual_gap
from alerts.model import Novelty
from tests.builders import NOW
from tests.poller.conftest import Newsdesk, item, rss
from tests.servers.feed_server import redirect, status

HOUR = timedelta(hours=1)


def dated(name: str, age: timedelta) -> str:
    return item(name, pubDate=format_datetime(NOW - age))


async def test_a_first_document_teaches_when_a_feed_publishes(desk: Newsdesk) -> None:
    past = [dated(str(number), number * 2 * HOUR) for number in range(1, 40)]
    desk.server.publish("/feed.xml", rss(*past))
    await desk.follow(desk.feed())
    await desk.poll()
    gap = usual_gap(Rhythm.read((await desk.state()).state.rhythm), now=desk.clock.now)
    assert gap is not None
    assert 1.8 * HOUR < gap < 2.2 * HOUR


async def test_no_common_entry_is_a_gap_and_rings_all_the_same(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("1", "Nothing"), item("2", "Nothing")))
    await desk.follow(desk.feed())
    await desk.poll()
    assert (await desk.state()).state.gaps == 0
    desk.server.publish("/feed.xml", rss(item("8"), item("9")))
    await desk.poll(after=HOUR)
    state = (await desk.state()).state
    assert (state.gaps, state.last_gap_at, state.listed_count) == (1, desk.clock.now, 2)
    assert state.next_due_at - desk.clock.now <= timedelta(minutes=10)
    assert await desk.alerts() == ["Sarin found in case 8", "Sarin found in case 9"]


async def test_what_slides_back_is_counted_and_is_no_gap(desk: Newsdesk) -> None:
    past = [dated(str(number), timedelta(days=7)) for number in range(20)]
    desk.server.publish("/feed.xml", rss(*past[:15]))
    await desk.follow(desk.feed())
    await desk.poll()
    desk.server.publish("/feed.xml", rss(*past[5:20]))
    await desk.poll(after=HOUR)
    state = (await desk.state()).state
    assert (state.late, state.gaps) == (5, 0)
    assert desk.metrics.articles.labels(Novelty.LATE.value)._value.get() == 5


async def test_stuck_304s_are_found_and_the_validators_no_more_sent(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("1", "Nothing")))
    await desk.follow(desk.feed(interval=timedelta(minutes=15)))
    await desk.poll()
    desk.server.answer("/feed.xml", status(304))
    for _ in range(50):
        await desk.poll()
    assert (await desk.state()).state.not_modified == 50
    hidden = item("2", pubDate=format_datetime(desk.clock.now - 9 * HOUR))
    desk.server.publish("/feed.xml", rss(hidden, item("1", "Nothing")))
    await desk.poll()
    assert await desk.alerts() == ["Sarin found in case 2"]
    assert (await desk.state()).state.unreliable_at == desk.clock.now
    await desk.poll()
    assert "If-None-Match" not in desk.server.requests[-1].headers


async def test_a_feed_that_moved_for_good_is_polled_there_and_keeps_its_memory(
    desk: Newsdesk,
) -> None:
    desk.server.publish("/old.xml", rss(item("1", "Nothing")))
    await desk.follow(desk.feed("/old.xml"))
    await desk.poll()
    desk.server.publish("/new.xml", rss(item("1", "Nothing")))
    desk.server.answer("/old.xml", redirect("/new.xml", code=301))
    for _ in range(5):
        await desk.poll(after=7 * HOUR)
    state = (await desk.state("/old.xml")).state
    assert state.effective_url == desk.server.url("/new.xml")
    asked = len(desk.server.asked("/old.xml"))
    desk.server.publish("/new.xml", rss(item("2"), item("1", "Nothing")))
    await desk.poll(after=7 * HOUR)
    assert len(desk.server.asked("/old.xml")) == asked
    assert await desk.alerts() == ["Sarin found in case 2"]


async def test_the_pace_outlives_a_restart(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("1", "Nothing")))
    await desk.follow(desk.feed())
    await desk.poll()
    stored = await desk.storage.feeds.pace()
    assert stored.tuned_at == desk.clock.now
    await desk.poll(after=HOUR)
    assert (await desk.storage.feeds.pace()).tuned_at == desk.clock.now
