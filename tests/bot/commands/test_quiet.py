"""/quiet: in some hours only what is urgent enough comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

from alerts.model import QuietHours, Severity
from tests.bot.chats import conversation, labels
from tests.bot.subscribed import of, subscribed
from tests.servers.bot_people import member


async def test_hours_are_typed_and_kept(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/quiet 22:00-07:00 except high")
        assert said.text == (
            "Done. Quiet hours: 22:00–07:00, except high and critical alerts (time zone UTC).\n\n"
            "What comes meanwhile is kept, and told in one message at their end.\n\n"
            "That is by UTC. Where you live the clock may say something else:"
        )
        assert of(talk).quiet == QuietHours(begin=time(22), end=time(7), below=Severity.HIGH)
        assert labels(said)[-1] == ["Set the time zone"]


async def test_alone_it_shows_what_holds_and_offers_more(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/quiet")
        assert said.text.startswith("There are no quiet hours: every alert comes at once.")
        assert labels(said) == [["22:00–07:00", "23:00–06:00"]]
        pressed = await talk.press(said, "23:00–06:00")
        assert "Quiet hours: 23:00–06:00, except critical alerts" in pressed.message.text
        pressed = await talk.press(pressed.message, "Except high and critical")
        assert "23:00–06:00, except high and critical alerts" in pressed.message.text
        # Other hours leave what goes through as it was chosen.
        pressed = await talk.press(pressed.message, "22:00–07:00")
        assert of(talk).quiet == QuietHours(begin=time(22), end=time(7), below=Severity.HIGH)
        pressed = await talk.press(pressed.message, "No quiet hours")
        assert pressed.message.text.startswith("Done. No quiet hours any more")
        assert of(talk).quiet is None
        [said] = await talk.say("100", "/quiet")
        assert "no quiet hours" in said.text


async def test_only_what_is_urgent_rings_and_the_rest_comes_at_the_end(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await subscribed(talk, watchlist="syria-chemical")
        # It is noon.
        await talk.say("100", "/quiet 11:00-14:00 except high")
        assert await talk.report("Shelling in Idlib") == []
        [rung] = await talk.report("Sarin was used in Homs, Syria")
        assert "Sarin" in rung.text
        talk.clock.advance(hours=2, minutes=1)
        [rest] = await talk.delivered()
        assert "Shelling in Idlib" in rest.text


async def test_the_end_of_quiet_hours_lets_go_what_waits(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await talk.say("100", "/quiet 11:00-14:00")
        assert await talk.report("Shelling in Idlib") == []
        arrived = await talk.say("100", "/quiet off")
        assert any("Shelling in Idlib" in one.text for one in arrived)


async def test_what_is_no_hour_changes_nothing(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        for typed in ("at night", "22:00-22:00", "22:00-07:00 except <b>", "\u202e22", "🌙" * 900):
            [said] = await talk.say("100", f"/quiet {typed}")
            assert said.text.startswith("I cannot read “")
            assert "/quiet 22:00-07:00 except critical" in said.text
            assert len(said.text) < 300
        assert len(talk.members) == 0


async def test_with_a_digest_it_says_that_alerts_wait_anyway(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await talk.say("100", "/digest 07:00")
        [said] = await talk.say("100", "/quiet 22:00-07:00")
        assert "As you have a digest, alerts wait for it anyway" in said.text


async def test_whoever_chose_a_clock_is_not_asked_again(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        subscriber = await subscribed(talk)
        await talk.members.keep(replace(subscriber, time_zone="Asia/Damascus"))
        [said] = await talk.say("100", "/quiet ٢٢:٠٠-٠٧:٠٠")
        assert "22:00–07:00, except critical alerts (time zone Asia/Damascus)" in said.text
        assert "That is by UTC" not in said.text
        assert ["Set the time zone"] not in labels(said)


async def test_in_groups_only_administrators_decide(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.members["-5", 7] = member("administrator", 7)
        [refused] = await talk.say("-5", "/quiet 22:00-07:00", user=8)
        assert refused.text == "Only administrators of this chat can change that."
        await talk.say("-5", "/quiet 22:00-07:00", user=7)
        assert of(talk, "-5").quiet is not None


async def test_a_second_tap_changes_nothing(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/quiet")
        first = await talk.press(said, "22:00–07:00")
        second = await talk.press_data(said, "/quiet 22:00-07:00 except critical")
        assert second.message.text == first.message.text
        assert second.arrived == []
        talk.clock.advance(seconds=timedelta(minutes=2).total_seconds())
        assert of(talk).quiet is not None
