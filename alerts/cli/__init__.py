"""The command line: arguments in, exit codes out.

0 fine, 1 findings or failed tests, 2 rule files cannot be loaded, 3 wrong usage or settings.

Each command imports what it needs when it runs, so that `tocsin --help` answers at once.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

import typer

from alerts.cli import (
    articles,
    backtest,
    backup,
    check,
    deliveries,
    demo,
    digest,
    doctor,
    entities,
    explain,
    feeds,
    fmt,
    hygiene,
    lint,
    match,
    notify_test,
    render,
    replay,
    route,
    run,
    schema,
    silence,
    status,
    tail,
    testing,
    why,
)
from alerts.cli.completion import ShowCompletion, answer_shells
from alerts.cli.ending import RULES, USAGE, EndedError
from alerts.errors import GazetteerError, RulesError, SettingsError, StorageError

app = typer.Typer(
    name="tocsin",
    help="Reads news feeds and rings for the people whom an article concerns.",
    no_args_is_help=True,
    # Its own: alerts.cli.completion.
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

#: The commands as `tocsin --help` groups them.
_COMMANDS: dict[str, dict[str, Callable[..., None] | typer.Typer]] = {
    "Run": {
        "run": run.run,
        "demo": demo.demo,
        "status": status.status,
        "tail": tail.tail,
        "doctor": doctor.doctor,
        "backup": backup.backup,
    },
    "Rule files": {
        "check": check.check,
        "fmt": fmt.fmt,
        "test": testing.run_tests,
        "lint": lint.lint,
        "schema": schema.schema,
        "entities": entities.entities,
        "match": match.match,
        "feeds": feeds.app,
    },
    "See why, and what an edit changes": {
        "explain": explain.explain,
        "why": why.why,
        "backtest": backtest.backtest,
        "replay": replay.replay,
        "articles": articles.app,
        "hygiene": hygiene.hygiene,
    },
    "Who hears of what": {
        "route": route.app,
        "silence": silence.app,
        "render": render.render,
        "digest": digest.app,
        "notify-test": notify_test.notify_test,
        "deliveries": deliveries.app,
    },
}
for _panel, _verbs in _COMMANDS.items():
    for _name, _verb in _verbs.items():
        if isinstance(_verb, typer.Typer):
            app.add_typer(_verb, name=_name, rich_help_panel=_panel)
        else:
            app.command(_name, rich_help_panel=_panel)(_verb)


@app.callback(invoke_without_command=True)
def tocsin(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
    show_completion: ShowCompletion = None,
) -> None:
    """Reads news feeds and rings for the people whom an article concerns."""
    if version:
        from alerts import __version__

        typer.echo(f"tocsin {__version__}")
        raise typer.Exit
    del context, show_completion


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    answer_shells()
    code = _exit_code(arguments)
    # The memory is given back as a whole: the collector's last walk over the rules of 1,000
    # watchlists would take 0.09 s.
    gc.freeze()
    sys.exit(code)


def _exit_code(arguments: list[str] | None) -> int:
    try:
        app(arguments, prog_name="tocsin")
    except SystemExit as ended:
        # The library's code for wrong usage is ours for broken rule files.
        return USAGE if ended.code == 2 else int(ended.code or 0)
    except EndedError as ended:
        return ended.code
    except RulesError as error:
        from alerts.watchlists.complaints import render_all

        typer.echo(render_all(error.complaints), err=True)
        return RULES
    except (GazetteerError, SettingsError, StorageError) as error:
        typer.echo(f"tocsin: {error}", err=True)
        return USAGE
    return 0
