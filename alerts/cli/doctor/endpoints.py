"""Would the address guard let us reach the webhooks?  Names are looked up; nothing is sent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from typing import Final

from yarl import URL

from alerts.cli.doctor.findings import Finding, ok, problem, warning
from alerts.errors import AddressRefusedError
from alerts.feeds.guard import AddressGuard
from alerts.model import Endpoint

_ABOUT: Final = "webhook"


async def examine(endpoints: Mapping[str, Endpoint], guard: AddressGuard) -> AsyncIterator[Finding]:
    """Look at each webhook of the rule files by the name that tables and logs have for it."""
    for key, endpoint in sorted(endpoints.items()):
        if key.startswith("webhook:"):
            yield await _webhook(key, endpoint, guard)
            if not endpoint.secret:
                advice = "give it a secret, so that its receiver can tell us from others"
                yield warning(_ABOUT, f"{key}: nothing is signed", advice)


async def _webhook(key: str, endpoint: Endpoint, guard: AddressGuard) -> Finding:
    url = URL(endpoint.url)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            url.host, url.port, type=socket.SOCK_STREAM
        )
    except OSError:
        return problem(_ABOUT, f"{key}: its host has no address (DNS)")
    places = [(str(place[0]), url.port or 443) for *_, place in found]
    refusals = [said for place in places if (said := _refusal(guard, *place))]
    if len(refusals) == len(found):
        return problem(_ABOUT, f"{key}: {refusals[0]}")
    return ok(_ABOUT, f"{key}: may be reached")


def _refusal(guard: AddressGuard, address: str, port: int) -> str:
    try:
        guard.check(address, port)
    except AddressRefusedError as error:
        return str(error)
    return ""
