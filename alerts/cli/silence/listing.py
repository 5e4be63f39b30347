"""`tocsin silence list` and `expire`: the silences that there are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import typer
from rich.table import Table
from rich.text import Text

from alerts.cli.ending import USAGE, EndedError
from alerts.cli.shown import ago, plural
from alerts.cli.terminal import console
from alerts.settings import load_settings
from alerts.storage import open_beside
from alerts.storage.beside import open_desk
from alerts.storage.silence import Silence
from alerts.watchlists.complaints import printable
from alerts.watchlists.matchers import written

#: Columns where nobody counts them.
_UNBROKEN: Final = 10_000


async def tell(*, is_over: bool, as_json: bool) -> None:
    """Print the silences that last; or those that are over.

    Raises:
        StorageError: there is no database yet.
    """
    now = datetime.now(UTC)
    async with open_beside(load_settings().database_url.get_secret_value()) as storage:
        held = storage.silences
        found = (await held.over(now=now))[::-1] if is_over else await held.lasting(now=now)
    if as_json:
        typer.echo(json.dumps([described(silence, now) for silence in found], indent=2))
    elif found:
        there = console()
        if there.soft_wrap:
            there.width = _UNBROKEN
        there.print(_table(found, now, is_broken=not there.soft_wrap))
    else:
        typer.echo("no silence is over" if is_over else "nothing is silenced")


async def expire(number: int, *, as_json: bool) -> None:
    """End the silence *number*.

    Raises:
        EndedError: none that lasts has this number; which do was said.
        StorageError: there is no database yet.
    """
    now = datetime.now(UTC)
    async with open_desk(load_settings().database_url.get_secret_value()) as desk:
        ended = await desk.silences.expire(number, now=now)
        lasting = await desk.silences.lasting(now=now)
    if ended is None:
        lasts = ", ".join(str(silence.id) for silence in lasting)
        hint = f"these do: {lasts}" if lasts else "none does"
        typer.echo(f"tocsin: no silence {number} lasts; {hint}", err=True)
        raise EndedError(USAGE)
    if as_json:
        typer.echo(json.dumps(described(ended, now), indent=2))
        return
    count = plural(ended.silenced, "match", "matches")
    typer.echo(f"silence {number} is over; {count} did not ring because of it")
    if ended.silenced:
        typer.echo("  what it held stays held; the next report of a story rings again")


def summary(silence: Silence, now: datetime) -> str:
    """Return what *silence* silences and until when, on one line."""
    until = f"{silence.ends_at.astimezone(UTC):%a %d %b %H:%M} UTC, {ago(silence.ends_at, now)}"
    return f"silence {silence.id}: {' '.join(_met(silence))} until {until}"


def _met(silence: Silence) -> list[str]:
    """Return the matchers of *silence* as they are written."""
    return [printable(written(matcher)) for matcher in silence.matchers] or ["everything"]


def _table(found: Sequence[Silence], now: datetime, *, is_broken: bool) -> Table:
    """Return a table in which nothing is cut; where lines are not broken a silence is one."""
    table = Table("Silence", "Ends", "Silenced", box=None, pad_edge=False)
    table.add_column("What, by whom and why", overflow="fold", no_wrap=not is_broken)
    for silence in found:
        what = Text(("\n" if is_broken else " ").join(_met(silence)))
        what.append("\n" if is_broken else "  ").append(_reason(silence), "dim")
        table.add_row(str(silence.id), _end(silence, now), f"{silence.silenced:,}", what)
    return table


def _reason(silence: Silence) -> str:
    return printable(f"{silence.author}: {silence.comment}")


def _end(silence: Silence, now: datetime) -> str:
    if silence.ended_at is not None and silence.ended_at < silence.ends_at:
        return f"ended {ago(silence.ended_at, now)}"
    return ago(silence.ends_at, now)


def described(silence: Silence, now: datetime) -> dict[str, object]:
    """Return *silence* as scripts read it."""
    return {
        "id": silence.id,
        "matchers": [written(matcher) for matcher in silence.matchers],
        "author": silence.author,
        "comment": silence.comment,
        "begins_at": silence.begins_at.isoformat(),
        "ends_at": silence.ends_at.isoformat(),
        "ended_at": silence.ended_at and silence.ended_at.isoformat(),
        "lasts": silence.lasts(now),
        "silenced": silence.silenced,
    }
