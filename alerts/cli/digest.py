"""`tocsin digest`: what the next digest says."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.options import Form, Formatted, Rules
from alerts.cli.receivers import Named
from alerts.cli.render import Eml, Output

app = typer.Typer(help="Digests, before they leave.", no_args_is_help=True)


@app.callback()
def digest() -> None:
    """Digests, before they leave."""


@app.command("preview")
def preview(
    *,
    receiver: Named,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As of the first digest after that: 2026-11-01T06:00."),
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Invented stories instead of what waits.")
    ] = False,
    eml: Eml = False,
    output: Output = None,
    rules: Rules = None,
    form: Formatted = Form.TEXT,
) -> None:
    """Show the next digest of a receiver as it stands now; it goes on gathering.

    Example: tocsin digest preview evening-mail --eml --output digest.eml
    """
    import asyncio

    if output is not None and not eml:
        raise typer.BadParameter("it is for mails: say --eml", param_hint="--output")
    from alerts.cli import rendering

    shown = rendering.Wanted(eml=eml, output=output, as_json=form is Form.JSON)
    asyncio.run(rendering.tell_digest(receiver, at, rules, shown, is_sample=sample))
