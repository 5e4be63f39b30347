"""/timezone: a clock is chosen by its name, a city, a country, an offset or a location."""

from __future__ import annotations

from pathlib import Path

from alerts.storage.tables import dialogues
from tests.bot.chats import Conversation, conversation, labels
from tests.bot.subscribed import of
from tests.servers.bot_accepted import Accepted
from tests.servers.bot_people import member
from tests.storage.databases import count


async def located(talk: Conversation, latitude: float, longitude: float) -> Accepted:
    talk.api.people.send_location("100", 100, latitude, longitude)
    [said] = await talk.arrived()
    return said


def stored(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_a_city_is_typed_and_the_time_there_is_told(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/timezone Berlin")
        assert said.text == "Done. The time zone is Europe/Berlin: it is 1 May, 14:00."
        assert labels(said) == []
        assert of(talk).time_zone == "Europe/Berlin"


async def test_a_country_with_several_clocks_asks_which(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [asked] = await talk.say("100", "/timezone USA")
        assert asked.text == "Which one is it?"
        assert ["America/Chicago · 07:00"] in labels(asked)
        assert len(talk.members) == 0
        pressed = await talk.press(asked, "America/Chicago · 07:00")
        assert pressed.message.text.startswith(
            "Done. The time zone is America/Chicago: it is 1 May, 07:00."
        )
        assert "If your clock says something else" in pressed.message.text
        pressed = await talk.press(pressed.message, "America/New_York · 08:00")
        assert of(talk).time_zone == "America/New_York"


async def test_two_towns_of_one_name_are_told_apart_by_their_countries(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [asked] = await talk.say("100", "/timezone Tripoli")
        assert labels(asked) == [["Tripoli, Libya · 14:00"], ["Tripoli, Lebanon · 15:00"]]


async def test_did_you_mean(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [asked] = await talk.say("100", "/timezone Germny")
        assert asked.text == "I do not know “Germny”. Did you mean one of these?"
        assert labels(asked) == [["Europe/Berlin · 14:00"]]
        for typed in ("xqzzkvw", "<b>x</b>", "7" * 4000, "🕐", "\u202e\u200b"):
            said = (await talk.say("100", f"/timezone {typed}"))[-1]
            assert "Try a larger city nearby" in said.text
            assert len(said.text) < 300
        assert len(talk.members) == 0


async def test_a_shared_location_is_forgotten_but_for_its_clock(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        said = await located(talk, 46.6354, 32.6169)
        assert "The time zone is Europe/Kyiv: it is 1 May, 15:00." in said.text
        assert of(talk).time_zone == "Europe/Kyiv"
        assert b"Europe/Kyiv" in stored(tmp_path)
        assert b"46.63" not in stored(tmp_path)
        assert b"32.61" not in stored(tmp_path)


async def test_on_the_high_sea_clocks_follow_the_sun(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        said = await located(talk, 0.0, -25.0)
        assert "The time zone is UTC-2: it is 1 May, 10:00." in said.text


async def test_asked_alone_the_next_words_are_the_answer(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [asked] = await talk.say("100", "/timezone")
        assert asked.text == (
            "The time zone here is UTC: it is 1 May, 12:00 UTC.\n\n"
            "Send me the name of a city or country, or something like UTC+3; or share a location"
            " (paperclip → Location), of which I keep nothing but the time zone."
        )
        assert len(talk.members) == 0
        [said] = await talk.say("100", "UTC+3")
        assert said.text == "Done. The time zone is UTC+3: it is 1 May, 15:00."
        assert await count(talk.storage, dialogues) == 0


async def test_a_wrong_answer_is_asked_again(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await talk.say("100", "/timezone")
        [said] = await talk.say("100", "xqzzkvw")
        assert said.text.startswith("I do not know “xqzzkvw”.")
        [said] = await talk.say("100", "Kyiv")
        assert "Europe/Kyiv" in said.text


async def test_in_a_group_the_answer_is_a_reply(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.members["-5", 7] = member("administrator", 7)
        [asked] = await talk.say("-5", "/timezone", user=7)
        assert asked.asks
        [said] = await talk.say("-5", "Damascus", user=7, reply_to=asked.message_id)
        assert "Asia/Damascus" in said.text
        assert of(talk, "-5").time_zone == "Asia/Damascus"
