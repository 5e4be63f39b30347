"""What `tocsin render` and `tocsin digest preview` show: messages as their channels would send them."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Final, NoReturn

import typer
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from alerts.alerting.digests import next_digest_at
from alerts.alerting.sightings import RulesInForce
from alerts.cli.ending import FINDINGS, USAGE, EndedError
from alerts.cli.explain import asking
from alerts.cli.options import moment
from alerts.cli.receivers import receiver_named
from alerts.cli.shown import ago, plural, where
from alerts.cli.terminal import console
from alerts.delivery.rendering.marked import units
from alerts.model import (
    Alert,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Empty,
    Receiver,
    RuleSet,
)
from alerts.settings import Settings, load_settings
from alerts.storage import open_beside
from alerts.storage.letters import Wanted as WantedLetters
from alerts.watchlists.complaints import printable
from alerts.watchlists.load import load_rules
from alerts.workbench.samples import NOBODY, Sent, Studio, alert_of, deliveries_of, sample_alerts

_TAG: Final = re.compile("<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How messages are shown."""

    eml: bool
    output: Path | None
    as_json: bool


async def tell_message(name: str, article: str | None, folder: Path | None, wanted: Wanted) -> None:
    """Show what the receiver *name* would get of *article*, or of an invented one.

    Raises:
        EndedError: there is no such receiver or article, or nothing matches it; that was said.
        RulesError: the rule files cannot be loaded.
    """
    settings, now = load_settings(rules=folder), datetime.now(UTC)
    rules = load_rules(settings.rules, environment=os.environ)
    receiver = receiver_named(name, rules)
    alerts: Sequence[Alert] = sample_alerts(now=now)
    if article is not None:
        alerts = [await _alert(article, rules, settings, now)]
    _show(deliveries_of(receiver, alerts, now=now), rules, settings, wanted, now=now)


async def tell_digest(
    name: str, at: str | None, folder: Path | None, wanted: Wanted, *, is_sample: bool
) -> None:
    """Show the digest of the receiver *name* that waits, as of its next hour.

    Raises:
        EndedError: there is no such receiver, or it has no digest; that was said.
        RulesError: the rule files cannot be loaded.
        StorageError: there is no database yet.
    """
    settings, now = load_settings(rules=folder), datetime.now(UTC)
    rules = load_rules(settings.rules, environment=os.environ)
    receiver = receiver_named(name, rules)
    if receiver.digest is None:
        _refuse_without_digest(receiver, rules)
    due_at = next_digest_at(receiver.digest, moment("--at", at, now=now) if at else now)
    if is_sample:
        made = deliveries_of(receiver, sample_alerts(now=now), now=now)
        waiting = [replace(each, created_at=due_at) for each in made]
    else:
        waiting = await _waiting(receiver, settings, due_at)
    if not wanted.as_json and not wanted.eml:
        _head(receiver, waiting, due_at, now)
    _show(waiting, rules, settings, wanted, now=due_at)


async def _alert(name: str, rules: RuleSet, settings: Settings, now: datetime) -> Alert:
    async with open_beside(settings.database_url.get_secret_value()) as storage:
        found = await asking.named(storage, name, now=now)
    alert = alert_of(RulesInForce.compile(rules), found.article)
    if alert is None:
        typer.echo("tocsin: no watchlist matches it: `tocsin explain` says why", err=True)
        raise EndedError(FINDINGS)
    return alert


async def _waiting(receiver: Receiver, settings: Settings, due_at: datetime) -> list[Delivery]:
    """Return the digests that gather for *receiver*; where none does, what then leaves empty."""
    pending = WantedLetters(states=[DeliveryState.PENDING], receivers=[receiver.name])
    found: list[Delivery] = []
    async with open_beside(settings.database_url.get_secret_value()) as storage:
        for listed in await storage.letters.find(pending):
            if listed.kind is DeliveryKind.DIGEST:
                letter = await storage.letters.show(listed.id)
                # Since it was listed it may have left.
                if letter is not None:
                    # A digest is made when it leaves: it is dated then.
                    found.append(replace(letter.delivery, created_at=due_at))
    if not found and receiver.digest is not None and receiver.digest.empty is Empty.SEND:
        return [
            replace(each, created_at=due_at) for each in deliveries_of(receiver, (), now=due_at)
        ]
    return found


def _refuse_without_digest(receiver: Receiver, rules: RuleSet) -> NoReturn:
    names = sorted(name for name, one in rules.receivers.items() if one.digest is not None)
    hint = f"these have one: {', '.join(names)}" if names else "none of the rule files has one"
    who = printable(receiver.name)
    typer.echo(f"tocsin: {who} has no digest, its alerts leave at once; {hint}", err=True)
    raise EndedError(USAGE)


