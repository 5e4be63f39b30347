"""`tocsin doctor`: is everything set up that an alert needs on its way?

It reads settings and rule files, asks the servers that they name, and sends nothing to anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.ending import FINDINGS, EndedError
from alerts.cli.options import Form, Formatted, Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alerts.cli.doctor.findings import Finding


def doctor(
    rules: Rules = None,
    form: Formatted = Form.TEXT,
    name_server: Annotated[
        str | None,
        typer.Option("--dns", metavar="IP[:PORT]", help="Whom to ask about the sender's domain."),
    ] = None,
) -> None:
    """Check settings, database, tokens, mail set-up, names, pages and clock; say what to do.

    Example: tocsin doctor
    """
    import asyncio
    import os
    from datetime import UTC, datetime

    from alerts.cli.doctor.examination import examine, server
    from alerts.settings import load_settings

    settings = load_settings(rules=rules)
    found = asyncio.run(
        examine(
            settings,
            environment=os.environ,
            name_server=server(name_server),
            now=lambda: datetime.now(UTC),
        )
    )
    _tell(found, form)
    if not all(each.verdict == "ok" for each in found):
        raise EndedError(FINDINGS)


def _tell(found: Sequence[Finding], form: Form) -> None:
    import json
    from dataclasses import asdict

    if form is Form.JSON:
        good = all(each.verdict == "ok" for each in found)
        document = {"ok": good, "findings": [asdict(each) for each in found]}
        typer.echo(json.dumps(document, indent=2))
        return
    colours = {"ok": "green", "warning": "yellow", "problem": "red"}
    for each in found:
        verdict = typer.style(f"{each.verdict:<9}", fg=colours[each.verdict], bold=True)
        typer.echo(f"{verdict}{each.about:<12}{each.words}")
        if each.advice:
            typer.echo(f"{'':<21}-> {each.advice}")
