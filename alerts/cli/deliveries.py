"""`tocsin deliveries`: the outbox and its dead letters."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="The outbox and its dead letters.", no_args_is_help=True)


@app.callback()
def deliveries() -> None:
    """Show the outbox and its dead letters."""


@app.command("list")
def list_deliveries(
    state: Annotated[
        list[str] | None,
        typer.Option(help="Only these: pending, leased, sent, ambiguous, held or dead."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
) -> None:
    """List deliveries, the newest first.

    Example: tocsin deliveries list --state dead
    """
    import asyncio

    from alerts.model import DeliveryState

    known = [item.value for item in DeliveryState]
    for name in state or ():
        if name not in known:
            raise typer.BadParameter(
                f"{name!r} is none of {', '.join(known)}", param_hint="--state"
            )
    asyncio.run(_list([DeliveryState(name) for name in state or ()], limit))


async def _list(states: list[object], limit: int) -> None:
    from datetime import UTC, datetime

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from alerts.cli.shown import ago
    from alerts.settings import load_settings
    from alerts.storage import open_overview

    now = datetime.now(UTC)
    table = Table(
        "Delivery", "Kind", "State", "Severity", "To", "Made", "Attempts", "Note", box=None
    )
    async with open_overview(load_settings().database_url.get_secret_value()) as overview:
        found = await overview.deliveries(states=states, limit=limit)  # type: ignore[arg-type]
    for item in found:
        when = ago(item.sent_at or item.due_at, now)
        repeat = " (possible repeat)" if item.possible_repeat else ""
        table.add_row(
            item.id[:12],
            item.kind.value,
            item.state.value,
            item.severity.value,
            Text(f"{item.receiver}: {item.address.key}"),
            ago(item.created_at, now),
            str(item.attempt),
            Text((item.error.splitlines() or [when])[0] + repeat),
        )
    Console().print(table)
    if not found:
        typer.echo("no deliveries")
