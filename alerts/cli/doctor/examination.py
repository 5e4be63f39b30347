"""All that `tocsin doctor` looks at, one after the other, with nothing secret in the words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from email.utils import parseaddr
from ipaddress import ip_address

import aiohttp
import typer

from alerts.cli.doctor import database, domain, endpoints, mail, rules, telegram, world
from alerts.cli.doctor.findings import Finding, cleaned, ok
from alerts.errors import RulesError
from alerts.feeds.guard import AddressGuard
from alerts.log import Redaction
from alerts.model import RuleSet
from alerts.settings import Settings
from alerts.watchlists.complaints import printable
from alerts.watchlists.load import load_rules


async def examine(
    settings: Settings,
    *,
    environment: Mapping[str, str],
    name_server: tuple[str, int] | None,
    now: Callable[[], datetime],
) -> list[Finding]:
    """Return everything that was found, good and bad, without secrets."""
    found, loaded = [ok("settings", "they can be used")], RuleSet()
    try:
        loaded = load_rules(settings.rules, environment=environment)
        found += rules.examine(settings, loaded)
    except RulesError as error:
        found.append(rules.refused(error))
    found += [each async for each in _servers(settings, loaded, name_server, now)]
    redaction = Redaction([*settings.secrets, *_secrets(loaded)])
    return cleaned(found, lambda text: printable(redaction.clean(text)))


async def _servers(
    settings: Settings,
    loaded: RuleSet,
    name_server: tuple[str, int] | None,
    now: Callable[[], datetime],
) -> AsyncIterator[Finding]:
    async for each in database.examine(settings.database_url.get_secret_value()):
        yield each
    async for each in _telegram(settings, loaded):
        yield each
    if settings.smtp_url is not None:
        async for each in mail.examine(settings.smtp_url.get_secret_value()):
            yield each
        sender = parseaddr(settings.mail_from or "")[1].rpartition("@")[2].lower()
        async for each in domain.examine(sender, domain.Names(name_server)):
            yield each
    async for each in _world(settings, now):
        yield each
    async for each in endpoints.examine(loaded.endpoints, AddressGuard(settings.allow_networks)):
        yield each


async def _telegram(settings: Settings, loaded: RuleSet) -> AsyncIterator[Finding]:
    if settings.telegram_token is None:
        return
    # Late: python-telegram-bot takes a while to load, and not everybody uses it.
    from alerts.delivery.channels.telegram import TelegramChannel

    token = settings.telegram_token.get_secret_value()
    channel = TelegramChannel(token, str(settings.telegram_api_url))
    chats = {
        address
        for receiver in loaded.receivers.values()
        for address in receiver.addresses
        if address.channel == "telegram"
    }
    try:
        async for each in telegram.examine(channel, chats):
            yield each
    finally:
        await channel.close()


async def _world(settings: Settings, now: Callable[[], datetime]) -> AsyncIterator[Finding]:
    public_url = str(settings.public_url) if settings.public_url else None
    asked = [str(settings.telegram_api_url)] if settings.telegram_token is not None else []
    asked += [public_url] if public_url else []
    async with aiohttp.ClientSession(headers={"User-Agent": settings.user_agent}) as session:
        async for each in world.public_url(public_url, session):
            yield each
        async for each in world.clock(asked, session, now):
            yield each


def _secrets(loaded: RuleSet) -> list[str]:
    return [text for each in loaded.endpoints.values() for text in (each.url, each.secret) if text]


def server(text: str | None) -> tuple[str, int] | None:
    """Read `IP[:PORT]`, the address of a name server.

    Raises:
        BadParameter: it is none.
    """
    if text is None:
        return None
    host, _, port = text.rpartition(":") if text.count(":") == 1 else (text, "", "53")
    try:
        return str(ip_address(host.strip("[]"))), int(port)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not IP[:PORT]", param_hint="--dns") from None
