"""`tocsin deliveries retry` and `purge`: what an operator changes."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import typer

from alerts.cli.deliveries.showing import identified
from alerts.cli.ending import FINDINGS, USAGE, EndedError
from alerts.cli.shown import plural
from alerts.model import DeliveryState
from alerts.settings import load_settings
from alerts.storage.beside import Desk, open_desk
from alerts.storage.letters import Wanted
from alerts.storage.retention import Keep


async def retry(
    names: Sequence[str],
    channels: Collection[str],
    receivers: Collection[str],
    *,
    as_json: bool,
) -> None:
    """Put the dead letters back that *names* begin; without names all of *channels* and *receivers*.

    Raises:
        EndedError: a name is none, or what it names is not dead.
    """
    now = datetime.now(UTC)
    async with open_desk(load_settings().database_url.get_secret_value()) as desk:
        if names:
            ids = [await identified(desk.letters, name) for name in names]
        else:
            dead = Wanted(states=[DeliveryState.DEAD], channels=channels, receivers=receivers)
            ids = [item.id for item in await desk.letters.find(dead)]
        others = await _not_dead(desk, ids) if names else []
        count = await desk.letters.retry(ids, now=now)
        gone = await desk.letters.unreachable(ids)
    if as_json:
        document = {"put_back": count, "unreachable": gone, "refused": others}
        typer.echo(json.dumps(document, indent=2))
    else:
        typer.echo(f"{plural(count, 'dead letter', 'dead letters')} put back")
    for key, reason in gone.items():
        hint = "loading the rule files again tries it anew"
        typer.echo(f"nothing is sent to {key}: {reason}; {hint}", err=True)
    for line in others:
        typer.echo(line, err=True)
    if others:
        raise EndedError(FINDINGS)


async def _not_dead(desk: Desk, ids: Sequence[str]) -> list[str]:
    found = [await desk.letters.show(id_) for id_ in ids]
    return [
        f"{letter.listed.id[:12]} is {letter.listed.state}: only dead letters are put back"
        for letter in found
        if letter is not None and letter.listed.state is not DeliveryState.DEAD
    ]


async def purge(
    older_than: timedelta, states: Collection[DeliveryState], *, is_sure: bool, as_json: bool
) -> None:
    """Forget deliveries in *states* that were made longer ago, after asking.

    Raises:
        EndedError: nobody can be asked, or the answer was no.
    """
    now = datetime.now(UTC)
    keep = Keep(deliveries=dict.fromkeys(states, older_than))
    names = " or ".join(sorted(states))
    async with open_desk(load_settings().database_url.get_secret_value()) as desk:
        wanted = Wanted(states=states, until=now - older_than)
        count = await desk.letters.count(wanted)
        kept = 0
        if count:
            _ask(f"Forget {plural(count, 'delivery', 'deliveries')} ({names})?", is_sure=is_sure)
            await desk.retention.sweep(now, keep)
            kept = await desk.letters.count(wanted)
    if as_json:
        typer.echo(json.dumps({"forgotten": count - kept, "kept": kept}, indent=2))
        return
    if not count:
        typer.echo(f"no delivery is {names} and so old")
        return
    typer.echo(f"{plural(count - kept, 'delivery', 'deliveries')} forgotten")
    if kept:
        typer.echo(f"{kept:,} kept: their stories could ring again without them")


def _ask(question: str, *, is_sure: bool) -> None:
    if is_sure:
        return
    if not sys.stdin.isatty():
        typer.echo("tocsin: nobody can be asked here: say --yes", err=True)
        raise EndedError(USAGE)
    if not typer.confirm(question):
        raise EndedError(FINDINGS)
