"""/broadcast: one message to every subscriber, once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from alerts.bot.commands.broadcast import resume, send
from alerts.model import Address, ChatKind
from alerts.storage.dialogues import Dialogue
from tests.bot.chats import Conversation, conversation, labels
from tests.bot.subscribed import subscribed
from tests.builders import NOW

TEXT = "Tonight from <b>22:00</b> on I am away.\n\nhttps://status.example"


async def admit(talk: Conversation, count: int) -> None:
    """Let *count* people subscribe."""
    for number in range(count):
        chat = Address(channel="telegram", target=str(1000 + number))
        await talk.members.admit(chat, kind=ChatKind.PRIVATE, language="en")


async def under_way(talk: Conversation, **state: object) -> Dialogue:
    """Let a broadcast be under way that nobody works on."""
    begun = {"text": TEXT, "language": "en", "message": 1, "count": 60, "done": 0, "after": 0}
    dialogue = Dialogue(
        chat=Address(channel="telegram", target="900"),
        person="broadcast:0badcafe",
        key="0badcafe",
        about="broadcast",
        state=begun | state,
        asked_at=NOW,
    )
    await talk.storage.dialogues.begin(dialogue)
    return dialogue


async def test_it_is_shown_as_it_will_arrive_and_sent_to_everybody(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk, "100")
        await subscribed(talk, "-200")
        preview, question = await talk.say("900", f"/broadcast {TEXT}")
        assert preview.text == TEXT
        assert question.text == "So it arrives. It goes to 2 chats, which takes about 1 second."
        assert labels(question) == [["Send", "Cancel"]]
        pressed = await talk.press(question, "Send")
        assert pressed.toast == "It begins."
        assert {(one.chat, one.text) for one in pressed.arrived} == {("100", TEXT), ("-200", TEXT)}
        assert pressed.message.text == "Sent to 2 chats."
        assert labels(pressed.message) == []
        again = await talk.press_data(question, question.buttons[0][0].data)
        assert again.toast.startswith("This was decided already")
        assert again.arrived == []
        assert await talk.storage.dialogues.waiting("broadcast") == []


async def test_cancel_sends_nothing(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        question = (await talk.say("900", "/broadcast Hello"))[-1]
        assert (await talk.press(question, "Cancel")).message.text == "Nothing was sent."
        again = await talk.press_data(question, question.buttons[0][0].data)
        assert (again.toast != "", again.arrived) == (True, [])


async def test_the_text_can_come_after_the_question_and_be_put_right(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [asked] = await talk.say("900", "/broadcast")
        assert asked.text.startswith("What shall every subscriber be told?")
        first = (await talk.say("900", "Helo"))[-1]
        preview, second = await talk.say("900", "/broadcast Hello")
        assert preview.text == "Hello"
        stale = await talk.press(first, "Send")
        assert stale.toast.startswith("This was decided already, or another text came since.")
        sent = await talk.press(second, "Send")
        assert [one.text for one in sent.arrived] == ["Hello"]


async def test_25_leave_in_a_second_and_it_tells_how_far_it_is(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await admit(talk, 60)
        [shown] = await talk.say("900", "/help")
        dialogue = await under_way(talk, message=shown.message_id)
        told: list[tuple[int, str]] = []

        async def rest(seconds: float) -> None:
            told.append((await waiting(talk), talk.now_of(shown).text))
            talk.clock.advance(seconds=4 * seconds)

        await send(talk.bot.desk, dialogue, rest=rest)
        assert told == [(25, "Sending: 0 of 60 chats."), (50, "Sending: 25 of 60 chats.")]
        assert talk.now_of(shown).text == "Sent to 60 chats."
        assert {one.chat for one in await talk.delivered()} == {str(1000 + n) for n in range(60)}


async def test_how_far_it_is_is_told_every_three_seconds_at_most(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await admit(talk, 200)
        [shown] = await talk.say("900", "/help")
        dialogue = await under_way(talk, message=shown.message_id)
        before = len(talk.api.edits)
        await send(talk.bot.desk, dialogue, rest=_passing(talk, lambda: None))
        # It takes 7 s: at 0, 3 and 6 s, and at the end.
        assert len(talk.api.edits) - before == 4


async def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    class KilledError(Exception):
        pass

    def die() -> None:
        raise KilledError

    async with conversation(tmp_path) as talk:
        await admit(talk, 27)
        with pytest.raises(KilledError):
            await send(talk.bot.desk, await under_way(talk), rest=_passing(talk, die))
        first = [one.chat for one in await talk.delivered()]
        assert len(first) == 25
        clock = talk.clock
    async with conversation(tmp_path, clock=clock) as talk:
        rest = [one.chat for one in await talk.arrived()]
        assert sorted([*first, *rest]) == [str(1000 + number) for number in range(27)]
        assert await talk.storage.dialogues.waiting("broadcast") == []


async def test_what_was_noted_as_written_is_passed_over(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await admit(talk, 5)
        [shown] = await talk.say("900", "/help")
        await under_way(talk, message=shown.message_id, after=2, done=2)
        await resume(talk.bot.desk)
        assert {one.chat for one in await talk.delivered()} == {"1002", "1003", "1004"}
        assert talk.now_of(shown).text == "Sent to 5 chats."


async def test_what_was_written_and_not_noted_is_not_written_again(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await admit(talk, 3)
        await under_way(talk)
        await resume(talk.bot.desk)
        assert len(await talk.delivered()) == 3
        talk.clock.advance(minutes=1)
        await under_way(talk)
        await resume(talk.bot.desk)
        assert await talk.delivered() == []


async def test_it_can_be_stopped(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await admit(talk, 60)
        [shown] = await talk.say("900", "/help")
        dialogue = await under_way(talk, message=shown.message_id)

        async def rest(_seconds: float) -> None:
            talk.api.press("900", shown.message_id, "/broadcast stop 0badcafe", 900)
            await talk.bot.take(talk.api.people.updates.pop(0))

        await send(talk.bot.desk, dialogue, rest=rest)
        assert talk.now_of(shown).text == "Sent to 25 chats."
        assert await talk.storage.dialogues.waiting("broadcast") == []
        assert await talk.storage.dialogues.waiting("broadcast_stop") == []
        late = await talk.press_data(shown, "/broadcast stop 0badcafe")
        assert late.toast.startswith("This was decided already")


async def test_what_is_too_long_is_refused(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [said] = await talk.say("900", "/broadcast " + "x" * 3501)
        assert said.text == "That is too long: 3,501 characters, of 3,500 at most."
        assert len(await talk.say("900", "/broadcast " + "&" * 3500)) == 2


async def test_it_is_for_the_operator_alone(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/broadcast Hello")
        assert said.text.startswith("This is for the operator of this bot")


async def test_where_nobody_has_subscribed_it_says_so(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("900", "/broadcast Hello")
        assert said.text == "Nobody has subscribed yet."


def _passing(talk: Conversation, do: Callable[[], None]) -> Callable[[float], Awaitable[None]]:
    """Return a rest in which time passes at once."""

    async def rest(seconds: float) -> None:
        do()
        talk.clock.advance(seconds=seconds)

    return rest


async def waiting(talk: Conversation) -> int:
    """Return how many messages have been written to the outbox so far."""
    return (await talk.storage.overview.counts()).answers_waiting
