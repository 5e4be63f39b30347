"""/pause and /resume: nothing comes for a while, of everything or of one watchlist."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.bot.commands.pause import until_of
from alerts.model import FOREVER
from tests.bot.chats import conversation, labels
from tests.bot.subscribed import of, subscribed, watching

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


async def test_everything_is_paused_until_somebody_resumes_it(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, query="Homs")
        await subscribed(talk)
        [said] = await talk.say("100", "/pause")
        assert said.text == ("Paused: nothing comes, and what happens meanwhile is not told later.")
        assert labels(said) == [["Resume"], ["For 8 hours", "For 1 day", "For 7 days"]]
        talk.clock.advance(days=99)
        assert await talk.report("Fire in Homs and Idlib") == []
        resumed = await talk.press(said, "Resume")
        assert resumed.message.text == "Everything rings again from now on."
        assert len(await talk.report("Flood in Homs")) == 1


async def test_a_pause_ends_by_itself(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, query="Homs")
        await talk.say("100", "/timezone Asia/Damascus")
        [said] = await talk.say("100", "/pause until 18:00")
        assert "Paused until 1 May, 18:00:" in said.text
        assert await talk.report("Fire in Homs") == []
        talk.clock.advance(hours=3, minutes=1)
        assert len(await talk.report("Flood in Homs")) == 1
        shorter = await talk.press(said, "For 8 hours")
        assert "Paused until 2 May, 02:01:" in shorter.message.text


async def test_one_watchlist_is_paused_and_the_others_ring(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, query="Homs")
        await watching(talk, query="Hama")
        [said] = await talk.say("100", "/pause 1")
        assert said.text == "“Homs” is paused: it does not ring."
        assert await talk.report("Fire in Homs") == []
        assert len(await talk.report("Fire in Hama")) == 1
        [said] = await talk.say("100", "/pause 1")
        assert said.text == "“Homs” rings again from now on."
        assert len(await talk.report("Flood in Homs")) == 1


async def test_a_button_that_is_pressed_twice_pauses_once(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, query="Homs")
        [mine] = await talk.say("100", "/watchlists show 1")
        data = mine.buttons[0][1].data
        for _ in range(2):
            pressed = await talk.press_data(mine, data)
            assert pressed.message.text == "“Homs” is paused: it does not ring."
        longer = await talk.press(pressed.message, "For 8 hours")
        assert longer.message.text == ("“Homs” is paused until 1 May, 20:00 UTC: it does not ring.")
        resumed = await talk.press(longer.message, "Resume")
        assert resumed.message.text == "“Homs” rings again from now on."
        opened = await talk.press(resumed.message, "Open")
        assert opened.message.text.startswith("Watchlist 1: Homs")


async def test_one_of_the_operator_is_paused_by_its_name(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [said] = await talk.say("100", "/pause idlib 3d")
        assert said.text == "“Idlib” is paused until 4 May, 12:00 UTC: it does not ring."
        assert await talk.report("Fire in Idlib") == []
        [said] = await talk.say("100", "/resume idlib")
        assert said.text == "“Idlib” rings again from now on."
        assert len(await talk.report("Flood in Idlib")) == 1


async def test_resuming_says_what_stays_paused(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, query="Homs")
        [said] = await talk.say("100", "/resume")
        assert said.text == "Nothing is paused: everything rings."
        await talk.say("100", "/pause 1")
        await talk.say("100", "/pause")
        [said] = await talk.say("100", "/resume")
        assert said.text == (
            "Everything rings again from now on."
            " Watchlists that you paused one by one stay so: /watchlists"
        )
        await talk.say("100", "/pause")
        [said] = await talk.say("100", "/resume 1")
        assert said.text.endswith("At the moment everything is paused: /resume")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/pause 9", "There is no watchlist 9. Yours: /watchlists"),
        ("/resume 9", "There is no watchlist 9. Yours: /watchlists"),
        ("/pause 1 when I say so", "I cannot read “when I say so” as a time."),
        ("/pause <b>tomorrow</b>", "I cannot read “<b>tomorrow</b>” as a time."),
        ("/pause 9999999h", "I cannot read “9999999h” as a time."),
        ("/resume Homs", "I cannot read “Homs”"),
    ],
)
async def test_what_cannot_be_read_changes_nothing(tmp_path: Path, typed: str, said: str) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, query="Homs")
        before = of(talk)
        [answer] = await talk.say("100", typed)
        assert answer.text.startswith(said)
        assert of(talk) == before


@pytest.mark.parametrize(
    ("typed", "until"),
    [
        ("", FOREVER),
        ("on", FOREVER),
        ("8h", datetime(2024, 5, 1, 20, tzinfo=UTC)),
        ("for 3 days", datetime(2024, 5, 4, 12, tzinfo=UTC)),
        ("٣ d", datetime(2024, 5, 4, 12, tzinfo=UTC)),
        ("until 18:00", datetime(2024, 5, 1, 15, tzinfo=UTC)),
        ("18.00", datetime(2024, 5, 1, 15, tzinfo=UTC)),
        ("until 6 pm", datetime(2024, 5, 1, 15, tzinfo=UTC)),
        ("until 15:00", datetime(2024, 5, 2, 12, tzinfo=UTC)),
        ("until 9", datetime(2024, 5, 2, 6, tzinfo=UTC)),
        ("3", None),
        ("2200", None),
        ("soon", None),
    ],
)
def test_times_are_read_by_the_clock_of_the_subscriber(typed: str, until: datetime | None) -> None:
    assert until_of(typed, NOON, "Asia/Damascus") == until


@given(st.text(max_size=20))
def test_a_pause_never_ends_before_it_begins(typed: str) -> None:
    until = until_of(typed, NOON, "Europe/Berlin")
    assert until is None or until > NOON
