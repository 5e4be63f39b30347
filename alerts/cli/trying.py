"""What `tocsin notify-test` does: the channels of production, one message to each address."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.text import Text

from alerts.app.channels import NEEDS, open_channels
from alerts.cli.ending import FINDINGS, USAGE, EndedError
from alerts.cli.receivers import receiver_named
from alerts.cli.shown import plural, where
from alerts.cli.terminal import console
from alerts.delivery.channels import Channel, EndpointChannel
from alerts.delivery.rendering import Renderer
from alerts.errors import (
    AddressGoneError,
    AddressMovedError,
    AmbiguousDeliveryError,
    ChannelRefusedError,
    DeliveryError,
    PermanentDeliveryError,
)
from alerts.feeds.fetch import open_session
from alerts.feeds.guard import AddressGuard
from alerts.model import Address, Delivery, Receiver, RuleSet
from alerts.settings import Settings, load_settings
from alerts.watchlists.complaints import printable
from alerts.watchlists.load import load_rules
from alerts.workbench.samples import trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one message."""

    address: Address
    #: Why it did not, or not certainly, arrive; empty: it was taken.
    error: str = ""
    #: What can be done about that.
    way_out: str = ""
    #: The channel's id of the message; empty where it has none.
    message_id: str = ""
    seconds: float = 0.0


async def send(name: str, folder: Path | None, *, is_sure: bool, as_json: bool) -> None:
    """Send a test to each address of the receiver *name*, and say what came of it.

    Raises:
        EndedError: there is no such receiver, or some address was not reached; that was said.
        RulesError: the rule files cannot be loaded.
        SettingsError: a channel cannot be opened as the settings say.
    """
    settings = load_settings(rules=folder)
    rules = load_rules(settings.rules, environment=os.environ)
    receiver = receiver_named(name, rules)
    if not is_sure:
        _ask(receiver)
    async with _channels(settings, rules) as channels:
        renderer = Renderer(str(settings.public_url or "") or None)
        renderer.use(rules)
        deliveries = trial(receiver, now=datetime.now(UTC))
        found = await asyncio.gather(
            *(_outcome(delivery, channels, renderer) for delivery in deliveries)
        )
    if as_json:
        typer.echo(json.dumps([_described(one) for one in found], indent=2))
    else:
        _tell(receiver, found)
    if any(one.error for one in found):
        raise EndedError(FINDINGS)


@asynccontextmanager
async def _channels(settings: Settings, rules: RuleSet) -> AsyncIterator[Mapping[str, Channel]]:
    """Open the channels as the process does that sends."""
    async with AsyncExitStack() as stack:
        guard = AddressGuard(settings.allow_networks)
        session = open_session(guard, user_agent=settings.user_agent)
        stack.push_async_callback(session.close)
        channels = open_channels(settings, session)
        for channel in channels.values():
            stack.push_async_callback(channel.close)
            if isinstance(channel, EndpointChannel):
                channel.use(rules.endpoints)
        yield channels


async def _outcome(
    delivery: Delivery, channels: Mapping[str, Channel], renderer: Renderer
) -> Outcome:
    address = delivery.address
    channel = channels.get(address.channel)
    if channel is None:
        hint = "set it, and try again; `tocsin doctor` looks at all settings"
        return Outcome(address=address, error=NEEDS[address.channel], way_out=hint)
    message, begun = renderer.render(delivery, now=delivery.created_at), time.monotonic()
    try:
        receipt = await channel.send(message, address)
    except DeliveryError as error:
        seconds = time.monotonic() - begun
        return Outcome(address=address, error=str(error), way_out=_way_out(error), seconds=seconds)
    seconds = time.monotonic() - begun
    return Outcome(address=address, message_id=receipt.message_id, seconds=seconds)


def _way_out(error: DeliveryError) -> str:
    """Say whose move it is after *error*."""
    match error:
        case ChannelRefusedError():
            return "mend the token or login in the settings; `tocsin doctor` says what is wrong"
        case AddressMovedError():
            return f"put the new address into the rule files: {error.target}"
        case AddressGoneError():
            return "let the bot or sender in there, or take the address out of the rule files"
        case PermanentDeliveryError():
            return "mend the address in the rule files: it is refused for good"
        case AmbiguousDeliveryError():
            return "perhaps it arrived: look there before you try again"
        case _:
            return "nothing arrived; try again, and see whether the other side can be reached"


def _ask(receiver: Receiver) -> None:
    if not sys.stdin.isatty():
        typer.echo("tocsin: nobody can be asked here: say --yes", err=True)
        raise EndedError(USAGE)
    addresses = ", ".join(printable(where(address)) for address in receiver.addresses)
    if not typer.confirm(f"Send a test message to {addresses}?"):
        raise EndedError(FINDINGS)


def _tell(receiver: Receiver, found: list[Outcome]) -> None:
    there = console()
    for one in found:
        address = printable(where(one.address))
        took = f"{one.seconds * 1000:,.0f} ms"
        if one.error:
            there.print(Text("✗ ", style="bold red").append(f"{address}: {printable(one.error)}"))
            there.print(Text(f"  {printable(one.way_out)}", style="dim"))
        else:
            as_what = f", as {printable(one.message_id)}" if one.message_id else ""
            line = Text("✓ ", style="bold green").append(f"{address}: taken after {took}{as_what}")
            there.print(line, soft_wrap=True)
    reached = sum(not one.error for one in found)
    many = plural(len(found), "address", "addresses")
    typer.echo(f"{printable(receiver.name)}: {reached} of {many} reached")


def _described(one: Outcome) -> dict[str, object]:
    return {
        "address": one.address.key,
        "ok": not one.error,
        "error": one.error,
        "way_out": one.way_out,
        "message_id": one.message_id,
        "seconds": round(one.seconds, 3),
    }
