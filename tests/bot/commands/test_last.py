"""/last: the alerts that came to a chat last, in one message."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.bot.commands.last import how_many
from tests.bot.chats import conversation, labels
from tests.bot.subscribed import subscribed
from tests.servers.bot_people import member


async def test_the_last_alerts_stand_with_sign_link_publisher_time_and_watchlist(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await subscribed(talk, watchlist="syria-chemical")
        await talk.report("Shelling in Idlib", url="https://news.example/a?x=1&y=2")
        talk.clock.advance(hours=1)
        await talk.report("Sarin used in Homs, Syria <again>")
        [said] = await talk.say("100", "/last")
        assert said.text == (
            "🟠 Sarin used in Homs, Syria <again>\n"
            "The Example, 1 May, 13:00 UTC · Chemical weapons in Syria\n\n"
            "🟡 Shelling in Idlib\n"
            "The Example, 1 May, 12:00 UTC · Idlib"
        )
        assert '<a href="https://news.example/2">' in said.html
        assert '<a href="https://news.example/a?x=1&amp;y=2">' in said.html
        assert labels(said) == []


async def test_there_are_five_and_more_by_a_button(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        for number in range(22):
            title = f"{'A long story of many words ' * 9}{number} in Idlib @everyone"
            await talk.report(title, "Idlib " * 3)
            talk.clock.advance(hours=1)
        [said] = await talk.say("100", "/last")
        assert said.text.count("The Example") == 5
        pressed = await talk.press(said, "Show more")
        assert pressed.message.text.count("The Example") == 20
        assert labels(pressed.message) == []
        [said] = await talk.say("100", "/last 2")
        assert said.text.count("The Example") == 2


async def test_without_alerts_it_says_what_to_do(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/last")
        assert said.text.startswith("No alert has come here yet.")
        assert labels(said) == [["Watch for something"]]
        assert len(talk.members) == 0


async def test_alerts_of_other_chats_are_not_shown(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk, "200")
        await talk.report("Shelling in Idlib")
        [said] = await talk.say("100", "/last")
        assert "Idlib" not in said.text


async def test_in_a_topic_its_own_alerts_are_listed(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.chats["-5"] = {"is_forum": True}
        talk.api.people.members["-5", 7] = member("administrator", 7)
        await subscribed(talk, "-5", thread=3)
        await subscribed(talk, "-5", watchlist="syria-chemical", thread=4)
        await talk.report("Shelling in Idlib")
        await talk.report("Sarin used in Homs, Syria")
        [said] = await talk.say("-5", "/last", user=7, thread=3)
        assert "Idlib" in said.text
        assert "Sarin" not in said.text
        [said] = await talk.say("-5", "/last", user=7)
        assert "Idlib" in said.text
        assert "Sarin" in said.text


@pytest.mark.parametrize(
    ("typed", "most"),
    [("", 5), ("3", 3), ("٣", 3), ("0", 1), ("99", 20), ("-1", 5), ("x", 5), ("9" * 3000, 5)],
)
def test_how_many(typed: str, most: int) -> None:
    assert how_many(typed) == most
