"""Groups, topics and channels: who may change something there, and what the bot makes of its own place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alerts.locales import words_of
from alerts.model import Address
from alerts.storage.dialogues import Dialogue
from alerts.storage.tables import subscribers
from tests.bot.chats import Conversation, conversation, labels
from tests.bot.subscribed import of, subscribed, watching
from tests.servers.bot_accepted import Accepted
from tests.servers.bot_people import member
from tests.storage.databases import count

GROUP, SUPERGROUP, CHANNEL = "-5", "-1001", "-1009"
ADMIN, GUEST = 7, 8
NOT_ADMIN = "Only administrators of this chat can change that."
NOT_KNOWN = "Telegram does not tell me who is an administrator here. Please try again."
FRENCH = words_of("fr").of("I speak English now.")
TITLE = "Group -5"


def with_admin(talk: Conversation, status: str = "administrator", chat: str = GROUP) -> None:
    talk.api.people.members[chat, ADMIN] = member(status, ADMIN)


async def language_of(talk: Conversation, chat: str = GROUP) -> str:
    found = talk.members.of(Address(channel="telegram", target=chat))
    return found.language if found is not None else ""


# --- who may change something ---------------------------------------------------------------------


@pytest.mark.parametrize("status", ["administrator", "creator"])
async def test_administrators_change_settings_and_others_do_not(
    tmp_path: Path, status: str
) -> None:
    async with conversation(tmp_path) as talk:
        with_admin(talk, status)
        assert texts(await talk.say(GROUP, "/language fr", user=GUEST)) == [NOT_ADMIN]
        assert await count(talk.storage, subscribers) == 0
        assert texts(await talk.say(GROUP, "/language fr", user=ADMIN)) == [FRENCH]
        assert of(talk, GROUP).language == "fr"


@pytest.mark.parametrize("status", ["member", "restricted", "left", "kicked"])
async def test_whoever_is_none_is_refused(tmp_path: Path, status: str) -> None:
    async with conversation(tmp_path) as talk:
        with_admin(talk, status)
        assert texts(await talk.say(GROUP, "/language fr", user=ADMIN)) == [NOT_ADMIN]


async def test_every_command_that_changes_something_is_for_administrators(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        changing = [one.name for one in talk.bot._commands.listed if one.changes]
        assert "language" in changing
        for name in changing:
            assert texts(await talk.say(GROUP, f"/{name}", user=GUEST)) == [NOT_ADMIN]
            talk.clock.advance(seconds=10)
        assert await count(talk.storage, subscribers) == 0


async def test_an_anonymous_administrator_and_the_group_itself_may(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        said = await talk.say(GROUP, "/language fr", user=GUEST, sender_chat=GROUP)
        assert texts(said) == [FRENCH]
        assert not [method for method, _ in talk.api.calls if method == "getchatmember"]
        # Who writes in the name of a channel of theirs is a guest like others.
        said = await talk.say(GROUP, "/language es", user=GUEST, sender_chat="@elsewhere")
        assert await language_of(talk) == "fr"


async def test_when_telegram_does_not_say_who_may_it_is_asked_again(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        with_admin(talk)
        broken = {"ok": False, "error_code": 502, "description": "Bad Gateway"}
        talk.api.method_answers["getchatmember"] = [broken]
        assert texts(await talk.say(GROUP, "/language fr", user=ADMIN)) == [NOT_KNOWN]
        assert await language_of(talk) == ""
        assert texts(await talk.say(GROUP, "/language fr", user=ADMIN)) == [FRENCH]


async def test_somebody_elses_button_changes_nothing(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        with_admin(talk)
        [asked] = await talk.say(GROUP, "/language", user=ADMIN)
        pressed = await talk.press(asked, "Français", user=GUEST)
        assert (pressed.toast, pressed.message) == (NOT_ADMIN, asked)
        assert await language_of(talk) == ""
        pressed = await talk.press(asked, "Français", user=ADMIN)
        assert pressed.message.text == FRENCH


async def test_what_is_said_in_a_group_is_not_for_the_bot_unless_it_replies(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        with_admin(talk)
        talk.api.people.can_read_all = True
        [asked] = await talk.say(GROUP, "/language", user=ADMIN)
        theirs = talk.api.people.say(GROUP, GUEST, "Idlib, Homs")
        talk.api.people.say(GROUP, ADMIN, "fr", reply_to=theirs)
        assert await talk.arrived() == []
        waits(talk, await begun(talk, GROUP))
        assert await talk.say(GROUP, "fr", user=ADMIN) == []
        said = await talk.say(GROUP, "fr", user=ADMIN, reply_to=asked.message_id)
        assert texts(said) == [FRENCH]


async def test_an_answer_comes_into_the_topic_of_the_question(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        with_admin(talk, chat=SUPERGROUP)
        [said] = await talk.say(SUPERGROUP, "/language fr", user=ADMIN, thread=12)
        assert (said.thread, said.text) == (12, FRENCH)
        # Elsewhere than in topics a thread numbers replies.
        [said] = await talk.say(SUPERGROUP, "/language fr", user=ADMIN, reply_to=said.message_id)
        assert said.thread is None


# --- channels -------------------------------------------------------------------------------------


async def test_a_channel_obeys_its_posts_and_not_its_readers(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.members[CHANNEL, ADMIN] = member("administrator", ADMIN)
        may_post(talk)
        talk.api.people.publish(CHANNEL, "/language")
        [asked] = await talk.arrived()
        pressed = await talk.press(asked, "Français", user=GUEST)
        assert (pressed.toast, pressed.message) == (NOT_ADMIN, asked)
        pressed = await talk.press(asked, "Français", user=ADMIN)
        assert pressed.message.text == FRENCH
        talk.api.people.publish(CHANNEL, "/language es")
        assert texts(await talk.arrived()) == [words_of("es").of("I speak English now.")]
        for post in ("News of the day", "/xyzzy", "/language@other_bot en", "see /help"):
            talk.api.people.publish(CHANNEL, post)
        assert await talk.arrived() == []


@pytest.mark.parametrize(
    ("chat", "status", "rights", "said"),
    [
        (
            "@news",
            "administrator",
            {"can_post_messages": False},
            "I am in the channel “@news”, and",
        ),
        (
            "@news",
            "administrator",
            {"can_post_messages": True},
            "I may post in the channel “@news”.",
        ),
        (GROUP, "restricted", {}, f"I am in the group “{TITLE}”, and may not write there."),
    ],
)
async def test_whoever_lets_the_bot_in_is_told_what_it_lacks(
    tmp_path: Path, chat: str, status: str, rights: dict[str, Any], said: str
) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.becomes(chat, status, was="left", by=ADMIN, **rights)
        [told] = await talk.arrived()
        assert told.chat == str(ADMIN)
        assert told.text.startswith(said)


async def test_whoever_never_spoke_with_the_bot_is_not_told_and_nothing_waits(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.answers = [
            {"ok": False, "error_code": 403, "description": "Forbidden: bot can't initiate"}
        ]
        talk.api.people.becomes("@news", "administrator", was="left", by=ADMIN)
        assert await talk.arrived() == []
        assert await talk.storage.answers.waiting(address(str(ADMIN))) == 0


# --- let in, shown out, moved ---------------------------------------------------------------------


async def test_a_group_is_greeted_once(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.becomes(GROUP, "member", was="left", by=ADMIN)
        update = dict(talk.api.people.updates[0])
        [hello] = await talk.arrived()
        assert (hello.chat, labels(hello)) == (GROUP, [["Watch for something"]])
        assert hello.text.startswith("Hello. I ring here when")
        talk.api.people.updates.append(update)
        talk.api.people.becomes(GROUP, "administrator", was="member", by=ADMIN)
        assert await talk.arrived() == []
        assert await count(talk.storage, subscribers) == 0


async def test_a_group_is_greeted_in_the_language_that_it_chose_before(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        with_admin(talk)
        await talk.say(GROUP, "/language fr", user=ADMIN)
        for status, was in (("kicked", "member"), ("member", "kicked")):
            talk.api.people.becomes(GROUP, status, was=was, by=ADMIN)
        [hello] = await talk.arrived()
        assert labels(hello) == [[words_of("fr").of("Watch for something")]]


async def test_who_shows_the_bot_out_hears_nothing_and_on_return_what_was_missed(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        talk.api.people.becomes("100", "kicked")
        assert await talk.arrived() == []
        for title in ("Fire in Idlib", "Flood in Idlib"):
            assert await talk.report(title) == []
        talk.api.people.becomes("100", "member", was="kicked")
        [summary] = await talk.arrived()
        assert "Fire in Idlib" in summary.text
        assert "Flood in Idlib" in summary.text
        assert len(await talk.report("Storm in Idlib")) == 1


async def test_a_group_takes_everything_along_when_it_becomes_a_supergroup(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        with_admin(talk)
        await talk.say(GROUP, "/language fr", user=ADMIN)
        own = await watching(talk, GROUP, query="Homs")
        await subscribed(talk, GROUP)
        waiting = await begun(talk, GROUP)
        await talk.report("Fire in Homs")
        talk.api.people.upgrades(GROUP, SUPERGROUP, by=ADMIN)
        assert await talk.arrived() == []
        moved = of(talk, SUPERGROUP)
        assert talk.members.of(address(GROUP)) is None
        assert (moved.language, moved.watchlists) == ("fr", (own,))
        assert [each.watchlist for each in moved.subscriptions] == ["idlib"]
        assert await dialogue(talk, SUPERGROUP) == replace(waiting, chat=address(SUPERGROUP))
        for title in ("Flood in Homs", "Flood in Idlib"):
            assert [one.chat for one in await talk.report(title)] == [SUPERGROUP]


async def test_a_question_is_answered_in_the_supergroup_that_the_group_became(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as talk:
        with_admin(talk)
        await subscribed(talk, GROUP)
        waits(talk, await begun(talk, GROUP))
        talk.api.people.upgrades(GROUP, SUPERGROUP, by=ADMIN)
        await talk.arrived()
        [alert] = await talk.report("Flood in Idlib")
        said = await talk.say(SUPERGROUP, "fr", user=ADMIN, reply_to=alert.message_id)
        assert texts(said) == [FRENCH]
        assert of(talk, SUPERGROUP).language == "fr"


# --- what is waited for ---------------------------------------------------------------------------


def address(chat: str) -> Address:
    return Address(channel="telegram", target=chat)


async def begun(talk: Conversation, chat: str) -> Dialogue:
    """Have the administrator of *chat* been asked for a language."""
    asked = Dialogue(
        chat=address(chat),
        person=f"telegram:{ADMIN}",
        key="0a1b2c3d",
        about="language",
        state={},
        asked_at=talk.clock.now,
    )
    await talk.storage.dialogues.begin(asked)
    return asked


async def dialogue(talk: Conversation, chat: str) -> Dialogue | None:
    return await talk.storage.dialogues.find(address(chat), f"telegram:{ADMIN}")


def waits(talk: Conversation, asked: Dialogue) -> None:
    """See that *asked* is of a command that there is."""
    assert asked.about in talk.bot._commands.by_name


def may_post(talk: Conversation, channel: str = CHANNEL) -> None:
    me = member("administrator", 123456, can_post_messages=True)
    talk.api.people.members[channel, 123456] = me


def texts(messages: list[Accepted]) -> list[str]:
    return [one.text for one in messages]


async def test_a_question_in_a_channel_is_answered_by_a_reply(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        may_post(talk)
        talk.api.people.publish(CHANNEL, "/timezone")
        [asked] = await talk.arrived()
        talk.api.people.publish(CHANNEL, "Damascus")
        [post] = talk.api.people.updates
        assert await talk.arrived() == []
        reply = post["channel_post"] | {
            "message_id": 5_000_000,
            "reply_to_message": talk.api.people.find(CHANNEL, asked.message_id),
        }
        talk.api.people.happens("channel_post", reply)
        [said] = await talk.arrived()
        assert "Asia/Damascus" in said.text
        assert of(talk, CHANNEL).time_zone == "Asia/Damascus"
