"""Command lines as people copy them: taken apart and held against our options, and not run."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from alerts.cli import app

#: What a shell does with a command: its arguments end there.
_ENDS = frozenset({"|", ">", ">>", "||", "&&", ";", "2>", "<"})


def commands() -> dict[str, Any]:
    """Return every command and sub-command by its words: `feeds list`."""
    return dict(_walk(get_command(app), ()))


def _walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path), command
        return
    for name, each in inner.items():
        yield from _walk(each, (*path, name))


def options(command: Any) -> set[str]:
    """Return the options of *command*: `--format`."""
    return {name for each in command.params for name in each.opts if name.startswith("-")}


def example(command: Any) -> str:
    """Return the one example in the help of *command*."""
    lines = [line.strip() for line in (command.help or "").splitlines()]
    [found] = [line.removeprefix("Example: ") for line in lines if line.startswith("Example: ")]
    return found


def parse(line: str) -> str:
    """Parse the call of tocsin in *line*, values included; return which command it is.

    Nothing is run.  Whatever is wrong with it is raised.
    """
    words = shlex.split(line, comments=True)
    words = words[words.index("tocsin") + 1 :]
    end = next((place for place, word in enumerate(words) if word in _ENDS), len(words))
    return _parse(get_command(app), words[:end], None)


def _parse(command: Any, words: list[str], parent: Any) -> str:
    with command.make_context(command.name, list(words), parent=parent) as context:
        if getattr(command, "commands", None) is None:
            return ""
        rest = [*context._protected_args, *context.args]
        name, inner, more = command.resolve_command(context, rest)
        return f"{name} {_parse(inner, more, context)}".strip()
