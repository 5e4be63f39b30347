"""Verdicts for people: what was asked for, and what came instead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from alerts.cli.shown import plural
from alerts.cli.terminal import evidence_in
from alerts.model import DeliveryKind, Destination, Route
from alerts.watchlists.complaints import printable
from alerts.workbench.testing.misses import misses
from alerts.workbench.testing.running import Asked, Outcomes, Verdict

_EXAMPLE = """\
There are no tests in {folder}. One stands in its watchlist, such as:

    tests:
      - {{name: other spelling, article: {{title: Sarin used in Idleb}}, expect: match}}
      - {{name: trade fair, article: {{title: Fair opens in Idlib}}, expect: no-match}}

docs/rule-tests.md says what else a test may ask for."""


def show(there: Console, folder: Path, outcomes: Outcomes) -> None:
    """Print each test that fails, and how many hold."""
    if not (outcomes.verdicts or outcomes.idle):
        there.print(_EXAMPLE.format(folder=folder), markup=False)
        return
    for verdict in outcomes.failed:
        _show_failed(there, verdict)
        there.print()
    there.print(_summary(outcomes))
    if outcomes.idle:
        count = plural(len(outcomes.idle), "test was", "tests were")
        there.print(f"{count} not run: the watchlist is off", style="yellow")


def _summary(outcomes: Outcomes) -> Text:
    count = len(outcomes.verdicts)
    watchlists = len({verdict.test.watchlist for verdict in outcomes.verdicts})
    what = f"{plural(count, 'test', 'tests')} of {plural(watchlists, 'watchlist', 'watchlists')}: "
    if not outcomes.failed:
        return Text.assemble(what, ("all hold" if count else "nothing to run", "bold green"))
    failed = len(outcomes.failed)
    return Text.assemble(what, (f"{failed:,} {'fails' if failed == 1 else 'fail'}", "bold red"))


def _show_failed(there: Console, verdict: Verdict) -> None:
    test = verdict.test
    name = printable(f"{test.watchlist}/{test.name}")
    there.print(Text.assemble((f"{test.spot}", "bold"), f": {name}"))
    for failure in verdict.failures:
        _show(there, 2, Text(printable(f"{failure.message}{_short(verdict)}"), style="red"))
    asked = {failure.asked for failure in verdict.failures}
    if verdict.explanation is not None:
        for depth, line in misses(verdict.explanation):
            _show(there, 4 + 2 * depth, Text(printable(f"- {line}")))
    if verdict.match is not None and asked & {Asked.NO_MATCH, Asked.EVIDENCE}:
        for field, text in evidence_in(test.article, verdict.match.evidence):
            _show(there, 4, Text.assemble((f"{field:8}", "cyan"), text))
    if Asked.RECEIVERS in asked:
        _show_way(there, verdict)


def _short(verdict: Verdict) -> str:
    if verdict.explanation is None:
        return ""
    return f": {plural(verdict.explanation.nearest, 'part', 'parts')} short"


def _show(there: Console, indent: int, text: Text) -> None:
    """Print *text* behind a margin, which also its further lines keep in a terminal."""
    if there.is_terminal:
        there.print(Padding(text, (0, 0, 0, indent), expand=False))
    else:
        there.print(Text.assemble(" " * indent, text))


def _show_way(there: Console, verdict: Verdict) -> None:
    for route in verdict.routes:
        _show(there, 4, Text(printable(f"route: {_way(route)}")))
    for destination in verdict.destinations:
        when = _when(destination, verdict.at)
        _show(there, 4, Text(printable(f"{destination.receiver} hears of it {when}")))


def _way(way: tuple[Route, ...]) -> str:
    steps = [", ".join(_matchers(route)) or "any" for route in way[1:]]
    return " > ".join(["root", *steps]) + f" -> {way[-1].receiver}"


def _matchers(route: Route) -> Iterator[str]:
    for matcher in route.matchers:
        yield f'{matcher.label}{matcher.operator}"{matcher.value}"'


def _when(destination: Destination, at: datetime) -> str:
    due_at = f"{destination.due_at:%a %Y-%m-%d %H:%M} UTC"
    if destination.is_dropped:
        return "never: its quiet hours drop it"
    if destination.kind is DeliveryKind.DIGEST:
        return f"in the digest of {due_at}"
    silent = ", without a sound" if destination.is_silent else ""
    if destination.kind is DeliveryKind.LIST:
        return f"in a list at {due_at}{silent}"
    return ("at once" if destination.due_at <= at else f"at {due_at}") + silent
