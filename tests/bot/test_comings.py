"""Who shows the bot out keeps what waits for them, and gets it as one list when they come back."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.storage.tables import addresses, deliveries
from tests.bot.room import Room
from tests.storage.databases import table


async def waiting(room: Room) -> list[tuple[str, str]]:
    rows = await table(room.storage, deliveries)
    return sorted((row["state"], row["held_by"]) for row in rows)


async def gone(room: Room) -> set[str]:
    rows = await table(room.storage, addresses)
    return {row["target"] for row in rows if row["gone_at"] is not None}


async def test_who_blocks_the_bot_is_not_written_to(room: Room) -> None:
    await room.announce()
    await room.announce("200")
    room.api.people.becomes("100", "kicked")
    await room.hear()
    assert await gone(room) == {"100"}
    await room.announce()
    assert [message.chat for message in await room.deliver()] == ["200"]
    assert ("held", "gone") in await waiting(room)


@pytest.mark.parametrize("way", ["unblocked", "/start"])
async def test_who_comes_back_gets_one_list_of_what_was_held(room: Room, way: str) -> None:
    for _ in range(3):
        await room.announce()
    room.api.people.becomes("100", "kicked")
    await room.hear()
    if way == "unblocked":
        room.api.people.becomes("100", "member", was="kicked")
    else:
        room.api.people.say("100", 100, "/start")
    await room.hear()
    assert await gone(room) == set()
    assert room.rung[-1] == {"telegram"}
    summary, *welcome = await room.deliver()
    assert len(welcome) == (way == "/start")
    assert summary.text.startswith("3 alerts, the most severe first")


@pytest.mark.parametrize(
    ("chat", "status", "rights", "leaves"),
    [
        ("-1001", "left", {}, True),
        ("-1001", "kicked", {}, True),
        ("-1001", "member", {}, False),
        ("-1001", "administrator", {}, False),
        ("-1001", "restricted", {}, True),
        ("-1001", "restricted", {"can_send_messages": True}, False),
        ("@news", "administrator", {"can_post_messages": True}, False),
        ("@news", "administrator", {"can_post_messages": False}, True),
        ("@news", "member", {}, True),
    ],
)
async def test_groups_and_channels_let_the_bot_in_and_out(
    room: Room, chat: str, status: str, rights: dict[str, Any], leaves: bool
) -> None:
    room.api.people.becomes(chat, status, **rights)
    await room.hear()
    assert (chat in await gone(room)) is leaves


async def test_a_public_chat_is_gone_under_both_of_its_names(room: Room) -> None:
    room.api.people.becomes("@news", "left", was="administrator")
    await room.hear()
    assert await gone(room) == {"@news", "-1009"}
    room.api.people.becomes("@news", "administrator", was="left", can_post_messages=True)
    await room.hear()
    assert await gone(room) == set()


async def test_start_says_the_number_of_the_chat(room: Room) -> None:
    room.api.people.say("-1001", 8, "/start@tocsin_bot")
    await room.hear()
    [answer] = await room.deliver()
    assert answer.chat == "-1001"
    assert "number -1001" in answer.text


async def test_other_messages_and_other_bots_commands_are_left_alone(room: Room) -> None:
    for text in ("hello", "/start@other_bot", "start", "/stop"):
        room.api.people.say("-1001", 100, text)
    await room.hear()
    assert await room.deliver() == []


async def test_start_is_obeyed_though_telegram_does_not_take_the_greeting(room: Room) -> None:
    room.api.people.becomes("100", "kicked")
    await room.hear()
    room.api.answers = [
        {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    ]
    room.api.people.say("100", 100, "/start")
    await room.hear()
    assert await gone(room) == set()
