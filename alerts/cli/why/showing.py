"""How `tocsin why` reads: the verdict, the stages that all share, then the way of each match."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from alerts.cli.documents import of_article, of_evidence
from alerts.cli.explain.document import described
from alerts.cli.explain.showing import show
from alerts.cli.explain.showing import verdict as missed
from alerts.cli.explain.tree import Signs, surfaces
from alerts.cli.shown import where
from alerts.cli.terminal import console
from alerts.cli.why.gathering import Found, was_asked
from alerts.model import Novelty
from alerts.watchlists.complaints import printable
from alerts.workbench.history import Course
from alerts.workbench.stages import Stage, Turn

#: Columns of the names of stages.
_NAME = 14
_COLOURS = {Turn.TOLD: "green", Turn.WAITS: "yellow", Turn.ENDS: "red", Turn.GOES_ON: ""}


def tell(found: Found, *, as_json: bool) -> None:
    """Print *found* for people or for scripts."""
    if as_json:
        typer.echo(json.dumps(_document(found), indent=2))
        return
    shown = console()
    shown.print(_verdict(found, Signs.of(shown)))
    shown.print(f"  {printable(found.history.article.title)}", style="dim", markup=False)
    shown.print()
    for stage in found.stages:
        _print(shown, stage)
    if found.versions > 1:
        times = f" {found.versions - 1} times" * (found.versions > 2)
        said = f"its publisher changed it{times}; each version was matched when it came"
        _print(shown, Stage(name="changed", said=said, at=found.changed_at))
    for each in found.courses:
        _print_course(shown, each)
    if found.miss is not None:
        shown.print()
        _print_rules(shown, found)
        show(shown, found.miss, versions=found.versions)
    if found.overall is not None:
        _print_misses(shown, found)


# --- the verdict ------------------------------------------------------------------------------


def _verdict(found: Found, signs: Signs) -> Text:
    turn, said = _said(found)
    sign = signs.met if turn is Turn.TOLD else signs.neither if turn is Turn.WAITS else signs.unmet
    return Text(printable(f"{sign} {said}"), f"bold {_COLOURS[turn]}".strip())


def _said(found: Found) -> tuple[Turn, str]:
    if not found.courses:
        return Turn.ENDS, _nothing(found)
    told = [each for each in found.courses if each.deciding.turn is Turn.TOLD]
    waits = [each for each in found.courses if each.deciding.turn is Turn.WAITS]
    if told:
        return Turn.TOLD, f"it rang for {_names(told)}: {_decided(told[0])}"
    if waits:
        return Turn.WAITS, f"it will ring for {_names(waits)}: {_decided(waits[0])}"
    names = _names(found.courses)
    return Turn.ENDS, f"it matched {names} and told nobody: {_decided(found.courses[0])}"


def _decided(each: Course) -> str:
    to = f"{each.nearest.receiver} ({where(each.nearest.address)}) " if each.nearest else ""
    return to + each.deciding.said


def _nothing(found: Found) -> str:
    if found.miss is not None and not found.miss.explanation.met:
        return f"nobody was told: it does not match {found.miss.watchlist.id}"
    if found.history.novelty is not Novelty.NEW and not was_asked(found):
        return f"nobody was told: it was {found.history.novelty.value}, and put to no watchlist"
    if found.miss is not None:
        return (
            f"nobody was told, though its words meet {found.miss.watchlist.id}: it was not in force"
            " yet, had matched before the change, or matching failed (the log says so)"
        )
    return "nobody was told: no watchlist matched it"


def _names(courses: Iterable[Course]) -> str:
    return ", ".join(each.stored.match.watchlist for each in courses)


# --- the stages -------------------------------------------------------------------------------


def _print(shown: Console, stage: Stage, *, indent: int = 0) -> None:
    said = f"{_moment(stage.at)}: {stage.said}" if stage.at is not None else stage.said
    lines = _lines(shown, printable(said), indent)
    name = " " * indent + stage.name
    for number, line in enumerate(lines):
        text = Text.assemble((f"{'' if number else name:<{_NAME}}", "dim"), line)
        text.stylize(_COLOURS[stage.turn], _NAME)
        shown.print(text)
    for words in surfaces(stage.evidence):
        shown.print(Text(f"{'':<{_NAME}}{words}"))


def _lines(shown: Console, said: str, indent: int) -> list[str]:
    if shown.soft_wrap:
        return [said]
    wrapped = Text(said).wrap(shown, max(20, shown.width - _NAME - indent))
    return [line.plain.rstrip() for line in wrapped]


def _print_course(shown: Console, each: Course) -> None:
    match = each.stored.match
    shown.print()
    shown.print(
        Text(printable(f"{match.watchlist} ({match.title}), {match.severity}"), style="bold")
    )
    for stage in each.stages:
        _print(shown, stage)
    for outcome in each.outcomes:
        to = f"{outcome.receiver}: {where(outcome.address)}"
        shown.print(Text(printable(f"{'to':<{_NAME}}{to}")))
        for stage in outcome.stages:
            _print(shown, stage, indent=2)


def _print_rules(shown: Console, found: Found) -> None:
    which = (
        "the rules in force then" if found.were_in_force else "today's rules: then's are not kept"
    )
    shown.print(Text(f"by {which} ({found.rule_set[:12]})", style="dim"))


def _print_misses(shown: Console, found: Found) -> None:
    assert found.overall is not None
    shown.print()
    _print_rules(shown, found)
    signs = Signs.of(shown)
    told = [*found.overall.matches, *found.overall.misses]
    for one in told:
        shown.print(missed(one, signs))
    if told:
        hint = f"{told[0].watchlist.id} behind the article shows the whole condition"
        shown.print(hint, style="dim", markup=False)
    else:
        shown.print(f"no word of it is asked for by {found.overall.asked} watchlists")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


# --- for scripts ------------------------------------------------------------------------------


def _document(found: Found) -> dict[str, Any]:
    turn, said = _said(found)
    told = [found.miss] if found.miss is not None else []
    if found.overall is not None:
        told = [*found.overall.matches, *found.overall.misses]
    return {
        "article": of_article(found.history.article)
        | {"versions": found.versions, "novelty": found.history.novelty.value},
        "verdict": {"turn": turn.value, "said": said},
        "stages": list(map(_stage, found.stages)),
        "matches": list(map(_course, found.courses)),
        "explained": {
            "rule_set": found.rule_set,
            "in_force_then": found.were_in_force,
            "watchlists": [described(one) for one in told],
        },
    }


def _course(each: Course) -> dict[str, Any]:
    stored = each.stored
    return {
        "watchlist": stored.match.watchlist,
        "title": stored.match.title,
        "severity": stored.match.severity.value,
        "rule_set": stored.rule_set,
        "matched_at": stored.matched_at.isoformat(),
        "decided_by": _stage(each.deciding),
        "stages": list(map(_stage, each.stages)),
        "addresses": list(_addresses(each)),
    }


def _addresses(each: Course) -> Iterator[dict[str, Any]]:
    for outcome in each.outcomes:
        yield {
            "receiver": outcome.receiver,
            "address": outcome.address.key,
            "decided_by": _stage(outcome.deciding),
            "stages": list(map(_stage, outcome.stages)),
        }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "turn": stage.turn.value,
        "at": stage.at.isoformat() if stage.at is not None else None,
        "said": stage.said,
        "evidence": [of_evidence(one) for one in stage.evidence],
    }
