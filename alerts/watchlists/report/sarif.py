"""Findings as SARIF 2.1.0, which code hosts and editors show beside the line they are about.

Sections are those of the OASIS standard of 2020.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote

from alerts.model import Complaint
from alerts.watchlists.codes import CODES
from alerts.watchlists.report import Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
PAGE = "docs/complaints.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A kind of finding."""

    code: str
    #: One line, without a full stop.
    meaning: str
    #: "error", "warning" or "note".
    level: str
    #: Where it is explained: a page and a heading of it, from the root of the sources.
    page: str


_RULES = tuple(
    Rule(
        code=code.code,
        meaning=code.meaning,
        level="note" if code.is_note else "error",
        page=f"{PAGE}#{code.anchor}",
    )
    for code in CODES
)


def sarif(report: Report, *, version: str, home: str, start: PurePath) -> dict[str, object]:
    """Return *report* as `log` does."""
    found = (*report.complaints, *report.notes)
    return log(found, _RULES, version=version, home=home, start=start)


def log(
    found: Iterable[Complaint],
    rules: Sequence[Rule],
    *,
    version: str,
    home: str,
    start: PurePath,
) -> dict[str, object]:
    """Return what was *found*, of the kinds that *rules* names, as a SARIF log of one run.

    *home* is the address of the project, empty when there is none; *start* the absolute folder
    that paths are told relative to.
    """
    driver: dict[str, object] = {"name": "Tocsin", "version": version}
    if home:
        driver["informationUri"] = home
    driver["rules"] = [_rule(rule, home) for rule in rules]
    index = {rule.code: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": driver},
        # 3.14.17: columns count code points, as ours do.
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, index[each.code], rules, start) for each in found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def home_of(urls: Iterable[str]) -> str:
    """Return the project's address among its package's `Project-URL`s; empty when it has none."""
    named = dict(url.split(", ", 1) for url in urls)
    return named.get("Homepage", "").rstrip("/")


def _rule(rule: Rule, home: str) -> dict[str, object]:
    told: dict[str, object] = {
        "id": rule.code,
        "shortDescription": {"text": _escaped(f"{rule.meaning[:1].upper()}{rule.meaning[1:]}.")},
        "help": {"text": f"An example and the way out: {rule.page}"},
        "defaultConfiguration": {"level": rule.level},
    }
    if home:
        # 3.49.12 wants an absolute address.
        told["helpUri"] = f"{home}/blob/main/{rule.page}"
    return told


def _result(
    complaint: Complaint, index: int, rules: Sequence[Rule], start: PurePath
) -> dict[str, object]:
    hint = f" ({complaint.hint})" if complaint.hint else ""
    return {
        "ruleId": complaint.code,
        "ruleIndex": index,
        "level": rules[index].level,
        "message": {"text": _escaped(complaint.message + hint)},
        "locations": [{"physicalLocation": _location(complaint, start)}],
    }


def _location(complaint: Complaint, start: PurePath) -> dict[str, object]:
    location: dict[str, object] = {"artifactLocation": {"uri": _uri(complaint.path, start)}}
    if complaint.line:
        region = {"startLine": complaint.line}
        if complaint.column:
            region["startColumn"] = complaint.column
        location["region"] = region
    return location


def _uri(path: str, start: PurePath) -> str:
    """Return a relative reference for what lies below *start*, else a file address."""
    pure = PurePath(path)
    if pure.is_relative_to(start):
        pure = pure.relative_to(start)
    return pure.as_uri() if pure.is_absolute() else quote(pure.as_posix())


def _escaped(text: str) -> str:
    """Keep *text* from being read as a pattern (3.11.5), or as a link that an author hid in it."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
