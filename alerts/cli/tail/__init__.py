"""`tocsin tail`: what comes in, and what becomes of it, as it happens."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.completion import complete_feed, complete_watchlist
from alerts.cli.options import Form, Formatted, moment

_USUALLY = "10m"


def tail(
    *,
    watchlist: Annotated[
        list[str] | None,
        typer.Option(
            "--watchlist",
            metavar="ID",
            help="Only what met this watchlist.",
            autocompletion=complete_watchlist,
        ),
    ] = None,
    feed: Annotated[
        list[str] | None,
        typer.Option(
            "--feed",
            metavar="URL|NAME",
            help="Only this feed, or the feeds of this publisher.",
            autocompletion=complete_feed,
        ),
    ] = None,
    matches: Annotated[
        bool, typer.Option("--matches", help="Only articles that met a watchlist.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="SPAN|TIME", help="Begin so much earlier, or then: 10m, 2026-11-01."
        ),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help=f"End at the present; begin {_USUALLY} ago.")
    ] = False,
    form: Formatted = Form.TEXT,
) -> None:
    """Show articles as they come in, and what becomes of each, until Ctrl-C.

    Example: tocsin tail --matches --since 1h
    """
    import asyncio
    import contextlib
    from datetime import UTC, datetime

    from alerts.cli.tail import documents, following, lines

    now = datetime.now(UTC)
    begin = moment("--since", since or (_USUALLY if once else "0s"), now=now)
    shown = (
        documents.Shown()
        if form is Form.JSON
        else lines.Shown(begin, now=now, is_followed=not once)
    )
    asked = following.Asked(
        watchlists=tuple(watchlist or ()), feeds=tuple(feed or ()), matches=matches
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(following.follow(asked, shown.show, since=begin, ends=once))
    shown.conclude()
