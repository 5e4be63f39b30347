"""`tocsin deliveries list`: a line each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from alerts.cli.shown import ago, where
from alerts.model import DeliveryState
from alerts.settings import load_settings
from alerts.storage import ListedDelivery
from alerts.storage.beside import open_desk
from alerts.storage.letters import Wanted
from alerts.watchlists.complaints import printable

_COLOURS = {
    DeliveryState.DEAD: "red",
    DeliveryState.AMBIGUOUS: "yellow",
    DeliveryState.SENT: "green",
}
_HEAD = ("Delivery", "Kind", "State", "Severity", "To", "Made", "Attempts", "Note")


async def tell(wanted: Wanted, limit: int, *, as_json: bool) -> None:
    """Print the deliveries that are *wanted*."""
    async with open_desk(load_settings().database_url.get_secret_value()) as desk:
        found = await desk.letters.find(wanted, limit=limit)
        more = await desk.letters.count(wanted) - len(found)
    if as_json:
        typer.echo(json.dumps([described(item) for item in found], indent=2))
    elif not found:
        typer.echo("no deliveries")
    else:
        _print(found, now=datetime.now(UTC))
        if more > 0:
            typer.echo(f"and {more:,} more: --limit {len(found) + more}")


def _print(found: Iterable[ListedDelivery], *, now: datetime) -> None:
    table = Table(*_HEAD, box=None)
    for item in found:
        table.add_row(
            item.id[:12],
            item.kind.value,
            Text(item.state.value, style=_COLOURS.get(item.state, "")),
            item.severity.value,
            Text(printable(f"{item.receiver}: {where(item.address)}")),
            ago(item.created_at, now),
            str(item.attempt),
            Text(printable(_note(item, now))),
        )
    # Where nobody looks (a pipe, a file) nothing is cut to the width of a terminal.
    Console(width=shutil.get_terminal_size((200, 50)).columns).print(table)


def _note(item: ListedDelivery, now: datetime) -> str:
    repeat = " (possible repeat)" if item.possible_repeat else ""
    lines = item.error.splitlines() or [ago(item.sent_at or item.due_at, now)]
    return lines[0] + repeat


def described(item: ListedDelivery) -> dict[str, object]:
    """Return *item* as scripts read it."""
    return {
        "id": item.id,
        "kind": item.kind.value,
        "state": item.state.value,
        "severity": item.severity.value,
        "receiver": item.receiver,
        "channel": item.address.channel,
        "address": item.address.key,
        "made_at": item.created_at.isoformat(),
        "due_at": item.due_at.isoformat(),
        "sent_at": item.sent_at.isoformat() if item.sent_at else None,
        "attempts": item.attempt,
        "possible_repeat": item.possible_repeat,
        "error": item.error,
    }
