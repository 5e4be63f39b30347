"""The pages behind summaries: read after the alert, matched again, never in anybody's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from alerts.feeds.fetch import FetchLimits, open_session
from alerts.feeds.guard import AddressGuard
from alerts.feeds.workers import ParserWorkers
from alerts.model import Field
from alerts.poller.full_text import PageReader
from alerts.settings import AllowedNetwork
from tests.builders import NOW
from tests.feeds.test_page import PARAGRAPHS, a_page
from tests.poller.conftest import Newsdesk, item, rss
from tests.servers.feed_server import Answer, document, endless, gzip_bomb, hang, redirect, status

PAST = item("0", "Nothing of note")
NEWS = PARAGRAPHS + "<p>Chlorine was used, say doctors of the hospital in the town.</p>"


class Library:
    """A newsdesk that reads pages too."""

    def __init__(self, desk: Newsdesk) -> None:
        self.desk = desk
        self.rung: list[Collection[str]] = []

    async def open(self, stack: AsyncExitStack) -> None:
        guard = AddressGuard([AllowedNetwork.parse("127.0.0.0/8")])
        session = await stack.enter_async_context(open_session(guard, user_agent="Tocsin/test"))
        module = "alerts.feeds.page_worker"
        pages = await stack.enter_async_context(ParserWorkers(1, module=module))
        self.reader = PageReader(
            self.desk.storage.full_texts,
            session,
            pages,
            stack.enter_context(ThreadPoolExecutor(1)),
            ring=self.rung.append,
            now=self.desk.clock,
            metrics=self.desk.metrics,
            limits=FetchLimits(total=timedelta(seconds=1), decoded_bytes=1024 * 1024),
        )

    async def follow(self, *words: str, full_text: bool = True) -> None:
        """Follow a feed for *words*; its past is read."""
        self.publish()
        feed = self.desk.feed(full_text=full_text)
        await self.desk.follow(feed, watch=words)
        await self.desk.poll()
        assert self.desk.rules is not None
        self.reader.use(self.desk.rules)

    def publish(self, *names: str, title: str = "Strike near Idlib") -> None:
        """Let the feed list *names*, whose pages are on the same server."""
        items = (item(name, title, link=self.desk.server.url(f"/{name}")) for name in names)
        self.desk.server.publish("/feed.xml", rss(*items, PAST))

    async def bring(self, answer: Answer) -> None:
        """Follow a feed that lists an article whose page is *answer*."""
        await self.follow("strike")
        self.desk.server.answer("/a", answer)
        self.publish("a")
        await self.poll()

    async def poll(self) -> None:
        await self.desk.poll(after=timedelta(minutes=70))

    async def content(self, title: str = "Strike near Idlib") -> str:
        """Return the stored content of the article in the only alert."""
        (delivery,) = await self.desk.storage.overview.recent()
        (alert,) = delivery.alerts
        assert alert.lead.title == title
        return alert.lead.content


@pytest.fixture
async def library(desk: Newsdesk) -> AsyncIterator[Library]:
    async with AsyncExitStack() as stack:
        library = Library(desk)
        await library.open(stack)
        yield library


def page(body: str = NEWS) -> bytes:
    return a_page(body).encode()


async def test_an_article_is_matched_again_when_its_page_says_more(library: Library) -> None:
    await library.follow("chlorine")
    library.desk.server.publish("/a", page(), content_type="text/html")
    library.publish("a")
    await library.poll()
    assert await library.desk.alerts() == []
    assert await library.reader.read_due() == 1
    assert await library.desk.alerts() == ["Strike near Idlib"]
    assert library.rung == [{"telegram"}]
    (delivery,) = await library.desk.storage.overview.recent()
    (match,) = delivery.alerts[0].matches
    (evidence,) = match.evidence
    assert evidence.field is Field.CONTENT
    content = delivery.alerts[0].lead.content
    assert content[evidence.start : evidence.end] == evidence.surface == "Chlorine"


async def test_the_alert_on_the_summary_does_not_wait_and_is_not_repeated(
    library: Library,
) -> None:
    await library.follow("strike")
    library.desk.server.answer("/a", hang)
    library.publish("a")
    await library.poll()
    assert await library.desk.alerts() == ["Strike near Idlib"]
    library.desk.server.publish("/a", page(), content_type="text/html")
    assert await library.reader.read_due() == 1
    assert await library.desk.alerts() == ["Strike near Idlib"]
    assert library.rung == []
    assert "Chlorine was used" in await library.content()


async def test_an_unsent_alert_learns_what_the_page_matched(library: Library) -> None:
    await library.follow("strike", "chlorine")
    library.desk.server.publish("/a", page(), content_type="text/html")
    library.publish("a")
    await library.poll()
    await library.reader.read_due()
    (delivery,) = await library.desk.storage.overview.recent()
    (alert,) = delivery.alerts
    assert {match.watchlist for match in alert.matches} == {"strike", "chlorine"}


async def test_a_page_is_asked_for_once_and_as_a_reader_would(library: Library) -> None:
    await library.follow("strike")
    library.desk.server.publish("/a", page(), content_type="text/html")
    library.publish("a")
    await library.poll()
    for _ in range(3):
        await library.reader.read_due()
        library.desk.clock.advance(hours=1)
    (request,) = library.desk.server.asked("/a")
    assert request.headers["Accept"].startswith("text/html")
    assert request.headers["User-Agent"] == "Tocsin/test"


async def test_the_feeds_next_documents_do_not_put_the_summary_back(library: Library) -> None:
    await library.follow("strike", "chlorine")
    library.desk.server.publish("/a", page(), content_type="text/html")
    library.publish("a")
    await library.poll()
    await library.reader.read_due()
    for name in ("b", "c", "d"):
        library.publish(name, "a", title="Strike near Idlib")
        await library.poll()
    assert library.desk.metrics.articles.labels("new")._value.get() == 4
    found = await library.desk.storage.overview.recent()
    contents = [alert.lead.content for delivery in found for alert in delivery.alerts]
    assert any("Chlorine was used" in content for content in contents)


async def test_an_article_that_its_feed_changes_has_its_page_read_again(library: Library) -> None:
    await library.follow("strike")
    library.desk.server.publish("/a", page(), content_type="text/html")
    library.publish("a")
    await library.poll()
    await library.reader.read_due()
    library.publish("a", title="Strike near Idlib, update")
    await library.poll()
    library.desk.clock.advance(seconds=5)
    assert await library.reader.read_due() == 1
    assert len(library.desk.server.asked("/a")) == 2
    assert "Chlorine was used" in await library.content("Strike near Idlib, update")
    assert len(await library.desk.alerts()) == 1


async def test_the_past_of_a_feed_and_other_feeds_want_no_pages(library: Library) -> None:
    await library.follow("strike")
    assert await library.reader.read_due() == 0
    await library.follow("strike", full_text=False)
    library.publish("a")
    await library.poll()
    assert await library.reader.read_due() == 0


async def test_one_page_of_a_host_at_a_time_some_seconds_apart(library: Library) -> None:
    await library.follow("strike")
    names = [f"a{number}" for number in range(4)]
    for name in names:
        library.desk.server.publish(f"/{name}", page(), content_type="text/html")
    library.publish(*names)
    await library.poll()
    for asked in range(1, 5):
        assert await library.reader.read_due() == 1
        assert await library.reader.read_due() == 0
        assert len([r for r in library.desk.server.requests if r.path != "/feed.xml"]) == asked
        library.desk.clock.advance(seconds=5)


@pytest.mark.parametrize("answer", [status(503), status(404), hang])
async def test_a_page_that_fails_is_tried_again_twice_and_then_shown(
    library: Library, answer: Answer
) -> None:
    await library.bring(answer)
    asked = []
    for _ in range(12):
        await library.reader.read_due()
        asked.append(len(library.desk.server.asked("/a")))
        library.desk.clock.advance(hours=1)
    assert asked[0] == 1
    assert asked[-1] == 3
    pages = await library.desk.storage.overview.pages(since=NOW)
    assert [(each.asked, each.unread) for each in pages.values()] == [(1, 1)]
    count = library.desk.metrics.full_texts.labels
    assert [count(word)._value.get() for word in ("tried again", "given up")] == [2, 1]


async def test_a_retry_after_holds_all_pages_of_the_host(library: Library) -> None:
    await library.follow("strike")
    # Both are as old as the other: whichever is asked for first speaks for the host.
    for name in ("a", "b"):
        library.desk.server.answer(f"/{name}", status(429, headers={"Retry-After": "1800"}))
    library.publish("b", "a")
    await library.poll()
    assert await library.reader.read_due() == 1
    library.desk.clock.advance(minutes=29)
    assert await library.reader.read_due() == 0
    library.desk.clock.advance(minutes=1)
    assert await library.reader.read_due() == 1


@pytest.mark.parametrize(
    "answer",
    [
        status(403),
        document(page(), content_type="application/pdf"),
        document(b"<html></html>", content_type="text/html"),
        document(page(), content_type="text/html", headers={"X-Robots-Tag": "noarchive"}),
        redirect("http://10.0.0.1/"),
    ],
)
async def test_a_page_that_will_not_change_its_mind_is_not_asked_again(
    library: Library, answer: Answer
) -> None:
    await library.bring(answer)
    for _ in range(5):
        await library.reader.read_due()
        library.desk.clock.advance(hours=3)
    assert len(library.desk.server.asked("/a")) == 1
    assert await library.content() == ""


@pytest.mark.parametrize("answer", [endless, gzip_bomb(50_000_000)])
async def test_a_page_without_end_costs_its_limits_and_no_more(
    library: Library, answer: Answer
) -> None:
    await library.bring(answer)
    assert await library.reader.read_due() == 1
    assert await library.content() == ""


async def test_a_page_that_says_less_than_the_feed_changes_nothing(library: Library) -> None:
    await library.follow("strike")
    library.desk.server.answer("/a", document(a_page("<p>Read on.</p>").encode(), content_type=""))
    long = "What happened in the town is told at length in this summary. " * 3
    entry = item("a", "Strike", link=library.desk.server.url("/a"), description=long)
    library.desk.server.publish("/feed.xml", rss(entry, PAST))
    await library.poll()
    await library.reader.read_due()
    assert await library.content("Strike") == ""


async def test_a_restart_forgets_no_page(library: Library) -> None:
    await library.follow("chlorine")
    library.desk.server.publish("/a", page(), content_type="text/html")
    library.publish("a")
    await library.poll()
    async with AsyncExitStack() as stack:
        again = Library(library.desk)
        await again.open(stack)
        assert library.desk.rules is not None
        again.reader.use(library.desk.rules)
        assert await again.reader.read_due() == 1
    assert await library.desk.alerts() == ["Strike near Idlib"]


async def test_what_is_a_day_old_is_not_read_any_more(library: Library) -> None:
    await library.follow("strike")
    library.publish("a")
    await library.poll()
    library.desk.clock.advance(hours=25)
    assert await library.reader.read_due() == 0


async def test_polls_go_on_while_a_page_hangs(library: Library) -> None:
    await library.follow("strike")
    library.desk.server.answer("/a", hang)
    library.publish("a")
    await library.poll()
    reading = asyncio.create_task(library.reader.read_due())
    library.publish("b", "a")
    await library.poll()
    assert len(await library.desk.alerts()) == 2
    await reading


async def test_the_loop_reads_what_a_poll_brought_and_ends_when_it_is_told(
    library: Library,
) -> None:
    await library.follow("chlorine")
    library.desk.server.publish("/a", page(), content_type="text/html")
    library.publish("a")
    await library.poll()
    stopping, read = asyncio.Event(), asyncio.Event()
    library.reader._ring = lambda _: read.set()
    running = asyncio.create_task(library.reader.run(stopping))
    library.reader.look()
    await read.wait()
    stopping.set()
    await running
    assert await library.desk.alerts() == ["Strike near Idlib"]
