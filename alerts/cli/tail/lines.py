"""`tocsin tail` for people: a line for an article, and below it what it met and who hears of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from alerts.cli.shown import ago, plural, where
from alerts.cli.terminal import console, marked
from alerts.model import DeliveryKind, DeliveryState, Field, Severity
from alerts.storage.tail import Found, Ring, Seen
from alerts.watchlists.complaints import printable
from alerts.workbench.tail import Decided, Outcome, Sight, why_quiet

if TYPE_CHECKING:
    from rich.console import Console

_COLOURS: Final = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "cyan",
}
_STATES: Final = {
    DeliveryState.SENT: "green",
    DeliveryState.DEAD: "red",
    DeliveryState.AMBIGUOUS: "yellow",
}
#: More are counted.
_WORDS: Final = 5
_BREAKS: Final = str.maketrans(dict.fromkeys("\t\n\r\v\f\x85\u2028\u2029", " "))


class Shown:
    """Prints what comes in; times are UTC."""

    def __init__(self, begin: datetime, *, now: datetime, is_followed: bool) -> None:
        self._begin = begin
        self._console = console()
        #: Of the article before; other days than today are said.
        self._day = now.date()
        self._articles = 0
        self._matched = 0
        if is_followed and self._console.is_terminal:
            console(stderr=True).print("[dim]times are UTC; Ctrl-C ends it[/dim]")

    def show(self, sight: Sight) -> None:
        """Print one article with all that became of it."""
        seen = sight.seen
        self._articles += 1
        self._matched += bool(sight.decided)
        if seen.at.date() != self._day:
            self._day = seen.at.date()
            self._console.print(Text(f"-- {self._day} --", style="dim"))
        _print(self._console, [(f"{seen.at:%H:%M:%S}", _headline(sight)), *_below(sight)])

    def conclude(self) -> None:
        """Count, for people."""
        there = console(stderr=True)
        if self._articles:
            counted = plural(self._articles, "article", "articles")
            there.print(f"{counted}, {self._matched:,} of them met a watchlist")
        else:
            since = f"{self._begin:%Y-%m-%d %H:%M} UTC"
            there.print(f"nothing to show since {since}; --since 1d begins earlier")


def _print(there: Console, rows: Iterable[tuple[str, Text]]) -> None:
    if not there.is_terminal:
        for first, text in rows:
            there.print(Text(f"{first:<8} ").append_text(text))
        return
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", no_wrap=True, min_width=8)
    grid.add_column(ratio=1)
    for first, text in rows:
        grid.add_row(first, text)
    there.print(grid)


def _headline(sight: Sight) -> Text:
    seen = sight.seen
    if not sight.decided:
        why = why_quiet(seen.novelty) or "no match"
        words = f"{_clean(seen.publisher)}  {_clean(seen.title)}  ({why})"
        return Text(words, style="dim")
    line = Text().append(f"{_clean(seen.publisher)}  ", style="cyan").append_text(_title(sight))
    if seen.is_changed:
        line.append("  (changed)", style="dim")
    elif why := why_quiet(seen.novelty):
        line.append(f"  ({why})", style="dim")
    return line


def _title(sight: Sight) -> Text:
    """Return the title with the words marked that met a watchlist, if they still stand there."""
    title = sight.seen.title
    spans = [
        (one.start, one.end)
        for each in sight.decided
        for one in each.found.match.evidence
        if one.field is Field.TITLE and title[one.start : one.end] == one.surface
    ]
    return marked(_clean(title), spans)


def _below(sight: Sight) -> Iterator[tuple[str, Text]]:
    for each in sight.decided:
        yield "", _met(each.found)
        for line in _became(each, sight.seen):
            yield "", Text("  ").append_text(line)


def _met(found: Found) -> Text:
    match = found.match
    evidence = {(one.surface, one.term): one for one in match.evidence}
    words = [
        one.surface
        if one.surface.casefold() == one.term.casefold()
        else f"{one.surface} = {one.term}"
        for one in evidence.values()
    ]
    more = f" and {len(words) - _WORDS} more" if len(words) > _WORDS else ""
    line = Text().append(match.severity.value, style=_COLOURS[match.severity])
    return line.append(f" {_clean(match.title)}: {_clean(', '.join(words[:_WORDS]))}{more}")


def _became(decided: Decided, seen: Seen) -> Iterator[Text]:
    """Yield who hears of a match, or why nobody does."""
    found = decided.found
    match decided.outcome:
        case Outcome.TOLD | Outcome.MUTED:
            for ring in found.rings:
                yield _ring(ring, seen.at)
        case Outcome.SILENCED:
            yield Text(f"silenced by silence {found.silence}", style="yellow")
        case Outcome.HELD:
            facts = ", ".join(fact.value for fact in found.match.unknown)
            yield Text(f"held: its {facts} is not known", style="yellow")
        case Outcome.EXPERIMENTAL:
            yield Text("experimental: stored, and told to nobody", style="dim")
        case Outcome.KNOWN:
            yield Text("the story was told before", style="dim")
        case Outcome.NOBODY:
            yield Text("told to nobody", style="dim")


def _ring(ring: Ring, at: datetime) -> Text:
    line = Text(_clean(f"-> {ring.receiver}  {where(ring.address)}  "))
    line.append(ring.state.value, style=_STATES.get(ring.state))
    if ring.held_by:
        line.append(f": {ring.held_by}")
    elif ring.state is DeliveryState.PENDING and ring.due_at > at:
        line.append(f", leaves {ago(ring.due_at, at)}")
    if ring.kind is not DeliveryKind.ALERT:
        line.append(f" ({ring.kind.value})")
    return line


def _clean(text: str) -> str:
    """Return *text* on one line, letter for letter, without what a terminal would obey."""
    return printable(text.translate(_BREAKS))
