"""A backtest in a terminal."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from alerts.cli.backtest import words
from alerts.cli.shown import plural
from alerts.cli.terminal import console, marked
from alerts.model import Status
from alerts.watchlists.complaints import printable
from alerts.workbench.backtest import Difference, Report, Ringing, Sample, Trial, Window

#: Silent watchlists that are named, and loud ones whose headlines are shown.
_NAMED: Final = 8
_SHOWN: Final = 10
_COLOURS: Final = {
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "low": "blue",
    "info": "dim",
}


def tell(report: Report) -> None:
    """Print *report*."""
    there = console()
    if not there.is_terminal:  # where nobody looks nothing is cut to the width of a terminal
        there.width = shutil.get_terminal_size((200, 50)).columns
    _head(there, report)
    if report.against is None:
        _tell_trial(there, report)
    else:
        _tell_differences(there, report, report.against)
    for line in filter(None, (words.left_out(report), words.COUNTED)):
        there.print(Text(line, style="dim"))


def _print(there: Console, shown: RenderableType) -> None:
    """Print *shown*, and an empty line."""
    there.print(shown)
    there.print()


def _head(there: Console, report: Report) -> None:
    names = [report.trial, *filter(None, [report.against])]
    title = " against ".join(printable(each.name) for each in names)
    there.print(Text(f"Backtest of {title}, {words.span(report.window)}", style="bold"))
    there.print(words.articles(report), end="\n\n")


# --- one rule set -----------------------------------------------------------------------------


def _tell_trial(there: Console, report: Report) -> None:
    trial = report.trial
    loud = _loudest(one for one in trial.rings if one.alerts)
    if loud:
        _print(there, _table(loud, report.window, trial))
    _tell_silent(there, [one for one in trial.rings if not one.alerts])
    if trial.experiments:
        there.print(Text("Experimental: sent to nobody, and would have rung so", style="bold"))
        _print(there, _table(_loudest(trial.experiments), report.window, None))
    sampled = [one for one in (*loud, *_loudest(trial.experiments)) if one.samples]
    for one in sampled[:_SHOWN]:
        _tell_samples(there, one)
    if len(sampled) > _SHOWN:
        there.print("--watchlist W shows the headlines of others.", end="\n\n")


def _loudest(several: Iterable[Ringing]) -> list[Ringing]:
    return sorted(several, key=lambda one: (-one.alerts, one.watchlist))


def _table(several: Sequence[Ringing], window: Window, trial: Trial | None) -> Table:
    days = window.days
    chart = Text(f"{words.day(days[0])} to {words.day(days[-1])}")
    table = Table(box=None, pad_edge=False, header_style="dim")
    # Only the first column gives way where there is little room.
    table.add_column("watchlist", no_wrap=True, overflow="ellipsis")
    table.add_column("severity", no_wrap=True, min_width=8)
    table.add_column("alerts", justify="right", no_wrap=True, min_width=6)
    table.add_column("a day", justify="right", no_wrap=True, min_width=5)
    table.add_column(chart, no_wrap=True, min_width=words.bars_of(window))
    for one in several:
        severity = Text(one.severity.value, style=_COLOURS[one.severity])
        table.add_row(one.watchlist, severity, *_counted(one.alerts, one.by_day, window))
    if trial is not None:
        updates = f", and {plural(trial.updates, 'update', 'updates')}" if trial.updates else ""
        together = Text(f"all together{updates}", style="bold")
        table.add_row(together, "", *_counted(trial.alerts, trial.by_day, window))
    return table


def _counted(alerts: int, by_day: Sequence[int], window: Window) -> tuple[RenderableType, ...]:
    chart = Text(words.bars(by_day), style="cyan")
    return f"{alerts:,}", words.a_day(alerts, window), chart


def _tell_silent(there: Console, silent: Sequence[Ringing]) -> None:
    if not silent:
        return
    names = ", ".join(one.watchlist for one in silent[:_NAMED])
    more = f" and {len(silent) - _NAMED:,} more" if len(silent) > _NAMED else ""
    count = plural(len(silent), "watchlist", "watchlists")
    there.print(Text(f"Silent: {count}: {names}{more}"), end="\n\n")


def _tell_samples(there: Console, one: Ringing) -> None:
    title = Text.assemble((one.watchlist, "bold"), "  ", printable(one.title))
    is_heard = one.status is Status.ACTIVE
    heard = f"{'to' if is_heard else 'would go to'} {words.receivers(one.receivers)}"
    there.print(title, Text(heard, style="dim"), sep="\n")
    _print(there, _listed([("", sample) for sample in one.samples]))


def _listed(samples: Iterable[tuple[str, Sample]]) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column()
    for sign, sample in samples:
        seen_at = sample.headline.seen_at
        sign_shown = Text(sign, style="green" if sign == "+" else "red")
        grid.add_row(sign_shown, f"{words.day(seen_at)} {seen_at:%H:%M}", _sample(sample))
    return Padding(grid, (0, 0, 0, 1))


def _sample(sample: Sample) -> Group:
    headline = marked(printable(sample.headline.title), words.spans(sample))
    if not headline.plain:
        headline = Text("(no headline)", style="dim")
    headline.append(f"  {printable(sample.headline.publisher)}", style="dim")
    why = words.matched(sample)
    return Group(headline, *([Text(f"matched {why}", style="dim")] if why else []))


# --- an edit ----------------------------------------------------------------------------------


def _tell_differences(there: Console, report: Report, against: Trial) -> None:
    changed, trial = report.differences, report.trial
    if not changed:
        same = trial.hash == against.hash
        why = "The rule files are the same." if same else "Everything would have rung as it did."
        there.print(Text(f"{why} {_alerts(against, trial)}."), end="\n\n")
        return
    there.print(Text(f"{_alerts(against, trial)}."), end="\n\n")
    _print(there, _changes(changed))
    known = {one.watchlist for one in (*trial.ringings, *against.ringings)}
    rest = len(known) - len(changed)
    there.print(f"{plural(rest, 'other rings', 'others ring')} as before.", end="\n\n")
    for one in changed:
        samples = [("+", each) for each in one.won_samples]
        samples += [("-", each) for each in one.lost_samples]
        if samples:
            there.print(Text.assemble((one.watchlist, "bold"), "  ", printable(one.title)))
            _print(there, _listed(samples))


def _alerts(before: Trial, after: Trial) -> str:
    if before.alerts == after.alerts:
        return f"{plural(after.alerts, 'alert', 'alerts')} before and after"
    return f"{before.alerts:,} → {plural(after.alerts, 'alert', 'alerts')}"


def _changes(changed: Iterable[Difference]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("watchlist", no_wrap=True, overflow="ellipsis")
    table.add_column("alerts", justify="right", no_wrap=True)
    table.add_column("won", justify="right", style="green", no_wrap=True)
    table.add_column("lost", justify="right", style="red", no_wrap=True)
    table.add_column("")
    for one in changed:
        before, after = one.alerts
        alerts = f"{before:,} → {after:,}" if before != after else f"{after:,}"
        won, lost = words.signed(one.won, "+"), words.signed(one.lost, "-")
        table.add_row(one.watchlist, alerts, won, lost, Text("; ".join(words.notes(one))))
    return table
