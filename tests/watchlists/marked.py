"""Rule files in tests, with a mark at the place that a complaint must name."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.errors import RulesError
from alerts.model import Complaint, RuleSet, Watchlist
from alerts.watchlists.load import load_text

MARK = "‸"

#: The beginning of a watchlist; its other keys follow with an indent of four.
W = "watchlists:\n  - id: w\n    title: W\n"
WITH_KEYWORD = W + "    keywords: [sarin]\n"
HTS = "entities:\n  hts: {type: group, name: Hayat Tahrir al-Sham, aliases: [Tahrir al-Sham]}\n"


def complaints_about(
    text: str, environment: Mapping[str, str] | None = None
) -> tuple[Complaint, ...]:
    """Return everything that is wrong with one rule file; nothing when it loads."""
    try:
        load_text(text, environment=environment or {})
    except RulesError as error:
        return error.complaints
    return ()


def unmarked(text: str) -> tuple[str, int, int]:
    """Return *text* without its mark, and the line and column of the mark; 0, 0 without one."""
    before, mark, after = text.partition(MARK)
    if not mark:
        return text, 0, 0
    lines = before.split("\n")
    return before + after, len(lines), len(lines[-1]) + 1


def assert_refused(
    text: str, code: str, hint: str, environment: Mapping[str, str] | None = None
) -> None:
    """Expect one complaint, at the mark, whose hint holds *hint*."""
    text, line, column = unmarked(text)
    found = complaints_about(text, environment)
    assert [each.code for each in found] == [code], found
    (complaint,) = found
    assert hint in complaint.hint
    assert (complaint.line, complaint.column) == (line, column)


def rules_of(text: str, environment: Mapping[str, str] | None = None) -> RuleSet:
    return load_text(text, environment=environment or {})


def watchlist_of(rest: str, *, before: str = "") -> Watchlist:
    """Return a watchlist, given its keys behind id and title."""
    (watchlist,) = rules_of(f"{before}\nwatchlists:\n  - {{id: w, title: W, {rest}}}\n").watchlists
    return watchlist
