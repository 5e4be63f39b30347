"""A report for people: a summary, every complaint, the first notes of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from alerts.model import Complaint
from alerts.watchlists.complaints import Paint, render, render_all, unpainted
from alerts.watchlists.report import Report

#: Notes of one code that are printed; a large folder has hundreds of them.
SHOWN = 10

_SINGULAR = {
    "feeds": "feed",
    "entities": "entity",
    "watchlists": "watchlist",
    "receivers": "receiver",
    "complaints": "complaint",
    "notes": "note",
    "files": "file",
}


def praise(report: Report, paint: Paint = unpainted) -> str:
    """Return what a good folder holds, and then its notes, grouped by code."""
    found = ", ".join(_counts(report.counts or {}))
    notes = f", {_counted(len(report.notes), 'notes')}" if report.notes else ""
    return "\n\n".join([f"{report.folder}: {found}: all good{notes}", *_notes(report, paint)])


def _counts(counts: Mapping[str, int]) -> Iterator[str]:
    """Yield what there is of each thing; known entities are told with the others, if there are any."""
    known = counts.get("known_entities", 0)
    for what, number in counts.items():
        if what == "entities" and known:
            yield f"{_counted(number, what)} and {known} known"
        elif what != "known_entities":
            yield _counted(number, what)


def refusal(report: Report, paint: Paint = unpainted) -> str:
    """Return every complaint, and how many they are."""
    files = {complaint.path for complaint in report.complaints} - {report.folder}
    where = f" in {_counted(len(files), 'files')}" if files else ""
    total = f"{report.folder}: {_counted(len(report.complaints), 'complaints')}{where}"
    return f"{render_all(report.complaints, paint)}\n\n{total}"


def noted(note: Complaint, paint: Paint = unpainted) -> str:
    """Return *note* in the shape of a complaint, headed so that it is not taken for one."""
    return f"note: {render(note, paint)}"


def _notes(report: Report, paint: Paint) -> Iterator[str]:
    # The sort is stable: the order of files and lines stays within each code.
    ordered = sorted(report.notes, key=_code)
    for _, same in groupby(ordered, key=_code):
        yield from _first(list(same), paint)


def _first(notes: Sequence[Complaint], paint: Paint) -> Iterable[str]:
    yield from (noted(note, paint) for note in notes[:SHOWN])
    if len(notes) > SHOWN:
        yield f"and {len(notes) - SHOWN} more (--format json shows all)"


def _code(note: Complaint) -> str:
    return note.code


def _counted(number: int, what: str) -> str:
    return f"{number} {_SINGULAR[what] if number == 1 else what}"
