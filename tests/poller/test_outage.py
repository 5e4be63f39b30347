"""Our own outage: said once, its end once, and no feed pays for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from structlog.testing import capture_logs

from alerts.model import FeedState
from tests.poller.conftest import Newsdesk, item, rss
from tests.servers.feed_server import slam

HOSTS = [f"h{number}.example" for number in range(20)]
MINUTE = timedelta(minutes=1)


async def follow(desk: Newsdesk) -> None:
    await desk.follow(*(desk.feed(f"/{host}", host=host) for host in HOSTS))
    network(desk, up=True)
    for _ in range(20):
        await desk.poll(after=MINUTE)


def network(desk: Newsdesk, *, up: bool) -> None:
    for host in HOSTS:
        if up:
            desk.server.publish(f"/{host}", rss(item(host, "Nothing")))
        else:
            desk.server.answer(f"/{host}", slam)


async def states(desk: Newsdesk) -> Mapping[str, FeedState]:
    return {each.state.url: each.state for each in await desk.storage.overview.feeds()}


async def test_six_hours_of_our_own_outage_change_no_counter_and_no_wait(desk: Newsdesk) -> None:
    await follow(desk)
    desk.server.answer("/h0.example", slam)
    for _ in range(30):
        await desk.poll(after=MINUTE)
    before = await states(desk)
    failed = before[desk.url("/h0.example", "h0.example")]
    assert failed.failures > 0
    network(desk, up=False)
    with capture_logs() as logs:
        for _ in range(72):
            await desk.poll(after=5 * MINUTE)
    after = await states(desk)
    assert {url: (each.failures, each.error) for url, each in after.items()} == {
        url: (each.failures, each.error) for url, each in before.items()
    }
    assert all(each.next_due_at - desk.clock.now <= 61 * MINUTE for each in after.values())
    assert sum("offline" in entry["event"] for entry in logs) == 1
    network(desk, up=True)
    desk.server.requests.clear()
    await _pass(desk, 61 * MINUTE)
    assert {request.path for request in desk.server.requests} == {f"/{host}" for host in HOSTS}
    assert not any(each.failures for each in (await states(desk)).values())
    assert await desk.told() == ["We are offline", "Online again"]


async def test_after_an_outage_failures_count_again(desk: Newsdesk) -> None:
    await follow(desk)
    network(desk, up=False)
    await _pass(desk, 60 * MINUTE)
    network(desk, up=True)
    await _pass(desk, 70 * MINUTE)
    desk.server.answer("/h0.example", slam)
    await _pass(desk, 70 * MINUTE)
    failed = (await desk.state("/h0.example", host="h0.example")).state
    assert failed.failures > 0
    assert failed.error


async def test_an_outage_is_taken_back_over_a_restart_too(desk: Newsdesk) -> None:
    """What was written before it was noticed is written again."""
    await follow(desk)
    network(desk, up=False)
    await _pass(desk, 60 * MINUTE)
    stored = await states(desk)
    assert not any(each.failures or each.error for each in stored.values())


async def _pass(desk: Newsdesk, span: timedelta) -> datetime:
    until = desk.clock.now + span
    while desk.clock.now < until:
        await desk.poll(after=MINUTE)
    return until
