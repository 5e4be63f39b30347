"""The lists of commands that Telegram's apps show, as strict as Telegram is (td's BotCommand.cpp)."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

from tests.servers.bot_answers import Json, Parameters, RefusedError

MOST_COMMANDS: Final = 100
DESCRIPTION_LIMIT: Final = 256
_NAME = re.compile(r"[a-z0-9_]{1,32}")
#: Type of a scope -> what it names.
_SCOPES: Final = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


class Command(NamedTuple):
    """A line of such a list."""

    name: str
    description: str


class Commands(dict[tuple[str, str], tuple[Command, ...]]):
    """Scope and language -> the list.

    A scope reads "default", "all_private_chats", "chat -1001", "chat_member -1001 7"; the language
    is "" for everybody who has no list of their own.
    """

    def put(self, parameters: Parameters) -> None:
        """Take a `setMyCommands`.

        Raises:
            RefusedError: nothing was changed.
        """
        audience = _audience(parameters)
        commands = tuple(_command(one) for one in _read(parameters.get("commands", ""), list))
        if len(commands) > MOST_COMMANDS:
            raise RefusedError("BOT_COMMANDS_TOO_MUCH")
        self[audience] = commands

    def drop(self, parameters: Parameters) -> None:
        """Take a `deleteMyCommands`.

        Raises:
            RefusedError: nothing was changed.
        """
        self.pop(_audience(parameters), None)

    def shown(self, parameters: Parameters) -> list[Json]:
        """Return what `getMyCommands` returns.

        Raises:
            RefusedError: there is no such scope or language.
        """
        found = self.get(_audience(parameters), ())
        return [{"command": one.name, "description": one.description} for one in found]


def _audience(parameters: Parameters) -> tuple[str, str]:
    scope = _read(parameters.get("scope") or '{"type": "default"}', dict)
    names = _SCOPES.get(str(scope.get("type")))
    if names is None or not all(str(scope.get(name, "")) for name in names):
        raise RefusedError("can't parse BotCommandScope: Unsupported type specified")
    language = parameters.get("language_code", "")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise RefusedError("invalid language code specified")
    return " ".join([scope["type"], *(str(scope[name]) for name in names)]), language


def _read(text: str, kind: type) -> Any:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise RefusedError("can't parse commands JSON object") from error
    if not isinstance(value, kind):
        raise RefusedError("can't parse commands JSON object")
    return value


def _command(one: Json) -> Command:
    name = str(one.get("command", "")).strip().removeprefix("/")
    description = str(one.get("description", "")).strip()
    if not name:
        raise RefusedError("command must be non-empty")
    if len(name) > 32:
        raise RefusedError("command length must not exceed 32")
    if not description:
        raise RefusedError("command description must be non-empty")
    if len(description) > DESCRIPTION_LIMIT:
        raise RefusedError(f"command description length must not exceed {DESCRIPTION_LIMIT}")
    if not _NAME.fullmatch(name):
        raise RefusedError("BOT_COMMAND_INVALID")
    return Command(name, description)
