"""Hosts are not crowded, and who asks for a pause gets it: the whole poller, a server on loopback."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from alerts.model import Feed
from tests.builders import NOW
from tests.poller.conftest import Newsdesk, item, rss
from tests.servers.feed_server import document, status

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def asked(desk: Newsdesk) -> list[str]:
    """Return the paths that were asked for since the last time."""
    paths = [request.path for request in desk.server.requests]
    desk.server.requests.clear()
    return sorted(paths)


async def read_once(desk: Newsdesk, *feeds: Feed) -> None:
    """Follow *feeds*, and poll each a first time, in turn."""
    for number in range(len(feeds)):
        desk.server.publish(f"/{number}.xml", rss(item(str(number), "Nothing")))
    await desk.follow(*feeds)
    await desk.poll(after=HOUR)
    for _ in feeds:
        await desk.poll(after=2 * SECOND)
    assert asked(desk) == [f"/{number}.xml" for number in range(len(feeds))]


async def test_two_feeds_of_one_domain_begin_two_seconds_apart(desk: Newsdesk) -> None:
    for path in ("/0.xml", "/1.xml", "/2.xml"):
        desk.server.publish(path, rss())
    await desk.follow(
        desk.feed("/0.xml", host="a.news.example"),
        desk.feed("/1.xml", host="b.news.example"),
        desk.feed("/2.xml", host="other.example"),
    )
    assert await desk.poll() == 2
    assert await desk.poll(after=1.9 * SECOND) == 0
    assert await desk.poll(after=0.1 * SECOND) == 1
    assert asked(desk) == ["/0.xml", "/1.xml", "/2.xml"]


async def test_no_more_than_fifty_polls_are_under_way(desk: Newsdesk) -> None:
    fifty, answered = asyncio.Event(), asyncio.Event()

    async def wait(request: web.BaseRequest) -> web.StreamResponse:
        if len(desk.server.requests) >= 50:
            fifty.set()
        await answered.wait()
        return await document(rss().encode())(request)

    feeds = [desk.feed(f"/{number}", host=f"h{number}.example") for number in range(60)]
    for number in range(60):
        desk.server.answer(f"/{number}", wait)
    poller = await desk.follow(*feeds)
    desk.clock.advance(hours=1)
    polling = asyncio.create_task(poller.poll_due())
    await asyncio.wait_for(fifty.wait(), 20)
    assert len(poller._under_way) == 50
    answered.set()
    assert await polling == 60


async def test_feeds_that_share_with_nobody_are_polled_at_once(desk: Newsdesk) -> None:
    for number in range(30):
        desk.server.publish(f"/{number}.xml", rss())
    hosts = ["", "news.example"]
    await desk.follow(
        *(
            desk.feed(f"/{number}.xml", host=hosts[number % 2], rate_limit_scope="feed")
            for number in range(30)
        )
    )
    assert await desk.poll() == 30


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize("value", ["7200", format_datetime(NOW + 5 * HOUR, usegmt=True)])
async def test_a_pause_holds_the_whole_host_over_a_restart_and_blames_nobody(
    desk: Newsdesk, code: int, value: str
) -> None:
    feeds = [
        desk.feed("/0.xml", host="a.news.example"),
        desk.feed("/1.xml", host="a.news.example"),
        desk.feed("/2.xml", host="b.news.example"),
    ]
    await read_once(desk, *feeds)
    desk.server.answer("/0.xml", status(code, headers={"Retry-After": value}))
    await desk.poll()
    asked_at = desk.clock.now
    until = asked_at + 2 * HOUR if value == "7200" else NOW + 5 * HOUR
    asked(desk)
    await desk.follow(*feeds)
    while desk.clock.now + MINUTE < until:
        await desk.poll(after=MINUTE)
    assert set(asked(desk)) == {"/2.xml"}
    other = (await desk.state("/1.xml", host="a.news.example")).state
    assert (other.failures, other.error) == (0.0, "")
    for _ in range(5):
        await desk.poll(after=MINUTE)
    assert {"/0.xml", "/1.xml"} <= set(asked(desk))


async def test_a_feed_that_asks_for_pause_after_pause_keeps_its_neighbours_from_no_turn(
    desk: Newsdesk,
) -> None:
    feeds = [desk.feed(f"/{n}.xml", host="a.news.example") for n in range(3)]
    await read_once(desk, *feeds)
    desk.server.answer("/0.xml", status(429, headers={"Retry-After": "3600"}))
    for _ in range(4 * 60):
        await desk.poll(after=MINUTE)
    paths = asked(desk)
    assert all(paths.count(f"/{number}.xml") >= 3 for number in range(3))


async def test_garbage_in_retry_after_holds_nobody(desk: Newsdesk) -> None:
    feeds = [desk.feed(f"/{n}.xml", host="a.news.example") for n in range(2)]
    await read_once(desk, *feeds)
    for number in range(2):
        desk.server.answer(
            f"/{number}.xml", status(429, headers={"Retry-After": "tomorrow; maybe"})
        )
    for _ in range(20):
        await desk.poll(after=MINUTE)
    assert set(asked(desk)) == {"/0.xml", "/1.xml"}
    assert await desk.storage.hosts.pauses(now=desk.clock.now) == {}


async def test_no_pause_is_longer_than_a_day(desk: Newsdesk) -> None:
    feeds = [desk.feed(f"/{n}.xml", host="a.news.example") for n in range(2)]
    await read_once(desk, *feeds)
    desk.server.answer("/0.xml", status(429, headers={"Retry-After": "99999999"}))
    for _ in range(20):
        await desk.poll(after=MINUTE)
    [until] = (await desk.storage.hosts.pauses(now=desk.clock.now)).values()
    assert 23 * HOUR < until - desk.clock.now <= 24 * HOUR


@pytest.mark.parametrize(("host", "scope"), [("", "host"), ("a.news.example", "feed")])
async def test_a_pause_of_one_feed_is_its_own_on_a_private_host_and_where_the_operator_says_so(
    desk: Newsdesk, host: str, scope: str
) -> None:
    feeds = [desk.feed(f"/{n}.xml", host=host, rate_limit_scope=scope) for n in range(2)]
    await read_once(desk, *feeds)
    desk.server.answer("/0.xml", status(429, headers={"Retry-After": "7200"}))
    for _ in range(110):
        await desk.poll(after=MINUTE)
    paths = asked(desk)
    assert paths.count("/0.xml") == 1
    assert paths.count("/1.xml") > 1


async def test_a_pause_of_scope_domain_holds_its_other_hosts(desk: Newsdesk) -> None:
    feeds = [
        desk.feed("/0.xml", host="a.news.example", rate_limit_scope="domain"),
        desk.feed("/1.xml", host="b.news.example"),
    ]
    await read_once(desk, *feeds)
    desk.server.answer("/0.xml", status(429, headers={"Retry-After": "7200"}))
    for _ in range(100):
        await desk.poll(after=MINUTE)
    paths = asked(desk)
    assert paths.count("/0.xml") == 1
    assert paths.count("/1.xml") <= 1
