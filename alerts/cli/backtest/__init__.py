"""`tocsin backtest`: what would have rung, and what would an edit have changed?"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.completion import complete_watchlist
from alerts.cli.ending import INTERRUPTED, USAGE, EndedError
from alerts.cli.options import Rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from alerts.workbench.backtest import Question, Report, Window
    from alerts.workbench.backtest import Rules as NamedRules

_KILLED = (
    "tocsin: a process of the backtest was killed, perhaps for want of memory; nothing was changed."
    " Look at fewer days (--since) or at some watchlists (--watchlist)."
)


class Form(StrEnum):
    """Whom a backtest is told."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def backtest(
    *,
    rules: Rules = None,
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="Whole days before now (30d), 12h, or a date.")
    ] = "30d",
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Where to stop; as --since.  [default: now]")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="DIR|REV", help="Compare with these rules: a folder, HEAD, main, v1.2:rules."
        ),
    ] = None,
    watchlist: Annotated[
        list[str] | None,
        typer.Option(
            "--watchlist",
            "-w",
            metavar="W",
            help="Only this one; may be given again.",
            autocompletion=complete_watchlist,
        ),
    ] = None,
    samples: Annotated[
        int, typer.Option(min=0, max=100, help="Headlines that are shown of each watchlist.")
    ] = 3,
    form: Annotated[
        Form,
        typer.Option("--format", help="text for people, json for scripts, markdown for reviews."),
    ] = Form.TEXT,
) -> None:
    """Say which alerts stored articles would have made, and what an edit would have changed.

    Nothing is written and nothing is sent.

    Example: tocsin backtest --since 30d --against HEAD
    """
    import os
    from datetime import UTC, datetime

    from alerts.settings import load_settings
    from alerts.workbench.backtest import Question

    settings = load_settings(rules=rules)
    mine, other = _read(settings.rules, against)
    window = _window(since, until, now=datetime.now(UTC))
    question = Question(
        rules=mine,
        against=other,
        only=frozenset(watchlist or ()),
        window=window,
        samples=samples,
        environment=dict(os.environ),
    )
    _check_names(question)
    report = _found(question, settings.database_url.get_secret_value(), form)
    if report is not None:
        _show(report, form)


def _read(folder: Path, against: str | None) -> tuple[NamedRules, NamedRules | None]:
    """Return the rule files of *folder*, and those that they are compared with."""
    from alerts.watchlists.contents import Contents
    from alerts.workbench.backtest import Rules as NamedRules
    from alerts.workbench.revisions import RevisionError, contents_of

    mine = NamedRules(name=f"{folder}", contents=Contents.of_folder(folder))
    if against is None:
        return mine, None
    try:
        return mine, NamedRules(name=against, contents=contents_of(against, folder))
    except RevisionError as error:
        raise typer.BadParameter(str(error), param_hint="--against") from None


def _window(since: str, until: str | None, *, now: datetime) -> Window:
    """Return the time that is meant; days are whole ones, in UTC, so that two runs agree.

    Raises:
        BadParameter: one is no moment, or the end is not behind the beginning.
    """
    from datetime import UTC, time, timedelta

    from alerts.cli.options import moment
    from alerts.workbench.backtest import Window

    start = moment("--since", since, now=now).astimezone(UTC)
    end = moment("--until", until, now=now).astimezone(UTC) if until else now
    if since.strip().endswith("d") and now - start >= timedelta(days=1):
        start = start.combine(start.date(), time(), UTC)
    if end <= start:
        raise typer.BadParameter("it is not behind --since", param_hint="--until")
    return Window(since=start, until=end)


def _check_names(question: Question) -> None:
    """Refuse watchlists that none of the rule sets has.

    Raises:
        BadParameter: one is unknown; the text says which are like it.
    """
    from alerts.watchlists.complaints import quoted
    from alerts.workbench.names import names_in
    from alerts.workbench.nearest import nearest

    sets = [each.contents for each in (question.rules, question.against) if each and question.only]
    known = {name for contents in sets for name in names_in(contents).watchlists}
    for name in sorted(question.only - known):
        hint = nearest(name, known, what="watchlists")
        raise typer.BadParameter(f"no watchlist {quoted(name)}: {hint}", param_hint="--watchlist")


def _found(question: Question, database_url: str, form: Form) -> Report | None:
    """Return what came of it; None: there is nothing to judge, and that was said.

    Raises:
        EndedError: it was interrupted, or one of its processes killed; that was said.
    """
    import asyncio
    from concurrent.futures.process import BrokenProcessPool

    from alerts.cli.terminal import progress
    from alerts.workbench.backtest import backtest, count

    total = asyncio.run(count(database_url, question.window))
    if not total and form is Form.TEXT:
        _say_empty(question.window, database_url)
        return None
    done = 0

    def noting(advance: Callable[[int], None]) -> Callable[[int], None]:
        def note(more: int) -> None:
            nonlocal done
            done += more
            advance(more)

        return note

    try:
        with progress("articles", total) as advance:
            asked = backtest(question, database_url, articles=total, advance=noting(advance))
            return asyncio.run(asked)
    except KeyboardInterrupt:
        stopped = f"stopped after {done:,} of {total:,} articles; nothing was changed"
        typer.echo(f"tocsin: {stopped}", err=True)
        raise EndedError(INTERRUPTED) from None
    except BrokenProcessPool:
        typer.echo(_KILLED, err=True)
        raise EndedError(USAGE) from None


def _say_empty(window: Window, database_url: str) -> None:
    import asyncio
    from datetime import UTC, datetime

    from alerts.cli.shown import plural
    from alerts.storage.tables import EPOCH
    from alerts.workbench.backtest import Window, count

    since, until = (f"{at:%Y-%m-%d %H:%M} UTC" for at in (window.since, window.until))
    typer.echo(f"No article was seen from {since} until {until}: nothing can have rung.")
    stored = asyncio.run(count(database_url, Window(since=EPOCH, until=datetime.now(UTC))))
    if stored:
        typer.echo(f"The database holds {plural(stored, 'article', 'articles')}: try --since 90d.")
    else:
        typer.echo("The database is empty: `tocsin run` stores what the feeds list from now on.")


def _show(report: Report, form: Form) -> None:
    if form is Form.JSON:
        import json

        from alerts.cli.backtest.as_json import described

        # In ASCII, so that it passes through any locale.
        typer.echo(json.dumps(described(report), indent=2))
    elif form is Form.MARKDOWN:
        from alerts.cli.backtest.markdown import page

        typer.echo(page(report))
    else:
        from alerts.cli.backtest.text import tell

        tell(report)
