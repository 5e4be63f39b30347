"""/feeds: which feeds fail, why and since when."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.bot.commands.feeds import asked, chosen
from alerts.model import FeedState
from alerts.storage.overview import ListedFeed
from tests.bot.chats import Conversation, conversation, labels
from tests.builders import NOW, a_feed, a_state
from tests.storage.databases import list_feeds, record


def a_listed(url: str, publisher: str = "The Example", *, error: str = "") -> ListedFeed:
    state = FeedState(url=url, next_due_at=NOW, error=error)
    return ListedFeed(publisher=publisher, state=state, articles=0)


async def _failing(talk: Conversation, count: int) -> None:
    """Let *count* feeds fail that were read once."""
    urls = [f"https://paper{number}.example/rss" for number in range(count)]
    named = [a_feed(url, publisher=f"Paper {number}") for number, url in enumerate(urls)]
    await list_feeds(talk.storage, a_feed(publisher="The Example"), *named)
    for url in urls:
        state = a_state(url, error="HTTP 500 <b>", last_read_at=NOW)
        await record(talk.storage, state=state)


async def test_those_that_fail_are_shown_with_why_and_since_when(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await _failing(talk, 1)
        [said] = await talk.say("900", "/feeds")
        assert said.text == (
            "Feeds read: 0; failing: 1; never read yet: 1\n\n"
            "🔴 Paper 0\nhttps://paper0.example/rss\nHTTP 500 <b>\nlast read 1 May, 12:00 UTC"
        )


async def test_words_find_a_feed_however_it_fares(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await _failing(talk, 2)
        [said] = await talk.say("900", "/feeds EXAMPLE feed.xml")
        assert said.text.endswith("⚪ The Example\nhttps://news.example/feed.xml\nnever read")
        [said] = await talk.say("900", "/feeds nowhere")
        assert said.text.endswith("No feed has that in its name or address.")


async def test_many_are_turned_over_by_buttons(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await _failing(talk, 18)
        [first] = await talk.say("900", "/feeds")
        assert labels(first) == [["More"]]
        second = (await talk.press(first, "More")).message
        assert labels(second) == [["Before", "More"]]
        last = (await talk.press(second, "More")).message
        assert labels(last) == [["Before"]]
        assert last.text.count("🔴") == 2
        back = (await talk.press(last, "Before")).message
        assert back.text.count("🔴") == 8
        [beyond] = await talk.say("900", "/feeds paper #9999")
        assert beyond.text.count("🔴") == 2


async def test_where_none_fails_it_says_so(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("900", "/feeds")
        assert "No feed fails." in said.text


@pytest.mark.parametrize(
    ("text", "sought", "page"),
    [
        ("", "", 0),
        ("Reuters", "reuters", 0),
        ("#2", "", 1),
        ("reuters world #3", "reuters world", 2),
        ("#0", "", 0),
        ("c#", "c#", 0),
    ],
)
def test_words_and_page_are_read(text: str, sought: str, page: int) -> None:
    assert asked(text) == (sought, page)


@given(st.text())
def test_anything_can_be_sought(text: str) -> None:
    sought, page = asked(text)
    assert page >= 0
    chosen([a_listed("https://a.example")], sought)


def test_a_login_in_an_address_is_neither_shown_nor_sought() -> None:
    feed = a_listed("https://me:secret@a.example/rss", error="broken")
    assert chosen([feed], "secret") == []
    assert chosen([feed], "a.example") == [feed]
