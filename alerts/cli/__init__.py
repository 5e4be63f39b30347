"""The command line: arguments in, exit codes out.

0 fine, 1 findings or failed tests, 2 rule files cannot be loaded, 3 wrong usage or settings.

Each command imports what it needs when it runs, so that `tocsin --help` answers at once.
"""

from __future__ import annotations

import gc
import sys

import typer

from alerts.cli import (
    backup,
    check,
    deliveries,
    demo,
    doctor,
    entities,
    feeds,
    fmt,
    match,
    run,
    schema,
    status,
)
from alerts.cli.ending import RULES, USAGE, EndedError
from alerts.errors import GazetteerError, RulesError, SettingsError, StorageError

app = typer.Typer(
    name="tocsin",
    help="Reads news feeds and rings for the people whom an article concerns.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("demo")(demo.demo)
app.command("check")(check.check)
app.command("fmt")(fmt.fmt)
app.command("entities")(entities.entities)
app.command("match")(match.match)
app.command("schema")(schema.schema)
app.command("status")(status.status)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.add_typer(feeds.app, name="feeds")
app.add_typer(deliveries.app, name="deliveries")


@app.callback(invoke_without_command=True)
def tocsin(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    """Reads news feeds and rings for the people whom an article concerns."""
    if version:
        from alerts import __version__

        typer.echo(f"tocsin {__version__}")
        raise typer.Exit
    del context


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    code = _exit_code(arguments)
    # The memory is given back as a whole: the collector's last walk over the rules of 1,000
    # watchlists would take 0.09 s.
    gc.freeze()
    sys.exit(code)


def _exit_code(arguments: list[str] | None) -> int:
    try:
        app(arguments)
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
