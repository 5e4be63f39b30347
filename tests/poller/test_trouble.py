"""Feeds that fail, hang, lie or end; a full disk; no network.  Each holds up nobody else."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from alerts.errors import DatabaseFullError
from tests.poller.conftest import Newsdesk, item, rss
from tests.servers.feed_server import Answer, cut, hang, status

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (status(404), "404 Not Found"),
        (status(500), "500 Internal Server Error"),
        (status(200, body="<html><body>Hello</body></html>"), "HTML"),
        (status(200, body="nothing at all"), ""),
        (status(200, body=""), ""),
    ],
)
async def test_a_bad_answer_is_an_error_on_that_feed_and_on_no_other(
    desk: Newsdesk, answer: Answer, error: str
) -> None:
    desk.server.answer("/bad.xml", answer)
    desk.server.publish("/good.xml", rss(item("0", "Nothing")))
    await desk.follow(desk.feed("/bad.xml"), desk.feed("/good.xml"))
    await desk.poll()
    desk.server.publish("/good.xml", rss(item("1")))
    await desk.poll()
    bad = await desk.state("/bad.xml")
    assert bad.state.error
    assert error in bad.state.error
    assert not (await desk.state("/good.xml")).state.error
    assert await desk.alerts() == ["Sarin found in case 1"]


async def test_a_truncated_document_keeps_its_items_and_not_its_validators(desk: Newsdesk) -> None:
    past = [item(str(number), "Nothing") for number in range(3)]
    desk.server.publish("/feed.xml", rss(*past))
    await desk.follow(desk.feed())
    await desk.poll()
    body = rss(item("new"), *past).encode()
    desk.server.answer("/feed.xml", cut(body, at=len(body) - 60))
    await desk.poll()
    assert await desk.alerts() == ["Sarin found in case new"]
    state = (await desk.state()).state
    assert (state.etag, state.body_hash) == ("", "")


async def test_one_success_clears_every_failure(desk: Newsdesk) -> None:
    desk.server.answer("/feed.xml", status(500))
    await desk.follow(desk.feed())
    for _ in range(4):
        await desk.poll(after=timedelta(days=1))
    assert (await desk.state()).state.failures == 2.0
    desk.server.publish("/feed.xml", rss(item("0")))
    await desk.poll(after=timedelta(days=1))
    state = (await desk.state()).state
    assert (state.failures, state.error) == (0.0, "")
    assert state.next_due_at - desk.clock.now < 16 * MINUTE


async def test_retry_after_is_obeyed_over_a_restart(desk: Newsdesk) -> None:
    desk.server.answer("/feed.xml", status(503, headers={"Retry-After": "7200"}))
    await desk.follow(desk.feed())
    await desk.poll()
    desk.server.publish("/feed.xml", rss(item("0")))
    await desk.follow(desk.feed())
    assert await desk.poll(after=119 * MINUTE) == 0
    assert await desk.poll(after=MINUTE) == 1


async def test_gone_twice_an_hour_apart_stops_the_feed(desk: Newsdesk) -> None:
    desk.server.answer("/feed.xml", status(410))
    await desk.follow(desk.feed())
    await desk.poll()
    assert not (await desk.state()).state.stopped
    await desk.poll(after=timedelta(hours=2))
    assert (await desk.state()).state.stopped
    await desk.follow(desk.feed())
    assert await desk.poll(after=timedelta(days=2)) == 0


async def test_a_feed_that_hangs_holds_up_no_other(desk: Newsdesk) -> None:
    for path in ("/hangs.xml", "/good.xml"):
        desk.server.publish(path, rss(item("0", "Nothing")))
    poller = await desk.follow(desk.feed("/hangs.xml"), desk.feed("/good.xml"))
    await desk.poll()
    before = (await desk.state("/hangs.xml")).state
    desk.server.answer("/hangs.xml", hang)
    desk.server.publish("/good.xml", rss(item("1"), item("0", "Nothing")))
    stopping = asyncio.Event()
    desk.clock.advance(minutes=20)
    running = asyncio.create_task(poller.run(stopping))
    await asyncio.wait_for(desk.bell.wait(), 20)
    assert len(desk.server.asked("/hangs.xml")) == 2
    stopping.set()
    await asyncio.wait_for(running, 20)
    # The hanging poll was abandoned: nothing of it is stored, and it is due as before.
    assert (await desk.state("/hangs.xml")).state == before


async def test_a_full_disk_rests_the_poller_and_loses_nothing(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("0", "Nothing")))
    await desk.follow(desk.feed())
    await desk.poll()
    desk.server.publish("/feed.xml", rss(item("1"), item("0", "Nothing")))
    polls = desk.storage.polls
    desk.storage.polls = _FullDisk()  # type: ignore[assignment]
    with capture_logs() as logs:
        assert await desk.poll() == 1
        assert await desk.poll(after=timedelta(seconds=9)) == 0
    assert [entry["event"] for entry in logs] == ["poll not stored"]
    desk.storage.polls = polls
    assert await desk.poll(after=timedelta(seconds=1)) == 1
    assert await desk.alerts() == ["Sarin found in case 1"]


class _FullDisk:
    async def record(self, *_: object, **__: object) -> None:
        raise DatabaseFullError("the disk of the database is full; nothing was written")


async def test_a_feed_that_left_the_rule_files_is_polled_no_more_and_remembered(
    desk: Newsdesk,
) -> None:
    desk.server.publish("/a.xml", rss(item("0", "Nothing")))
    desk.server.publish("/b.xml", rss(item("b", "Nothing")))
    await desk.follow(desk.feed("/a.xml"), desk.feed("/b.xml"))
    await desk.poll()
    await desk.follow(desk.feed("/b.xml"))
    assert await desk.poll() == 1
    desk.server.publish("/a.xml", rss(item("1"), item("0", "Nothing")))
    await desk.follow(desk.feed("/a.xml"), desk.feed("/b.xml"))
    await desk.poll()
    # It came back with its memory: the new article rings, the old one does not.
    assert await desk.alerts() == ["Sarin found in case 1"]
