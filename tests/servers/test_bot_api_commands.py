"""Lists of commands and documents, as Telegram takes and gives them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChatMember,
)
from telegram.error import BadRequest, RetryAfter, TelegramError

from tests.servers.bot_api import BotApi, FloodLimits
from tests.servers.bot_files import DOWNLOAD_LIMIT, UPLOAD_LIMIT, Document

# --- commands ---------------------------------------------------------------------------------


async def test_commands_are_kept_by_scope_and_language(api: BotApi, bot: Bot) -> None:
    watch = [BotCommand("watch", "Watch places, groups and words")]
    private = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands(watch)
    await bot.set_my_commands([BotCommand("watch", "راقب")], private, language_code="ar")
    await bot.set_my_commands(watch, BotCommandScopeChatMember(-1001, 7))
    assert list(api.commands) == [
        ("default", ""),
        ("all_private_chats", "ar"),
        ("chat_member -1001 7", ""),
    ]
    assert api.commands["all_private_chats", "ar"] == (("watch", "راقب"),)
    assert await bot.get_my_commands() == tuple(watch)
    assert await bot.get_my_commands(private) == ()
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()


def command(name: str = "watch", description: str = "x") -> dict[str, str]:
    return {"command": name, "description": description}


@pytest.mark.parametrize(
    ("commands", "why"),
    [
        ([command("")], "command must be non-empty"),
        ([command("x" * 33)], "command length must not exceed 32"),
        ([command("Watch")], "BOT_COMMAND_INVALID"),
        ([command("delete-me")], "BOT_COMMAND_INVALID"),
        ([command("наблюдай")], "BOT_COMMAND_INVALID"),
        ([command(description=" ")], "command description must be non-empty"),
        ([command(description="x" * 257)], "command description length must not exceed 256"),
        ([command()] * 101, "BOT_COMMANDS_TOO_MUCH"),
    ],
)
async def test_commands_that_telegram_does_not_take_change_nothing(
    api: BotApi, bot: Bot, commands: list[Any], why: str
) -> None:
    with pytest.raises(BadRequest, match=f"(?i)^{why}"):
        await bot.set_my_commands((), api_kwargs={"commands": json.dumps(commands)})
    assert api.commands == {}


@pytest.mark.parametrize(
    "audience",
    [
        {"language_code": "ar-EG"},
        {"language_code": "AR"},
        {"scope": '{"type": "chat"}'},
        {"scope": '{"type": "everybody"}'},
    ],
)
async def test_an_unknown_scope_or_language_is_refused(
    api: BotApi, bot: Bot, audience: dict[str, str]
) -> None:
    with pytest.raises(BadRequest):
        await bot.set_my_commands([BotCommand("watch", "x")], api_kwargs=audience)
    assert api.commands == {}


# --- documents --------------------------------------------------------------------------------


async def test_a_document_arrives_byte_by_byte(api: BotApi, bot: Bot) -> None:
    content = bytes(range(256)) * 5000
    sent = await bot.send_document(
        "100", content, filename="watchlists «ا».yml", caption="<b>Yours</b>", parse_mode="HTML"
    )
    [taken] = api.accepted
    assert taken.document == Document("watchlists «ا».yml", content)
    assert (taken.text, [entity.tag for entity in taken.entities]) == ("Yours", ["b"])
    assert sent.document is not None
    assert (sent.document.file_size, sent.caption) == (len(content), "Yours")


async def test_a_document_of_a_person_is_fetched(api: BotApi, bot: Bot) -> None:
    api.people.send_document("100", 100, "mine.yml", b"a: 1\n", "/import")
    [update] = await bot.get_updates()
    message = update.message
    assert message is not None
    assert message.document is not None
    assert (message.document.file_name, message.caption) == ("mine.yml", "/import")
    assert message.caption_entities[0].type == "bot_command"
    file = await message.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"a: 1\n"


async def test_large_documents_are_neither_sent_nor_fetched(api: BotApi, bot: Bot) -> None:
    with pytest.raises(TelegramError, match="Entity Too Large"):
        await bot.send_document("100", bytes(UPLOAD_LIMIT + 1))
    for size, is_fetched in ((DOWNLOAD_LIMIT, True), (DOWNLOAD_LIMIT + 1, False)):
        api.people.send_document("100", 100, "large", bytes(size))
        [update] = await bot.get_updates(-1)
        assert update.message is not None
        assert update.message.document is not None
        if is_fetched:
            await update.message.document.get_file()
        else:
            with pytest.raises(BadRequest, match=r"(?i)^file is too big"):
                await update.message.document.get_file()
    with pytest.raises(BadRequest, match=r"(?i)^wrong file_id"):
        await bot.get_file("nonsense")


async def test_documents_are_judged_and_counted_like_messages(api: BotApi, bot: Bot) -> None:
    for fields, why in (
        ({"document": b""}, "file must be non-empty"),
        ({"document": b"x", "caption": "x" * 1025}, "message caption is too long"),
        ({"document": b"x", "chat_id": "nobody"}, "chat not found"),
    ):
        with pytest.raises(BadRequest, match=f"(?i)^{why}"):
            await bot.send_document(**{"chat_id": "100"} | fields)
    api.limits = FloodLimits()
    await bot.send_document("100", b"x")
    with pytest.raises(RetryAfter):
        await bot.send_message("100", "x")
