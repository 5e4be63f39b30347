"""Email: one mail a message over a few kept connections to one relay.

How a message reads is `rendering`'s, how it becomes a mail `composing`'s, and what an answer means
`relay`'s.  Every mail has one recipient, so that a refusal concerns one delivery.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from datetime import timedelta
from email.headerregistry import Address as Mailbox
from email.utils import getaddresses
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from aiosmtplib import SMTP

from alerts.delivery.channels.composing import compose, message_id
from alerts.delivery.channels.relay import Relay
from alerts.errors import PermanentDeliveryError, SettingsError
from alerts.model import Address, Message, Receipt

#: starttls= of the URL, as aiosmtplib wants it; None: when the server offers it.
_STARTTLS: Final = {"required": True, "if-offered": None, "never": False}
# No quoted local parts: they are the way in for line breaks and second recipients.
_MAILBOX: Final = re.compile(r'[^\s@<>()\[\]\\",;:\x00-\x20\x7f-\x9f]+@[^\s@<>()\\",;:\x00-\x20]+')
#: A relay far away answers four times for each mail; more than a few connections are impolite.
_CONNECTIONS: Final = 4


class EmailChannel:
    """Sends mails through one relay, as many at a time as there are connections."""

    name = "email"

    def __init__(
        self,
        smtp_url: str,
        sender: str,
        *,
        connections: int = _CONNECTIONS,
        timeout: timedelta = timedelta(seconds=60),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare *connections*; none is opened before a mail needs it.

        *timeout* is the longest that one `send` takes once it is its turn.  *tls* is for relays
        whose certificate the system does not know.

        Raises:
            SettingsError: *sender* is no mail address.
        """
        self._sender = _sender(sender)
        self._timeout = timeout.total_seconds()
        self._connections = connections
        # The last one that was used comes first: where one is enough, one is kept.
        self._idle: asyncio.LifoQueue[Relay] = asyncio.LifoQueue()
        for _ in range(connections):
            client = _client(smtp_url, self._sender.domain, self._timeout, tls)
            self._idle.put_nowait(Relay(client))

    async def send(self, message: Message, address: Address) -> Receipt:
        """Send *message* to the mailbox at *address*.

        Raises:
            DeliveryError: see `Channel.send`.
        """
        sender, recipient = self._sender.addr_spec, _recipient(address.target)
        utf8 = _needs_utf8(self._sender, recipient)
        mail = self.composed(message, address)
        relay = await self._idle.get()
        try:
            deadline = asyncio.get_running_loop().time() + self._timeout
            await relay.send(mail, sender, recipient.addr_spec, utf8=utf8, deadline=deadline)
        finally:
            self._idle.put_nowait(relay)
        return Receipt(message_id=message_id(message.delivery, self._sender.domain))

    def composed(self, message: Message, address: Address) -> bytes:
        """Return *message* as the mail that `send` sends.

        Raises:
            PermanentDeliveryError: the target of *address* is no mail address.
        """
        recipient = _recipient(address.target)
        utf8 = _needs_utf8(self._sender, recipient)
        return compose(message, self._sender, recipient, utf8=utf8)

    async def close(self) -> None:
        """Say goodbye on every connection, once it is free."""
        relays = [await self._idle.get() for _ in range(self._connections)]
        await asyncio.gather(*(relay.close() for relay in relays))
        for relay in relays:
            self._idle.put_nowait(relay)


def _needs_utf8(sender: Mailbox, recipient: Mailbox) -> bool:
    return not (recipient.addr_spec + sender.addr_spec).isascii()


def _client(url: str, domain: str, timeout: float, tls: ssl.SSLContext | None) -> SMTP:
    parts = urlsplit(url)
    over_tls = parts.scheme == "smtps"
    starttls = parse_qs(parts.query).get("starttls", ["required"])[-1]
    return SMTP(
        hostname=parts.hostname,
        # RFC 8314, 3: 465 for TLS at once, 587 for submission.
        port=_port(url) or (465 if over_tls else 587),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        # A container's own name is no domain, and relays may insist on one.
        local_hostname=domain,
        timeout=timeout,
        use_tls=over_tls,
        start_tls=False if over_tls else _STARTTLS[starttls],
        tls_context=tls,
    )


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        # The error would show what stands after the colon: with a stray "#" or "/", the password.
        raise SettingsError(
            "TOCSIN_SMTP_URL: the port is not a number; special characters in the password"
            " must be written as %23, %2F or %40"
        ) from None


def _sender(text: str) -> Mailbox:
    try:
        ((name, spec),) = getaddresses([text])
        return _mailbox(spec, name)
    except ValueError as error:
        raise SettingsError("TOCSIN_MAIL_FROM must be like Tocsin <tocsin@example.org>") from error


def _recipient(text: str) -> Mailbox:
    try:
        return _mailbox(text)
    except ValueError as error:
        raise PermanentDeliveryError(f"{text[:100]!r} is not a mail address") from error


def _mailbox(spec: str, name: str = "") -> Mailbox:
    """Return the mailbox, its domain in the form that every relay understands.

    Raises:
        ValueError: *spec* is no mail address.
    """
    if not _MAILBOX.fullmatch(spec):
        raise ValueError("not a mail address")
    local, _, domain = spec.rpartition("@")
    return Mailbox(name, local, domain.encode("idna").decode("ascii"))
