"""`tocsin notify-test`: one marked message for real."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.options import Form, Formatted, Rules
from alerts.cli.receivers import Named


def notify_test(
    *,
    receiver: Named,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    rules: Rules = None,
    form: Formatted = Form.TEXT,
) -> None:
    """Send one message, marked as a test, to each address of a receiver, and say what came of it.

    No database is needed. Exit code 1: some address was not reached.

    Example: tocsin notify-test ops-telegram --yes
    """
    import asyncio

    from alerts.cli import trying

    asyncio.run(trying.send(receiver, rules, is_sure=yes, as_json=form is Form.JSON))
