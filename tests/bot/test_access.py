"""A bot that is not open to all: what strangers are told, and how somebody is let in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alerts.bot.settings import Access, BotSettings
from alerts.storage.tables import subscribers
from tests.bot.chats import RULES, Conversation, conversation
from tests.bot.subscribed import of, subscribed
from tests.servers.bot_people import member
from tests.storage.databases import count

GROUP = "-1001"
CLOSED = "This bot is for those who were let in. If you have an invitation, send it as /start CODE."
INVITED = "This bot is for those who were let in. An invitation is sent as /start CODE."
WRONG = "This invitation is not good any more: ask whoever gave it to you for another."
NOT_OPERATOR = "This is for the operator of this bot, in the operator's own chat."
FOR_STRANGERS = {"start", "help", "privacy"}
SHUT = [Access.INVITE, Access.ALLOWLIST]


async def invited(talk: Conversation, code: str = "a1b2", *, uses: int = 1) -> None:
    """Let *code* let in so many."""
    lasts = talk.clock.now + timedelta(days=7)
    await talk.storage.invites.make(
        code, made_by="telegram:900", uses=uses, now=talk.clock.now, expires_at=lasts
    )


async def strangers(talk: Conversation) -> int:
    return await count(talk.storage, subscribers)


@pytest.mark.parametrize("access", SHUT)
async def test_a_stranger_gets_no_command_but_three(tmp_path: Path, access: Access) -> None:
    async with conversation(tmp_path, settings=BotSettings(access=access)) as talk:
        names = list(talk.bot._commands.by_name)
        assert set(names) > FOR_STRANGERS
        for name in names:
            for typed in (f"/{name}", f"/{name} fr"):
                [said] = await talk.say("100", typed)
                is_open = name in FOR_STRANGERS and name != "start"
                assert (said.text in (CLOSED, INVITED, WRONG)) is not is_open
                talk.clock.advance(seconds=7)
        assert await strangers(talk) == 0


@pytest.mark.parametrize("access", SHUT)
async def test_a_strangers_words_and_presses_are_refused_kindly(
    tmp_path: Path, access: Access
) -> None:
    async with conversation(tmp_path, settings=BotSettings(access=access)) as talk:
        [help_] = await talk.say("100", "/help")
        pressed = await talk.press_data(help_, "/language fr")
        assert (pressed.toast, pressed.arrived, pressed.message) == (CLOSED, [], help_)
        for one in await talk.say("100", "Idlib, Homs + sarin"):
            assert one.text == CLOSED
        assert await strangers(talk) == 0


async def test_an_invitation_lets_in_once(tmp_path: Path) -> None:
    async with conversation(tmp_path, settings=BotSettings(access=Access.INVITE)) as talk:
        await invited(talk)
        [said] = await talk.say("100", "/start invite-a1b2")
        assert said.text.startswith("Welcome.")
        assert of(talk).chat.target == "100"
        [said] = await talk.say("200", "/start a1b2")
        assert said.text == WRONG
        # Whoever is in stays in, and needs none.
        [said] = await talk.say("100", "/start invite-a1b2")
        assert said.text.startswith("Welcome.")
        [said] = await talk.say("100", "/language fr")
        assert of(talk).language == "fr"


@pytest.mark.parametrize(
    "typed",
    ["invite-a1b2", "invite-", "a1b2", "invite-" + "9" * 4000, "invite-<b>", "🙂", "\u202e"],
)
async def test_a_wrong_or_late_invitation_lets_nobody_in(tmp_path: Path, typed: str) -> None:
    async with conversation(tmp_path, settings=BotSettings(access=Access.INVITE)) as talk:
        await invited(talk)
        talk.clock.advance(days=8)
        [said] = await talk.say("100", f"/start {typed}")
        assert said.text in (WRONG, INVITED)
        assert await strangers(talk) == 0


async def test_where_only_a_list_lets_in_an_invitation_does_not(tmp_path: Path) -> None:
    async with conversation(tmp_path, settings=BotSettings(access=Access.ALLOWLIST)) as talk:
        await invited(talk)
        [said] = await talk.say("100", "/start invite-a1b2")
        assert said.text == INVITED
        assert [each.uses_left for each in await talk.storage.invites.lasting(now=talk.clock.now)]


async def test_in_a_group_only_an_administrator_lets_it_in(tmp_path: Path) -> None:
    async with conversation(tmp_path, settings=BotSettings(access=Access.INVITE)) as talk:
        talk.api.people.members[GROUP, 7] = member("administrator", 7)
        await invited(talk)
        [said] = await talk.say(GROUP, "/start invite-a1b2", user=8)
        assert said.text == "Only administrators of this chat can change that."
        [said] = await talk.say(GROUP, "/start invite-a1b2", user=7)
        assert said.text.startswith("Welcome.")
        [said] = await talk.say(GROUP, "/language fr", user=7)
        assert of(talk, GROUP).language == "fr"


@pytest.mark.parametrize("access", SHUT)
async def test_whoever_the_operator_names_needs_no_invitation(
    tmp_path: Path, access: Access
) -> None:
    allowed = frozenset({"100", "@reader", "-1001"})
    settings = BotSettings(access=access, allowed=allowed)
    async with conversation(tmp_path, settings=settings) as talk:
        talk.api.people.users[200] = {"username": "Reader"}
        talk.api.people.members[GROUP, 7] = member("administrator", 7)
        for chat, user in (("100", 100), ("200", 200), (GROUP, 7)):
            await talk.say(chat, "/language fr", user=user)
            assert of(talk, chat).language == "fr"
        [said] = await talk.say("300", "/language fr")
        assert said.text == CLOSED


async def test_chats_of_rules_and_the_operator_are_let_in(tmp_path: Path) -> None:
    rules = RULES.replace("receivers:", "receivers:\n  desk: {telegram: [{chat: 100}]}")
    settings = BotSettings(access=Access.ALLOWLIST)
    async with conversation(tmp_path, settings=settings, rules=rules) as talk:
        for chat in ("100", "900"):
            [said] = await talk.say(chat, "/start")
            assert said.text.startswith("Welcome.")
        [said] = await talk.say("901", "/start")
        assert said.text == INVITED


async def test_a_subscriber_stays_when_the_door_is_shut(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
    async with conversation(tmp_path, settings=BotSettings(access=Access.ALLOWLIST)) as talk:
        await talk.say("100", "/language fr")
        assert of(talk).language == "fr"


async def test_commands_of_the_operator_are_for_the_operators_chat(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        commands = talk.bot._commands.listed
        for name in (each.name for each in commands if each.for_operators):
            [said] = await talk.say("100", f"/{name}")
            assert said.text == NOT_OPERATOR
            assert all(one.text != NOT_OPERATOR for one in await talk.say("900", f"/{name}"))
        [help_] = await talk.say("100", "/help")
        [theirs] = await talk.say("900", "/help")
        assert "For you, as the operator:" not in help_.text
        assert "For you, as the operator:" in theirs.text
