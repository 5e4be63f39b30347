"""Which receiver of the rule files is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.completion import complete_receiver
from alerts.cli.ending import USAGE, EndedError

if TYPE_CHECKING:
    from alerts.model import Receiver, RuleSet

Named = Annotated[
    str,
    typer.Argument(
        metavar="RECEIVER",
        help="As the rule files name it.",
        autocompletion=complete_receiver,
    ),
]


def receiver_named(name: str, rules: RuleSet) -> Receiver:
    """Return the receiver *name* of *rules*.

    Raises:
        EndedError: there is none; which there are was said.
    """
    from alerts.watchlists.complaints import printable
    from alerts.watchlists.suggest import did_you_mean

    receiver = rules.receivers.get(name)
    if receiver is None:
        known = sorted(rules.receivers)
        hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
        typer.echo(f"tocsin: no receiver is called {printable(name)!r}; {hint}", err=True)
        raise EndedError(USAGE)
    return receiver
