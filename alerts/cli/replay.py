"""`tocsin replay`: what would a receiver have got?  And, if it is wanted, it gets it again."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.cli.completion import complete_receiver
from alerts.cli.ending import FINDINGS, INTERRUPTED, USAGE, EndedError
from alerts.cli.options import Form, Formatted, Rules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from alerts.delivery.channels import Channel
    from alerts.model import Message, Receiver, RuleSet
    from alerts.settings import Settings
    from alerts.storage import Storage
    from alerts.workbench.replay import Due

    Rendered = Sequence[tuple[Due, Message]]


def replay(
    *,
    receiver: Annotated[
        str,
        typer.Option(
            "--receiver", metavar="R", help="Who is it for?", autocompletion=complete_receiver
        ),
    ],
    rules: Rules = None,
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="So long ago (24h, 7d), or a date.")
    ] = "24h",
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Where to stop.  [default: now]")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="So many messages, the newest.")] = 20,
    send: Annotated[
        bool, typer.Option("--send", help="Send them, marked as a replay, after asking.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    form: Formatted = Form.TEXT,
) -> None:
    """Put stored articles through the rules again; print what a receiver would get, or send it.

    Nothing is written down: no alert is made, and none is kept from ringing.

    Example: tocsin replay --since 7d --receiver console
    """
    import asyncio
    from datetime import UTC, datetime

    from alerts.cli.options import moment
    from alerts.settings import load_settings

    settings, now = load_settings(rules=rules), datetime.now(UTC)
    start = moment("--since", since, now=now)
    end = moment("--until", until, now=now) if until else now
    if end <= start:
        raise typer.BadParameter("it is not behind --since", param_hint="--until")
    loaded, wanted = _chosen(settings, receiver)
    try:
        due = asyncio.run(_due(settings, loaded, wanted, (start, end, now)))
        shown = _rendered(settings, loaded, due[-limit:])
        _show(shown, wanted, more=len(due) - len(shown), form=form)
        if send and shown:
            _ask(shown, wanted, is_sure=yes)
            asyncio.run(_send(settings, loaded, shown))
    except KeyboardInterrupt:
        typer.echo("tocsin: stopped; nothing was changed", err=True)
        raise EndedError(INTERRUPTED) from None


def _chosen(settings: Settings, name: str) -> tuple[RuleSet, Receiver]:
    """Return the rules, and the receiver of this name.

    Raises:
        EndedError: there is none; which are like it was said.
    """
    import os

    from alerts.cli.receivers import receiver_named
    from alerts.watchlists.load import load_rules

    loaded = load_rules(settings.rules, environment=os.environ)
    return loaded, receiver_named(name, loaded)


async def _due(
    settings: Settings,
    rules: RuleSet,
    receiver: Receiver,
    times: tuple[datetime, datetime, datetime],
) -> Sequence[Due]:
    """Return what *receiver* would have got of the articles seen from and until two *times*."""
    from alerts.cli.terminal import progress
    from alerts.storage import open_beside
    from alerts.workbench.replay import Replay

    since, until, now = times
    made = Replay(rules, receiver)
    async with open_beside(settings.database_url.get_secret_value()) as storage:
        count = await storage.archive.count(since=since, until=until)
        with progress("articles", count) as advance:
            async for stretch in storage.archive.read(since=since, until=until):
                made.hear(stretch)
                advance(len(stretch))
        due = made.due(now=now)
        return [one for one in due if await _is_welcome(storage, one, now)]


async def _is_welcome(storage: Storage, due: Due, now: datetime) -> bool:
    """Tell whether its address wants to be written to: who left a list stays left."""
    from alerts.storage.silenced import EVERY, Consent

    delivery = due.delivery
    said = await storage.consents.standings(delivery.address, now=now)
    standings = [said[name] for name in (delivery.receiver, EVERY) if name in said]
    return all(standing.state is Consent.GIVEN for standing in standings)


def _rendered(settings: Settings, rules: RuleSet, due: Sequence[Due]) -> Rendered:
    from alerts.delivery.rendering import Renderer

    renderer = Renderer(str(settings.public_url or "") or None)
    renderer.use(rules)
    return [(one, one.message(renderer)) for one in due]


# --- showing ----------------------------------------------------------------------------------


def _show(shown: Rendered, receiver: Receiver, *, more: int, form: Form) -> None:
    from alerts.cli.shown import plural

    if form is Form.JSON:
        import json

        typer.echo(json.dumps([_described(due, message) for due, message in shown], indent=2))
        return
    for due, message in shown:
        _print(due, message)
    if not shown:
        typer.echo(f"{receiver.name} would have got nothing: no article of this time rings there.")
        typer.echo("`tocsin route show` says what leads to it; --since 30d looks further back.")
        return
    count = plural(len(shown), "message", "messages")
    rest = f"; {more:,} older ones are left out (--limit {len(shown) + more})" if more else ""
    typer.echo(f"{receiver.name} would have got {count}{rest}.")


def _print(due: Due, message: Message) -> None:
    from rich.rule import Rule
    from rich.text import Text

    from alerts.cli.shown import where
    from alerts.cli.terminal import console
    from alerts.watchlists.complaints import printable

    there, delivery = console(), due.delivery
    silent = ", without a sound" if delivery.is_silent else ""
    title = f"{due.due_at:%Y-%m-%d %H:%M} UTC  {where(delivery.address)}  {delivery.kind}{silent}"
    there.print(Rule(Text(printable(title), style="bold"), align="left", style="dim"))
    text = message.text if delivery.address.channel != "email" else _mail(message)
    there.print(Text("\n".join(map(printable, text.split("\n")))))
    there.print()


def _mail(message: Message) -> str:
    return f"Subject: {message.subject}\n\n{message.text}"


def _described(due: Due, message: Message) -> dict[str, Any]:
    delivery = due.delivery
    return {
        "due_at": due.due_at.isoformat(),
        "receiver": delivery.receiver,
        "address": delivery.address.key,
        "kind": delivery.kind.value,
        "severity": delivery.severity.value,
        "silent": delivery.is_silent,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "alerts": [
            {
                "story": alert.story,
                "articles": [article.id for article in alert.articles],
                "watchlists": sorted({match.watchlist for match in alert.matches}),
            }
            for alert in delivery.alerts
        ],
    }


# --- sending ----------------------------------------------------------------------------------


def _ask(shown: Rendered, receiver: Receiver, *, is_sure: bool) -> None:
    """Ask before people are written to.

    Raises:
        EndedError: nobody can be asked, or the answer was no.
    """
    import sys

    from alerts.cli.shown import plural, where

    if is_sure:
        return
    if not sys.stdin.isatty():
        typer.echo("tocsin: nobody can be asked here: say --yes", err=True)
        raise EndedError(USAGE)
    addresses = ", ".join(sorted({where(due.delivery.address) for due, _ in shown}))
    count = plural(len(shown), "message", "messages")
    if not typer.confirm(f"Send {count}, marked as a replay, to {receiver.name} ({addresses})?"):
        raise EndedError(FINDINGS)


async def _send(settings: Settings, rules: RuleSet, shown: Rendered) -> None:
    """Send what was *shown*.

    Raises:
        EndedError: a channel is not set up, or a message was not taken; that was said.
    """
    import asyncio

    from alerts.app.process import utc_now
    from alerts.cli.shown import plural
    from alerts.cli.terminal import progress
    from alerts.errors import DeliveryError
    from alerts.workbench.replay import send

    messages = [(message, due.delivery.address) for due, message in shown]
    sent = 0
    async with _channels(settings, rules) as channels:
        _check({address.channel for _, address in messages} - channels.keys())
        try:
            with progress("messages", len(messages)) as advance:
                coming = send(messages, channels, now=utc_now, sleep=asyncio.sleep)
                async for _ in coming:
                    sent += 1
                    advance(1)
        except DeliveryError as error:
            typer.echo(f"tocsin: {sent:,} of {len(messages):,} sent, then: {error}", err=True)
            raise EndedError(FINDINGS) from None
    typer.echo(f"{plural(sent, 'message', 'messages')} sent.", err=True)


def _check(missing: set[str]) -> None:
    from alerts.app.channels import NEEDS

    for name in sorted(missing):
        typer.echo(f"tocsin: {name} is not set up: {NEEDS[name]}", err=True)
    if missing:
        raise EndedError(USAGE)


@asynccontextmanager
async def _channels(settings: Settings, rules: RuleSet) -> AsyncIterator[Mapping[str, Channel]]:
    """Open the channels beside a running process; webhooks have the guarded client of feeds."""
    from alerts.app.channels import open_channels
    from alerts.delivery.channels import EndpointChannel
    from alerts.feeds.fetch import open_session
    from alerts.feeds.guard import AddressGuard

    guard = AddressGuard(settings.allow_networks)
    async with open_session(guard, user_agent=settings.user_agent) as session:
        channels = open_channels(settings, session)
        try:
            for channel in channels.values():
                if isinstance(channel, EndpointChannel):
                    channel.use(rules.endpoints)
            yield channels
        finally:
            for channel in channels.values():
                await channel.close()
