"""Is the token good, and may the bot write wherever the rule files send it?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Final, Protocol

from alerts.cli.doctor.findings import Finding, ok, problem, warning
from alerts.errors import ChannelRefusedError, DeliveryError
from alerts.model import Address

_ABOUT: Final = "telegram"


class Bot(Protocol):
    """What is asked of the channel."""

    async def whoami(self) -> str:
        """Return the bot's name."""

    async def is_inline(self) -> bool:
        """Tell whether inline mode is on."""

    async def rights(self, address: Address) -> str:
        """Say what the bot lacks there; empty: nothing."""


async def examine(bot: Bot, addresses: Iterable[Address]) -> AsyncIterator[Finding]:
    """Ask the Bot API; nothing is sent to any chat."""
    try:
        yield ok(_ABOUT, f"the token is {await bot.whoami()}'s")
        if await bot.is_inline():
            hint = "turn it off: /setinline at @BotFather, then /empty"
            yield warning(_ABOUT, "inline mode is on, and nothing answers there", hint)
    except ChannelRefusedError as error:
        yield problem(_ABOUT, str(error), "take the token of @BotFather into TOCSIN_TELEGRAM_TOKEN")
        return
    except DeliveryError as error:
        yield problem(_ABOUT, f"the Bot API cannot be asked: {error}", "is the network there?")
        return
    for address in sorted(addresses, key=lambda each: each.key):
        yield await _chat(bot, address)


async def _chat(bot: Bot, address: Address) -> Finding:
    try:
        lacks = await bot.rights(address)
    except DeliveryError as error:
        return warning(_ABOUT, f"{address.key}: cannot be asked: {error}")
    if lacks:
        return problem(_ABOUT, f"{address.key}: {lacks}")
    return ok(_ABOUT, f"{address.key}: may be written to")
