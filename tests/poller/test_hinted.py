"""What hubs say, obeyed by the loop that polls."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import pytest

from alerts.feeds.websub import course
from alerts.feeds.websub.advert import Advert
from alerts.model import Notice, PushState
from alerts.poller.websub import Hubs
from tests.poller.conftest import Newsdesk, item, rss
from tests.servers.feed_server import status


async def test_a_hint_polls_a_feed_before_it_is_due(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("0", "Nothing")))
    poller = await desk.follow(desk.feed())
    await desk.poll()
    assert await desk.poll(after=timedelta(seconds=10)) == 0
    poller.hint(desk.server.url("/feed.xml"))
    assert await desk.poll(after=timedelta(seconds=10)) == 1
    assert await desk.poll(after=timedelta(seconds=10)) == 0


@pytest.mark.parametrize("code", [404, 503])
async def test_a_feed_in_trouble_is_not_polled_sooner_for_a_hint(desk: Newsdesk, code: int) -> None:
    desk.server.answer("/feed.xml", status(code))
    poller = await desk.follow(desk.feed())
    assert await desk.poll() == 1
    poller.hint(desk.server.url("/feed.xml"))
    poller.hint("https://nobody.example/feed.xml")
    assert await desk.poll(after=timedelta(seconds=10)) == 0


async def test_a_feed_whose_hub_proved_itself_is_polled_seldom(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("0", "Nothing")))
    feed, now = desk.feed(), desk.clock()
    advert = Advert(hub="http://127.0.0.1:9/", topic=feed.url)
    push = course.begun(feed.url, advert, path="path", secret="secret", now=now)
    push = course.agreed(push, timedelta(days=10), now=now)
    for number in range(course.PROOFS):
        at = now + timedelta(seconds=number)
        push = course.found(course.pushed(push, now=at), now=at)
    assert push.state is PushState.ACTIVE
    await desk.storage.pushes.keep(push)

    async def tell(notice: Notice) -> None:
        raise AssertionError(notice)

    async with aiohttp.ClientSession() as session:
        poller = await desk.follow(feed)
        hubs = Hubs(
            desk.storage.pushes,
            session,
            callback="http://127.0.0.1:9/",
            poll=poller.hint,
            tell=tell,
            now=desk.clock,
            metrics=desk.metrics,
        )
        await hubs.use([feed])
        poller.heed(hubs, None)
        assert await desk.poll() == 1
        assert await desk.poll(after=timedelta(hours=5)) == 0
        assert await desk.poll(after=timedelta(hours=1)) == 1
        poller.hint(feed.url)
        assert await desk.poll(after=timedelta(minutes=1)) == 1
