"""`tocsin silence add`: a silence begins, and says what it reaches."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from alerts.cli.ending import USAGE, EndedError
from alerts.cli.options import moment, span
from alerts.cli.shown import ago, plural
from alerts.cli.silence.listing import described, summary
from alerts.model import LabelMatcher, RuleSet
from alerts.settings import load_settings
from alerts.storage.beside import open_desk
from alerts.storage.silences import Begun
from alerts.watchlists.complaints import FlawError, printable
from alerts.watchlists.load import load_rules
from alerts.watchlists.routes import read_matcher
from alerts.watchlists.suggest import did_you_mean
from alerts.workbench.routes import Reach, Reached, misnamed, reached

#: Watchlists that are named.
_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A silence as it was typed."""

    matchers: tuple[str, ...]
    span: str | None
    until: str | None
    author: str
    comment: str


async def add(wanted: Wanted, folder: Path | None, *, is_sure: bool, as_json: bool) -> None:
    """Begin what is *wanted*, and say when it ends and what it silences.

    Raises:
        BadParameter: a matcher or a time is none.
        EndedError: it would silence everything, and nobody said that this is meant.
        RulesError: the rule files cannot be loaded.
        StorageError: there is no database yet.
    """
    settings, now = load_settings(rules=folder), datetime.now(UTC)
    matchers, until = _matchers(wanted.matchers), _until(wanted, now)
    if not wanted.comment.strip():
        raise typer.BadParameter("say why", param_hint="--comment")
    rules = load_rules(settings.rules, environment=os.environ)
    _check(matchers, rules)
    found = reached(matchers, rules)
    if not is_sure:
        _ask_for_yes(found, matchers)
    async with open_desk(settings.database_url.get_secret_value()) as desk:
        begun = await desk.silences.begin(
            matchers,
            author=wanted.author.strip() or "somebody",
            comment=" ".join(wanted.comment.split()),
            until=until,
            watchlists={watchlist.id: watchlist for watchlist in rules.watchlists},
            now=now,
        )
    if as_json:
        typer.echo(json.dumps(_document(begun, found, now), indent=2))
    else:
        _tell(begun, found, now)


def _matchers(given: Sequence[str]) -> tuple[LabelMatcher, ...]:
    try:
        return tuple(map(read_matcher, given))
    except FlawError as flaw:
        hint = f"; {flaw.hint}" if flaw.hint else ""
        raise typer.BadParameter(f"{flaw.message}{hint}", param_hint="MATCHER") from None


def _until(wanted: Wanted, now: datetime) -> datetime:
    if (wanted.span is None) == (wanted.until is None):
        raise typer.BadParameter("say how long, or until when", param_hint="--for")
    if wanted.span is not None:
        return now + span("--for", wanted.span)
    until = moment("--until", wanted.until or "", now=now)
    if until <= now:
        message = f"that was {ago(until, now)}; for a span say --for"
        raise typer.BadParameter(message, param_hint="--until")
    return until


def _check(matchers: Sequence[LabelMatcher], rules: RuleSet) -> None:
    """Refuse a name that nothing has."""
    found = misnamed(matchers, rules)
    if found is not None:
        matcher, names = found
        message = f"there is no {matcher.label} {printable(matcher.value)!r}"
        hint = did_you_mean(matcher.value, names)
        raise typer.BadParameter(f"{message}; {hint}".rstrip("; "), param_hint="MATCHER")


def _ask_for_yes(found: Sequence[Reached], matchers: Sequence[LabelMatcher]) -> None:
    if matchers and not all(each.reach is Reach.ALWAYS for each in found):
        return
    message = "this silences everything: say --yes if that is meant"
    typer.echo(f"tocsin: {message}", err=True)
    raise EndedError(USAGE)


def _tell(begun: Begun, found: Sequence[Reached], now: datetime) -> None:
    silence = begun.silence
    typer.echo(summary(silence, now))
    for reach, words in ((Reach.ALWAYS, "all of"), (Reach.SOMETIMES, "some of")):
        ids = [each.watchlist.id for each in found if each.reach is reach]
        if ids:
            typer.echo(f"  {words} {plural(len(ids), 'watchlist', 'watchlists')}: {_named(ids)}")
    if all(each.reach is Reach.NEVER for each in found):
        hint = "no watchlist of the rule files can meet it"
        typer.echo(f"  it silences nothing: {hint}", err=True)
    if begun.held:
        typer.echo(
            f"  {plural(begun.held, 'message', 'messages')} that waited: held, and not sent later"
        )
    typer.echo(f"  sooner: tocsin silence expire {silence.id}")


def _named(ids: Sequence[str]) -> str:
    more = len(ids) - _SHOWN
    return ", ".join(map(printable, ids[:_SHOWN])) + (f" and {more:,} more" if more > 0 else "")


def _document(begun: Begun, found: Sequence[Reached], now: datetime) -> dict[str, object]:
    return described(begun.silence, now) | {
        "held": begun.held,
        "watchlists": {
            each.watchlist.id: each.reach.value for each in found if each.reach is not Reach.NEVER
        },
    }
