"""`tocsin feeds`: what is polled, how it fares, and how feeds come and go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alerts.cli.completion import complete_feed
from alerts.cli.options import Form, Formatted, Rules

app = typer.Typer(help="Feeds and their health.", no_args_is_help=True)


File = Annotated[
    Path | None,
    typer.Option(
        "--file", metavar="FILE", help="Rule file to write to; else where the other feeds are."
    ),
]


@app.callback()
def feeds() -> None:
    """Feeds and their health."""


@app.command("list")
def list_feeds(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORDS]...", help="Of publisher, address, health or error."),
    ] = None,
    broken: Annotated[
        bool, typer.Option("--broken", help="Only those that cannot be read.")
    ] = False,
    form: Formatted = Form.TEXT,
) -> None:
    """List every feed with its health, its rhythm and its error; what is broken comes first.

    Example: tocsin feeds list --broken
    """
    import asyncio

    from alerts.cli.feeds import listing

    as_json = form is Form.JSON
    asyncio.run(listing.list_feeds(words or (), broken=broken, as_json=as_json))


@app.command("discover")
def discover(
    url: Annotated[str, typer.Argument(metavar="URL", help="A page, a site, or a feed.")],
    form: Formatted = Form.TEXT,
) -> None:
    """Find the feeds of a page or a site, and say what is in them.

    Example: tocsin feeds discover example.org/world
    """
    import asyncio

    from alerts.cli.feeds import discovering

    asyncio.run(discovering.discover(url, as_json=form is Form.JSON))


@app.command("add")
def add(
    *,
    url: Annotated[str, typer.Argument(metavar="URL", help="A feed, or a page that names one.")],
    file: File = None,
    publisher: Annotated[
        str, typer.Option("--publisher", metavar="NAME", help="Who speaks; else the feed's title.")
    ] = "",
    rules: Rules = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without a question.")] = False,
    form: Formatted = Form.TEXT,
) -> None:
    """Show what a poll of a feed gives, and write it into a rule file.

    Example: tocsin feeds add https://example.org/world --publisher 'Example Times'
    """
    import asyncio

    from alerts.cli.feeds import adding

    asyncio.run(
        adding.add_feed(
            url,
            file=file,
            publisher=publisher,
            rules=rules,
            is_agreed=yes,
            as_json=form is Form.JSON,
        )
    )


@app.command("import")
def import_feeds(
    *,
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="A list in OPML; - is stdin.")],
    file: File = None,
    rules: Rules = None,
    probe: Annotated[
        bool, typer.Option("--probe", help="Ask each feed once, and refuse what is none.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    form: Formatted = Form.TEXT,
) -> None:
    """Add the feeds that another reader exported (OPML); folders become tags.

    Example: tocsin feeds import subscriptions.opml --dry-run
    """
    import asyncio

    from alerts.cli.feeds import importing

    asyncio.run(
        importing.import_feeds(
            source,
            file=file,
            rules=rules,
            probes=probe,
            writes=not dry_run,
            as_json=form is Form.JSON,
        )
    )


@app.command("export")
def export(rules: Rules = None) -> None:
    """Write the feeds of the rule files as a list that other readers take (OPML).

    Example: tocsin feeds export > feeds.opml
    """
    from alerts.cli.feeds import importing

    importing.export_feeds(rules)


@app.command("poll")
def poll(
    feed: Annotated[
        str,
        typer.Argument(
            metavar="URL|NAME",
            help="A feed of the rule files, or any other.",
            autocompletion=complete_feed,
        ),
    ],
    rules: Rules = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what was sent and got, and why each item counts.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Ask for the whole document, whatever is known of it.")
    ] = False,
    form: Formatted = Form.TEXT,
) -> None:
    """Poll a feed once as `tocsin run` would, and write nothing.

    Example: tocsin feeds poll 'Example Times' --explain
    """
    import asyncio

    from alerts.cli.feeds import polling

    asyncio.run(
        polling.poll(feed, rules=rules, explains=explain, fresh=fresh, as_json=form is Form.JSON)
    )
