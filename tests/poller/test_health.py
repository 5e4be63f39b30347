"""The operator hears of feeds in trouble: each trouble once, with its end, whole hosts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from alerts.model import Feed
from alerts.storage import PollRecord
from tests.builders import NOW
from tests.poller.conftest import Newsdesk, item, rss
from tests.servers.feed_server import status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ILL = "127.0.0.1: {} not read for a day"
WELL = "127.0.0.1: feeds are read again"


async def follow(desk: Newsdesk, count: int = 1) -> Sequence[Feed]:
    """Follow so many feeds of one host and read each once."""
    feeds = [desk.feed(f"/{number}.xml") for number in range(count)]
    publish(desk, count)
    await desk.follow(*feeds)
    await desk.poll()
    return feeds


def publish(desk: Newsdesk, count: int = 1) -> None:
    for number in range(count):
        desk.server.publish(f"/{number}.xml", rss(item(str(number), "Nothing")))


async def fail(desk: Newsdesk, count: int = 1, *, hours: int, code: int = 500) -> None:
    for number in range(count):
        desk.server.answer(f"/{number}.xml", status(code))
    for _ in range(hours):
        await desk.poll(after=HOUR)


async def test_a_feed_that_is_broken_for_a_day_is_told_once_and_its_end_once(
    desk: Newsdesk,
) -> None:
    await follow(desk)
    await fail(desk, hours=20)
    assert await desk.told() == []
    await fail(desk, hours=40)
    assert await desk.told() == [ILL.format("a feed")]
    await fail(desk, hours=40)
    assert await desk.told() == [ILL.format("a feed")]
    publish(desk)
    await desk.poll(after=DAY)
    await desk.poll()
    assert await desk.told() == [ILL.format("a feed"), WELL]
    assert await desk.told() == [ILL.format("a feed"), WELL]


async def test_fifty_feeds_of_one_host_that_break_together_are_told_as_one(desk: Newsdesk) -> None:
    await follow(desk, 50)
    await fail(desk, 50, hours=60)
    assert await desk.told() == [ILL.format("50 feeds")]
    publish(desk, 50)
    await desk.poll(after=DAY)
    assert await desk.told() == [ILL.format("50 feeds"), WELL]


async def test_the_end_waits_for_the_last_of_them(desk: Newsdesk) -> None:
    await follow(desk, 2)
    await fail(desk, 2, hours=60)
    assert await desk.told() == [ILL.format("2 feeds")]
    publish(desk, 1)
    await desk.poll(after=DAY)
    assert await desk.told() == [ILL.format("2 feeds")]


async def test_a_restart_tells_nothing_again_and_does_not_forget_the_end(desk: Newsdesk) -> None:
    feeds = await follow(desk)
    await fail(desk, hours=60)
    assert await desk.told() == [ILL.format("a feed")]
    await desk.follow(*feeds)
    assert await desk.told() == [ILL.format("a feed")]
    publish(desk)
    await desk.follow(*feeds)
    await desk.poll(after=DAY)
    assert await desk.told() == [ILL.format("a feed"), WELL]


async def test_a_feed_that_leaves_the_rule_files_ends_its_trouble(desk: Newsdesk) -> None:
    await follow(desk)
    await fail(desk, hours=60)
    assert await desk.told() == [ILL.format("a feed")]
    await desk.follow()
    assert await desk.told() == [ILL.format("a feed"), WELL]


async def test_a_feed_that_is_gone_is_told_once_also_over_a_restart(desk: Newsdesk) -> None:
    feeds = await follow(desk)
    await fail(desk, hours=3, code=410)
    gone = ["127.0.0.1: a feed gone for good"]
    assert await desk.told() == gone
    await desk.follow(*feeds)
    assert await desk.told() == gone
    await desk.follow()
    assert await desk.told() == [*gone, "127.0.0.1: no feed is gone"]


@pytest.mark.parametrize(
    ("field", "subject", "end"),
    [
        (
            "last_gap_at",
            "127.0.0.1: a feed with a gap: articles may have been missed",
            "127.0.0.1: no gap for a day",
        ),
        (
            "unreliable_at",
            "127.0.0.1: a feed with wrong answers to conditional requests",
            "127.0.0.1: conditional requests are answered rightly",
        ),
    ],
)
async def test_what_the_state_remembers_is_told_with_its_end(
    desk: Newsdesk, field: str, subject: str, end: str
) -> None:
    feeds = await follow(desk)
    await note(desk, **{field: desk.clock.now})
    await desk.follow(*feeds)
    assert await desk.told() == [subject]
    await note(desk, **{field: None})
    await desk.follow(*feeds)
    assert await desk.told() == [subject, end]


async def test_a_feed_that_falls_silent_against_its_rhythm_is_told_with_its_end(
    desk: Newsdesk,
) -> None:
    def hourly(first: int) -> str:
        dates = (NOW - timedelta(hours=hours) for hours in range(first, 30))
        return rss(*(item(str(date), "Nothing", pubDate=format_datetime(date)) for date in dates))

    desk.server.publish("/feed.xml", hourly(0))
    await desk.follow(desk.feed())
    for hours in range(12, 60, 12):
        await desk.poll(after=timedelta(hours=12))
        assert await desk.told() == [], hours
    await desk.poll(after=timedelta(hours=12))
    stale = "127.0.0.1: a feed silent for longer than usual"
    assert await desk.told() == [stale]
    await desk.poll(after=timedelta(hours=12))
    assert await desk.told() == [stale]
    desk.server.publish("/feed.xml", hourly(-72))
    await desk.poll(after=timedelta(hours=12))
    assert (await desk.told())[1:] == ["127.0.0.1: feeds bring news again"]


async def test_a_feed_that_never_has_an_article_is_told_once_and_its_end_once(
    desk: Newsdesk,
) -> None:
    desk.server.publish("/feed.xml", rss())
    await desk.follow(desk.feed())
    await desk.poll()
    for _ in range(6):
        await desk.poll(after=DAY)
        assert await desk.told() == []
    await desk.poll(after=DAY)
    empty = "127.0.0.1: a feed without a single article"
    assert await desk.told() == [empty]
    await desk.poll(after=DAY)
    assert await desk.told() == [empty]
    desk.server.publish("/feed.xml", rss(item("first", "Nothing")))
    await desk.poll(after=DAY)
    assert await desk.told() == [empty, "127.0.0.1: feeds have articles"]


async def note(desk: Newsdesk, **fields: object) -> None:
    """Write into the stored state of the feed, as a poll would."""
    state = (await desk.state("/0.xml")).state
    changed = replace(state, **fields)  # type: ignore[arg-type]
    await desk.storage.polls.record(PollRecord(state=changed), now=desk.clock.now)


async def test_no_password_is_told(desk: Newsdesk) -> None:
    url = desk.url("/0.xml").replace("://", "://reader:canary@")
    await desk.follow(Feed(url=url, publisher="P"))
    await fail(desk, hours=100)
    assert await desk.told() == [ILL.format("a feed")]
    deliveries = await desk.storage.overview.recent()
    assert "canary" not in repr([each.notice for each in deliveries])
