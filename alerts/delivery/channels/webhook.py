"""Webhook: one signed POST a message, and what each answer means for a delivery.

How the body reads is `rendering.webhook`'s; here are its signature (Standard Webhooks 1.0) and its
way through the address guard.  Where a receiver lives is as secret as a password, and what a server
answers likes to repeat it ("Cannot POST /token"): errors name statuses and reasons of our own alone.
"""

from __future__ import annotations

import asyncio
import base64
import errno
import hmac
import os
import re
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import aiohttp

from alerts.delivery.breaker import Breaker
from alerts.errors import (
    AddressGoneError,
    AddressRefusedError,
    AmbiguousDeliveryError,
    DeliveryError,
    PermanentDeliveryError,
    TransientDeliveryError,
)
from alerts.model import Address, Endpoint, Message, Receipt

#: What the secrets of Standard Webhooks begin with; base64 follows.
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - no secret, the mark of one
# 408 and 425 say themselves that they are not for good (RFC 9110, 15.5.9; RFC 8470, 5.2).
_NOT_FOR_GOOD: Final = frozenset({408, 425, 429})
_LONGEST_WAIT: Final = timedelta(hours=24)
_SECONDS: Final = re.compile(r"[0-9]{1,9}")


class WebhookChannel:
    """Posts messages to the endpoints that the rule files name."""

    name = "webhook"

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        now: Callable[[], datetime],
        connect: timedelta = timedelta(seconds=10),
        total: timedelta = timedelta(seconds=20),
    ) -> None:
        """Send through *session*, which the caller guards and closes (`feeds.fetch.open_session`).

        *connect* is for name, connection and TLS, *total* for everything.
        """
        self._session = session
        self._now = now
        self._connect = connect.total_seconds()
        self._total = total.total_seconds()
        self._endpoints: Mapping[str, Endpoint] = MappingProxyType({})
        #: One for each endpoint: that of the channel would let a dead one hold up the others.
        self._breakers: dict[str, Breaker] = {}

    def use(self, endpoints: Mapping[str, Endpoint]) -> None:
        """Send to *endpoints* from now on, by `Address.key`."""
        self._endpoints = endpoints
        self._breakers = {}

    async def send(self, message: Message, address: Address) -> Receipt:
        """Post *message* to the endpoint of *address*; its id is the webhook-id.

        Raises:
            DeliveryError: see `Channel.send`.
        """
        endpoint = self._endpoints.get(address.key)
        if endpoint is None:
            raise PermanentDeliveryError("no receiver of the rule files has this webhook any more")
        breaker = self._breakers.setdefault(address.key, Breaker())
        status, wait = await self._post(message, endpoint, breaker)
        breaker.answered()
        if not 200 <= status < 300:
            raise _refused(status, wait)
        return Receipt(message_id=message.delivery)

    async def close(self) -> None:
        """Leave the session to whoever opened it."""

    async def _post(
        self, message: Message, endpoint: Endpoint, breaker: Breaker
    ) -> tuple[int, timedelta | None]:
        """Return the status of the answer, and how long it asks to wait."""
        now, body = self._now(), message.html.encode()
        headers = signed_headers(message.delivery, now, body, endpoint.secret)
        try:
            async with (
                asyncio.timeout(self._total),
                self._session.post(
                    endpoint.url,
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, connect=self._connect),
                ) as response,
            ):
                return response.status, retry_after(response.headers, now=now)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # Not `from error`: its text holds the address.
            raise _unanswered(error, breaker, now) from None


def signed_headers(delivery: str, at: datetime, body: bytes, secret: str) -> dict[str, str]:
    """Return the headers of Standard Webhooks; without a *secret* all but the signature.

    The id is the same when a message is repeated; the time is that of the attempt.
    """
    timestamp = str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "*/*",
        # A kept connection that the receiver closes at that moment would leave a send uncertain.
        "Connection": "close",
        "webhook-id": delivery,
        "webhook-timestamp": timestamp,
    }
    if secret:
        headers["webhook-signature"] = signature(delivery, timestamp, body, secret)
    return headers


def signature(delivery: str, timestamp: str, body: bytes, secret: str) -> str:
    """Return `v1,<base64 of HMAC-SHA256>` over id, time and body (Standard Webhooks, Signature)."""
    signed = b".".join((delivery.encode(), timestamp.encode(), body))
    digest = hmac.digest(signing_key(secret), signed, sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def signing_key(secret: str) -> bytes:
    """Return the bytes that *secret* stands for.

    Raises:
        ValueError: it is not `whsec_` and base64.
    """
    if not secret.startswith(SECRET_PREFIX):
        raise ValueError(f"a secret begins with {SECRET_PREFIX}")
    return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)


def retry_after(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """Read Retry-After, seconds or a date (RFC 9110, 10.2.3), capped at 24 h; None: there is none."""
    value = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(value):
        return min(timedelta(seconds=int(value)), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(value)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        return min(max(at - now, timedelta(0)), _LONGEST_WAIT)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _refused(status: int, wait: timedelta | None) -> DeliveryError:
    """Say what an answer that is no success makes of the message."""
    said = f"it answered {_described(status)}"
    if status == HTTPStatus.GONE:
        return AddressGoneError(said)
    if 400 <= status < 500 and status not in _NOT_FOR_GOOD:
        return PermanentDeliveryError(said)
    if 300 <= status < 400:
        # Its new address belongs into the rule files; until somebody writes it there, nothing is lost.
        said += "; redirects are not followed: put the new address into the rule files"
    return TransientDeliveryError(said, retry_after=wait)


def _described(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _unanswered(error: Exception, breaker: Breaker, now: datetime) -> DeliveryError:
    """Say whether the message may have arrived though no answer came."""
    match error:
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            breaker.failed(now)
            wait = None if breaker.open_until is None else breaker.open_until - now
            # As far as the channel is concerned it is connected: its own breaker is for everybody.
            return TransientDeliveryError(_why(error), retry_after=wait, connected=True)
        case aiohttp.InvalidURL() | ValueError():
            return PermanentDeliveryError("its address cannot be used")
        case TimeoutError():
            return AmbiguousDeliveryError("it took the message and did not answer in time")
        case aiohttp.ClientConnectionError() | OSError():
            return AmbiguousDeliveryError("the connection broke before it answered")
        case _:
            return AmbiguousDeliveryError("it answered something that is not HTTP")


def _why(error: Exception) -> str:
    """Say why there is no connection, without the name of the host."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return f"TLS: {_distrust(error.certificate_error)}"
        case aiohttp.ClientConnectorDNSError():
            return "its host has no address (DNS)"
        case aiohttp.ClientSSLError():
            return "TLS: no secure connection"
        case aiohttp.ClientConnectorError():
            return _no_connection(error.os_error)
        case _:
            return "no connection in time"


def _distrust(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return "its certificate is not valid"


def _no_connection(error: OSError) -> str:
    # The guard's mark; the connector keeps only the number when all addresses of a name fail.
    if isinstance(error, AddressRefusedError) or error.errno == errno.EACCES:
        return str(error.strerror or error).removeprefix("Multiple exceptions: ")
    number = error.errno or 0
    return f"no connection: {os.strerror(number).lower()}" if number > 0 else "no connection"
