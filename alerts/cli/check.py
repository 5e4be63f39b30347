"""`tocsin check`: can these rule files be loaded?"""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.ending import RULES, EndedError
from alerts.cli.options import Rules

if TYPE_CHECKING:
    from pathlib import Path

    from alerts.watchlists.complaints import Paint
    from alerts.watchlists.report import Report


class Format(StrEnum):
    """Whom the findings are told."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


def check(
    rules: Rules = None,
    form: Annotated[
        Format,
        typer.Option("--format", help="text for people, json for scripts, sarif for code hosts."),
    ] = Format.TEXT,
) -> None:
    """Load, resolve and compile the rule files; say every error and its place.

    Example: tocsin check --rules rules
    """
    from alerts.watchlists.collector import collector_paused

    with collector_paused():
        from alerts.settings import load_settings

        report = _report(load_settings(rules=rules).rules)
    if form is Format.TEXT:
        _tell(report)
    else:
        _write(report, form)
    if not report.is_good:
        raise EndedError(RULES)


def _report(folder: Path) -> Report:
    from alerts.errors import RulesError
    from alerts.watchlists.load import known_in, load_rules
    from alerts.watchlists.report import Report

    try:
        loaded = load_rules(folder, environment=os.environ)
    except RulesError as error:
        return Report.of(folder, error)
    from alerts.alerting.sightings import RulesInForce

    RulesInForce.compile(loaded)
    return Report.of(folder, loaded, known=known_in(loaded))


def _tell(report: Report) -> None:
    from alerts.watchlists.report import text

    if report.is_good:
        typer.echo(text.praise(report, _paint("yellow")))
    else:
        typer.echo(text.refusal(report, _paint("red")), err=True)


def _paint(colour: str) -> Paint:
    """Return colours, unless NO_COLOR asks for none (no-color.org).

    `typer.echo` takes them off again where there is no terminal.
    """
    from alerts.watchlists.complaints import unpainted

    if os.environ.get("NO_COLOR"):
        return unpainted
    colours = {"place": None, "code": colour, "caret": colour, "hint": "cyan"}
    return lambda part, text: typer.style(text, fg=colours[part], bold=True)


def _write(report: Report, form: Format) -> None:
    """Write one document, in ASCII, so that it passes through any locale."""
    import json

    from alerts.watchlists.report.as_json import as_json

    document = as_json(report) if form is Format.JSON else _sarif(report)
    typer.echo(json.dumps(document, indent=2))


def _sarif(report: Report) -> dict[str, object]:
    from importlib.metadata import metadata
    from pathlib import Path

    from alerts import __version__
    from alerts.watchlists.report.sarif import home_of, sarif

    home = home_of(metadata("tocsin").get_all("Project-URL") or ())
    return sarif(report, version=__version__, home=home, start=Path.cwd())
