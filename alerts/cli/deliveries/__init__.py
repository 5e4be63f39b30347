"""`tocsin deliveries`: the outbox and its dead letters, found, looked at, put back, forgotten.

All of it works beside a running process, which finds what was put back within half a minute.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from alerts.cli.completion import complete_receiver, complete_state
from alerts.cli.deliveries import chosen
from alerts.cli.options import span

app = typer.Typer(help="The outbox and its dead letters.", no_args_is_help=True)


class Format(StrEnum):
    """Whom it is told."""

    TEXT = "text"
    #: As text; its name before.
    TABLE = "table"
    JSON = "json"


Formatted = Annotated[Format, typer.Option("--format", help="text for people, json for scripts.")]


Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]...", help="Ids, or how they begin: eight characters or more."),
]
States = Annotated[
    list[str] | None,
    typer.Option(
        "--state",
        help="pending, leased, sent, ambiguous, held or dead; several: a,b.",
        autocompletion=complete_state,
    ),
]
Receivers = Annotated[
    list[str] | None,
    typer.Option("--receiver", help="Only for this receiver.", autocompletion=complete_receiver),
]
Channels = Annotated[list[str] | None, typer.Option("--channel", help="Only on this channel.")]


@app.command("list")
def list_deliveries(
    *,
    state: States = None,
    receiver: Receivers = None,
    channel: Channels = None,
    since: Annotated[
        str | None, typer.Option(metavar="SPAN", help="Only those made since: 90m, 2d.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
    form: Formatted = Format.TEXT,
) -> None:
    """List deliveries, the newest first.

    Example: tocsin deliveries list --state dead --since 2d
    """
    import asyncio

    from alerts.cli.deliveries import listing
    from alerts.storage.letters import Wanted

    wanted = Wanted(
        states=chosen.states(state),
        receivers=tuple(receiver or ()),
        channels=tuple(channel or ()),
        since=chosen.since(since),
    )
    asyncio.run(listing.tell(wanted, limit, as_json=form is Format.JSON))


@app.command("show")
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="An id, or how it begins.")],
    form: Formatted = Format.TEXT,
) -> None:
    """Show one delivery: what it says, to whom, why, and what became of it.

    Example: tocsin deliveries show 5f1c09ab
    """
    import asyncio

    from alerts.cli.deliveries import showing

    asyncio.run(showing.tell(id_, as_json=form is Format.JSON))


@app.command("retry")
def retry(
    ids: Ids = None,
    all_dead: Annotated[
        bool, typer.Option("--all-dead", help="All dead letters, or those of --channel …")
    ] = False,
    channel: Channels = None,
    receiver: Receivers = None,
    form: Formatted = Format.TEXT,
) -> None:
    """Put dead letters back: they are sent again, and have all their attempts before them.

    Example: tocsin deliveries retry --all-dead --channel email
    """
    import asyncio

    from alerts.cli.deliveries import changing

    if bool(ids) == all_dead:
        raise typer.BadParameter("name ids, or say --all-dead", param_hint="ID")
    if ids and (channel or receiver):
        raise typer.BadParameter("it narrows --all-dead alone", param_hint="--channel")
    as_json = form is Format.JSON
    done = changing.retry(ids or (), tuple(channel or ()), tuple(receiver or ()), as_json=as_json)
    asyncio.run(done)


@app.command("purge")
def purge(
    older_than: Annotated[str, typer.Option(metavar="SPAN", help="Since they were made: 30d.")],
    state: States = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    form: Formatted = Format.TEXT,
) -> None:
    """Forget deliveries that are over; those that could ring again without it are kept.

    Example: tocsin deliveries purge --older-than 30d --state dead
    """
    import asyncio

    from alerts.cli.deliveries import changing

    states = chosen.settled_states(state)
    age, as_json = span("--older-than", older_than), form is Format.JSON
    asyncio.run(changing.purge(age, states, is_sure=yes, as_json=as_json))
