"""The words of an article's page, and nothing of what stands around them."""

from __future__ import annotations

import pytest

from alerts.errors import ParseError
from alerts.feeds.page import parse_page
from alerts.feeds.workers import ParserWorkers

URL = "https://news.example/1"
PARAGRAPHS = "".join(
    f"<p>The {number}th paragraph says what officials in Idlib said about the strike on Monday.</p>"
    for number in range(1, 9)
)


def a_page(body: str = PARAGRAPHS, *, head: str = "") -> str:
    """Return a page as publishers make them: menus above, links below."""
    return (
        f"<!doctype html><html><head><title>News</title>{head}</head><body>"
        "<nav><a href='/'>Home</a> <a href='/shop'>Chlorine tablets at half price</a></nav>"
        f"<article><h1>Strike</h1>{body}</article>"
        "<footer><a href='/terms'>Terms of use</a></footer></body></html>"
    )


def content(page: str | bytes, content_type: str = "text/html") -> str:
    body = page.encode() if isinstance(page, str) else page
    (item,) = parse_page(body, url=URL, content_type=content_type).items
    return item.content


def test_the_article_is_taken_and_menus_are_not() -> None:
    text = content(a_page())
    assert "The 8th paragraph" in text
    assert "Chlorine" not in text
    assert "<" not in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("charset", "content_type", "head"),
    [
        ("utf-8", "text/html", ""),
        ("windows-1251", "text/html; charset=windows-1251", ""),
        ("windows-1251", "text/html", "<meta charset='windows-1251'>"),
        ("utf-16", "text/html", ""),
    ],
)
def test_charsets_as_servers_and_pages_name_them(
    charset: str, content_type: str, head: str
) -> None:
    body = PARAGRAPHS.replace("Idlib", "Идлибе")
    assert "Идлибе" in content(a_page(body, head=head).encode(charset), content_type)


@pytest.mark.parametrize(
    "tag",
    [
        "<meta name='robots' content='noarchive'>",
        '<META CONTENT="noindex, NOARCHIVE" NAME="Robots">',
        "<meta name=robots content=noarchive>",
    ],
)
def test_a_page_that_wants_no_copies_is_not_kept(tag: str) -> None:
    with pytest.raises(ParseError, match="noarchive"):
        content(a_page(head=tag))


@pytest.mark.parametrize("tag", ["<meta name='robots' content='noindex'>", "<!-- noarchive -->"])
def test_other_words_to_robots_are_not_about_copies(tag: str) -> None:
    assert content(a_page(head=tag))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\x89PNG", "image/png"),
        (b"", "text/html"),
        (b"<html><body></body></html>", "text/html"),
        (b"\x00\xff" * 100, ""),
    ],
)
def test_what_is_no_article_is_said(body: bytes, content_type: str) -> None:
    with pytest.raises(ParseError):
        content(body, content_type)


def test_what_plays_tricks_is_gone() -> None:
    body = PARAGRAPHS.replace("Idlib", "Id\u202elib\u2066")
    assert "Idlib" in content(a_page(body))


async def test_a_page_is_read_in_a_process_that_may_be_killed() -> None:
    async with ParserWorkers(1, module="alerts.feeds.page_worker") as pages:
        body = a_page().encode()
        (item,) = (await pages.parse(body, url=URL, content_type="text/html")).items
        assert "The 8th paragraph" in item.content


async def test_a_page_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    async with ParserWorkers(1, wall_seconds=0.2, module="alerts.feeds.page_worker") as pages:
        hostile = a_page("".join(f"<div><p>{n} words" for n in range(150_000))).encode()
        with pytest.raises(ParseError):
            await pages.parse(hostile, url=URL, content_type="text/html")
    async with ParserWorkers(1, module="alerts.feeds.page_worker") as pages:
        assert (await pages.parse(a_page().encode(), url=URL, content_type="text/html")).items
