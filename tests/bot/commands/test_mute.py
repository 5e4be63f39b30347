"""/mute: what somebody does not want to hear of stays silent for a while."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.bot.muting import Meant, meant, typed_span
from alerts.bot.times import span_of
from tests.bot.chats import conversation, labels
from tests.bot.subscribed import subscribed, watching
from tests.servers.bot_people import member


async def test_a_reply_to_an_alert_mutes_its_story_for_a_day(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [alert] = await talk.report("Shelling in Idlib")
        [said] = await talk.say("100", "/mute", reply_to=alert.message_id)
        assert said.text == "Muted until 2 May, 12:00 UTC: “Shelling in Idlib”."
        [mute] = await talk.storage.mutes.lasting("telegram:100", now=talk.clock.now)
        assert mute.receiver == "subscriber 1"
        pressed = await talk.press(said, "Unmute")
        assert pressed.message.text.startswith("Not muted any more: “Shelling in Idlib”.")
        assert await talk.storage.mutes.lasting("telegram:100", now=talk.clock.now) == []


async def test_a_watchlist_of_ones_own_is_muted_by_its_number(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, query="Homs")
        await subscribed(talk)
        [said] = await talk.say("100", "/mute 1 2d")
        assert said.text == "Muted until 3 May, 12:00 UTC: “Homs”."
        assert await talk.report("Fire in Homs") == []
        [rung] = await talk.report("Fire in Idlib")
        assert "Idlib" in rung.text
        talk.clock.advance(days=2, minutes=1)
        [rung] = await talk.report("Flood in Homs")
        assert "Flood in Homs" in rung.text


async def test_a_watchlist_is_muted_in_the_topic_that_it_rings_in(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.chats["-5"] = {"is_forum": True}
        talk.api.people.members["-5", 7] = member("administrator", 7)
        await watching(talk, "-5", query="Homs", thread=3)
        await talk.say("-5", "/mute 1", user=7)
        assert await talk.storage.mutes.lasting("telegram:-5", now=talk.clock.now) == []
        [mute] = await talk.storage.mutes.lasting("telegram:-5/3", now=talk.clock.now)
        assert mute.subject.value == "subscriber/1/1"


async def test_a_publisher_is_muted_by_its_name(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [said] = await talk.say("100", "/mute the example 12h")
        assert said.text == "Muted until 2 May, 00:00 UTC: “The Example”."
        assert await talk.report("Shelling in Idlib") == []
        await talk.press(said, "Unmute")
        assert len(await talk.report("Fire in Idlib")) == 1


async def test_a_subscription_is_muted_by_the_name_of_its_watchlist(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [said] = await talk.say("100", "/mute idlib 1d")
        assert said.text == "Muted until 2 May, 12:00 UTC: “Idlib”."
        assert await talk.report("Shelling in Idlib") == []


async def test_a_list_of_alerts_asks_which_story(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await talk.say("100", "/digest 17:00")
        await talk.report("Shelling in Idlib")
        await talk.report("Fire at the bakery of Idlib")
        talk.clock.advance(hours=5, minutes=1)
        [digest] = await talk.delivered()
        [asked] = await talk.say("100", "/mute 2d", reply_to=digest.message_id)
        assert asked.text == "That message tells of several stories. Which one shall be silent?"
        assert sorted(labels(asked)) == [["Fire at the bakery of Idlib"], ["Shelling in Idlib"]]
        pressed = await talk.press(asked, "Shelling in Idlib")
        assert pressed.message.text == "Muted until 3 May, 17:01 UTC: “Shelling in Idlib”."


async def test_alone_it_lists_what_is_muted(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/mute")
        assert said.text.startswith("Nothing is muted here.\n\nTo mute a story, reply to its alert")
        await subscribed(talk)
        await talk.say("100", "/mute idlib 2d")
        await talk.say("100", "/mute The Example 1d")
        [said] = await talk.say("100", "/mute")
        assert said.text.startswith(
            "Muted here:\n• “The Example”, until 2 May, 12:00 UTC\n• “Idlib”, until 3 May, 12:00 UTC"
        )
        assert labels(said) == [["Unmute “The Example”"], ["Unmute “Idlib”"]]
        pressed = await talk.press(said, "Unmute “The Example”")
        assert labels(pressed.message) == [["Unmute “Idlib”"]]
        # The same button again, from a phone that shows the old message.
        again = await talk.press_data(said, "/unmute 2")
        assert again.toast == "That mute is over already."
        assert labels(again.message) == [["Unmute “Idlib”"]]


async def test_a_mute_is_never_made_shorter_by_a_second_tap(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await talk.say("100", "/mute idlib 3d")
        [said] = await talk.say("100", "/mute idlib 1d")
        assert said.text == "Muted until 4 May, 12:00 UTC: “Idlib”."


async def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [said] = await talk.say("100", "/mute 9")
        assert said.text == "There is no watchlist 9 here. All that there are: /watchlists"
        [said] = await talk.say("100", "/mute The Exampel 1d")
        assert said.text.endswith("Did you mean “The Example”?")
        for typed in ("<b>x", "🌙" * 500, "\u202exyz", "alert " + "0" * 32, "9" * 3000):
            [said] = await talk.say("100", f"/mute {typed}")
            assert len(said.text) < 300
        assert await talk.storage.mutes.lasting("telegram:100", now=talk.clock.now) == []


async def test_a_reply_to_what_is_no_alert_mutes_nothing(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [said] = await talk.say("100", "/status")
        [refused] = await talk.say("100", "/mute", reply_to=said.message_id)
        assert refused.text.startswith("That message is no alert that I still know.")


async def test_a_story_of_another_chat_is_not_muted_here(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await subscribed(talk, "200")
        for alert in await talk.report("Shelling in Idlib"):
            [known] = await talk.storage.subscribers.last_told([f"telegram:{alert.chat}"], most=1)
            other = "200" if alert.chat == "100" else "100"
            [said] = await talk.say(other, f"/mute alert {known.id[:32]}")
            assert said.text.startswith("That message is no alert that I still know.")
        for chat in ("100", "200"):
            assert await talk.storage.mutes.lasting(f"telegram:{chat}", now=talk.clock.now) == []


async def test_in_groups_only_administrators_mute(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk, "-5")
        [alert] = await talk.report("Shelling in Idlib")
        [said] = await talk.say("-5", "/mute", user=8, reply_to=alert.message_id)
        assert said.text == "Only administrators of this chat can change that."


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("3", Meant(number=3)),
        ("#3", Meant(number=3)),
        ("٣", Meant(number=3)),
        ("alert " + "a" * 32, Meant(alert="a" * 32)),
        ("alert " + "a" * 31, Meant()),
        ("9" * 9, Meant()),
        ("Reuters", Meant()),
    ],
)
def test_what_is_meant(typed: str, found: Meant) -> None:
    assert meant(typed) == found


@pytest.mark.parametrize("typed", ["90m", "2d", "1w", "45 min", "36h"])
def test_a_span_on_a_button_is_read_again(typed: str) -> None:
    span = span_of(typed)
    assert span is not None
    assert span_of(typed_span(span)) == span
