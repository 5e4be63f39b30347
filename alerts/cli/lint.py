"""`tocsin lint`: what may be wrong with rule files that load?"""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from alerts.cli.ending import FINDINGS, RULES, EndedError
from alerts.cli.options import Rules

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from alerts.errors import RulesError
    from alerts.watchlists.complaints import Paint
    from alerts.workbench.lint import Breadth, Subject
    from alerts.workbench.lint.report import LintReport


class Format(StrEnum):
    """Whom the findings are told."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class Least(StrEnum):
    """From which level on findings are told."""

    INFO = "info"
    WARNING = "warning"


def lint(
    *,
    rules: Rules = None,
    form: Annotated[
        Format,
        typer.Option("--format", help="text for people, json for scripts, sarif for code hosts."),
    ] = Format.TEXT,
    least: Annotated[
        Least, typer.Option("--min-severity", help="Findings below it are not told.")
    ] = Least.INFO,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE", help="Only these: L101, or L2 for all L2xx; commas join them."
        ),
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="All but these; as --only.")
    ] = None,
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="Which stored articles L101 counts: 30d, or a date.")
    ] = "30d",
    most: Annotated[
        str,
        typer.Option(metavar="PERCENT", help="The share of them that a watchlist may match."),
    ] = "1%",
    archive: Annotated[
        bool, typer.Option("--archive/--no-archive", help="Whether to look at stored articles.")
    ] = True,
) -> None:
    """Doubt rule files that load: what rings for everything, or never, or says nothing new.

    `# tocsin: ignore L206 why` on a line keeps what is meant.  Exits with 1 where something was found.

    Example: tocsin lint --min-severity warning
    """
    from datetime import UTC, datetime

    from alerts.cli.options import moment
    from alerts.errors import RulesError
    from alerts.settings import load_settings

    told = _told(only, skip, least)
    share, start = _share(most), moment("--since", since, now=datetime.now(UTC))
    settings = load_settings(rules=rules)
    try:
        subject = _subject(settings.rules)
    except RulesError as error:
        _refuse(settings.rules, error, form)
    measured, why = None, "--no-archive" if not archive else ""
    if archive and "L101" in told:
        measured, why = _measured(subject, settings.database_url.get_secret_value(), start)
    report = _report(settings.rules, subject, told, measured=measured, share=share, why=why)
    _show(report, form)
    if report.findings:
        raise EndedError(FINDINGS)


# --- arguments ------------------------------------------------------------------------------------


def _told(only: list[str] | None, skip: list[str] | None, least: Least) -> frozenset[str]:
    """Return the codes that are told.

    Raises:
        BadParameter: a code is unknown.
    """
    from alerts.workbench.lint.codes import CODES, Level

    wanted = _codes("--only", only) or {code.code for code in CODES}
    graver = {code.code for code in CODES if code.level.rank >= Level(least.value).rank}
    return frozenset((wanted & graver) - _codes("--skip", skip))


def _codes(option: str, given: list[str] | None) -> set[str]:
    from alerts.watchlists.complaints import quoted
    from alerts.watchlists.suggest import did_you_mean
    from alerts.workbench.lint.codes import BY_CODE

    found: set[str] = set()
    for text in (part.strip().upper() for each in given or () for part in each.split(",")):
        begun = {code for code in BY_CODE if text and code.startswith(text)}
        if not begun:
            hint = did_you_mean(text, tuple(BY_CODE)) or "docs/lint.md lists them"
            message = f"no code is or begins with {quoted(text)}; {hint}"
            raise typer.BadParameter(message, param_hint=option)
        found |= begun
    return found


def _share(given: str) -> float:
    """Read `1%` or `0.5`, which are percents.

    Raises:
        BadParameter: it is no percentage.
    """
    try:
        percent = float(given.strip().removesuffix("%"))
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 100:
        raise typer.BadParameter("a percentage, such as 1% or 0.5%", param_hint="--most")
    return percent / 100


# --- looking --------------------------------------------------------------------------------------


def _subject(folder: Path) -> Subject:
    from alerts.watchlists.collector import collector_paused
    from alerts.watchlists.contents import Contents
    from alerts.workbench.lint import Subject

    with collector_paused():
        return Subject.of(Contents.of_folder(folder), os.environ)


def _measured(subject: Subject, url: str, since: datetime) -> tuple[Breadth | None, str]:
    """Return what the stored articles say, or why they say nothing."""
    import asyncio

    from alerts.errors import StorageError
    from alerts.workbench.lint.breadth import LEAST_ARTICLES

    try:
        measured = asyncio.run(_measure(subject, url, since))
    except StorageError as error:
        return None, f"{error}"
    except KeyboardInterrupt:
        return None, "it was interrupted; --no-archive leaves it out"
    if measured.is_telling:
        return measured, ""
    return (
        measured,
        f"{LEAST_ARTICLES} stored articles are needed, and there are {measured.articles}",
    )


async def _measure(subject: Subject, url: str, since: datetime) -> Breadth:
    from datetime import UTC, datetime

    from alerts.cli.terminal import progress
    from alerts.storage import open_beside
    from alerts.workbench.lint.breadth import measure

    until = datetime.now(UTC)
    async with open_beside(url) as storage:
        total = await storage.archive.count(since=since, until=until)
        stretches = (
            [each.article for each in stretch]
            async for stretch in storage.archive.read(since=since, until=until)
        )
        with progress("stored articles", total) as advance:
            return await measure(subject, stretches, advance, total=total)


def _report(
    folder: Path,
    subject: Subject,
    told: frozenset[str],
    *,
    measured: Breadth | None,
    share: float,
    why: str,
) -> LintReport:
    from alerts.watchlists.folder import shown
    from alerts.workbench.lint import lint as look
    from alerts.workbench.lint.report import LintReport

    found = look(subject, measured, most=share)
    return LintReport(
        folder=shown(folder),
        findings=[each for each in found if each.code.code in told],
        watchlists=len(subject.watchlists),
        articles=measured.articles if measured is not None else None,
        skipped={"L101": why} if why and "L101" in told else {},
    )


# --- showing --------------------------------------------------------------------------------------


def _show(report: LintReport, form: Format) -> None:
    from alerts.workbench.lint.report import as_json, sarif, text

    if form is Format.TEXT:
        typer.echo(text(report, _paint(), width=_width()))
    elif form is Format.JSON:
        _write(as_json(report))
    else:
        version, home, start = _project()
        _write(sarif(report, version=version, home=home, start=start))


def _refuse(folder: Path, error: RulesError, form: Format) -> NoReturn:
    """Tell that the files cannot be loaded as `tocsin check` does, and end."""
    from alerts.watchlists.report import Report
    from alerts.watchlists.report.as_json import as_json
    from alerts.watchlists.report.sarif import sarif

    if form is Format.TEXT:
        raise error
    report = Report.of(folder, error)
    if form is Format.JSON:
        _write(as_json(report))
    else:
        version, home, start = _project()
        _write(sarif(report, version=version, home=home, start=start))
    raise EndedError(RULES)


def _project() -> tuple[str, str, Path]:
    """Return the version of Tocsin, the address of the project, and where paths begin."""
    from importlib.metadata import metadata
    from pathlib import Path

    from alerts import __version__
    from alerts.watchlists.report.sarif import home_of

    home = home_of(metadata("tocsin").get_all("Project-URL") or ())
    return __version__, home, Path.cwd()


def _write(document: dict[str, object]) -> None:
    """Write one document, in ASCII, so that it passes through any locale."""
    import json

    typer.echo(json.dumps(document, indent=2))


def _width() -> int:
    """Return how wide the terminal is; 0 where there is none."""
    import shutil
    import sys

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def _paint() -> Paint:
    """Return colours, unless NO_COLOR asks for none; `typer.echo` drops them without a terminal."""
    from alerts.watchlists.complaints import unpainted

    if os.environ.get("NO_COLOR"):
        return unpainted
    colours = {"place": None, "code": "yellow", "caret": "yellow", "hint": "cyan"}
    return lambda part, text: typer.style(text, fg=colours[part], bold=True)
