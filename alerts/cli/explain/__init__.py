"""`tocsin explain`: why an article meets a watchlist, or what keeps it from that."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.completion import complete_watchlist
from alerts.cli.options import Form, Formatted, Rules


def explain(
    *,
    watchlist: Annotated[
        str | None,
        typer.Option(
            "--watchlist",
            "-w",
            metavar="ID",
            help="Without it: all that match, and the three that nearly do.",
            autocompletion=complete_watchlist,
        ),
    ] = None,
    article: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Of the archive: its id, how that begins (eight letters), or its URL.",
        ),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="A title, an empty line, and the rest; - reads stdin."),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="A page: from the archive, or else fetched as the poller would."
        ),
    ] = None,
    rules: Rules = None,
    decided: Annotated[
        bool,
        typer.Option(
            "--decided", help="By the rule files that were in force then, not by today's."
        ),
    ] = False,
    form: Formatted = Form.TEXT,
) -> None:
    """Explain why an article meets a watchlist, or what is missing and which change would do.

    Example: tocsin explain -w khmeimim-attack --text 'Drone shot down over Hmeymim'
    """
    import asyncio

    if sum(given is not None for given in (article, text, url)) != 1:
        message = "name one of --article, --text and --url"
        raise typer.BadParameter(message, param_hint="--article")
    if decided and (text is not None or rules is not None):
        message = "it is for articles of the archive, and without --rules"
        raise typer.BadParameter(message, param_hint="--decided")
    from alerts.cli.explain.answering import Question, answer

    question = Question(
        watchlist=watchlist, article=article, text=text, url=url, rules=rules, by_decided=decided
    )
    asyncio.run(answer(question, as_json=form is Form.JSON))
