"""The newsroom as a client sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from ipaddress import ip_address

import aiohttp
import psutil
import pytest

from alerts.demo.documents import feed_path
from alerts.demo.newsroom import Newsroom
from alerts.demo.programme import FAST_STEP
from alerts.demo.script import BACKGROUND, PUBLISHERS, SCRIPT

PATHS = [feed_path(publisher) for publisher in PUBLISHERS.values()]


@dataclass(slots=True)
class Clock:
    now: datetime = datetime(2026, 3, 1, 9, 0, 0, 700_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def newsroom(clock: Clock) -> AsyncIterator[Newsroom]:
    async with Newsroom(clock=clock) as newsroom:
        yield newsroom


@pytest.fixture
async def client(newsroom: Newsroom) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(newsroom.url) as session:
        yield session


async def read_all(client: aiohttp.ClientSession) -> str:
    texts = []
    for path in PATHS:
        async with client.get(path) as response:
            texts.append(await response.text())
    return "\n".join(texts)


async def status(client: aiohttp.ClientSession, path: str, **headers: str) -> int:
    async with client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()}) as r:
        return r.status


def test_it_has_no_port_before_it_listens() -> None:
    assert Newsroom().port == 0


async def test_it_listens_on_loopback_alone(newsroom: Newsroom) -> None:
    listening = [
        connection.laddr
        for connection in psutil.Process().net_connections("inet")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == newsroom.port
    ]
    assert [ip_address(address.ip).is_loopback for address in listening] == [True]


async def test_it_stops_listening_when_it_is_left(clock: Clock) -> None:
    async with Newsroom(clock=clock) as newsroom:
        url = newsroom.url
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(url)


async def test_the_script_waits_until_every_feed_was_read(
    clock: Clock, client: aiohttp.ClientSession
) -> None:
    for path in PATHS[:-1]:
        assert await status(client, path) == 200
    clock.advance(timedelta(minutes=5))
    assert "wedding drone" not in await read_all(client)
    clock.advance(FAST_STEP)
    assert "wedding drone" in await read_all(client)


async def test_the_whole_script_is_published(clock: Clock, client: aiohttp.ClientSession) -> None:
    await read_all(client)
    clock.advance(len(SCRIPT) * FAST_STEP)
    titles = await read_all(client)
    for draft in (*BACKGROUND, *SCRIPT):
        assert draft.title in titles


@pytest.mark.parametrize("path", PATHS)
async def test_an_unchanged_feed_is_answered_with_304(
    client: aiohttp.ClientSession, path: str
) -> None:
    async with client.get(path) as first:
        etag, changed_at = first.headers["ETag"], first.headers["Last-Modified"]
    async with client.get(path, headers={"If-None-Match": etag}) as again:
        assert (again.status, await again.read()) == (304, b"")
        assert (again.headers["ETag"], again.headers["Last-Modified"]) == (etag, changed_at)
    assert await status(client, path, If_Modified_Since=changed_at) == 304
    assert await status(client, path, If_None_Match="*") == 304


@pytest.mark.parametrize("path", PATHS)
async def test_a_changed_feed_is_answered_with_a_document(
    clock: Clock, client: aiohttp.ClientSession, path: str
) -> None:
    await read_all(client)
    async with client.get(path) as first:
        etag, changed_at = first.headers["ETag"], first.headers["Last-Modified"]
    clock.advance(len(SCRIPT) * FAST_STEP)
    assert await status(client, path, If_None_Match=etag) == 200
    assert await status(client, path, If_Modified_Since=changed_at) == 200


async def test_a_change_is_never_dated_in_the_future(
    clock: Clock, client: aiohttp.ClientSession
) -> None:
    await read_all(client)
    clock.advance(FAST_STEP)
    async with client.get(PATHS[0]) as response:
        changed_at = parsedate_to_datetime(response.headers["Last-Modified"])
    assert timedelta(0) <= clock.now - changed_at < timedelta(seconds=1)


async def test_the_entity_tag_outweighs_the_date(client: aiohttp.ClientSession) -> None:
    tomorrow = "Mon, 02 Mar 2026 09:00:00 GMT"
    assert await status(client, PATHS[0], If_Modified_Since=tomorrow) == 304
    both = await status(client, PATHS[0], If_None_Match='"old"', If_Modified_Since=tomorrow)
    assert both == 200


@pytest.mark.parametrize(
    ("path", "content_type"),
    list(zip(PATHS, ["rss+xml", "atom+xml", "feed+json", "rss+xml"], strict=True)),
)
async def test_a_feed_names_its_type(
    client: aiohttp.ClientSession, path: str, content_type: str
) -> None:
    async with client.get(path) as response:
        assert response.content_type == f"application/{content_type}"
        assert response.charset == "utf-8"


async def test_the_link_of_every_article_leads_to_its_page(
    clock: Clock, newsroom: Newsroom, client: aiohttp.ClientSession
) -> None:
    await read_all(client)
    clock.advance(timedelta(hours=1))
    async with client.get("/post/feed.json") as response:
        items = (await response.json(content_type=None))["items"]
    for item in items:
        assert item["url"].startswith(newsroom.url)
        async with client.get(item["url"].removeprefix(newsroom.url)) as response:
            page = await response.text()
            assert item["title"] in page
            assert "nothing\nin these articles happened" in page
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]


async def test_the_link_of_a_reprint_leads_to_the_original(
    clock: Clock, client: aiohttp.ClientSession
) -> None:
    await read_all(client)
    clock.advance(len(SCRIPT) * FAST_STEP)
    async with client.get("/gazette/feed.xml") as response:
        feed = await response.text()
    path = feed[: feed.index("?utm_source=gazette")].rpartition('"')[2].partition(":")[2]
    async with client.get("/articles/" + path.rpartition("/")[2]) as response:
        assert "Chlorine leaks at an Idlib water plant" in await response.text()


@pytest.mark.parametrize("path", ["/articles/8", "/articles/999999999", "/articles/x", "/nobody"])
async def test_what_is_not_there_is_answered_with_404(
    client: aiohttp.ClientSession, path: str
) -> None:
    assert await status(client, path) == 404


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found += [value for name, value in attrs if name == "href" and value]


async def test_every_link_of_the_front_page_works(
    clock: Clock, client: aiohttp.ClientSession
) -> None:
    await read_all(client)
    clock.advance(timedelta(minutes=10))
    links = _Links()
    async with client.get("/") as response:
        links.feed(await response.text())
    assert set(PATHS) <= set(links.found)
    assert len(links.found) > 40
    for link in links.found:
        assert await status(client, link) == 200
