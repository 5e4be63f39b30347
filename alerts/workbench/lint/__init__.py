"""What may be wrong with rule files that load: watchlists that ring for everything, or never.

`check` refuses what cannot work; this doubts what can.  One module per family of checks takes the
`Subject` and yields findings; the codes are in `codes`.  Nothing here reads a database or prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from alerts.model import Complaint
from alerts.workbench.lint import (
    breadth,
    circumstances,
    conditions,
    entities,
    feeds,
    ignores,
    regexes,
    routes,
    shadows,
    terms,
    tests,
)
from alerts.workbench.lint.breadth import MOST, Breadth
from alerts.workbench.lint.codes import BY_CODE, OVER_BROAD, Level, LintCode
from alerts.workbench.lint.subject import Finding, Subject

_FAMILIES = (circumstances, conditions, entities, feeds, regexes, routes, shadows, terms, tests)


@dataclass(frozen=True, slots=True)
class Lint:
    """A finding, fit to be shown."""

    code: LintCode
    complaint: Complaint


def lint(
    subject: Subject, measured: Breadth | None = None, *, most: float = MOST
) -> tuple[Lint, ...]:
    """Return what may be wrong with *subject*, in the order of its files and lines.

    With what was *measured* of stored articles also the watchlists that match more than a share
    *most* of them.  What a comment ignores is left out; a comment that ignores nothing is told.
    """
    found = [finding for family in _FAMILIES for finding in family.check(subject)]
    is_measured = measured is not None and measured.is_telling
    if measured is not None:
        found += breadth.check(subject, measured, most)
    comments = [each for page in subject.pages for each in ignores.ignores_in(page)]
    kept = [each for each in found if not _is_ignored(each, comments)]
    judged = frozenset(BY_CODE) - (frozenset() if is_measured else {OVER_BROAD})
    return tuple(_in_order(subject, [*kept, *ignores.flaws(comments, judged)]))


def _is_ignored(finding: Finding, comments: Iterable[ignores.Ignore]) -> bool:
    # All of them are asked: each remembers what it was good for.
    return sum(comment.takes(finding) for comment in comments) > 0


def _in_order(subject: Subject, findings: Iterable[Finding]) -> Iterator[Lint]:
    files = {page.file.path: number for number, page in enumerate(subject.pages)}
    complaints = dict.fromkeys(each.complaint() for each in findings)
    for each in sorted(
        complaints, key=lambda one: (files[one.path], one.line, one.column, one.code, one.message)
    ):
        yield Lint(BY_CODE[each.code], each)


__all__ = ["Breadth", "Level", "Lint", "LintCode", "Subject", "lint"]
