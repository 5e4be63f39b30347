"""`tocsin feeds`: what is polled, and how it fares."""

from __future__ import annotations

import typer

app = typer.Typer(help="Feeds and their health.", no_args_is_help=True)


@app.callback()
def feeds() -> None:
    """Feeds and their health."""


@app.command("list")
def list_feeds() -> None:
    """List every feed with its last poll, its articles and its error.

    Example: tocsin feeds list
    """
    import asyncio

    asyncio.run(_list())


async def _list() -> None:
    from datetime import UTC, datetime

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from alerts.cli.shown import ago
    from alerts.feeds.fetch import shown_url
    from alerts.settings import load_settings
    from alerts.storage import open_overview

    now = datetime.now(UTC)
    table = Table("Publisher", "Feed", "Polled", "Last new", "Next", "Articles", "Health", box=None)
    async with open_overview(load_settings().database_url.get_secret_value()) as overview:
        listed = await overview.feeds()
    for feed in listed:
        state = feed.state
        table.add_row(
            Text(feed.publisher),
            Text(shown_url(state.url)),
            ago(state.last_polled_at, now),
            ago(state.last_new_at, now),
            "stopped" if state.stopped else ago(state.next_due_at, now),
            str(feed.articles),
            Text(state.error, style="red") if state.error else Text("ok", style="green"),
        )
    Console().print(table)
