"""`tocsin test`: the tests inside the rule files, and what no test would miss."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.completion import complete_watchlist
from alerts.cli.ending import FINDINGS, USAGE, EndedError
from alerts.cli.options import Form, Formatted, Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alerts.model import RuleSet
    from alerts.watchlists.contents import Contents
    from alerts.watchlists.rule_tests import RuleTest
    from alerts.workbench.testing.mutation import Survey
    from alerts.workbench.testing.running import Outcomes, Verdict

#: Ids that are named to somebody who knows none.
_SOME = 5

Watchlists = Annotated[
    list[str] | None,
    typer.Option(
        "--watchlist",
        metavar="ID",
        autocompletion=complete_watchlist,
        help="Only tests of this watchlist; may be repeated.",
    ),
]
Pattern = Annotated[
    str,
    typer.Option("--run", metavar="RE", help="Only tests whose watchlist/name has this (RE2)."),
]
Junit = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML there, too.")
]
Mutate = Annotated[
    bool,
    typer.Option("--mutate", help="Take away each alias and term in turn: would a test notice?"),
]
Most = Annotated[
    int, typer.Option("--most", min=0, metavar="N", help="How many of those to show; 0: all.")
]


def run_tests(  # noqa: PLR0917 - typer gives them by name
    rules: Rules = None,
    watchlist: Watchlists = None,
    pattern: Pattern = "",
    junit: Junit = None,
    mutate: Mutate = False,
    most: Most = 20,
    form: Formatted = Form.TEXT,
) -> None:
    """Run the tests inside the rule files; with --mutate say what they would not notice.

    Ends with 1 if a test fails, or a part of the rules could go unnoticed.

    Example: tocsin test --run 'idlib.*/sarin' --junit tests.xml
    """
    from alerts.settings import load_settings
    from alerts.watchlists.contents import Contents
    from alerts.watchlists.load import load_contents, tests_in

    folder = load_settings(rules=rules).rules
    contents = Contents.of_folder(folder)
    loaded = load_contents(contents, environment=os.environ)
    every = [test for _, test in tests_in(contents)]
    wanted = _chosen(loaded, every, watchlist or (), pattern)
    outcomes = _outcomes(loaded, wanted)
    if junit is not None:
        _write_junit(junit, outcomes.verdicts)
    survey = None
    if mutate and not outcomes.failed:
        survey = _survey(contents, loaded, [one.test for one in outcomes.verdicts])
    _tell(folder, outcomes, survey, most=most, form=form)
    if mutate and outcomes.failed:
        typer.echo("Parts are taken away as soon as all tests hold.", err=True)
    if outcomes.failed or (survey and survey.survivors):
        raise EndedError(FINDINGS)


def _chosen(
    rules: RuleSet, every: list[RuleTest], watchlists: Sequence[str], pattern: str
) -> list[RuleTest]:
    from alerts.workbench.testing.choosing import chosen

    for id_ in watchlists:
        _check_watchlist(rules, id_)
    try:
        wanted = chosen(every, watchlists=watchlists, pattern=pattern)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--run") from None
    if every and pattern and not wanted:
        # In a script a slip of the pen would pass for good news.
        _end(f"no test has {pattern!r} in its watchlist/name; without --run all are run")
    return wanted


def _check_watchlist(rules: RuleSet, id_: str) -> None:
    from alerts.watchlists.complaints import quoted
    from alerts.watchlists.suggest import did_you_mean

    known = [each.id for each in rules.watchlists]
    if id_ not in known:
        some = f"there are {', '.join(known[:_SOME])}{' …' * (len(known) > _SOME)}"
        hint = did_you_mean(id_, known) or (some if known else "there are none at all")
        _end(f"no watchlist has the id {quoted(id_)}; {hint}")


def _outcomes(rules: RuleSet, tests: Sequence[RuleTest]) -> Outcomes:
    from alerts.cli.terminal import progress
    from alerts.workbench.testing.running import run

    with progress("Running tests", len(tests)) as advance:
        return run(rules, tests, advance=advance)


def _survey(contents: Contents, rules: RuleSet, tests: Sequence[RuleTest]) -> Survey:
    from alerts.cli.terminal import progress
    from alerts.workbench.testing.mutants import Files
    from alerts.workbench.testing.mutation import survey

    tested = {test.watchlist for test in tests}
    mutants = list(Files.of(contents).mutants(rules, tested))
    with progress("Trying without", len(mutants)) as advance:
        return survey(rules, mutants, tests, advance=advance)


def _write_junit(file: Path, verdicts: Sequence[Verdict]) -> None:
    from alerts.workbench.testing.junit import junit

    try:
        file.write_bytes(junit(verdicts, at=datetime.now(UTC)))
    except OSError as error:
        _end(f"--junit: {file} cannot be written: {error.strerror}")


def _tell(
    folder: Path, outcomes: Outcomes, survey: Survey | None, *, most: int, form: Form
) -> None:
    if form is Form.JSON:
        import json

        from alerts.cli.testing.as_json import as_json

        typer.echo(json.dumps(as_json(outcomes, survey), indent=2))
        return
    from alerts.cli.terminal import console
    from alerts.cli.testing import surviving, verdicts

    there = console()
    verdicts.show(there, folder, outcomes)
    if survey is not None:
        surviving.show(there, survey, most=most)


def _end(message: str) -> None:
    typer.echo(f"tocsin: {message}", err=True)
    raise EndedError(USAGE)
