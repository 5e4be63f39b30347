"""Ask a hub to push a feed, or to stop: one form, through the guarded client (WebSub, 5.1)."""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp
from yarl import URL

from alerts.errors import FetchError, UnreachableError
from alerts.feeds.faults import translate
from alerts.feeds.fetch import FetchLimits
from alerts.feeds.links import http_url
from alerts.feeds.status import describe
from alerts.feeds.websub import course
from alerts.model import Push

#: What asking may cost: as much as a poll.
LIMITS = FetchLimits()
# A hub that moved sends the form on; 301 to 303 would turn it into a GET.
_ON = frozenset({307, 308})
_HOPS = 3
#: Of what a hub says when it refuses.
_REASON_BYTES = 300


async def ask(
    session: aiohttp.ClientSession,
    push: Push,
    callback: str,
    *,
    limits: FetchLimits = LIMITS,
) -> None:
    """Ask the hub of *push* for what is due, to be told at *callback*; return when it will see.

    Raises:
        FetchError: the hub does not take the request; the text is one line.
        UnreachableError: no answer at all.
        AddressRefusedError: the guard refused; nothing was sent.
    """
    form = {
        "hub.callback": callback,
        "hub.mode": course.mode(push),
        "hub.topic": push.topic,
        "hub.lease_seconds": str(int(course.LEASE.total_seconds())),
        "hub.secret": push.secret,
    }
    try:
        async with asyncio.timeout(limits.total.total_seconds()) as deadline:
            await _send(session, push.hub, form, limits)
    except TimeoutError:
        if not deadline.expired():
            raise
        raise UnreachableError("the hub gave no complete answer in time") from None


async def _send(
    session: aiohttp.ClientSession, hub: str, form: dict[str, str], limits: FetchLimits
) -> None:
    connect = limits.connect.total_seconds()
    patience = aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect)
    for _ in range(_HOPS):
        try:
            response = await session.post(hub, data=form, allow_redirects=False, timeout=patience)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise translate(error, URL(hub).host or "") from error
        async with response:
            if response.status not in _ON:
                return await _judge(response)
            hub = http_url(response.headers.get("Location", ""), hub)
        if not hub:
            raise FetchError("the hub moved without saying where")
    raise FetchError(f"the hub moved more than {_HOPS - 1} times")


async def _judge(response: aiohttp.ClientResponse) -> None:
    # 202 by the Recommendation; large hubs say 204.
    if 200 <= response.status < 300:
        return
    reason = b""
    with contextlib.suppress(aiohttp.ClientError, OSError):
        reason = await response.content.read(_REASON_BYTES)
    said = " ".join(reason.decode("utf-8", "replace").split())
    answer = f"the hub answered {describe(response.status)}"
    raise FetchError(f"{answer}: {said}" if said else answer)
