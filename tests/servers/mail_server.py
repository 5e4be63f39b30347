"""A mail relay on loopback that keeps what it takes, and can be told how to fail.

    async with MailServer() as relay:
        channel = EmailChannel(relay.url, "Tocsin <tocsin@example.org>")
        ...
        assert relay.accepted[0].message["Subject"] == "..."

It runs in the test's own event loop.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

#: A key that is no secret and its certificate for 127.0.0.1, signed by itself, good until 2125.
CERTIFICATE = Path(__file__).with_name("loopback.pem")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A mail that the relay took: it would be delivered."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    #: MAIL's parameters: `SMTPUTF8`.
    options: tuple[str, ...]
    over_tls: bool
    #: The user that was logged in; empty: nobody.
    user: str

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        message = message_from_bytes(self.content, policy=modern)
        assert isinstance(message, EmailMessage)
        return message

    def part(self, kind: str) -> str:
        """Return the text of the part of type `text/`*kind*."""
        part = self.message.get_body((kind,))
        assert part is not None
        text: str = part.get_content()
        return text.replace("\r\n", "\n")


class Fault(StrEnum):
    """What happens to one command instead of an answer."""

    #: The connection is reset.
    DROP = "drop"
    #: Nothing is answered until the server stops.
    HANG = "hang"


class Security(StrEnum):
    """How the relay encrypts."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class MailServer:
    """The relay; `answers`, `faults` and `faults_after_accepting` may be filled while it runs."""

    def __init__(
        self,
        *,
        security: Security = Security.NONE,
        login: tuple[str, str] | None = None,
        smtputf8: bool = True,
    ) -> None:
        #: Mails that were taken, in order.
        self.accepted: list[Accepted] = []
        #: Connections since the start.
        self.connections = 0
        #: Answers by command (CONNECT, EHLO, MAIL, RCPT, RSET, DATA), used up one by one; DATA's
        #: comes after the mail was read, and the mail is not kept: {"RCPT": ["450 4.2.1 later"]}.
        self.answers: defaultdict[str, list[str]] = defaultdict(list)
        #: Faults by command, used up one by one.
        self.faults: defaultdict[str, list[Fault]] = defaultdict(list)
        #: Faults for the next mails after they were kept: the answer to DATA is lost.
        self.faults_after_accepting: list[Fault] = []
        #: Set each time a mail is taken: what a test waits for instead of sleeping.
        self.took_one = asyncio.Event()
        self.security = security
        self.login = login
        self.smtputf8 = smtputf8
        self._sessions: list[_Session] = []
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        return host, port

    @property
    def url(self) -> str:
        """What TOCSIN_SMTP_URL would be."""
        host, port = self.address
        user = "{}:{}@".format(*self.login) if self.login else ""
        if self.security is Security.TLS:
            return f"smtps://{user}{host}:{port}"
        policy = "required" if self.security is Security.STARTTLS else "never"
        return f"smtp://{user}{host}:{port}?starttls={policy}"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        tls = server_tls() if self.security is Security.TLS else None
        self._server = await loop.create_server(lambda: _Session(self), "127.0.0.1", 0, ssl=tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await asyncio.gather(*(session.ended() for session in self._sessions))
        await self._server.wait_closed()

    def hang_up(self) -> None:
        """Close every connection, as a relay does with idle ones."""
        for session in self._sessions:
            session.abort()

    async def scripted(self, command: str, session: _Session) -> str | None:
        """Return the answer that was prepared for *command*, or commit the prepared fault."""
        if self.faults[command]:
            await self.commit(self.faults[command].pop(0), session)
        return self.answers[command].pop(0) if self.answers[command] else None

    async def commit(self, fault: Fault, session: _Session) -> None:
        """Do what *fault* says; return never, the connection's end cancels it."""
        if fault is Fault.DROP:
            session.abort()
        await asyncio.Event().wait()

    # --- hooks of aiosmtpd --------------------------------------------------------------------

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: _Session, session: Session, envelope: Envelope
    ) -> str:
        answer = await self.scripted("DATA", server)
        if answer is not None:
            return answer
        self.accepted.append(
            Accepted(
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                content=bytes(envelope.original_content or b""),
                options=tuple(envelope.mail_options),
                over_tls=session.ssl is not None or self.security is Security.TLS,
                user=session.auth_data or "",
            )
        )
        self.took_one.set()
        if self.faults_after_accepting:
            await self.commit(self.faults_after_accepting.pop(0), server)
        return f"250 2.0.0 queued as {len(self.accepted)}"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        """Let in who knows `login`."""
        del server, session, envelope, mechanism
        assert isinstance(given, LoginPassword)
        known = (given.login.decode(), given.password.decode()) == self.login
        return AuthResult(success=known, auth_data=given.login.decode(), handled=False)


class _Session(SMTP):
    """One connection: aiosmtpd's, with a prepared answer looked up before each command."""

    def __init__(self, server: MailServer) -> None:
        self._mail_server = server
        super().__init__(
            server,
            hostname="relay.test",
            loop=asyncio.get_running_loop(),
            enable_SMTPUTF8=server.smtputf8,
            tls_context=server_tls() if server.security is Security.STARTTLS else None,
            require_starttls=server.security is Security.STARTTLS,
            auth_require_tls=False,
            authenticator=server.authenticate,
        )
        # Set here because aiosmtpd warns of a login without TLS, which loopback tests want.
        self._auth_required = server.login is not None
        for command in ("EHLO", "MAIL", "RCPT", "RSET"):
            self._smtp_methods[command] = self._scripted(command, self._smtp_methods[command])

    def _scripted(self, command: str, ordinary: Any) -> Any:
        async def answer(argument: str | None) -> None:
            prepared = await self._mail_server.scripted(command, self)
            await (ordinary(argument) if prepared is None else self.push(prepared))

        return answer

    def abort(self) -> None:
        """Reset the connection."""
        self._writer.transport.abort()

    async def ended(self) -> None:
        """Wait until nothing of this connection runs any more."""
        assert self._handler_coroutine is not None
        self._handler_coroutine.cancel()
        await asyncio.wait([self._handler_coroutine])

    def connection_made(self, transport: Any) -> None:
        if self.transport is None:
            self._mail_server.connections += 1
            self._mail_server._sessions.append(self)
        super().connection_made(transport)

    async def _handle_client(self) -> None:
        prepared = await self._mail_server.scripted("CONNECT", self)
        if prepared is None:
            await super()._handle_client()
            return
        await self.push(prepared)
        self._writer.close()


def server_tls() -> ssl.SSLContext:
    """Return the relay's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def client_tls() -> ssl.SSLContext:
    """Return a client's side that trusts the relay."""
    return ssl.create_default_context(cafile=CERTIFICATE)
