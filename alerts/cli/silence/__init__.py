"""`tocsin silence`: what nobody wants to hear of for a time.

All of it works beside a running process, which heeds a silence from the moment at which it is stored.
"""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.options import Form, Formatted, Rules

app = typer.Typer(help="What nobody is to hear of for a time.", no_args_is_help=True)


@app.command("add")
def add(
    *,
    matchers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MATCHER]...",
            help="As in routes: severity=low, 'watchlist=~\"idlib.*\"'. A match must meet all.",
        ),
    ] = None,
    span: Annotated[
        str | None, typer.Option("--for", metavar="SPAN", help="How long: 90m, 2h, 3d.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Or until when: 2026-11-01T06:00+01:00.")
    ] = None,
    comment: Annotated[str, typer.Option("--comment", "-c", help="Why; whoever looks reads it.")],
    author: Annotated[
        str, typer.Option("--author", "-a", envvar="USER", help="Who says so.")
    ] = "somebody",
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Also when it silences everything.")
    ] = False,
    rules: Rules = None,
    form: Formatted = Form.TEXT,
) -> None:
    """Let what meets all matchers ring for nobody, for a time: it is stored and counted.

    Example: tocsin silence add severity=low 'watchlist=~"idlib.*"' --for 2h -c 'drill of today'
    """
    import asyncio

    from alerts.cli.silence import adding

    wanted = adding.Wanted(
        matchers=tuple(matchers or ()), span=span, until=until, author=author, comment=comment
    )
    asyncio.run(adding.add(wanted, rules, is_sure=yes, as_json=form is Form.JSON))


@app.command("list")
def list_silences(
    *,
    expired: Annotated[
        bool, typer.Option("--expired", help="Those that are over, the newest first.")
    ] = False,
    form: Formatted = Form.TEXT,
) -> None:
    """List the silences that last, and what each kept from ringing.

    Example: tocsin silence list
    """
    import asyncio

    from alerts.cli.silence import listing

    asyncio.run(listing.tell(is_over=expired, as_json=form is Form.JSON))


@app.command("expire")
def expire(
    number: Annotated[int, typer.Argument(metavar="ID", help="As `silence list` has it.")],
    form: Formatted = Form.TEXT,
) -> None:
    """End a silence before its time; what it kept from ringing is not told later.

    Example: tocsin silence expire 3
    """
    import asyncio

    from alerts.cli.silence import listing

    asyncio.run(listing.expire(number, as_json=form is Form.JSON))
