"""Does the relay let us in?  A connection, TLS and the login; no mail is begun."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException

from alerts.cli.doctor.findings import Finding, ok, problem

_ABOUT: Final = "mail"
_SECONDS: Final = 15.0
_STARTTLS: Final = {"required": True, "if-offered": None, "never": False}


async def examine(smtp_url: str, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Finding]:
    """Greet the relay behind *smtp_url*, which the settings have checked."""
    client = _client(smtp_url, tls)
    try:
        await client.connect()
        cipher = client.get_transport_info("cipher")
        with suppress(SMTPException, OSError):
            await client.quit()
    except SMTPAuthenticationError as error:
        advice = "mend user and password in TOCSIN_SMTP_URL; special characters are percent-encoded"
        yield problem(_ABOUT, f"the relay refuses the login: {_words(error)}", advice)
    except (SMTPException, OSError) as error:
        yield problem(_ABOUT, f"no good connection to the relay: {_words(error)}", _advice(error))
    else:
        secure = f"encrypted ({cipher[1]})" if cipher else "not encrypted"
        login = ", logged in" if urlsplit(smtp_url).username else ""
        yield ok(_ABOUT, f"the relay answers, {secure}{login}")
    finally:
        client.close()


def _client(url: str, tls: ssl.SSLContext | None) -> SMTP:
    parts = urlsplit(url)
    over_tls = parts.scheme == "smtps"
    starttls = parse_qs(parts.query).get("starttls", ["required"])[-1]
    return SMTP(
        hostname=parts.hostname,
        port=parts.port or (465 if over_tls else 587),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        timeout=_SECONDS,
        use_tls=over_tls,
        start_tls=False if over_tls else _STARTTLS[starttls],
        tls_context=tls,
    )


def _words(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return " ".join(f"{error.code} {error.message}".split())[:300]
    if isinstance(error, TimeoutError):
        return f"no answer within {_SECONDS:g} s"
    return " ".join(str(error).split())[:300] or type(error).__name__


def _advice(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return "its certificate must be for the host in TOCSIN_SMTP_URL, and from a known authority"
    return "check host, port and starttls= in TOCSIN_SMTP_URL, and the firewall"
