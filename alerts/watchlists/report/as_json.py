"""A report for scripts, in one shape for every outcome (docs/complaints.md, For programs)."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.model import Complaint
from alerts.watchlists.report import Report

#: Raised when a key goes or changes its meaning; new keys may come without.
VERSION = 1


def as_json(report: Report) -> dict[str, object]:
    """Return *report* as plain values; `counts` is None when the files cannot be loaded."""
    return {
        "version": VERSION,
        "folder": report.folder,
        "ok": report.is_good,
        "counts": None if report.counts is None else dict(report.counts),
        "complaints": _findings(report.complaints),
        "notes": _findings(report.notes),
    }


def _findings(complaints: Iterable[Complaint]) -> list[dict[str, object]]:
    return [finding(each) for each in complaints]


def finding(complaint: Complaint) -> dict[str, object]:
    """Return *complaint* as plain values, without its line of source."""
    return {
        "path": complaint.path,
        "line": complaint.line,
        "column": complaint.column,
        "code": complaint.code,
        "message": complaint.message,
        "hint": complaint.hint,
    }
