"""`tocsin why`: every stage that an article went through, and the one that decided."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.completion import complete_watchlist
from alerts.cli.options import Form, Formatted, Rules


def why(
    article: Annotated[
        str,
        typer.Argument(metavar="ARTICLE", help="Its id, how that begins (8 letters), or its URL."),
    ],
    watchlist: Annotated[
        str | None,
        typer.Argument(
            metavar="[WATCHLIST]",
            help="Only this one, also if it did not match.",
            autocompletion=complete_watchlist,
        ),
    ] = None,
    rules: Rules = None,
    form: Formatted = Form.TEXT,
) -> None:
    """Say why an article did or did not ring: every stage that it went through, to each address.

    Example: tocsin why https://news.example.org/khmeimim khmeimim-attack
    """
    import asyncio

    from alerts.cli.why.gathering import gather
    from alerts.cli.why.showing import tell

    found = asyncio.run(gather(article, watchlist, folder=rules))
    tell(found, as_json=form is Form.JSON)
