"""`tocsin articles`: what was seen, searched and looked at; beside a running process."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.completion import complete_feed
from alerts.cli.options import Form, Formatted, moment

app = typer.Typer(help="The articles that were seen.", no_args_is_help=True)


@app.command("search")
def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORD]...",
            help="All of them, in any field and order; capitals and accents do not count."
            "  chlor* is the beginning of a word.",
        ),
    ] = None,
    *,
    query: Annotated[
        str, typer.Option("--query", metavar="Q", help="Only what meets this query as well.")
    ] = "",
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Seen since: 30d, or a date.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Seen before: 1d, or a date.")
    ] = None,
    feed: Annotated[
        str,
        typer.Option(
            metavar="URL|NAME",
            help="Only of feeds whose URL or publisher has this in it.",
            autocompletion=complete_feed,
        ),
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 20,
    form: Formatted = Form.TEXT,
) -> None:
    """Search the articles that were seen, the newest first.

    Example: tocsin articles search sarin 'idl*' --query 'gas NEAR/5 attack' --since 90d
    """
    import asyncio
    from datetime import UTC, datetime

    from alerts.cli.articles import searching
    from alerts.workbench.searching import Search

    text = " ".join(words or ())
    if not text.strip() and not query.strip():
        raise typer.BadParameter("give words, or a --query", param_hint="WORD")
    now = datetime.now(UTC)
    asked = Search(
        words=text,
        query=query.strip(),
        since=moment("--since", since, now=now).astimezone(UTC) if since else None,
        until=moment("--until", until, now=now).astimezone(UTC) if until else None,
        feed=feed,
    )
    asyncio.run(searching.tell(asked, limit, now=now, as_json=form is Form.JSON))


@app.command("show")
def show(
    named: Annotated[
        str, typer.Argument(metavar="ID|URL", help="An id, how it begins, or the address.")
    ],
    form: Formatted = Form.TEXT,
) -> None:
    """Show one article: every field, what it said before, and what it matched.

    Example: tocsin articles show 5f1c09ab
    """
    import asyncio

    from alerts.cli.articles import showing

    asyncio.run(showing.tell(named, as_json=form is Form.JSON))
