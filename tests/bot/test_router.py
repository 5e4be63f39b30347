"""What holds for all commands: which one is meant, and that each update is answered once, shortly."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from alerts.errors import StorageError
from alerts.locales import words_of
from alerts.storage.answers import Answers
from alerts.storage.bot_updates import BotUpdates
from alerts.storage.tables import subscribers
from tests.bot.chats import Conversation, conversation, labels
from tests.bot.subscribed import of
from tests.bot.test_groups import begun
from tests.servers.bot_people import member
from tests.storage.databases import count

GROUP = "-1001"
NOBODYS_BUTTON = "This button is of no use any more."
OLD_BUTTON = "This button is too old: its alert is not kept any more."
FRENCH, SPANISH = (words_of(tag).of("I speak English now.") for tag in ("fr", "es"))
NAUGHTY = (
    *("🙂" * 2000, "\u202emoc.live", "\u200b\u200d\ufeff", "<b>bold", "</code><a href='x'>y</a>"),
    *("&lt;&amp;", "a\n" * 1500, "{name} {0} %s", "\x01\x02\x7f", "\u0661" * 300, "x" * 4000),
)


async def test_a_command_is_found_whatever_its_letters(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        for typed in (
            "/help",
            "/HELP",
            "/help@tocsin_bot",
            "/Help@Tocsin_Bot now",
            "/help\u200b\nnow",
        ):
            [said] = await talk.say("100", typed)
            assert "What I can do:" in said.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/xyzzy", "I do not know /xyzzy. What I can do: /help"),
        ("/xyzzy@tocsin_bot", "I do not know /xyzzy. What I can do: /help"),
        ("/langauge fr", "I do not know /langauge. Did you mean /language? What I can do: /help"),
        ("/HELPP", "I do not know /helpp. Did you mean /help? What I can do: /help"),
    ],
)
async def test_an_unknown_command_is_told_what_it_may_have_meant(
    tmp_path: Path, typed: str, said: str
) -> None:
    async with conversation(tmp_path) as talk:
        assert [one.text for one in await talk.say("100", typed)] == [said]


async def test_in_groups_an_unknown_command_is_ours_only_when_it_names_us(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        assert await talk.say(GROUP, "/xyzzy", user=8) == []
        [said] = await talk.say(GROUP, "/xyzzy@tocsin_bot", user=8)
        assert said.text.startswith("I do not know /xyzzy.")


@pytest.mark.parametrize("chat", ["100", GROUP])
async def test_commands_of_other_bots_are_left_alone(tmp_path: Path, chat: str) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.can_read_all = True
        for typed in ("/start@other_bot", "/help@OTHER_BOT", "/language@tocsin_bot_2 fr"):
            assert await talk.say(chat, typed, user=100) == []
        assert await count(talk.storage, subscribers) == 0


async def test_whatever_stands_behind_a_command_is_answered_once_and_shortly(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as talk:
        for tail in NAUGHTY:
            for command in ("/help", "/language", "/start", "/xyzzy"):
                text = f"{command} {tail}"[:4096]
                if len(text.encode("utf-16-le")) > 2 * 4096:
                    text = text[:2000]
                [said] = await talk.say("100", text)
                assert len(said.text) < 1500
            talk.clock.advance(minutes=2)
        assert await count(talk.storage, subscribers) == 0


@pytest.mark.parametrize(
    "typed", ["/", "//help", "/🙂", "/hélp", "/\u202ehelp", "/help_\u0661", "/<b>x</b>", "/ help"]
)
async def test_what_only_looks_like_a_command_does_nothing(tmp_path: Path, typed: str) -> None:
    async with conversation(tmp_path) as talk:
        assert len(await talk.say("100", typed)) <= 1
        assert await talk.say(GROUP, typed, user=8) == []
        assert await count(talk.storage, subscribers) == 0


async def test_what_is_edited_later_is_not_obeyed(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        number = talk.api.people.say("100", 100, "/help")
        assert len(await talk.arrived()) == 1
        talk.api.people.rewrite("100", number, "/language fr")
        post = talk.api.people.publish("-1009", "News")
        talk.api.people.rewrite("-1009", post, "/language fr")
        assert await talk.arrived() == []
        assert await count(talk.storage, subscribers) == 0


# --- once -----------------------------------------------------------------------------------------


async def test_an_update_that_comes_twice_is_answered_once(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.say("100", 100, "/language fr")
        update = dict(talk.api.people.updates[0])
        assert len(await talk.arrived()) == 1
        talk.api.people.updates.append(update)
        assert await talk.arrived() == []


class Full(Answers):
    """Cannot write the first answer: the disk is full."""

    refusals = 1

    async def put(self, *args: object, **fields: object) -> bool:
        if self.refusals:
            self.refusals -= 1
            raise StorageError("the disk is full")
        return await super().put(*args, **fields)  # type: ignore[arg-type]  # as it was given


class Forgetful(BotUpdates):
    """Cannot note the first update that was handled."""

    refusals = 1

    async def note(self, *args: object, **fields: object) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StorageError("the disk is full")
        await super().note(*args, **fields)  # type: ignore[arg-type]  # as it was given


@pytest.mark.parametrize("what", ["answer", "note"])
async def test_what_the_database_refuses_is_brought_again_and_answered_once(
    tmp_path: Path, what: str
) -> None:
    async with conversation(tmp_path) as talk:
        writer, readers = talk.storage.hosts._writer, talk.storage.hosts._readers
        if what == "answer":
            object.__setattr__(talk.bot.desk.storage, "answers", Full(writer, readers))
        else:
            talk.bot._updates._handled = Forgetful(writer, readers)
        talk.api.people.say("100", 100, "/language fr")
        with pytest.raises(StorageError):
            await talk.arrived()
        assert await talk.delivered() == [] if what == "answer" else True
        await talk.arrived()
        assert [one.text for one in talk.api.accepted] == [FRENCH]
        assert of(talk).language == "fr"


# --- presses --------------------------------------------------------------------------------------


async def test_a_button_is_the_command_that_it_says(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [asked] = await talk.say("100", "/language")
        assert ["Français"] in labels(asked)
        pressed = await talk.press(asked, "Français")
        assert pressed.arrived == []
        assert pressed.message.text == FRENCH
        assert of(talk).language == "fr"
        # The same once more, by a phone that was slow to show it.
        again = await talk.press_data(pressed.message, "/language fr")
        assert (again.arrived, again.message.text) == ([], pressed.message.text)


@pytest.mark.parametrize(
    ("data", "toast"),
    [
        ("/xyzzy 12", NOBODYS_BUTTON),
        ("/" + "x" * 63, NOBODYS_BUTTON),
        ("/\u202e<b>", NOBODYS_BUTTON),
        ("x" * 64, OLD_BUTTON),
        ("ж" * 32, OLD_BUTTON),
        ("🙂" * 16, OLD_BUTTON),
        (" /help", OLD_BUTTON),
    ],
)
async def test_nonsense_in_a_button_is_answered_and_changes_nothing(
    tmp_path: Path, data: str, toast: str
) -> None:
    async with conversation(tmp_path) as talk:
        [help_] = await talk.say("100", "/help")
        pressed = await talk.press_data(help_, data)
        assert (pressed.toast, pressed.arrived) == (toast, [])
        assert pressed.message == help_


async def test_a_press_below_a_message_that_is_gone_is_answered_anew(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        # Of a message that is too old Telegram says nothing but where it was.
        gone = {"message_id": 5, "date": 0, "chat": talk.api.people.chat("100")}
        talk.api.people.press(gone, "/language fr", 100)
        [said] = await talk.arrived()
        assert said.text == FRENCH
        # Nor can one be rewritten that was deleted meanwhile.
        talk.api.press("100", 6, "/language en", 100)
        [said] = await talk.arrived()
        assert said.text == "I speak English now."
        assert len(talk.api.people.toasts) == 2


# --- languages, and several at once ---------------------------------------------------------------


async def test_the_language_is_that_of_the_app_until_one_is_chosen(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/language", language_code="fr-CA")
        assert said.text == which("fr")
        await talk.say("100", "/language es")
        [said] = await talk.say("100", "/language", language_code="fr-CA")
        assert said.text == which("es")
        # A language that is not spoken is answered in English.
        [said] = await talk.say("200", "/language", language_code="tlh")
        assert said.text == "Which language shall I speak here?"


async def test_a_group_speaks_the_language_that_was_chosen_there(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.members[GROUP, 7] = member("administrator", 7)
        await talk.say(GROUP, "/language fr", user=7)
        [said] = await talk.say(GROUP, "/language", user=7, language_code="es")
        assert said.text == which("fr")


async def test_two_who_speak_at_once_are_answered_each_in_their_chat(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        for number in range(10):
            talk.api.people.say("100", 100, "/language fr" if number == 9 else "/language")
            talk.api.people.say("200", 200, "/language es" if number == 9 else "/language")
        waiting, talk.api.people.updates = talk.api.people.updates, []
        await asyncio.gather(*map(talk.bot.take, waiting))
        await talk.arrived()
        assert texts(talk, "100") == [*["Which language shall I speak here?"] * 9, FRENCH]
        assert texts(talk, "200") == [*["Which language shall I speak here?"] * 9, SPANISH]


def which(language: str) -> str:
    """Return the question for a language, in *language*."""
    return words_of(language).of("Which language shall I speak here?")


def texts(talk: Conversation, chat: str) -> list[str]:
    """Return what stands in *chat*, the oldest first."""
    return [one.text for one in talk.api.accepted if one.chat == chat]


async def test_what_somebody_else_said_and_was_forwarded_is_not_obeyed(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.members[GROUP, 7] = member("administrator", 7)
        for origin in (200, "@elsewhere"):
            assert await talk.say("100", "/language fr", forwarded_from=origin) == []
            assert await talk.say("100", "Idlib, Homs", forwarded_from=origin) == []
            assert await talk.say(GROUP, "/language fr", user=7, forwarded_from=origin) == []
        assert await count(talk.storage, subscribers) == 0


@pytest.mark.parametrize("data", ["/", "/ fr", "/ "])
@pytest.mark.parametrize("chat", ["100", GROUP])
async def test_a_button_that_names_no_command_is_answered(
    tmp_path: Path, chat: str, data: str
) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.members[GROUP, 7] = member("administrator", 7)
        [help_] = await talk.say(chat, "/help", user=7)
        await begun(talk, chat)
        pressed = await talk.press_data(help_, data, user=7)
        assert (pressed.toast, pressed.arrived, pressed.message) == (NOBODYS_BUTTON, [], help_)


@pytest.mark.parametrize("asking", ["/feedback", "/test", "/import", "/timezone"])
async def test_a_question_that_something_else_was_asked_after_waits_no_more(
    asking: str, tmp_path: Path
) -> None:
    async with conversation(tmp_path) as talk:
        await talk.say("100", asking)
        await talk.say("100", "/help")
        [said] = await talk.say("100", "Idlib + sarin")
        assert said.text.startswith("This is what I understood:")


async def test_a_watchlist_that_is_being_made_waits_while_something_is_asked(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as talk:
        await talk.say("100", "/watch")
        await talk.say("100", "/help")
        [said] = await talk.say("100", "Idlib")
        assert said.text.startswith("About what?")
