"""Who asks for a great deal is told so once, and holds up nobody else."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from alerts.bot.manners import MOST_OF_CHAT, MOST_OF_PERSON, WINDOW, Manners, Verdict
from alerts.locales import words_of
from tests.bot.chats import Conversation, conversation
from tests.bot.subscribed import of
from tests.builders import NOW
from tests.servers.bot_answers import Json
from tests.servers.bot_people import member

GROUP = "-1001"
A_LOT = "That was a lot at once. I listen again in a minute."
QUESTION = "Which language shall I speak here?"


# --- counting -------------------------------------------------------------------------------------


def test_a_person_is_welcome_so_often_and_told_once() -> None:
    manners = Manners()
    told = [manners.judge(1, "telegram:1", NOW) for _ in range(10_000)]
    welcome = [Verdict.WELCOME] * MOST_OF_PERSON
    assert told == [*welcome, Verdict.TOO_MANY, *[Verdict.UNHEARD] * (9_999 - MOST_OF_PERSON)]


def test_a_chat_is_welcome_as_often_whoever_speaks() -> None:
    manners = Manners()
    told = Counter(manners.judge(-5, f"telegram:{who}", NOW) for who in range(1000))
    assert told[Verdict.WELCOME] == MOST_OF_CHAT
    assert told[Verdict.TOO_MANY] == 1


def test_a_minute_later_all_is_forgiven() -> None:
    manners = Manners()
    for _ in range(100):
        manners.judge(1, "telegram:1", NOW)
    just_before, after = NOW + WINDOW - timedelta(microseconds=1), NOW + WINDOW
    assert manners.judge(1, "telegram:1", just_before) is Verdict.UNHEARD
    assert manners.judge(1, "telegram:1", after) is Verdict.WELCOME


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(0, 20)), max_size=300))
def test_whatever_the_order_no_window_holds_more_than_is_allowed(
    calls: Sequence[tuple[int, int, int]],
) -> None:
    manners, now = Manners(), NOW
    heard, told = [], []
    for chat, person, seconds in calls:
        now += timedelta(seconds=seconds)
        verdict = manners.judge(chat, f"telegram:{person}", now)
        heard += [(now, chat, person)] if verdict is Verdict.WELCOME else []
        told += [(now, chat)] if verdict is Verdict.TOO_MANY else []
    for at, chat, person in heard:
        window = [one for one in heard if at <= one[0] < at + WINDOW and one[1] == chat]
        assert len(window) <= MOST_OF_CHAT
        assert sum(one[2] == person for one in window) <= MOST_OF_PERSON
    for at, chat in told:
        assert sum(at <= one[0] < at + WINDOW and one[1] == chat for one in told) == 1


# --- through the bot ------------------------------------------------------------------------------


async def flood(talk: Conversation, chat: str, times: int, *, users: Sequence[int]) -> None:
    """Let *users* ask the same thing *times* in *chat*; it comes as Telegram hands it out."""
    for number in range(times):
        talk.api.people.say(chat, users[number % len(users)], "/language")
    while batch := talk.api.people.waiting():
        talk.api.people.confirm(batch[-1]["update_id"] + 1)
        await talk.bot._updates.take(*batch)


async def test_ten_thousand_commands_of_one_chat_are_twenty_answers(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await flood(talk, "100", 10_000, users=[100])
        told = [one.text for one in await talk.delivered()]
        assert told == [*[QUESTION] * MOST_OF_PERSON, A_LOT]
        talk.clock.advance(seconds=61)
        assert [one.text for one in await talk.say("100", "/language")] == [QUESTION]


async def test_a_group_is_answered_as_often_as_any_chat_whoever_asks(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        admins = range(1, 101)
        for user in admins:
            talk.api.people.members[GROUP, user] = member("administrator", user)
        await flood(talk, GROUP, 200, users=admins)
        while await talk.delivered():
            talk.clock.advance(minutes=1)
        told = Counter(one.text for one in talk.api.accepted)
        assert told == {QUESTION: MOST_OF_CHAT, A_LOT: 1}


async def test_others_are_answered_while_one_chat_asks_for_a_lot(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        for _ in range(99):
            talk.api.people.say("100", 100, "/language")
        talk.api.people.say("200", 200, "/language fr")
        done: list[str] = []

        async def take(chat: str, batch: Sequence[Json]) -> None:
            await talk.bot._updates.take(*batch)
            done.append(chat)

        *crowd, other = talk.api.people.updates
        talk.api.people.updates = []
        await asyncio.gather(take("100", crowd), take("200", [other]))
        assert done == ["200", "100"]
        assert of(talk, "200").language == "fr"


async def test_every_press_is_answered_even_if_nothing_follows(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [asked] = await talk.say("100", "/language")
        pressed = [await talk.press_data(asked, "/language fr") for _ in range(30)]
        heard = MOST_OF_PERSON - 1
        assert [one.toast for one in pressed[:heard]] == [""] * heard
        assert pressed[heard].toast == words_of("fr").of(A_LOT)
        assert [one.toast for one in pressed[heard + 1 :]] == [""] * (29 - heard)


async def test_words_that_are_not_for_the_bot_are_not_counted(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.can_read_all = True
        for _ in range(60):
            talk.api.people.say(GROUP, 8, "hello everybody")
            talk.api.people.say(GROUP, 8, "/start@other_bot")
        assert await talk.arrived() == []
        [said] = await talk.say(GROUP, "/help", user=8)
        assert "What I can do:" in said.text


async def test_commands_that_are_not_ours_are_not_counted(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        for _ in range(60):
            talk.api.people.say(GROUP, 8, "/roll 2d6")
        assert await talk.arrived() == []
        [said] = await talk.say(GROUP, "/help", user=8)
        assert "What I can do:" in said.text
