"""Email: one mail a message over one kept connection, and what each SMTP answer means for a delivery.

How a message reads is `rendering`'s; here are its headers and its way to the relay.  Every mail has
one recipient, so that a refusal concerns one delivery.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from email.header import Header
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import SMTPUTF8 as SMTPUTF8_POLICY
from email.utils import getaddresses
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from alerts.errors import (
    AmbiguousDeliveryError,
    ChannelRefusedError,
    DeliveryError,
    PermanentDeliveryError,
    SettingsError,
    TransientDeliveryError,
)
from alerts.model import Address, Message, Receipt

#: starttls= of the URL, as aiosmtplib wants it; None: when the server offers it.
_STARTTLS: Final = {"required": True, "if-offered": None, "never": False}
#: A kept connection that does not answer RSET within this time is replaced.
_PROBE_SECONDS: Final = 5.0
# No quoted local parts: they are the way in for line breaks and second recipients.
_MAILBOX: Final = re.compile(r'[^\s@<>()\[\]\\",;:\x00-\x20\x7f-\x9f]+@[^\s@<>()\\",;:\x00-\x20]+')
#: RFC 4954, 6: log in first, the mechanism is too weak, encryption is needed.
_LOGIN_REFUSED: Final = frozenset({530, 534, 535, 538})
#: RFC 5321, 4.2.1: 4yz is transient, 5yz is permanent.
_REFUSALS: Final = range(400, 600)


class EmailChannel:
    """Sends mails through one relay, one at a time."""

    name = "email"

    def __init__(
        self,
        smtp_url: str,
        sender: str,
        *,
        timeout: timedelta = timedelta(seconds=60),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare a connection; nothing is opened before the first mail.

        *timeout* is the longest that one `send` takes once it is its turn.  *tls* is for relays
        whose certificate the system does not know.

        Raises:
            SettingsError: *sender* is no mail address.
        """
        self._sender = _sender(sender)
        self._timeout = timeout.total_seconds()
        self._client = _client(smtp_url, self._sender.domain, self._timeout, tls)
        self._turn = asyncio.Lock()

    async def send(self, message: Message, address: Address) -> Receipt:
        """Send *message* to the mailbox at *address*.

        Raises:
            DeliveryError: see `Channel.send`.
        """
        recipient = _recipient(address.target)
        mail = compose(message, self._sender, recipient)
        async with self._turn:
            deadline = asyncio.get_running_loop().time() + self._timeout
            async with self._closed_when_broken():
                await self._connect(deadline)
                utf8 = await self._announce(recipient, deadline)
                await self._transfer(_bytes(mail, utf8=utf8), deadline)
        return Receipt(message_id=mail["Message-ID"])

    async def close(self) -> None:
        """Say goodbye to the relay."""
        async with self._turn:
            if self._client.is_connected:
                with suppress(SMTPException, OSError):
                    await self._client.quit(timeout=_PROBE_SECONDS)
            self._client.close()

    @asynccontextmanager
    async def _closed_when_broken(self) -> AsyncIterator[None]:
        # After a refusal in words the connection is good; after anything else (also when the task
        # is cancelled) half a conversation may be left on it.
        try:
            yield
        except BaseException as error:
            answer = error.__cause__
            if not isinstance(answer, SMTPResponseException) or answer.code not in _REFUSALS:
                self._client.close()
            raise

    async def _connect(self, deadline: float) -> None:
        """Have a connection that is ready for a mail: the kept one if it still answers."""
        try:
            async with asyncio.timeout_at(deadline):
                if self._client.is_connected:
                    with suppress(SMTPException, OSError):
                        await self._client.rset(timeout=_PROBE_SECONDS)
                        return
                self._client.close()
                await self._client.connect()
        except (SMTPException, OSError) as error:
            raise _not_connected(error) from error

    async def _announce(self, recipient: Mailbox, deadline: float) -> bool:
        """Name sender and recipient; return whether the mail goes as SMTPUTF8 (RFC 6531)."""
        utf8 = not (recipient.addr_spec + self._sender.addr_spec).isascii()
        if utf8 and not self._client.supports_extension("smtputf8"):
            raise PermanentDeliveryError("the relay cannot carry addresses beyond ASCII (SMTPUTF8)")
        options = ["SMTPUTF8"] if utf8 else []
        encoding = "utf-8" if utf8 else "ascii"
        try:
            async with asyncio.timeout_at(deadline):
                await self._client.mail(self._sender.addr_spec, options=options, encoding=encoding)
                await self._client.rcpt(recipient.addr_spec, encoding=encoding)
        except SMTPResponseException as error:
            raise _refused(error) from error
        except (SMTPServerDisconnected, OSError) as error:
            raise TransientDeliveryError(f"the relay went away: {_words(error)}") from error
        return utf8

    async def _transfer(self, content: bytes, deadline: float) -> None:
        try:
            async with asyncio.timeout_at(deadline):
                await self._client.data(content)
        except SMTPResponseException as error:
            raise _refused(error) from error
        except (SMTPServerDisconnected, OSError) as error:
            # RFC 5321, 4.5.3.2.6 and RFC 1047: the relay may have taken the mail already.
            raise AmbiguousDeliveryError(
                f"the relay's answer to the mail was lost: {_words(error)}"
            ) from error


