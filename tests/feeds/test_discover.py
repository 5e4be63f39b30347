"""Feeds of a page: what it names is found, what it hides behind costs nothing, guesses are polite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from time import process_time

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import AddressRefusedError, FetchError
from alerts.feeds.discover import feed_links, likely_places, linked_feeds
from alerts.feeds.discovery import Discoverer, How
from alerts.feeds.links import http_url
from alerts.feeds.workers import ParserWorkers
from tests.servers.feed_server import FeedServer, redirect, status

PAGE = "https://news.example/world/"


def announce(*links: str) -> str:
    kind = "application/rss+xml"
    tags = "".join(f'<link rel="alternate" type="{kind}" href="{link}">' for link in links)
    return f"<!DOCTYPE html><html><head><title>News</title>{tags}</head><body></body></html>"


# --- what a page names ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="alternate" type="application/rss+xml" href="/rss">',
        "<LINK REL='Alternate home' TYPE='APPLICATION/ATOM+XML; charset=utf-8' HREF='../rss' />",
        "<link href=/rss type=application/feed+json rel=alternate>",
        '<link\n rel = "alternate"\n title="a feed"\n type="application/rdf+xml"\n href="//news.example/rss"\n>',
        '<base href="https://news.example/a/"><link rel=alternate type=application/rss+xml href="../rss">',
    ],
)
def test_a_page_announces_its_feeds_in_many_ways(tag: str) -> None:
    assert feed_links(f"<html><head>{tag}</head>", PAGE) == ("https://news.example/rss",)


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="stylesheet" type="application/rss+xml" href="/rss">',
        '<link rel="alternate" type="text/html" href="/rss">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/old"> -->',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/old">',
    ],
)
def test_what_is_no_announcement_is_passed_over(tag: str) -> None:
    assert feed_links(f"<html>{tag}", PAGE) == ()


@pytest.mark.parametrize(
    ("href", "looks_so"),
    [
        ("/rss", True),
        ("/rss.xml", True),
        ("/world/feed/", True),
        ("/feeds/world.xml", True),
        ("/world.atom", True),
        ("/index.xml", True),
        ("?feed=rss2", True),
        ("/list.php?format=atom&x=1", True),
        ("https://feeds.other.example/world.rdf", True),
        ("/rss.html", False),
        ("/help/rss.pdf", False),
        ("/feedback/", False),
        ("/professor", False),
        ("/newsfeeder", False),
        ("mailto:rss@news.example", False),
        ("javascript:rss()", False),
    ],
)
def test_links_that_look_like_feeds_are_known_by_their_address(href: str, looks_so: bool) -> None:
    assert bool(linked_feeds(f"<a class=x href='{href}'>RSS</a>", PAGE)) is looks_so


def test_likely_places_are_near_the_page_first() -> None:
    places = likely_places("https://news.example/world?x=1#top")
    assert places[:2] == ("https://news.example/world/feed/", "https://news.example/feed/")
    assert len(set(places)) == len(places) == 8


@pytest.mark.parametrize(
    "page",
    [
        "<link " + "a" * 2_000_000 + ">",
        "<link " + "a " * 500_000 + ">",
        "<link " + "a=" * 500_000 + ">",
        "<link a='" + 'x="' * 500_000 + ">",
        "<a " * 500_000,
        "<!--" * 500_000,
        '<link rel="alternate" type="application/rss+xml" href="' + "x" * 1_000_000 + '">',
        '<a href="/rss?' + "/feed" * 200_000 + '">',
        announce(*(f"/{number}.rss" for number in range(20_000))),
    ],
    ids=["word", "words", "equals", "quotes", "tags", "comments", "href", "path", "many"],
)
def test_a_hostile_page_is_read_in_bounded_time(page: str) -> None:
    began = process_time()
    assert len(feed_links(page, PAGE)) <= 20
    assert len(linked_feeds(page, PAGE)) <= 20
    assert process_time() - began < 5


@given(st.text(alphabet="<>='\"/ alinkhrefs:.!-", max_size=300))
def test_whatever_a_page_holds_links_are_web_addresses(page: str) -> None:
    for link in (*feed_links(page, PAGE), *linked_feeds(page, PAGE)):
        assert http_url(link, "") == link


# --- asking -----------------------------------------------------------------------------------


def rss(title: str = "Feed", path: str = "1") -> str:
    item = f"<item><guid>{path}</guid><title>T</title><link>https://n.example/{path}</link></item>"
    return f"<rss version='2.0'><channel><title>{title}</title>{item}</channel></rss>"


@pytest.fixture
async def parsers() -> AsyncIterator[ParserWorkers]:
    async with ParserWorkers(count=1) as parsers:
        yield parsers


@pytest.fixture
def pauses() -> list[str]:
    """What was asked before each pause."""
    return []


@pytest.fixture
def discoverer(
    session: aiohttp.ClientSession,
    parsers: ParserWorkers,
    server: FeedServer,
    now: datetime,
    pauses: list[str],
) -> Discoverer:
    async def pause() -> None:
        pauses.append(server.requests[-1].path)

    return Discoverer(session, parsers, now=lambda: now, pause=pause)


def publish_page(server: FeedServer, path: str, page: str) -> str:
    server.publish(path, page, content_type="text/html")
    return server.url(path)


async def test_a_feed_is_its_own(server: FeedServer, discoverer: Discoverer) -> None:
    server.publish("/feed", rss())
    found = await discoverer.discover(server.url("/feed"))
    assert [(feed.url, feed.how) for feed in found.feeds] == [(server.url("/feed"), How.GIVEN)]


async def test_announced_feeds_come_first_then_linked_ones(
    server: FeedServer, discoverer: Discoverer, pauses: list[str]
) -> None:
    server.publish("/a", rss("A", "a"))
    server.publish("/b.rss", rss("B", "b"))
    page = announce("/a", "/gone") + "<a href=/b.rss>B</a><a href=/c.rss>C</a>"
    found = await discoverer.discover(publish_page(server, "/", page))
    assert [(feed.url, feed.how) for feed in found.feeds] == [
        (server.url("/a"), How.ANNOUNCED),
        (server.url("/b.rss"), How.LINKED),
    ]
    assert [broken.url for broken in found.broken] == [server.url("/gone")]
    assert "404" in found.broken[0].problem
    assert pauses == []


async def test_each_address_is_asked_once(server: FeedServer, discoverer: Discoverer) -> None:
    server.publish("/a.rss", rss())
    page = announce("/a.rss", "/a.rss?utm_source=x") + "<a href=/a.rss>A</a>"
    found = await discoverer.discover(publish_page(server, "/", page))
    assert len(found.feeds) == 1
    assert len(server.asked("/a.rss")) <= 2


async def test_one_feed_under_two_addresses_is_one(
    server: FeedServer, discoverer: Discoverer
) -> None:
    server.publish("/a.rss", rss())
    server.publish("/copy.rss", rss())
    server.answer("/b.rss", redirect("/a.rss"))
    page = announce("/a.rss", "/b.rss", "/copy.rss")
    found = await discoverer.discover(publish_page(server, "/", page))
    assert [feed.url for feed in found.feeds] == [server.url("/a.rss")]


async def test_usual_places_are_tried_only_where_the_page_names_none_and_with_pauses(
    server: FeedServer, discoverer: Discoverer, pauses: list[str]
) -> None:
    server.publish("/feed.xml", rss())
    found = await discoverer.discover(publish_page(server, "/", announce()))
    assert [(feed.url, feed.how) for feed in found.feeds] == [
        (server.url("/feed.xml"), How.GUESSED)
    ]
    assert [request.path for request in server.requests] == ["/", "/feed/", "/rss.xml", "/feed.xml"]
    assert pauses == ["/feed/", "/rss.xml"]


async def test_where_there_is_nothing_it_says_what_the_page_is(
    server: FeedServer, discoverer: Discoverer
) -> None:
    found = await discoverer.discover(publish_page(server, "/", announce()))
    assert found.feeds == ()
    assert "an HTML page (News)" in found.problem


async def test_what_is_neither_page_nor_feed_is_not_searched(
    server: FeedServer, discoverer: Discoverer
) -> None:
    server.publish("/list", "<opml version='2.0'><body/></opml>")
    found = await discoverer.discover(server.url("/list"))
    assert found.feeds == ()
    assert "import it instead" in found.problem
    assert len(server.requests) == 1


async def test_a_page_that_cannot_be_read_is_an_error(
    server: FeedServer, discoverer: Discoverer
) -> None:
    server.answer("/", status(403))
    with pytest.raises(FetchError, match="403"):
        await discoverer.discover(server.url("/"))


async def test_the_guard_stands_before_what_a_page_names(
    server: FeedServer, discoverer: Discoverer
) -> None:
    async with FeedServer() as other:  # the client may talk to `server` alone
        other.publish("/feed", rss())
        page = announce(other.url("/feed"), "http://169.254.169.254/feed")
        found = await discoverer.discover(publish_page(server, "/", page))
        assert found.feeds == ()
        assert all("refused to connect" in each.problem for each in found.broken)
        assert len(found.broken) == 2
        assert other.requests == []
        with pytest.raises(AddressRefusedError):
            await discoverer.discover(other.url("/feed"))


async def test_a_feed_that_moved_for_good_is_named_by_its_new_address(
    server: FeedServer, discoverer: Discoverer
) -> None:
    server.publish("/new", rss())
    server.answer("/old", redirect("/new", code=301))
    server.answer("/other", redirect("/new", code=302))
    (moved,) = (await discoverer.discover(server.url("/old"))).feeds
    (elsewhere,) = (await discoverer.discover(server.url("/other"))).feeds
    assert moved.address == server.url("/new")
    assert elsewhere.address == server.url("/other")
