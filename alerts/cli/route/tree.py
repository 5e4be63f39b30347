"""`tocsin route show`: the routes as a tree, and what their receivers want."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import typer
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from alerts.cli.shown import where
from alerts.cli.terminal import console
from alerts.model import Quiet, Receiver, Route, RuleSet, TimeInterval
from alerts.settings import load_settings
from alerts.watchlists.complaints import printable
from alerts.watchlists.load import load_rules
from alerts.watchlists.matchers import written
from alerts.watchlists.values import brief

_STORY = ("story",)


def tell(folder: Path | None, *, as_json: bool) -> None:
    """Print the routes of *folder*.

    Raises:
        RulesError: the rule files cannot be loaded.
    """
    rules = load_rules(load_settings(rules=folder).rules, environment=os.environ)
    if as_json:
        typer.echo(json.dumps(_document(rules), indent=2))
        return
    there = console()
    there.print(_tree(rules))
    for table in (_receivers(rules), _intervals(rules)):
        if table.row_count:
            there.print()
            there.print(table)


def title(route: Route, *, is_root: bool) -> Text:
    """Return `severity="high" → ops-telegram`."""
    matchers = " ".join(printable(written(matcher)) for matcher in route.matchers)
    what = Text(matchers or ("everything" if is_root else "anything"))
    return what.append(" → ").append(printable(route.receiver), style="bold")


def _tree(rules: RuleSet) -> Tree:
    tree = Tree(_with_notes(rules.route, None), guide_style="dim")
    _grow(tree, rules.route)
    return tree


def _grow(tree: Tree, route: Route) -> None:
    for child in route.routes:
        _grow(tree.add(_with_notes(child, route)), child)


def _with_notes(route: Route, parent: Route | None) -> Text:
    shown = title(route, is_root=parent is None)
    notes = list(_notes(route, parent))
    return shown.append("\n" + ", ".join(notes), style="dim") if notes else shown


def _notes(route: Route, parent: Route | None) -> Iterator[str]:
    """Yield what is special about *route*; what it has from its *parent* is not said again."""
    if route.proceed:
        yield "and goes on behind it"
    if parent is None and route.routes:
        yield "takes what no route below takes"
    if route.active_intervals:
        yield f"only during {', '.join(route.active_intervals)}"
    if route.mute_intervals:
        yield f"not during {', '.join(route.mute_intervals)}"
    if route.group_wait != (parent.group_wait if parent else timedelta(0)):
        yield f"waits {brief(route.group_wait)} for other reports"
    if route.group_by != (parent.group_by if parent else _STORY):
        yield f"by {', '.join(route.group_by)}"
    if route.repeat_after and route.repeat_after != (parent.repeat_after if parent else None):
        yield f"told again after {brief(route.repeat_after)}"


def _receivers(rules: RuleSet) -> Table:
    """Return the receivers that a route names, and then those that none does."""
    used = set(_used(rules.route))
    table = Table.grid(padding=(0, 2))
    for receiver in sorted(
        rules.receivers.values(), key=lambda one: (one.name not in used, one.name)
    ):
        is_used = receiver.name in used
        unused = [] if is_used else ["no route leads here"]
        name = Text(printable(receiver.name), style="bold" if is_used else "dim")
        table.add_row(name, Text("; ".join([*_wishes(receiver), *unused])))
    return table


def _wishes(receiver: Receiver) -> Iterator[str]:
    yield ", ".join(printable(where(address)) for address in receiver.addresses)
    if receiver.digest is not None:
        digest = receiver.digest
        clock = ", ".join(f"{at:%H:%M}" for at in digest.at)
        days = f" {' '.join(digest.days)}" if digest.days else ""
        yield f"digest at {clock}{days} {digest.location}"
    if receiver.quiet is not None:
        yield _quiet(receiver.quiet)
    if receiver.max_per_hour is not None:
        yield f"{receiver.max_per_hour} an hour"
    if receiver.fallback:
        yield f"else {receiver.fallback}"


def _quiet(quiet: Quiet) -> str:
    return f"quiet during {', '.join(quiet.during)} below {quiet.below}: {quiet.then}"


def _intervals(rules: RuleSet) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, interval in rules.intervals.items():
        table.add_row(Text(printable(name)), Text(_hours(interval)))
    return table


def _hours(interval: TimeInterval) -> str:
    times = ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in interval.times)
    return " ".join(filter(None, (times, " ".join(interval.days), interval.location)))


def _used(route: Route) -> Iterator[str]:
    yield route.receiver
    for child in route.routes:
        yield from _used(child)


def described(route: Route) -> dict[str, Any]:
    """Return *route* without those below it, as scripts read it."""
    return {
        "matchers": [written(matcher) for matcher in route.matchers],
        "receiver": route.receiver,
        "continue": route.proceed,
        "group_by": list(route.group_by),
        "group_wait_s": route.group_wait.total_seconds(),
        "repeat_after_s": route.repeat_after and route.repeat_after.total_seconds(),
        "active_time_intervals": list(route.active_intervals),
        "mute_time_intervals": list(route.mute_intervals),
    }


def _document(rules: RuleSet) -> dict[str, Any]:
    def whole(route: Route) -> dict[str, Any]:
        return described(route) | {"routes": [whole(child) for child in route.routes]}

    return {
        "rules": rules.hash,
        "route": whole(rules.route),
        "receivers": {
            name: {
                # Where a webhook leads is a secret: its key is its receiver's name.
                "addresses": [address.key for address in receiver.addresses],
                "wants": list(_wishes(receiver))[1:],
            }
            for name, receiver in rules.receivers.items()
        },
        "time_intervals": {name: _hours(one) for name, one in rules.intervals.items()},
    }
