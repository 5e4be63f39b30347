"""`tocsin route test`: the way of a match through the routes, and when it leaves."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from alerts.alerting.digests import DIGEST
from alerts.alerting.sightings import RulesInForce
from alerts.alerting.timing import QUIET
from alerts.cli.ending import FINDINGS, EndedError
from alerts.cli.explain import asking
from alerts.cli.explain.answering import chosen
from alerts.cli.options import moment
from alerts.cli.route.tree import described, title
from alerts.cli.shown import where
from alerts.cli.terminal import console
from alerts.model import Article, Destination, Receiver, RuleSet, Severity, Watchlist
from alerts.settings import load_settings
from alerts.storage import open_beside
from alerts.watchlists.complaints import printable
from alerts.watchlists.load import load_rules
from alerts.watchlists.matchers import Labels, labels, written
from alerts.watchlists.routes import LABELS
from alerts.watchlists.suggest import did_you_mean
from alerts.watchlists.values import brief
from alerts.workbench.routes import Node, Traced, Verdict, traced

#: So many names can be read in a hint; thousands of watchlists are no help.
_FEW: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked: labels, an article of the archive, or a text."""

    labels: tuple[str, ...]
    at: str | None
    article: str | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A match by its labels, and its way."""

    labels: Labels
    traced: Traced
    #: Why nobody hears of it, wherever the routes lead; or empty.
    unsent: str = ""


async def tell(question: Question, folder: Path | None, *, as_json: bool) -> None:
    """Print the ways of what was asked.

    Raises:
        BadParameter: a label or a moment is none.
        EndedError: there is no such article, or nothing matches it; that was said.
        RulesError: the rule files cannot be loaded.
    """
    settings, now = load_settings(rules=folder), datetime.now(UTC)
    at = now if question.at is None else moment("--at", question.at, now=now).astimezone(UTC)
    rules = load_rules(settings.rules, environment=os.environ)
    if question.labels:
        ways = [_of_labels(rules, question.labels, at)]
    else:
        if question.text is not None:
            article = asking.of_text(question.text, now=now).article
        else:
            async with open_beside(settings.database_url.get_secret_value()) as storage:
                found = await asking.named(storage, question.article or "", now=now)
            article = found.article
        ways = _of_article(rules, article, at)
    if as_json:
        typer.echo(json.dumps([_document(way, at) for way in ways], indent=2))
    else:
        _show(rules, ways, at)
    if not ways:
        typer.echo("tocsin: no watchlist matches it: `tocsin explain` says why", err=True)
        raise EndedError(FINDINGS)


# --- what is asked ----------------------------------------------------------------------------


def _of_labels(rules: RuleSet, given: Sequence[str], at: datetime) -> Way:
    values = _read(given)
    watchlists = {watchlist.id: watchlist for watchlist in rules.watchlists}
    named = values.get("watchlist", ())
    asked = [chosen(name, watchlists.values()) for name in named]
    watchlist = asked[0] if len(asked) == 1 else None
    if watchlist is not None:
        brought = _labels_of(watchlist) | values
        values = {label: brought[label] for label in LABELS if label in brought}
    severity = Severity(values.get("severity", (Severity.MEDIUM.value,))[0])
    way = traced(
        rules,
        values,
        severity=severity,
        repeat_after=watchlist.repeat_after if watchlist else None,
        now=at,
    )
    return Way(labels=values, traced=way, unsent=_unsent(watchlist))


def _read(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for each in given:
        label, equals, value = each.partition("=")
        if not equals:
            _refuse(f"{printable(each)!r} is not label=value, such as severity=high", each, ())
        if label not in LABELS:
            _refuse(f"{printable(label)!r} is not a label", label, LABELS)
        quoted = len(value) > 1 and value[0] == value[-1] == '"'
        value = value[1:-1] if quoted else value
        if label == "severity" and value not in set(Severity):
            _refuse(f"{printable(value)!r} is not a severity", value, tuple(Severity))
        values[label] = (*values.get(label, ()), value)
    return values


def _labels_of(watchlist: Watchlist) -> dict[str, tuple[str, ...]]:
    return {
        "severity": (watchlist.severity.value,),
        "owner": (watchlist.owner,),
        "tag": watchlist.tags,
    }


def _unsent(watchlist: Watchlist | None, *, is_held: bool = False) -> str:
    if is_held:
        return "it is held: the article does not say what the watchlist asks for"
    if watchlist is not None and watchlist.status != "active":
        return f"the watchlist is {watchlist.status}: nothing of it is sent"
    return ""


def _of_article(rules: RuleSet, article: Article, at: datetime) -> list[Way]:
    in_force = RulesInForce.compile(rules)
    ways = []
    for match in in_force.matcher.match(article):
        watchlist = in_force.watchlists[match.watchlist]
        values = labels(watchlist, match, article)
        again = watchlist.repeat_after
        way = traced(rules, values, severity=match.severity, repeat_after=again, now=at)
        unsent = _unsent(watchlist, is_held=match.is_held)
        ways.append(Way(labels=values, traced=way, unsent=unsent))
    return ways


def _refuse(message: str, word: str, known: tuple[str, ...]) -> None:
    hint = did_you_mean(word, known)
    if not hint and len(known) <= _FEW:
        hint = f"known: {', '.join(known)}" if known else ""
    raise typer.BadParameter(f"{message}; {hint}" if hint else message, param_hint="LABEL=VALUE")


# --- for people -------------------------------------------------------------------------------


def _show(rules: RuleSet, ways: Sequence[Way], at: datetime) -> None:
    there = console()
    for number, way in enumerate(ways):
        if number:
            there.print()
        there.print(_heading(way.labels))
        there.print(Text(f"at {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC", style="dim"))
        there.print()
        there.print(_tree(way.traced.root, way.labels))
        there.print()
        if way.unsent:
            there.print(Text(f"nobody hears of it: {way.unsent}", style="yellow"))
        else:
            there.print(_table(rules, way.traced))


def _heading(values: Labels) -> Text:
    pairs = [f'{label}="{value}"' for label, found in values.items() for value in found if value]
    return Text(printable("  ".join(pairs)), style="bold")


_SIGNS = {
    Verdict.TAKEN: ("✓", "bold green"),
    Verdict.PASSED: ("·", ""),
    Verdict.UNMET: ("✗", "dim"),
    Verdict.ASLEEP: ("✗", "yellow"),
    Verdict.UNASKED: (" ", "dim"),
}


def _tree(root: Node, values: Labels) -> Tree:
    tree = Tree(_line(root, values), guide_style="dim")
    _grow(tree, root, values)
    return tree


def _grow(tree: Tree, node: Node, values: Labels) -> None:
    for child in node.below:
        _grow(tree.add(_line(child, values)), child, values)


def _line(node: Node, values: Labels) -> Text:
    sign, style = _SIGNS[node.verdict]
    line = Text(f"{sign} ", style=style) + title(node.route, is_root=not node.place)
    if node.verdict in (Verdict.UNMET, Verdict.UNASKED):
        line.stylize("dim")
    return line.append(f"  {_why(node, values)}", style=style)


def _why(node: Node, values: Labels) -> str:
    match node.verdict:
        case Verdict.UNMET if node.unmet is not None:
            label = node.unmet.label
            has = ", ".join(printable(value) for value in values.get(label, ()) if value)
            many = len(node.route.matchers) > 1
            which = printable(written(node.unmet)) if many else label
            return f"no: {which} is not met, " * many + f"{label} is {has or 'not given'}"
        case Verdict.ASLEEP:
            names = ", ".join((*node.route.mute_intervals, *node.route.active_intervals))
            return f"outside its hours ({printable(names)})"
        case Verdict.TAKEN:
            return "takes it" + ", and it goes on" * node.route.proceed
        case Verdict.PASSED:
            return "a route below takes it" + ", and it goes on" * node.route.proceed
        case _:
            return "not asked"


def _table(rules: RuleSet, way: Traced) -> Table:
    waits = {
        destination: node.route.group_wait
        for node in way.root.whole()
        for destination in node.leaving
    }
    table = Table("Receiver", "Address", "Leaves", box=None, pad_edge=False)
    for destination in way.destinations:
        receiver = rules.receivers[destination.receiver]
        said = leaves(destination, receiver, waits[destination], rules)
        address = printable(where(destination.address))
        table.add_row(
            Text(printable(destination.receiver), style="bold"), Text(address), Text(said)
        )
    return table


def leaves(destination: Destination, receiver: Receiver, wait: timedelta, rules: RuleSet) -> str:
    """Say when and with what an alert leaves for *destination*, and why then.

    *wait* is the route's `group_wait`.
    """
    quiet = ", ".join(receiver.quiet.during) if receiver.quiet else ""
    waited = f"after {brief(wait)} (group_wait)" if wait else "at once"
    if destination.is_dropped:
        return f"never: quiet hours ({quiet}) drop it"
    if destination.gathers == DIGEST and receiver.digest is not None:
        return f"{_clock(destination.due_at, receiver.digest.location)}, with the digest"
    if destination.gathers == QUIET and receiver.quiet is not None:
        zone = rules.intervals[receiver.quiet.during[0]].location
        clock = _clock(destination.due_at, zone)
        return f"{clock}, when the quiet hours ({quiet}) end, in one message"
    if destination.is_silent:
        return f"{waited}, without a sound: quiet hours ({quiet})"
    if destination.gathers:
        return f"{waited}, in one message with what agrees with it"
    return waited


def _clock(at: datetime, zone: str) -> str:
    there = at.astimezone(ZoneInfo(zone))
    utc = "" if zone == "UTC" else f" ({at.astimezone(UTC):%H:%M} UTC)"
    return f"{there:%a %d %b %H:%M} {zone}{utc}"


# --- for scripts ------------------------------------------------------------------------------


def _document(way: Way, at: datetime) -> dict[str, Any]:
    return {
        "labels": {label: list(values) for label, values in way.labels.items()},
        "at": at.isoformat(),
        "unsent": way.unsent,
        "routes": list(_nodes(way.traced.root)),
        "destinations": [] if way.unsent else list(map(_destination, way.traced.destinations)),
    }


def _nodes(root: Node) -> Iterator[dict[str, Any]]:
    for node in root.whole():
        yield described(node.route) | {
            "place": list(node.place),
            "verdict": node.verdict.value,
            "unmet": written(node.unmet) if node.unmet else None,
        }


def _destination(one: Destination) -> dict[str, Any]:
    return {
        "receiver": one.receiver,
        "address": one.address.key,
        "due_at": one.due_at.isoformat(),
        "kind": one.kind.value,
        "gathers": one.gathers,
        "silent": one.is_silent,
        "dropped": one.is_dropped,
        "repeat_after_s": one.repeat_after and one.repeat_after.total_seconds(),
    }
