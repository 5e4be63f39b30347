"""/language: the bot speaks another language from the next word on."""

from __future__ import annotations

from pathlib import Path

from tests.bot.chats import conversation, labels


async def test_a_language_is_chosen_by_a_button(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [asked] = await talk.say("100", "/language")
        assert asked.text == "Which language shall I speak here?"
        assert labels(asked)[:3] == [["English"], ["العربية"], ["Français"]]
        pressed = await talk.press(asked, "English")
        assert pressed.message.text == "I speak English now."
        assert pressed.arrived == []
