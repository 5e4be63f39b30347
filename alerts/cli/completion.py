"""What a shell offers behind an option: names out of the rule files and the states that there are.

Whoever presses Tab waits, and reads no errors: the files are only looked through, and where that
fails nothing is offered.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

# Not only for types: typer reads the annotations when it makes the commands.
from typer import Context

if TYPE_CHECKING:
    from alerts.workbench.names import Names

Offered = list[tuple[str, str]]

_NAME: Final = "tocsin"
#: What a shell sets when it asks what may follow.
_ASKED: Final = "_TOCSIN_COMPLETE"


class Shell(StrEnum):
    """Shells that can be told."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def _show(shell: Shell | None) -> None:
    if shell is not None:
        from typer._completion_shared import get_completion_script

        script = get_completion_script(prog_name=_NAME, complete_var=_ASKED, shell=shell.value)
        typer.echo(script)
        raise typer.Exit


# Not typer's own option, which asks for the shell that runs and takes no other; its scripts have no
# public name.
ShowCompletion = Annotated[
    Shell | None,
    typer.Option(
        "--show-completion",
        callback=_show,
        is_eager=True,
        help="Print what makes Tab complete; for the shell's start-up file.",
    ),
]


def answer_shells() -> None:
    """Let the command line answer a shell that asks what may follow."""
    if _ASKED in os.environ:
        from typer._completion_classes import completion_init

        completion_init()


def complete_watchlist(context: Context, incomplete: str) -> Offered:
    """Offer ids of watchlists."""
    return _offered(context, incomplete, lambda names: ((id_, "") for id_ in names.watchlists))


def complete_receiver(context: Context, incomplete: str) -> Offered:
    """Offer names of receivers."""
    return _offered(context, incomplete, lambda names: ((name, "") for name in names.receivers))


def complete_feed(context: Context, incomplete: str) -> Offered:
    """Offer addresses of feeds, each with its publisher."""
    return _offered(
        context, incomplete, lambda names: ((feed.url, feed.publisher) for feed in names.feeds)
    )


def complete_state(incomplete: str) -> Offered:
    """Offer states of deliveries."""
    from alerts.model import DeliveryState

    return [(each.value, "") for each in DeliveryState if each.value.startswith(incomplete)]


def _offered(
    context: Context, incomplete: str, choose: Callable[[Names], Iterable[tuple[str, str]]]
) -> Offered:
    from alerts.workbench.names import names_in

    begun = incomplete.casefold()
    try:
        from alerts.watchlists.contents import Contents

        names = names_in(Contents.of_folder(_folder(context)))
        return [each for each in choose(names) if each[0].casefold().startswith(begun)]
    except Exception:  # noqa: BLE001 - a traceback would stand in the middle of a typed line
        return []


def _folder(context: Context) -> Path:
    """Return the folder of rule files: --rules, as far as it was typed, or the setting.

    Not through `Settings`: these take a while, and may be wrong for other reasons.
    """
    typed = context.params.get("rules")
    return Path(typed or os.environ.get("TOCSIN_RULES") or "rules")
