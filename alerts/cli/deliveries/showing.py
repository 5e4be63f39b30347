"""`tocsin deliveries show`: one delivery, and how one is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import typer

from alerts.cli.deliveries.listing import described
from alerts.cli.ending import USAGE, EndedError
from alerts.cli.shown import ago, plural, where
from alerts.delivery.rendering import Renderer
from alerts.model import Address, Alert, Article, DeliveryState, Evidence, Match
from alerts.settings import load_settings
from alerts.storage.beside import open_desk
from alerts.storage.letters import Letter, Letters
from alerts.watchlists.complaints import printable

_SHORTEST = 8
_HEX = frozenset("0123456789abcdef")


async def tell(name: str, *, as_json: bool) -> None:
    """Print the delivery that *name* is, or begins."""
    async with open_desk(load_settings().database_url.get_secret_value()) as desk:
        letter = await desk.letters.show(await identified(desk.letters, name))
    assert letter is not None  # nothing deletes what was just found but a purge
    if as_json:
        typer.echo(json.dumps(_described(letter), indent=2))
    else:
        typer.echo(printable_lines("\n".join(_lines(letter, datetime.now(UTC)))))


async def identified(letters: Letters, name: str) -> str:
    """Return the one id that *name* is, or begins.

    Raises:
        EndedError: it is none, or begins several; that was said.
    """
    prefix = name.strip().lower()
    if len(prefix) < _SHORTEST or not _HEX.issuperset(prefix):
        _end(f"{printable(name)!r} is no id: {_SHORTEST} to 64 of 0-9 and a-f")
    found = await letters.named(prefix)
    if len(found) == 1:
        return found[0]
    if found:
        _end(f"several deliveries begin with {prefix}: {', '.join(found)}")
    near = [id_[:12] for id_ in await letters.nearest(prefix)]
    hint = f"; the nearest are {', '.join(near)}" if near else ": there are none at all"
    _end(f"there is no delivery {prefix}{hint}")
    raise AssertionError


def _end(message: str) -> None:
    typer.echo(f"tocsin: {message}", err=True)
    raise EndedError(USAGE)


def _lines(letter: Letter, now: datetime) -> Iterator[str]:
    listed = letter.listed
    yield f"delivery    {listed.id}"
    yield f"to          {listed.receiver}: {where(listed.address)}"
    yield f"is          {listed.kind}, {listed.severity}"
    yield f"state       {_state(letter)}"
    yield f"made        {_moment(listed.created_at, now)}"
    yield from _what_comes(letter, now)
    for rule_set in letter.rule_sets:
        yield f"rules       {rule_set[:12]}"
    for update in letter.updates:
        yield f"update      {update[:12]}"
    if listed.error:
        yield from _indented("error", listed.error)
    yield ""
    yield from _indented("says", _words(letter, now))
    for alert in letter.delivery.alerts:
        yield ""
        yield from _reasons(alert, now)


def _state(letter: Letter) -> str:
    listed = letter.listed
    why = f" ({letter.held_by})" if letter.held_by else ""
    repeat = ", perhaps it has arrived" if listed.possible_repeat else ""
    return f"{listed.state}{why}, after {plural(listed.attempt, 'attempt', 'attempts')}{repeat}"


def _what_comes(letter: Letter, now: datetime) -> Iterator[str]:
    """Say when it was sent, or when it is sent next, or why it is not."""
    listed = letter.listed
    if listed.sent_at is not None:
        as_what = f", as {letter.message_id}" if letter.message_id else ""
        yield f"sent        {_moment(listed.sent_at, now)}{as_what}"
    elif listed.state in (DeliveryState.PENDING, DeliveryState.AMBIGUOUS):
        at = max(listed.due_at, letter.not_before_at or listed.due_at)
        yield f"due         {_moment(at, now)}"
    if letter.gone:
        yield f"address     nothing is sent there: {letter.gone}"


def _words(letter: Letter, now: datetime) -> str:
    # As the console would show it: complete, and without markup.
    plain = replace(letter.delivery, address=Address(channel="console"))
    return Renderer().render(plain, now=now).text


def _reasons(alert: Alert, now: datetime) -> Iterator[str]:
    yield f"alert       {alert.id[:12]}, {alert.severity}, story {alert.story[:12]}"
    for match in alert.matches:
        yield f"  {match.severity} {match.title} ({match.watchlist})"
        for one in match.evidence:
            yield f"    {_evidence(one)}"
    for article in alert.articles:
        yield f"  {_article(article, now)}"


def _evidence(one: Evidence) -> str:
    means = "" if one.surface == one.term else f" = {one.term}"
    return f"{one.field}: {one.surface}{means} ({one.how})"


def _article(article: Article, now: datetime) -> str:
    seen = ago(article.seen_at, now)
    return f"article {article.id[:12]}: {article.publisher}, seen {seen}: {article.url}".rstrip(
        ": "
    )


def _indented(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines()):
        yield f"{'' if number else name:<12}{line}".rstrip()


def _moment(at: datetime, now: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, {ago(at, now)}"


def printable_lines(text: str) -> str:
    """Return *text* without what a terminal would obey; its lines stay."""
    return "\n".join(map(printable, text.split("\n")))


def _described(letter: Letter) -> dict[str, object]:
    delivery = letter.delivery
    return described(letter.listed) | {
        "held_by": letter.held_by,
        "message_id": letter.message_id,
        "not_before_at": letter.not_before_at and letter.not_before_at.isoformat(),
        "gone": letter.gone,
        "rule_sets": list(letter.rule_sets),
        "updates": list(letter.updates),
        "follows": delivery.follows,
        "text": _words(letter, datetime.now(UTC)),
        "alerts": [
            {
                "id": alert.id,
                "story": alert.story,
                "severity": alert.severity.value,
                "matches": [_match(match) for match in alert.matches],
                "articles": [
                    {"id": each.id, "publisher": each.publisher, "url": each.url}
                    for each in alert.articles
                ],
            }
            for alert in delivery.alerts
        ],
    }


def _match(match: Match) -> dict[str, object]:
    return {
        "watchlist": match.watchlist,
        "title": match.title,
        "severity": match.severity.value,
        "evidence": [
            {"field": o.field.value, "surface": o.surface, "term": o.term, "how": o.how.value}
            for o in match.evidence
        ],
    }
