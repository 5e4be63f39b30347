"""`tocsin render`: the message that a receiver would get."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alerts.cli.options import Form, Formatted, Rules
from alerts.cli.receivers import Named

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write the mail there; with --eml."),
]
Eml = Annotated[bool, typer.Option("--eml", help="Only the mail, as it is sent, byte for byte.")]


def render(
    *,
    receiver: Named,
    sample: Annotated[
        bool, typer.Option("--sample", help="An invented story; what is shown without --article.")
    ] = False,
    article: Annotated[
        str | None,
        typer.Option(metavar="ID", help="What an article of the archive makes, by today's rules."),
    ] = None,
    eml: Eml = False,
    output: Output = None,
    rules: Rules = None,
    form: Formatted = Form.TEXT,
) -> None:
    """Show the exact message that a receiver would get; nothing is sent.

    Example: tocsin render desk-digest --sample --eml > desk.eml
    """
    import asyncio

    if sample and article is not None:
        raise typer.BadParameter("it is an article, or a sample", param_hint="--sample")
    if output is not None and not eml:
        raise typer.BadParameter("it is for mails: say --eml", param_hint="--output")
    from alerts.cli import rendering

    shown = rendering.Wanted(eml=eml, output=output, as_json=form is Form.JSON)
    asyncio.run(rendering.tell_message(receiver, article, rules, shown))
