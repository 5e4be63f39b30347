"""One connection to the mail relay, and what each SMTP answer means for a delivery.

It is kept between mails.  What was said on it before is undone with RSET after a refusal, and
whether it still lives is seen when the next mail begins: asking first would cost each mail a round
trip.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

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
    TransientDeliveryError,
)

#: A kept connection that does not answer RSET or QUIT within this time is given up.
_PROBE_SECONDS: Final = 5.0
#: RFC 4954, 6: log in first, the mechanism is too weak, encryption is needed.
_LOGIN_REFUSED: Final = frozenset({530, 534, 535, 538})
#: RFC 5321, 4.2.1: 4yz is transient, 5yz is permanent.
_REFUSALS: Final = range(400, 600)
#: RFC 5321, 3.8: the relay ends the connection.
_CLOSING: Final = 421


class Relay:
    """One kept connection; whoever holds it has it alone."""

    def __init__(self, client: SMTP) -> None:
        self._client = client
        #: A mail was begun on it and has not ended.
        self._in_a_mail = False

    async def send(
        self, mail: bytes, sender: str, recipient: str, *, utf8: bool, deadline: float
    ) -> None:
        """Hand *mail* over; *deadline* is on the loop's clock.

        Raises:
            DeliveryError: see `Channel.send`.
        """
        async with self._closed_when_broken():
            if not await self._begun_on_the_kept(sender, utf8=utf8, deadline=deadline):
                await self._connect(deadline)
                async with _before_the_mail(deadline):
                    await self._begin(sender, utf8=utf8)
            async with _before_the_mail(deadline):
                await self._client.rcpt(recipient, encoding=_encoding(utf8=utf8))
            await self._transfer(mail, deadline)
            self._in_a_mail = False

    async def close(self) -> None:
        """Say goodbye."""
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

    async def _begun_on_the_kept(self, sender: str, *, utf8: bool, deadline: float) -> bool:
        """Begin a mail on the connection of the last one, if it still lives."""
        if not self._client.is_connected:
            return False
        soon = min(deadline, asyncio.get_running_loop().time() + _PROBE_SECONDS)
        try:
            async with asyncio.timeout_at(soon):
                if self._in_a_mail:
                    await self._client.rset()
                await self._begin(sender, utf8=utf8)
        except SMTPResponseException as error:
            if error.code != _CLOSING and isinstance(error, SMTPSenderRefused):
                raise _refused(error) from error
        except (SMTPServerDisconnected, OSError):
            pass  # It was idle for too long, and nothing is lost but this connection.
        else:
            return True
        return False

    async def _connect(self, deadline: float) -> None:
        self._client.close()
        try:
            async with asyncio.timeout_at(deadline):
                await self._client.connect()
        except (SMTPException, OSError) as error:
            raise _not_connected(error) from error
        self._in_a_mail = False

    async def _begin(self, sender: str, *, utf8: bool) -> None:
        if utf8 and not self._client.supports_extension("smtputf8"):
            raise PermanentDeliveryError("the relay cannot carry addresses beyond ASCII (SMTPUTF8)")
        self._in_a_mail = True
        options = ["SMTPUTF8"] if utf8 else []
        await self._client.mail(sender, options=options, encoding=_encoding(utf8=utf8))

    async def _transfer(self, mail: bytes, deadline: float) -> None:
        try:
            async with asyncio.timeout_at(deadline):
                await self._client.data(mail)
        except SMTPResponseException as error:
            raise _refused(error) from error
        except (SMTPServerDisconnected, OSError) as error:
            # RFC 5321, 4.5.3.2.6 and RFC 1047: the relay may have taken the mail already.
            raise AmbiguousDeliveryError(
                f"the relay's answer to the mail was lost: {_words(error)}"
            ) from error


@asynccontextmanager
async def _before_the_mail(deadline: float) -> AsyncIterator[None]:
    """Translate what goes wrong as long as nothing of the mail was written."""
    try:
        async with asyncio.timeout_at(deadline):
            yield
    except SMTPResponseException as error:
        raise _refused(error) from error
    except (SMTPServerDisconnected, OSError) as error:
        raise TransientDeliveryError(f"the relay went away: {_words(error)}") from error


def _encoding(*, utf8: bool) -> str:
    return "utf-8" if utf8 else "ascii"


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
