"""/digest: everything comes at once, at agreed hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path

from alerts.bot.times import WEEKDAYS
from alerts.model import DigestHours
from tests.bot.chats import conversation, labels
from tests.bot.subscribed import of, subscribed


async def test_hours_and_days_are_typed_and_the_next_one_is_told(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        # It is Wednesday, noon.
        [said] = await talk.say("100", "/digest 07:00 17:00 weekdays")
        assert said.text == (
            "Done. Digest: on weekdays at 07:00 and 17:00 (time zone UTC). The next one comes"
            " 1 May, 17:00 UTC.\n\n"
            "Everything waits for it, critical alerts as well.\n\n"
            "That is by UTC. Where you live the clock may say something else:"
        )
        assert of(talk).digest == DigestHours(at=(time(7), time(17)), days=WEEKDAYS)


async def test_days_are_said_as_they_were_chosen(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        for typed, told in (
            ("8", "every day at 08:00"),
            ("8 weekends", "at weekends at 08:00"),
            ("8 mon,wed", "on Monday and Wednesday at 08:00"),
        ):
            said = (await talk.say("100", f"/digest {typed}"))[-1]
            assert f"Digest: {told} (time zone UTC)" in said.text


async def test_everything_waits_for_its_hour(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await talk.say("100", "/digest 17:00")
        assert await talk.report("Shelling in Idlib") == []
        assert await talk.report("Fire in Idlib") == []
        talk.clock.advance(hours=5, minutes=1)
        [digest] = await talk.delivered()
        assert "Shelling in Idlib" in digest.text
        assert "Fire in Idlib" in digest.text


async def test_without_a_digest_what_gathered_comes_now(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [said] = await talk.say("100", "/digest 17:00")
        assert await talk.report("Shelling in Idlib") == []
        pressed = await talk.press(said, "No digest")
        assert pressed.message.text == (
            "Done. No digest any more: alerts come one by one, when they happen. What had gathered"
            " comes now."
        )
        assert [("Shelling in Idlib" in one.text) for one in pressed.arrived] == [True]


async def test_alone_it_shows_what_holds_and_offers_more(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/digest")
        assert said.text.startswith("There is no digest: alerts come one by one")
        assert labels(said) == [
            ["07:00", "07:00 17:00"],
            ["07:00, weekdays", "07:00 17:00, weekdays"],
        ]
        pressed = await talk.press(said, "07:00, weekdays")
        assert "on weekdays at 07:00" in pressed.message.text
        [said] = await talk.say("100", "/digest")
        assert said.text.startswith(
            "Digest: on weekdays at 07:00 (time zone UTC). The next one comes 2 May, 07:00 UTC."
        )
        assert ["No digest"] in labels(said)


async def test_the_hours_are_by_the_clock_of_the_place(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        subscriber = await subscribed(talk)
        await talk.members.keep(replace(subscriber, time_zone="Asia/Damascus"))
        [said] = await talk.say("100", "/digest 16:00")  # it is 15:00 there
        assert "The next one comes 1 May, 16:00." in said.text
        await talk.report("Shelling in Idlib")
        talk.clock.advance(hours=1, minutes=1)
        assert len(await talk.delivered()) == 1


async def test_days_may_be_named_in_the_readers_language(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await talk.say("100", "/language fr")
        await talk.say("100", "/digest 8 mercredi")
        digest = of(talk).digest
        assert digest is not None
        assert [day.value for day in digest.days] == ["wed"]


async def test_what_is_no_hour_changes_nothing(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        for typed in ("weekdays", "8 sometimes", "<i>8</i>", "9" * 3000, "25:00"):
            [said] = await talk.say("100", f"/digest {typed}")
            assert said.text.startswith("I cannot read “")
            assert len(said.text) < 300
        assert len(talk.members) == 0
