"""/invite: links that let somebody in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts.bot.commands.invite import wanted_of
from alerts.bot.settings import Access, BotSettings
from tests.bot.chats import conversation, labels

CLOSED = BotSettings(access=Access.INVITE)


def _code(text: str) -> str:
    found = re.search(r"https://t\.me/tocsin_bot\?start=invite-(\S+)", text)
    assert found
    return found[1]


async def test_a_link_lets_in_as_many_as_it_says(tmp_path: Path) -> None:
    async with conversation(tmp_path, settings=CLOSED) as talk:
        [made] = await talk.say("900", "/invite 2 3")
        assert "good for 2 people until 4 May, 12:00 UTC" in made.text
        code = _code(made.text)
        for chat, is_in in (("1", True), ("2", True), ("3", False)):
            said = await talk.say(chat, f"/start invite-{code}")
            assert said[-1].text.startswith("Welcome") is is_in


async def test_alone_it_makes_one_for_one_person_and_a_week(tmp_path: Path) -> None:
    async with conversation(tmp_path, settings=CLOSED) as talk:
        [made] = await talk.say("900", "/invite")
        assert "good for 1 person until 8 May, 12:00 UTC" in made.text
        assert "open to all" not in made.text


async def test_they_are_listed_and_ended_by_buttons(tmp_path: Path) -> None:
    async with conversation(tmp_path, settings=CLOSED) as talk:
        [made] = await talk.say("900", "/invite 5 7")
        code = _code(made.text)
        listed = (await talk.press(made, "All invitations")).message
        assert listed.text == (
            f"Invitations that are good:\n{code}: good for 5 people until 8 May, 12:00 UTC"
        )
        assert labels(listed) == [[f"End {code}"], ["New invitation"]]
        ended = await talk.press(listed, f"End {code}")
        assert ended.toast == "This invitation is good no more."
        assert ended.message.text == "No invitation is good at the moment."
        assert (await talk.press_data(listed, f"/invite end {code}")).toast == "", "a second press"
        assert not await talk.storage.invites.use(code, now=talk.clock.now)


async def test_where_all_are_let_in_it_says_so(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [made] = await talk.say("900", "/invite")
        assert made.text.endswith("open to all, so that nobody needs it.")


async def test_only_the_operator_makes_them(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/invite")
        assert said.text.startswith("This is for the operator of this bot")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", (1, 7)),
        ("5", (5, 7)),
        ("5 30", (5, 30)),
        ("٥ ٣٠", (5, 30)),
        ("5 30d", (5, 30)),
        ("5 30 days", (5, 30)),
        ("1000 365", (1000, 365)),
        ("0", None),
        ("1001", None),
        ("5 366", None),
        ("5 0", None),
        ("-5", None),
        ("five", None),
        ("9" * 5000, None),
    ],
)
def test_people_and_days_are_read(text: str, wanted: tuple[int, int] | None) -> None:
    assert wanted_of(text) == wanted
