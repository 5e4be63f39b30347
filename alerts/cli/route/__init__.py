"""`tocsin route`: the tree of routes, and the way of a match through it."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.options import Form, Formatted, Rules

app = typer.Typer(help="Who hears of what: the routes, tried out.", no_args_is_help=True)


@app.command("show")
def show(rules: Rules = None, form: Formatted = Form.TEXT) -> None:
    """Show the routes as a tree, with their matchers and hours, and whom they reach.

    Example: tocsin route show --rules rules
    """
    from alerts.cli.route import tree

    tree.tell(rules, as_json=form is Form.JSON)


@app.command("test")
def try_out(
    *,
    labels: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[LABEL=VALUE]...",
            help="watchlist, severity, owner, publisher, tag, place, group. A watchlist brings its"
            " severity, owner and tags along.",
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it matches: 2026-11-01T23:30+01:00.")
    ] = None,
    article: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Instead: whatever this article of the archive matches."),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Instead: whatever this text matches; - reads stdin."),
    ] = None,
    rules: Rules = None,
    form: Formatted = Form.TEXT,
) -> None:
    """Say who would hear of a match, by which way through the routes, and when.

    Example: tocsin route test watchlist=idlib-chemical --at 2026-11-01T23:30+01:00
    """
    import asyncio

    if sum(map(bool, (labels, article, text))) != 1:
        message = "name labels, such as severity=high, or --article, or --text"
        raise typer.BadParameter(message, param_hint="LABEL=VALUE")
    from alerts.cli.route import testing

    question = testing.Question(labels=tuple(labels or ()), at=at, article=article, text=text)
    asyncio.run(testing.tell(question, rules, as_json=form is Form.JSON))
