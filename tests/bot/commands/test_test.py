"""/test: would this text ring here?"""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from alerts.model import DigestHours, QuietHours, Severity
from alerts.storage.muted import MuteKind, Subject
from tests.bot.chats import Conversation, conversation, labels
from tests.bot.subscribed import of, subscribed, watching


async def test_it_says_what_rings_by_which_words_and_what_the_nearest_lacks(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await subscribed(talk, watchlist="syria-chemical")
        await watching(talk)
        [said] = await talk.say("100", "/test Shelling in Idleb, Syria\nAnd in Homs, too")
        assert said.text == (
            "This would ring here:\n"
            "Idlib: “Idleb” (Idlib)\n"
            "Homs: “Homs”\n\n"
            "What came nearest:\n\n"
            "Chemical weapons in Syria\n"
            "has “Syria”\n"
            "lacks sarin, chlorine"
        )


async def test_it_says_what_the_next_report_does(tmp_path: Path) -> None:
    """The answer is the production code's: an article with these words does the same."""
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await watching(talk)
        for text in ("Shelling in Idlib", "Homs is calm", "Rain in Paris", "أخبار من إدلب"):
            [said] = await talk.say("100", f"/test {text}")
            assert (await talk.report(text) != []) is said.text.startswith("This would ring here:")


async def test_the_text_can_come_after_the_question(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [asked] = await talk.say("100", "/test")
        assert asked.text.startswith("Send me a text")
        [said] = await talk.say("100", "Shelling in Idlib")
        assert said.text.startswith("This would ring here:\nIdlib")
        assert await talk.storage.dialogues.find(of(talk).chat, "telegram:100") is None


async def test_an_alert_can_be_asked_about_by_a_reply(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [alert] = await talk.report("Shelling in Idlib")
        [said] = await talk.say("100", "/test", reply_to=alert.message_id)
        assert said.text == "This would ring here:\nIdlib: “Idlib”"


async def test_without_watchlists_it_says_so(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/test Shelling in Idlib")
        assert said.text == "Nothing is watched for here yet, so that nothing can ring."
        assert labels(said) == [["Watch for something"]]


async def test_what_a_watchlist_does_not_want_is_named(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk)
        own = of(talk).watchlists[0]
        await talk.members.watch(of(talk), replace(own, exclude="football"))
        [said] = await talk.say("100", "/test Homs wins the football cup")
        assert said.text == (
            "This would not ring here.\n\nWhat came nearest:\n\n"
            "Homs\nhas “Homs”\nhas what you do not want: football"
        )


async def _quiet(talk: Conversation) -> None:
    hours = QuietHours(begin=time(11), end=time(18), below=Severity.CRITICAL)
    await talk.members.keep(replace(of(talk), quiet=hours))


async def _digest(talk: Conversation) -> None:
    await talk.members.keep(replace(of(talk), digest=DigestHours(at=(time(17),))))


async def _paused(talk: Conversation) -> None:
    until = talk.clock.now + timedelta(hours=1)
    await talk.members.keep(replace(of(talk), paused_until=until))


async def _muted(talk: Conversation) -> None:
    subject = Subject(kind=MuteKind.WATCHLIST, value="idlib", title="Idlib")
    now = talk.clock.now
    until = now + timedelta(hours=1)
    await talk.storage.mutes.begin(subject, of(talk).chat, of(talk).name, until=until, now=now)


async def _silenced(talk: Conversation) -> None:
    await talk.say("900", "/silence watchlist=idlib 1h work")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (
            _quiet,
            "This would come here later:\nIdlib: “Idlib” – after the quiet hours: 1 May, 18:00",
        ),
        (_digest, "This would come here later:\nIdlib: “Idlib” – with the digest: 1 May, 17:00"),
        (_paused, "This matches, and would not ring here:\nIdlib: “Idlib” – it is paused"),
        (_muted, "This matches, and would not ring here:\nIdlib: “Idlib” – it is muted"),
        (
            _silenced,
            (
                "This matches, and would not ring here:\n"
                "Idlib: “Idlib” – the operator of this bot has silenced it"
            ),
        ),
    ],
)
async def test_what_keeps_it_from_ringing_now_is_named(
    make: object, told: str, tmp_path: Path
) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await make(talk)  # type: ignore[operator] # one of those above
        [said] = await talk.say("100", "/test Shelling in Idlib")
        assert said.text.removesuffix(" UTC") == told
        assert await talk.report("Shelling in Idlib") == []


@pytest.mark.parametrize(
    "text",
    ["<b>x</b> &amp;", "\u202eIdlib\u202c", "🧪" * 900, "Idlib\n" * 300, "\u200b" * 50 + "x"],
)
async def test_whatever_is_typed_is_answered_in_one_message(text: str, tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        assert len(await talk.say("100", f"/test {text}")) == 1


async def test_words_that_stand_in_the_chat_can_be_asked_about_by_a_reply(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [hello] = await talk.say("100", "/cancel")
        [said] = await talk.say("100", "/test", reply_to=hello.message_id)
        assert said.text.startswith("This would not ring here.")
