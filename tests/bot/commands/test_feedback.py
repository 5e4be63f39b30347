"""/feedback: something for the operator to know."""

from __future__ import annotations

from pathlib import Path

from tests.bot.chats import conversation
from tests.bot.subscribed import of, subscribed

THANKS = "Thank you. The operator of this bot is told."


async def test_the_operator_is_told_from_which_chat_and_nothing_else(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        said = await talk.say(
            "100", "/feedback Please read <b>more</b>\nof Homs", language_code="fr"
        )
        by_chat = {one.chat: one.text for one in said}
        assert (
            by_chat["900"] == "⚪ Feedback from chat 100 (fr)\n\nPlease read <b>more</b>\nof Homs"
        )
        assert set(by_chat) == {"100", "900"}


async def test_it_can_come_after_the_question(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [asked] = await talk.say("100", "/feedback")
        assert asked.text.startswith("What shall the operator of this bot know?")
        told = await talk.say("100", "Thanks for all this")
        assert {one.chat for one in told} == {"100", "900"}
        assert await talk.storage.dialogues.find(of(talk).chat, "telegram:100") is None


async def test_an_alert_that_it_replies_to_is_named(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [alert] = await talk.report("Shelling in Idlib")
        told = await talk.say("100", "/feedback That is old", reply_to=alert.message_id)
        assert "Shelling in Idlib https://news.example/1" in _to_operator(told)
        [asked] = await talk.say("100", "/feedback", reply_to=alert.message_id)
        assert asked.text.startswith("What shall the operator of this bot know of this alert?")
        told = await talk.say("100", "That is old, too")
        assert "Shelling in Idlib https://news.example/1" in _to_operator(told)


async def test_what_is_long_is_cut_and_that_is_said(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        told = await talk.say("100", "/feedback " + "x" * 3000)
        assert _to_operator(told).count("x") == 999
        assert [one.text for one in told if one.chat == "100"] == [
            "Thank you. The operator of this bot is told, of the first 1,000 characters."
        ]


async def test_it_is_taken_five_times_a_day(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        for number in range(5):
            told = await talk.say("100", f"/feedback {number}")
            assert [one.text for one in told if one.chat == "100"] == [THANKS]
        [refused] = await talk.say("100", "/feedback 6")
        assert refused.text == "Those were five today, thank you. Please go on tomorrow."
        assert len(await talk.say("200", "/feedback 1")) == 2, "others are not kept from it"
        talk.clock.advance(days=1)
        assert len(await talk.say("100", "/feedback 7")) == 2


def _to_operator(told: object) -> str:
    assert isinstance(told, list)
    [text] = [one.text for one in told if one.chat == "900"]
    return str(text)
