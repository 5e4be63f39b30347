"""`tocsin feeds poll --explain`: what a poll does and why, by the poll's own code, written nowhere."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.storage import PollRecord, open_storage
from tests.cli.feeds_desk import Desk, list_feeds
from tests.servers.feed_server import document, redirect, status


@pytest.fixture
async def world(desk: Desk) -> str:
    """The address of a feed of the rule files, which nobody has polled yet."""
    url = desk.feed("/world.rss", "Sarin found", "Storm ahead")
    desk.write(list_feeds(url))
    return url


async def explained(desk: Desk, name: str, *options: str, code: int = 0) -> dict[str, Any]:
    told = await desk.run("poll", name, "--explain", "--format", "json", *options)
    assert told.code == code
    found: dict[str, Any] = json.loads(told.out)
    return found


def verdicts(found: dict[str, Any]) -> dict[str, str]:
    return {item["title"]: item["verdict"] for item in found["items"]}


async def run_once(desk: Desk) -> None:
    """Let the production loop poll the feeds that are due."""
    import asyncio  # noqa: PLC0415 - the command runs in a thread of its own

    from alerts.app import App  # noqa: PLC0415
    from alerts.settings import load_settings  # noqa: PLC0415

    app = App(load_settings(), environment={})
    await app.run_once()
    await asyncio.sleep(0)
    desk.capsys.readouterr()


async def test_a_first_poll_is_explained_without_a_database(desk: Desk, world: str) -> None:
    told = await desk.run("poll", "Example Times", "--explain")
    assert told.code == 0
    for said in (
        f"asked       {world}",
        f"at 127.0.0.1:{desk.server.port}",
        "> User-Agent: Tocsin/",
        "got         200 OK; connected after",
        "< Content-Type: application/rss+xml",
        "document    rss20, 2 items,",
        "identity    guid: items have ids of their own",
        "articles    2 baseline; 2 match, 0 would ring",
        "the first document of a feed is not news",
        "matches chemical; rings for nobody",
        "next poll   in ",
    ):
        assert said in told.out
    assert told.out.endswith("nothing was written\n")
    assert not (desk.folder / "tocsin.db").exists()


async def test_without_explain_it_is_short(desk: Desk, world: str) -> None:
    told = await desk.run("poll", world)
    assert told.code == 0
    assert len(told.out.splitlines()) == 8
    assert "User-Agent" not in told.out


@pytest.fixture
async def polled(desk: Desk, world: str) -> str:
    """A feed that was polled once; nothing is due again."""
    await run_once(desk)
    return world


async def test_validators_are_sent_as_the_poller_would(desk: Desk, polled: str) -> None:
    found = await explained(desk, polled)
    (request,) = found["requests"]
    assert request["status"] == 304
    assert "If-None-Match" in dict(request["sent"])
    assert found["items"] == []


async def test_nothing_is_written(desk: Desk, polled: str) -> None:
    before = (desk.folder / "tocsin.db").read_bytes()
    desk.feed("/world.rss", "Sarin again", "Sarin found", "Storm ahead", date="")
    assert verdicts(await explained(desk, polled))["Sarin again"] == "new"
    assert verdicts(await explained(desk, polled))["Sarin again"] == "new"
    assert (desk.folder / "tocsin.db").read_bytes() == before


async def test_each_item_says_what_it_is_and_whom_it_would_ring(desk: Desk, polled: str) -> None:
    desk.feed("/world.rss", "Sarin again", "Sarin found", "Storm ahead", date="")
    found = await explained(desk, polled)
    by_title = {item["title"]: item for item in found["items"]}
    assert {title: item["verdict"] for title, item in by_title.items()} == {
        "Sarin again": "new",
        "Sarin found": "changed",  # its link is another one now
        "Storm ahead": "changed",
    }
    assert by_title["Sarin again"]["watchlists"] == ["chemical"]
    assert by_title["Sarin again"]["receivers"] == ["console"]


async def test_known_items_are_known_when_all_is_asked_for_afresh(desk: Desk, polled: str) -> None:
    found = await explained(desk, polled, "--fresh")
    assert "If-None-Match" not in dict(found["requests"][0]["sent"])
    assert verdicts(found) == {"Sarin found": "known", "Storm ahead": "known"}


async def test_what_slid_back_in_is_late_and_says_why(desk: Desk, polled: str) -> None:
    old = "<item><guid>old</guid><title>Sarin, older</title><pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate></item>"
    body = f"<rss version='2.0'><channel><title>T</title>{old}</channel></rss>"
    desk.server.publish("/world.rss", body)
    found = await explained(desk, polled)
    (item,) = found["items"]
    assert item["verdict"] == "late"
    assert "slid back in" in item["why"]
    assert (item["watchlists"], item["receivers"]) == (["chemical"], [])


async def test_what_came_while_nobody_polled_is_past_and_says_why(desk: Desk, polled: str) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=9)
    async with open_storage("sqlite:///tocsin.db", now=long_ago) as storage:
        (listed,) = await storage.overview.feeds()
        state = replace(listed.state, last_polled_at=long_ago)
        await storage.polls.record(PollRecord(state=state), now=long_ago)
    desk.feed("/world.rss", "Sarin again", "Sarin found", "Storm ahead")
    found = await explained(desk, polled)
    (item,) = [item for item in found["items"] if item["title"] == "Sarin again"]
    assert (item["verdict"], item["receivers"]) == ("baseline", [])
    assert "last polled 9 d ago: its past is not news" in item["why"]


async def test_every_hop_is_shown_and_no_secret(desk: Desk, world: str) -> None:
    headers = {"Set-Cookie": "session=canary", "X-Shown": "yes"}
    body = b"<rss version='2.0'><channel><title>T</title></channel></rss>"
    desk.server.answer("/end", document(body, headers=headers))
    desk.server.answer("/world.rss", redirect("/end", code=301))
    url = world.replace("//", "//user:canary@")
    desk.write(list_feeds(url))
    for options in (("--explain",), ("--explain", "--format", "json")):
        told = await desk.run("poll", url, *options)
        assert told.code == 0
        assert "canary" not in told.out + told.err
    found = json.loads(told.out)
    assert [request["status"] for request in found["requests"]] == [301, 200]
    assert dict(found["requests"][0]["sent"])["Authorization"] == "(not shown)"
    assert dict(found["requests"][1]["got"])["X-Shown"] == "yes"


@pytest.mark.parametrize(
    ("name", "waits"), [("127.0.0.1", True), ("*.0.0.1", True), ("*.7.0.0.1", False)]
)
async def test_the_pause_of_a_host_is_shown(name: str, waits: bool, desk: Desk, world: str) -> None:
    now = datetime.now(UTC)
    async with open_storage("sqlite:///tocsin.db", now=now) as storage:
        await storage.hosts.pause(name, now + timedelta(hours=1), now=now)
    told = await desk.run("poll", world)
    assert ("the host asked to be left alone until" in told.out) is waits


async def test_a_failure_is_explained_and_ends_with_1(desk: Desk, world: str) -> None:
    desk.server.answer("/world.rss", status(404))
    told = await desk.run("poll", world, "--explain")
    assert told.code == 1
    assert "got         404 Not Found" in told.out
    assert "failed      the server answered 404 Not Found" in told.out


async def test_an_address_that_is_refused_says_the_way_out(desk: Desk) -> None:
    found = await explained(desk, "http://127.0.0.1:9/rss", code=1)
    assert "TOCSIN_ALLOW_NETWORKS" in found["error"]
    assert found["requests"][0]["status"] is None
    assert found["requests"][0]["addresses"] == ["127.0.0.1:9"]


async def test_any_feed_can_be_looked_at(desk: Desk) -> None:
    found = await explained(desk, desk.feed("/other.rss", "Storm ahead"))
    assert (found["listed"], found["document"]["items"]) == (False, 1)
    assert found["items"][0]["watchlists"] == ["weather"]


async def test_a_name_that_fits_several_lists_them(desk: Desk) -> None:
    desk.write(list_feeds("https://a.example/rss", "https://b.example/rss"))
    told = await desk.run("poll", "example times")
    assert told.code == 3
    assert "https://a.example/rss" in told.err
    assert "https://b.example/rss" in told.err
    told = await desk.run("poll", "nobody")
    assert told.code == 3
    assert "no feed is called 'nobody'" in told.err
    assert (await desk.run("poll", "b.example", "--rules", "nowhere")).code == 2


async def test_the_identity_rule_says_why_it_was_chosen(desk: Desk) -> None:
    items = "".join(
        f"<item><guid>same</guid><title>{n}</title><link>https://n.example/{n}</link></item>"
        for n in range(3)
    )
    body = f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"
    desk.server.publish("/odd.rss", body)
    found = await explained(desk, desk.server.url("/odd.rss"))
    assert found["identity"] == {
        "rule": "link",
        "why": "of 3 items 2 repeat the guids of others",
    }
