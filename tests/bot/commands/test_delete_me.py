"""/delete_me: everything that is kept of a chat goes, at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alerts.model import Address
from alerts.storage.feedback import Verdict
from alerts.storage.tables import bot_updates, feedback, metadata
from tests.bot.chats import Conversation, conversation, labels
from tests.bot.subscribed import of, subscribed, watching
from tests.servers.bot_people import member
from tests.storage.databases import count, table

CHAT = "4711"


async def traces(talk: Conversation, *words: str) -> list[str]:
    """Return the cells of all tables that hold one of *words*."""
    found = []
    for source in metadata.sorted_tables:
        for row in await table(talk.storage, source):
            found += [
                f"{source.name}.{name}: {value}"
                for name, value in row.items()
                if any(word in str(value) for word in words)
            ]
    return found


async def lived(talk: Conversation, chat: str = CHAT, **how: Any) -> None:
    """Leave as many traces as a chat can."""
    await watching(talk, chat, query="Homs")
    await subscribed(talk, chat)
    await talk.report("Fire in Homs")
    [told] = await talk.report("Shelling in Idlib")
    await talk.say(chat, "/quiet 22:00-07:00", **how)
    await talk.say(chat, "/digest 07:00", **how)
    await talk.report("Flood in Idlib")
    await talk.say(chat, "/mute idlib 2d", **how)
    await talk.say(chat, "/timezone", **how)
    await talk.press(told, "Useful", user=int(how.get("user", chat)))


async def test_nothing_is_left_in_any_table(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await lived(talk)
        mail = Address(channel="email", target="reader4711@example.net")
        await talk.storage.consents.ask(mail, of(talk, CHAT).name, now=talk.clock.now)
        assert await count(talk.storage, feedback) == 1
        assert len(await traces(talk, CHAT, "subscriber 1", "subscriber/1")) > 20
        [asked] = await talk.say(CHAT, "/delete_me")
        assert asked.text.startswith("This deletes everything that I keep of this chat, at once")
        assert "What you said of alerts goes as well." in asked.text
        assert labels(asked) == [["Delete everything"], ["Keep everything"]]
        pressed = await talk.press(asked, "Delete everything")
        assert pressed.message.text == (
            "Everything is deleted. I know nothing of this chat any more. /start begins anew."
        )
        assert labels(pressed.message) == []
        assert pressed.arrived == []
        assert await traces(talk, CHAT, "subscriber 1", "subscriber/1") == []
        assert await count(talk.storage, feedback) == 0
        assert await talk.report("Storm in Idlib and Homs") == []


def test_of_what_was_heard_only_the_numbers_stay() -> None:
    assert [column.name for column in bot_updates.columns] == ["id", "seen_at"]


async def test_typed_it_only_asks(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [asked] = await talk.say("100", "/delete_me yes")
        assert labels(asked) == [["Delete everything"], ["Keep everything"]]
        pressed = await talk.press(asked, "Keep everything")
        assert pressed.message.text == "Nothing was deleted."
        assert len(await talk.report("Fire in Idlib")) == 1


async def test_a_second_tap_finds_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk, CHAT)
        [asked] = await talk.say(CHAT, "/delete_me")
        first = await talk.press(asked, "Delete everything")
        second = await talk.press_data(asked, "/delete_me yes")
        assert second.message.text == first.message.text
        assert await traces(talk, CHAT) == []
        assert len(talk.members) == 0


async def test_another_chat_keeps_everything(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk, CHAT)
        await subscribed(talk, "200")
        await talk.report("Fire in Idlib")
        before = await traces(talk, "200")
        [asked] = await talk.say(CHAT, "/delete_me")
        await talk.press(asked, "Delete everything")
        assert await traces(talk, "200") == before
        assert [one.chat for one in await talk.report("Flood in Idlib")] == ["200"]


async def test_in_a_group_administrators_delete_what_the_group_has(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.members["-5", 7] = member("administrator", 7)
        await subscribed(talk, "-5")
        [alert] = await talk.report("Fire in Idlib")
        await subscribed(talk, "8")
        [other] = [one for one in await talk.report("Flood in Idlib") if one.chat == "8"]
        await talk.press(other, "Useful", user=8)
        [refused] = await talk.say("-5", "/delete_me", user=8)
        assert refused.text == "Only administrators of this chat can change that."
        [asked] = await talk.say("-5", "/delete_me", user=7)
        assert "What its members said of alerts is theirs, and stays." in asked.text
        pressed = await talk.press(asked, "Delete everything", user=8)
        assert pressed.toast == "Only administrators of this chat can change that."
        await talk.press(asked, "Delete everything", user=7)
        assert talk.members.of(Address(channel="telegram", target="-5")) is None
        [said] = await table(talk.storage, feedback)
        assert (said["person"], said["verdict"]) == ("telegram:8", Verdict.USEFUL.value)
        assert alert.chat == "-5"


@pytest.mark.parametrize("press", [False, True])
async def test_what_the_operator_sends_here_goes_on_and_is_said(
    tmp_path: Path, *, press: bool
) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("900", "/delete_me")
        if press:
            said = (await talk.press(said, "Delete everything")).message
        assert "The operator of this bot has alerts sent to this chat as well." in said.text
