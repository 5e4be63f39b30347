"""What was found, told to people, to scripts and to code hosts.  Pure."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from alerts.watchlists.complaints import Paint, place, render, unpainted
from alerts.watchlists.report.as_json import finding
from alerts.watchlists.report.sarif import Rule, log
from alerts.workbench.lint import Lint
from alerts.workbench.lint.codes import CODES, Level

#: Raised when a key goes or changes its meaning; new keys may come without.
VERSION = 1
PAGE = "docs/lint.md"

_LEVELS = {Level.WARNING: "warning", Level.INFO: "note"}
_PLURALS = {Level.WARNING: ("warning", "warnings"), Level.INFO: ("info", "infos")}


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """The outcome for one folder of rule files."""

    #: As the operator named it, fit to be shown.
    folder: str
    #: Those that were asked for.
    findings: Sequence[Lint]
    #: How many watchlists there are.
    watchlists: int
    #: Stored articles that were looked at; None: none were.
    articles: int | None = None
    #: Code -> why nothing is said of it.
    skipped: Mapping[str, str] = field(default_factory=dict)


# --- people ---------------------------------------------------------------------------------------


def text(report: LintReport, paint: Paint = unpainted, *, width: int = 0) -> str:
    """Return every finding, and how many they are; 0: lines are as long as they get."""
    told = [one(each, paint, width=width) for each in report.findings]
    return "\n\n".join([*told, summary(report)])


def one(found: Lint, paint: Paint = unpainted, *, width: int = 0) -> str:
    """Return a finding with its line, a caret under the place, and the way out."""
    complaint, level = found.complaint, found.code.level
    said, hint = (each.split("\n") for each in (render(complaint, paint), complaint.hint))
    head = _wrapped(f"{level}: {place(complaint)}: {complaint.code} {complaint.message}", width)
    for part, word in (("place", place(complaint)), ("code", complaint.code)):
        head = head.replace(word, paint("place" if part == "place" else "code", word), 1)
    way_out = _wrapped(f"  hint: {hint[0]}", width).replace("hint:", paint("hint", "hint:"), 1)
    return "\n".join((head, *said[1:-1], way_out))


def summary(report: LintReport) -> str:
    """Return one line that counts the findings, and one for what was not looked for."""
    levels = Counter(found.code.level for found in report.findings)
    files = len({found.complaint.path for found in report.findings})
    counts = [
        f"{levels[level]} {_PLURALS[level][levels[level] != 1]}"
        for level in reversed(Level)
        if levels[level]
    ]
    where = f" in {files} {'file' if files == 1 else 'files'}" if files else ""
    found = f"{', '.join(counts)}{where}" if counts else "nothing found"
    lists = f"{report.watchlists:,} {'watchlist' if report.watchlists == 1 else 'watchlists'}"
    seen = f", {report.articles:,} stored articles" if report.articles is not None else ""
    lines = [f"{report.folder}: {lists}{seen}: {found}"]
    lines += [f"{code} was not looked for: {why}" for code, why in sorted(report.skipped.items())]
    return "\n".join(lines)


def _wrapped(line: str, width: int) -> str:
    if not width:
        return line
    return textwrap.fill(
        line,
        width,
        subsequent_indent="    ",
        drop_whitespace=True,
        break_long_words=False,
        break_on_hyphens=False,
    )


# --- programs -------------------------------------------------------------------------------------


def as_json(report: LintReport) -> dict[str, object]:
    """Return *report* as plain values (docs/lint.md, For programs)."""
    levels = Counter(found.code.level for found in report.findings)
    return {
        "version": VERSION,
        "folder": report.folder,
        "ok": not report.findings,
        "counts": {level.value: levels[level] for level in reversed(Level)},
        "articles": report.articles,
        "skipped": dict(sorted(report.skipped.items())),
        "findings": [
            finding(each.complaint) | {"level": each.code.level.value} for each in report.findings
        ],
    }


def sarif(report: LintReport, *, version: str, home: str, start: PurePath) -> dict[str, object]:
    """Return *report* as a SARIF log of one run (`alerts.watchlists.report.sarif.log`)."""
    rules = [
        Rule(
            code=code.code,
            meaning=code.meaning,
            level=_LEVELS[code.level],
            page=f"{PAGE}#{code.anchor}",
        )
        for code in CODES
    ]
    found = [each.complaint for each in report.findings]
    return log(found, rules, version=version, home=home, start=start)
