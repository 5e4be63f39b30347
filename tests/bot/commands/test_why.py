"""/why: why did it ring, or why did it not?"""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.bot.commands.why import is_of, site_of
from alerts.model import DigestHours
from tests.bot.chats import conversation, labels
from tests.bot.subscribed import of, subscribed, watching


async def test_alone_it_says_how_it_is_used(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/why")
        assert said.text.startswith("Answer one of my alerts with /why")


async def test_a_reply_to_an_alert_is_told_the_words(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [alert] = await talk.report("Shelling in Idlib")
        [said] = await talk.say("100", "/why", reply_to=alert.message_id)
        assert said.text == "Watchlist Idlib, medium\nmatched Idlib in the title"
        assert said.follows == alert.message_id


async def test_a_reply_to_a_list_is_told_the_words_of_each(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await talk.members.keep(replace(of(talk), digest=DigestHours(at=(time(17),))))
        await talk.report("Shelling in Idlib")
        await talk.report("Fire in Idleb")
        talk.clock.advance(hours=5, minutes=1)
        [digest] = await talk.delivered()
        [said] = await talk.say("100", "/why", reply_to=digest.message_id)
        assert sorted(said.text.split("\n\n")) == [
            "Fire in Idleb\nIdlib: “Idleb” (Idlib)",
            "Shelling in Idlib\nIdlib: “Idlib”",
        ]


async def test_a_reply_to_something_else_is_told_so(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [help_] = await talk.say("100", "/why")
        [said] = await talk.say("100", "/why", reply_to=help_.message_id)
        assert said.text.startswith("That message tells of no alert that I remember.")


async def test_a_link_leads_to_the_message_that_told_it(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [alert] = await talk.report("Shelling in Idlib")
        [said] = await talk.say("100", "/why http://www.news.example/1?utm_source=chat")
        when = "1 May, 12:00 UTC"
        assert said.text == (
            f"Shelling in Idlib\nThe Example, {when}\n\nIt came here on {when}.\n\nIdlib: “Idlib”"
        )
        assert said.follows == alert.message_id


async def test_in_a_large_group_the_message_has_a_link(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        chat = "-1001234"
        talk.api.people.becomes(chat, "member", by=7)
        await subscribed(talk, chat)
        await talk.arrived()
        alert = (await talk.report("Shelling in Idlib"))[-1]
        said = (await talk.say(chat, "/why news.example/1", user=7))[-1]
        assert f'href="https://t.me/c/1234/{alert.message_id}"' in said.html


async def test_what_no_watchlist_matched_is_told_with_what_was_lacking(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk, watchlist="syria-chemical")
        await talk.report("Sarin in a novel")
        [said] = await talk.say("100", "/why https://news.example/1")
        assert "No watchlist that rings here matched when it came: 1 May, 12:00 UTC." in said.text
        assert said.text.endswith(
            "What came nearest:\n\nChemical weapons in Syria\nhas “Sarin”\nlacks Syria"
        )


async def test_a_watchlist_made_since_is_told_apart(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await talk.report("Homs is calm")
        await watching(talk)
        [said] = await talk.say("100", "/why https://news.example/1")
        assert "No watchlist that rings here matched when it came" in said.text
        assert said.text.endswith("By today's watchlists it would match:\nHoms")


async def test_what_matched_while_all_was_paused_is_told_so(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        until = talk.clock.now + timedelta(hours=1)
        await talk.members.keep(replace(of(talk), paused_until=until))
        assert await talk.report("Shelling in Idlib") == []
        [said] = await talk.say("100", "/why https://news.example/1")
        assert "it was paused, or not watched for here yet" in said.text
        assert said.text.endswith("Idlib: “Idlib”")


async def test_what_waits_for_the_digest_is_told_when(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await talk.members.keep(replace(of(talk), digest=DigestHours(at=(time(17),))))
        await talk.report("Shelling in Idlib")
        [said] = await talk.say("100", "/why https://news.example/1")
        assert "It matched, and waits for the digest: 1 May, 17:00 UTC." in said.text


async def test_what_a_deleted_watchlist_told_was_told(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        own = await watching(talk)
        [alert] = await talk.report("Homs is calm")
        await talk.members.unwatch(of(talk), own.number)
        [said] = await talk.say("100", "/why https://news.example/1")
        assert "It came here on 1 May" in said.text
        assert said.follows == alert.message_id


async def test_nothing_is_said_of_what_others_watch_for(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, "200")
        await talk.report("Homs is calm")
        [said] = await talk.say("100", "/why https://news.example/1")
        assert "“Homs”" not in said.text
        assert said.text.endswith("Nothing is watched for here yet: /watch")


async def test_an_article_that_was_not_read_is_told_apart_by_its_publisher(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/why https://www.news.example/unseen")
        assert "Its publisher, The Example, is among my feeds" in said.text
        [said] = await talk.say("100", "/why https://other.example/unseen")
        assert "no feed of other.example is among those that I read" in said.text
        assert labels(said) == [["Tell the operator"]]
        pressed = await talk.press(said, "Tell the operator")
        assert [one.text[:27] for one in pressed.arrived] == ["What shall the operator of "]


@pytest.mark.parametrize(
    "typed", ["nonsense", "<b>x", "http://[", "\u202e.\u202c", "🧪.", "..", "a" * 3000]
)
async def test_what_is_no_link_is_told_so(typed: str, tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", f"/why {typed}")
        assert "is no link that I can look up" in said.text or "I have read no article" in said.text


@pytest.mark.parametrize(
    ("link", "feed", "is_same"),
    [
        ("https://www.news.example/1", "https://feeds.news.example/rss", True),
        ("https://arabic.news.example/1", "https://news.example/rss", True),
        ("https://world.cnn.example/1", "https://edition.cnn.example/rss", False),
        ("https://fakenews.example/1", "https://news.example/rss", False),
        ("nonsense", "https://news.example/rss", False),
        ("http://[", "http://[", False),
    ],
)
def test_sites_are_told_apart(link: str, feed: str, *, is_same: bool) -> None:
    assert is_of(site_of(link), site_of(feed)) is is_same


@given(st.text())
def test_any_text_has_a_site_or_none(text: str) -> None:
    assert site_of(text) == site_of(text).casefold()
