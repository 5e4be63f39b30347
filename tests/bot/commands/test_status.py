"""/status: what somebody has, what came of it, and how the system is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from alerts.model import FOREVER
from tests.bot.chats import conversation
from tests.bot.subscribed import of, subscribed, watching


async def test_it_tells_what_there_is(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, query="Homs")
        await subscribed(talk)
        await subscribed(talk, watchlist="syria-chemical")
        await talk.say("100", "/timezone Damascus")
        await talk.say("100", "/quiet 22:00-07:00 except high")
        await talk.say("100", "/mute idlib 1d")
        await talk.report("Fire in Homs")
        talk.clock.advance(minutes=90)
        [said] = await talk.say("100", "/status")
        assert said.text == (
            "Here\n"
            "1 watchlist of your own: /watchlists\n"
            "2 ready-made watchlists\n"
            "Time zone: Asia/Damascus\n"
            "Quiet hours: 22:00–07:00, except high and critical alerts\n"
            "Digest: none, alerts come one by one\n"
            "1 mute: /mute\n"
            "Messages with alerts: 1 in 24 hours, 1 in 7 days\n"
            "The last one came 1 May, 15:00: /last\n"
            "\n"
            "The news\n"
            "0 of 1 feed is read well.\n"
            "The newest article came 1 hour and 30 minutes ago."
        )


async def test_messages_are_counted_for_a_day_and_a_week(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await talk.report("Fire in Idlib")
        talk.clock.advance(days=2)
        await talk.report("Flood in Idlib")
        [said] = await talk.say("100", "/status")
        assert "Messages with alerts: 1 in 24 hours, 2 in 7 days" in said.text
        talk.clock.advance(days=8)
        [said] = await talk.say("100", "/status")
        assert "Messages with alerts: 0 in 24 hours, 0 in 7 days" in said.text
        assert "No article has come in the last 7 days." in said.text


async def test_a_digest_says_when_the_next_one_comes(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await talk.say("100", "/digest 07:00")
        [said] = await talk.say("100", "/status")
        assert "Digest: every day at 07:00; the next one comes 2 May, 07:00 UTC" in said.text
        assert "None has come yet." in said.text


async def test_a_pause_is_told(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        own = await watching(talk)
        until = talk.clock.now + timedelta(days=1)
        await talk.members.watch(of(talk), replace(own, paused_until=until))
        [said] = await talk.say("100", "/status")
        assert "1 of them is paused" in said.text
        await talk.members.keep(replace(of(talk), paused_until=until))
        [said] = await talk.say("100", "/status")
        assert "Everything is paused until 2 May, 12:00 UTC: /pause" in said.text
        await talk.members.keep(replace(of(talk), paused_until=FOREVER))
        [said] = await talk.say("100", "/status")
        assert "Everything is paused: /pause" in said.text


async def test_a_stranger_is_told_of_the_system_and_not_made_a_subscriber(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/status")
        assert said.text == (
            "Here\nYou watch for nothing here yet: /watch\n"
            "\n"
            "The news\n0 of 1 feed is read well.\nNo article has come in the last 7 days."
        )
        assert len(talk.members) == 0
