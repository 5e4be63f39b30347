"""The command line: arguments in, exit codes out.

0 fine, 1 findings or failed tests, 2 rule files cannot be loaded, 3 wrong usage or settings.

Each command imports what it needs when it runs, so that `tocsin --help` answers at once.
"""

from __future__ import annotations

import os
import sys

import click
import typer

from alerts.cli import check, deliveries, demo, feeds, match, run, status
from alerts.errors import RulesError, SettingsError, StorageError

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
app.command("match")(match.match)
app.command("status")(status.status)
app.add_typer(feeds.app, name="feeds")
app.add_typer(deliveries.app, name="deliveries")

FINDINGS, RULES, USAGE = 1, 2, 3


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
    sys.exit(_exit_code(arguments))


def _exit_code(arguments: list[str] | None) -> int:
    try:
        result = app(arguments, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        typer.echo(error.format_message())
        return USAGE
    except click.ClickException as error:
        error.show()
        return USAGE
    except click.Abort:
        return 130  # as a shell reports Ctrl-C
    except RulesError as error:
        from alerts.watchlists.complaints import render_all

        typer.echo(render_all(error.complaints), err=True)
        return RULES
    except (SettingsError, StorageError) as error:
        typer.echo(f"tocsin: {error}", err=True)
        return USAGE
    except BrokenPipeError:
        # The reader of our output has left (`tocsin match | head`): that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result if isinstance(result, int) else 0