def _head(receiver: Receiver, waiting: Sequence[Delivery], due_at: datetime, now: datetime) -> None:
    when = f"{due_at:%Y-%m-%d %H:%M} UTC, {ago(due_at, now)}"
    if not waiting:
        typer.echo(f"Nothing waits for the digest of {receiver.name} at {when}: it is skipped.")
        typer.echo("How one looks: --sample")
        return
    count = plural(max(len(each.alerts) for each in waiting), "story", "stories")
    typer.echo(f"The digest of {receiver.name} leaves at {when}; {count} so far.")


# --- showing ----------------------------------------------------------------------------------


def _show(
    deliveries: Sequence[Delivery],
    rules: RuleSet,
    settings: Settings,
    wanted: Wanted,
    *,
    now: datetime,
) -> None:
    studio = Studio(
        rules, public_url=str(settings.public_url or ""), sender=settings.mail_from or ""
    )
    sent = [studio.sent(each, now=now) for each in deliveries]
    mails = [each for each in sent if each.address.channel == "email"]
    if mails and settings.mail_from is None:
        typer.echo(f"TOCSIN_MAIL_FROM is not set: the mail is shown as from {NOBODY}", err=True)
    if wanted.eml:
        _write_mail(mails, wanted.output)
    elif wanted.as_json:
        typer.echo(json.dumps([described(each) for each in sent], indent=2))
    else:
        _print(sent)


def _write_mail(mails: Sequence[Sent], output: Path | None) -> None:
    if not mails:
        typer.echo("tocsin: there is no mail among these messages", err=True)
        raise EndedError(USAGE)
    if output is None:
        sys.stdout.buffer.write(mails[0].body)
        sys.stdout.flush()
        return
    try:
        output.write_bytes(mails[0].body)
    except OSError as error:
        typer.echo(f"tocsin: cannot write {output}: {error.strerror}", err=True)
        raise EndedError(USAGE) from None
    typer.echo(f"{output}: {len(mails[0].body):,} bytes to {printable(mails[0].address.target)}")


def _print(sent: Iterable[Sent]) -> None:
    there = console()
    shown: set[tuple[str, str]] = set()
    for one in sent:
        address = printable(where(one.address))
        said = (one.address.channel, one.message.text)
        if said in shown and one.address.channel != "webhook":
            there.print(Text(f"the same to {address}", style="dim"))
            continue
        shown.add(said)
        there.print(Rule(Text(address, style="bold"), align="left", style="dim"))
        match one.address.channel:
            case "telegram":
                _print_telegram(there, one)
            case "email":
                _print_mail(there, one)
            case "webhook":
                _print_webhook(there, one)
            case _:
                there.print(Text(one.message.text), soft_wrap=True)


def _print_telegram(there: Console, one: Sent) -> None:
    html = Text(one.body.decode())
    html.highlight_regex(_TAG, style="dim cyan")
    html.highlight_regex(r"(?s)(?<=<b>).*?(?=</b>)", style="bold")
    there.print(html, soft_wrap=True)
    there.print()
    for row in one.buttons:
        there.print(Text("  ".join(f"[ {button.label} ]" for button in row), style="reverse"))
    seen = units(unescape(_TAG.sub("", one.message.html)))
    entities = one.message.html.count("</")
    size = f"{seen:,} of 4,096 letters after parsing, {entities} of 100 entities"
    there.print(Text(size, style="dim"))


def _print_mail(there: Console, one: Sent) -> None:
    head, _, _ = one.body.partition(b"\r\n\r\n")
    headers = Text(head.decode("utf-8", "replace").replace("\r\n", "\n"))
    headers.highlight_regex(r"(?m)^[A-Za-z-]+:", style="cyan")
    there.print(headers, soft_wrap=True)
    there.print()
    there.print(Text(one.message.text), soft_wrap=True)
    there.print()
    html = len(one.message.html.encode())
    size = f"{len(one.body):,} bytes, {html:,} of them HTML; all of it: --eml"
    there.print(Text(size, style="dim"))


def _print_webhook(there: Console, one: Sent) -> None:
    for name, value in one.headers.items():
        there.print(Text(f"{name}: ", style="cyan").append(value, style="default"), soft_wrap=True)
    there.print()
    laid_out = json.dumps(json.loads(one.body), indent=2, ensure_ascii=False)
    there.print(Text(laid_out), soft_wrap=True)
    there.print()
    size = f"laid out for reading: it is sent on one line of {len(one.body):,} bytes"
    there.print(Text(size, style="dim"))


def described(one: Sent) -> dict[str, object]:
    """Return a message as scripts read it; `body` is what is sent, to the letter."""
    return {
        "channel": one.address.channel,
        "address": one.address.key,
        "delivery": one.message.delivery,
        "subject": one.message.subject,
        "text": one.message.text,
        "headers": dict(one.headers),
        "body": one.body.decode("utf-8", "replace"),
        "buttons": [
            [{"label": each.label, "action": each.action, "url": each.url} for each in row]
            for row in one.buttons
        ],
        "silent": one.message.is_silent,
    }