def compose(message: Message, sender: Mailbox, recipient: Mailbox) -> EmailMessage:
    """Return *message* as a mail; the same message makes the same Message-ID."""
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"] = sender
    mail["To"] = recipient
    mail.set_raw("Subject", _subject(message.subject))
    mail["Date"] = message.created_at
    domain = sender.domain
    mail["Message-ID"] = f"<{message.delivery}@{domain}>"
    if message.thread:
        # A root that nobody has: mail programs thread by it all the same (RFC 5322, 3.6.4).
        root = f"<thread.{sha256(message.thread.encode()).hexdigest()[:32]}@{domain}>"
        mail["In-Reply-To"] = root
        mail["References"] = root
    mail["List-Id"] = f"Tocsin alerts <tocsin-alerts.{domain}>"
    # RFC 3834, 5: keeps holiday notices from answering.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    return mail


def _subject(text: str) -> str:
    # Python before 3.13 loses the blanks between the encoded words of a long header (gh-92081), and
    # reads what looks like an encoded word in ASCII text as one.  The older Header does neither.
    plain = text.isascii() and "=?" not in text
    return Header(text, "us-ascii" if plain else "utf-8", header_name="Subject").encode()


def _bytes(mail: EmailMessage, *, utf8: bool) -> bytes:
    # 7bit: a relay need not offer 8BITMIME.
    policy = (SMTPUTF8_POLICY if utf8 else SMTP_POLICY).clone(cte_type="7bit")
    return mail.as_bytes(policy=policy)


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


def _not_connected(error: Exception) -> DeliveryError:
    """Say whose move it is when there is no connection ready for a mail."""
    untrusted = error if isinstance(error, ssl.SSLError) else error.__cause__
    if isinstance(untrusted, ssl.SSLCertVerificationError):
        reason = f"its certificate is not trusted: {untrusted.verify_message}"
        return ChannelRefusedError(f"TOCSIN_SMTP_URL: {reason}")
    if isinstance(error, SMTPAuthenticationError) and error.code >= 500:
        return ChannelRefusedError(f"the relay refuses the login: {_words(error)}")
    if type(error) is SMTPException:
        # The library's own words: no STARTTLS offered, no AUTH, no mechanism in common.
        return ChannelRefusedError(f"TOCSIN_SMTP_URL: {_words(error)}")
    answered = isinstance(error, SMTPResponseException)
    return TransientDeliveryError(
        f"no connection to the relay: {_words(error)}", connected=answered
    )


def _refused(error: SMTPResponseException) -> DeliveryError:
    """Say what an answer to MAIL, RCPT or DATA makes of the mail."""
    words = _words(error)
    if error.code not in _REFUSALS:
        return AmbiguousDeliveryError(f"the relay's answer cannot be understood: {words}")
    if error.code < 500:
        return TransientDeliveryError(words)
    if error.code in _LOGIN_REFUSED:
        return ChannelRefusedError(f"the relay wants another login: {words}")
    # A sender that is refused is refused with every mail; 552 is about the size of this one.
    if isinstance(error, SMTPSenderRefused) and error.code != 552:
        return ChannelRefusedError(f"the relay refuses the sender TOCSIN_MAIL_FROM: {words}")
    return PermanentDeliveryError(words)


def _words(error: Exception) -> str:
    """Return the relay's words, or the system's, on one line."""
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, SMTPResponseException):
        return " ".join(f"{error.code} {error.message}".split())[:300]
    return " ".join(str(error).split())[:300] or type(error).__name__
