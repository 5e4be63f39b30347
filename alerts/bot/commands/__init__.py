"""One module for each command; here they are put in the order in which /help lists them."""

from __future__ import annotations

from typing import Final

from alerts.bot.commands import language, privacy, start
from alerts.bot.commands.help import make_help
from alerts.bot.talk import Command, Commands

_BEFORE_HELP: Final[tuple[Command, ...]] = (start.COMMAND,)
_AFTER_HELP: Final[tuple[Command, ...]] = (language.COMMAND, privacy.COMMAND)


def all_commands() -> Commands:
    """Return every command."""
    listed: list[Command] = []
    told = make_help(lambda: listed)
    listed += [*_BEFORE_HELP, told, *_AFTER_HELP]
    return Commands(tuple(listed))
