"""`tocsin fmt`: one layout for rule files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.ending import FINDINGS, USAGE, EndedError
from alerts.cli.options import Form, Formatted, Rules

if TYPE_CHECKING:
    from alerts.watchlists.layout import Layout
    from alerts.watchlists.layout.files import Sheet

_STDIN = Path("-")

Paths = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[PATH]...", help="Files, or folders of them; - is stdin to stdout."),
]


def fmt(
    paths: Paths = None,
    rules: Rules = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 if a file would change.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="As --check, and show what would change.")
    ] = False,
    form: Formatted = Form.TEXT,
) -> None:
    """Lay rule files out in the one layout, so that diffs show meaning only; keep every comment.

    Example: tocsin fmt --check
    """
    from alerts.watchlists.layout.files import read_sheets

    if paths and rules:
        raise _misused("give paths or --rules, not both")
    if paths and _STDIN in paths:
        if len(paths) > 1 or form is Form.JSON:
            raise _misused("- stands alone: one file in, one file out")
        _filter(check=check, diff=diff)
        return
    sheets = read_sheets(_files(paths or [], rules))
    if form is Form.JSON:
        _document(sheets, writes=not (check or diff))
    elif check or diff:
        _compare(sheets, diff=diff)
    else:
        _replace(sheets)


def _misused(message: str) -> EndedError:
    typer.echo(f"tocsin: {message}", err=True)
    return EndedError(USAGE)


def _files(paths: list[Path], rules: Path | None) -> list[Path]:
    """Return the files that are meant: those given, or those of the folder of rules."""
    from alerts.settings import load_settings
    from alerts.watchlists.folder import rule_files, shown

    if not paths:
        return rule_files(load_settings(rules=rules).rules)
    for path in paths:
        if not path.exists():
            raise _misused(f"there is no {shown(path)}")
    return [file for path in paths for file in (rule_files(path) if path.is_dir() else [path])]


# --- what is done with them -------------------------------------------------------------------


def _compare(sheets: list[Sheet], *, diff: bool) -> None:
    """Say which files would change; change nothing."""
    troubled = _tell_troubled(sheets)
    changing = [sheet for sheet in sheets if sheet.layout.changes]
    for sheet in changing:
        if diff:
            typer.echo(_difference(sheet.layout, sheet.name), nl=False)
        else:
            typer.echo(f"{sheet.name}: would be laid out")
    would = "file would be laid out" if len(changing) == 1 else "files would be laid out"
    fine = len(sheets) - len(changing) - troubled
    typer.echo(f"{len(changing)} {would}, {fine} {_be(fine)} fine already", err=diff)
    if changing or troubled:
        raise EndedError(FINDINGS)


def _replace(sheets: list[Sheet]) -> None:
    from alerts.watchlists.layout.files import NotReplacedError, replace

    troubled, done = _tell_troubled(sheets), 0
    changing = [sheet for sheet in sheets if sheet.layout.changes]
    fine = len(sheets) - len(changing) - troubled
    for sheet in changing:
        try:
            replace(sheet)
        except NotReplacedError as error:
            typer.echo(f"{sheet.name}: left as it is: {error}", err=True)
        else:
            done += 1
            typer.echo(sheet.name)
    were = "was" if fine == 1 else "were"
    typer.echo(f"{done} {'file' if done == 1 else 'files'} laid out, {fine} {were} fine already")
    if troubled or done < len(changing):
        raise EndedError(FINDINGS)


def _document(sheets: list[Sheet], *, writes: bool) -> None:
    """Do what was asked and tell it to a script."""
    import json

    from alerts.watchlists.layout.files import NotReplacedError, replace

    told: list[dict[str, object]] = []
    for sheet in sheets:
        layout, problem = sheet.layout, sheet.layout.problem
        if writes and layout.changes and not problem:
            try:
                replace(sheet)
            except NotReplacedError as error:
                problem = str(error)
        told.append(
            {
                "file": sheet.name,
                "changes": layout.changes,
                "problem": problem,
                "line": layout.line,
                "diff": _difference(layout, sheet.name) if layout.changes else "",
            }
        )
    typer.echo(json.dumps({"written": writes, "files": told}, indent=2))
    if any(each["problem"] or (each["changes"] and not writes) for each in told):
        raise EndedError(FINDINGS)


def _filter(*, check: bool, diff: bool) -> None:
    """Lay stdin out to stdout."""
    from alerts.watchlists.layout import lay_out
    from alerts.watchlists.layout.files import Sheet
    from alerts.watchlists.source import MAX_BYTES

    layout = lay_out(sys.stdin.buffer.read(MAX_BYTES + 1), "<stdin>")
    sheet = Sheet(path=Path("<stdin>"), layout=layout)
    if check or diff:
        _compare([sheet], diff=diff)
        return
    # What cannot be laid out passes through: an editor would keep nothing.
    sys.stdout.buffer.write(layout.after)
    if _tell_troubled([sheet]):
        raise EndedError(FINDINGS)


def _tell_troubled(sheets: list[Sheet]) -> int:
    """Say which files cannot be laid out; return how many."""
    troubled = [sheet for sheet in sheets if sheet.layout.problem]
    for sheet in troubled:
        layout = sheet.layout
        place = f"{sheet.name}:{layout.line}" if layout.line else sheet.name
        typer.echo(f"{place}: left as it is: {layout.problem}", err=True)
    return len(troubled)


def _be(count: int) -> str:
    return "is" if count == 1 else "are"


def _difference(layout: Layout, name: str) -> str:
    """Return a unified diff, as patch(1) reads it."""
    from difflib import unified_diff

    before, after = (
        body.decode().splitlines(keepends=True) for body in (layout.before, layout.after)
    )
    lines = unified_diff(before, after, name, f"{name} (laid out)")
    return "".join(map(_ended, lines))


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
