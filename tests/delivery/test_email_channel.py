"""What the email channel makes of every answer, and how its mails look, against a real SMTP server."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from alerts.delivery.channels import Channel
from alerts.delivery.channels.email import EmailChannel
from alerts.errors import (
    AddressGoneError,
    AmbiguousDeliveryError,
    ChannelRefusedError,
    DeliveryError,
    PermanentDeliveryError,
    SettingsError,
    TransientDeliveryError,
)
from alerts.model import Address
from tests.delivery.messages import MAILBOX, NOW, message
from tests.servers.mail_server import Fault, MailServer, Security, client_tls

SENDER = "Tocsin <tocsin@example.org>"
CANARY = "canary"
COMMANDS_BEFORE_DATA = ["CONNECT", "EHLO", "MAIL", "RCPT"]


@pytest.fixture
async def relay() -> AsyncIterator[MailServer]:
    async with MailServer() as relay:
        yield relay


@pytest.fixture
async def channel(relay: MailServer) -> AsyncIterator[EmailChannel]:
    channel = EmailChannel(relay.url, SENDER, timeout=timedelta(seconds=20))
    yield channel
    await channel.close()


def to(address: str) -> Address:
    return Address(channel="email", target=address)


async def test_a_mail_has_its_headers_and_its_text_first(
    relay: MailServer, channel: EmailChannel
) -> None:
    sent = message("Drones over Hmeymim", html="<p>Drones</p>", thread="story 7")
    receipt = await channel.send(sent, MAILBOX)
    (taken,) = relay.accepted
    mail = taken.message
    assert (taken.sender, taken.recipients) == ("tocsin@example.org", ("reader@example.net",))
    assert mail["From"] == SENDER
    assert mail["To"] == "reader@example.net"
    assert mail["Subject"] == "Drones over Hmeymim"
    assert mail["Message-ID"] == f"<{sent.delivery}@example.org>" == receipt.message_id
    assert parsedate_to_datetime(mail["Date"]) == NOW
    assert mail["References"] == mail["In-Reply-To"]
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert taken.part("plain") == "Drones over Hmeymim\n"
    assert taken.part("html") == "<p>Drones</p>\n"


async def test_the_same_message_is_the_same_mail(relay: MailServer, channel: EmailChannel) -> None:
    for repeat in (False, True):
        await channel.send(message("Drones", possible_repeat=repeat), MAILBOX)
    first, second = relay.accepted
    assert first.message["Message-ID"] == second.message["Message-ID"]


async def test_messages_of_one_thread_share_a_root(
    relay: MailServer, channel: EmailChannel
) -> None:
    for text, thread in [("a", "story 1"), ("b", "story 1"), ("c", "story 2\r\nBcc: x")]:
        await channel.send(message(text, thread=thread), MAILBOX)
    roots = [taken.message["References"] for taken in relay.accepted]
    assert roots[0] == roots[1] != roots[2]
    assert relay.accepted[2].message["Bcc"] is None


@pytest.mark.parametrize("domain", ["example.org", f"{'long-' * 11}name.{'sub.' * 20}example.org"])
async def test_ids_survive_long_domains(relay: MailServer, domain: str) -> None:
    channel = EmailChannel(relay.url, f"Tocsin <tocsin@{domain}>")
    await channel.send(message(thread="story"), MAILBOX)
    raw = relay.accepted[0].content.replace(b"\r\n ", b" ")
    assert f"\r\nMessage-ID: <{message().delivery}@{domain}>\r\n".encode() in raw.replace(
        b"  ", b" "
    )
    assert relay.accepted[0].message["References"].endswith(f"@{domain}>")
    await channel.close()


async def test_mails_are_seven_bit_with_short_lines(
    relay: MailServer, channel: EmailChannel
) -> None:
    text = "طائرات مسيرة 🔴 " * 400
    await channel.send(message(text, html=f"<p>{text}</p>", subject=text[:150].strip()), MAILBOX)
    await channel.send(message("طائرات\nمسيرة"), MAILBOX)
    taken, short = relay.accepted
    assert taken.content.isascii()
    assert short.content.isascii()
    assert max(map(len, taken.content.split(b"\r\n"))) <= 998
    assert taken.part("plain").rstrip("\n") == text
    assert short.part("plain") == "طائرات\nمسيرة\n"
    assert taken.message["Subject"] == text[:150].strip()


async def test_one_connection_is_kept_for_mails_that_follow_one_another(
    relay: MailServer, channel: EmailChannel
) -> None:
    for number in range(10):
        await channel.send(message(f"mail {number}"), MAILBOX)
    assert relay.connections == 1
    assert len(relay.accepted) == 10


async def test_many_mails_share_a_few_connections(relay: MailServer) -> None:
    channel = EmailChannel(relay.url, SENDER, connections=3)
    await asyncio.gather(*(channel.send(message(f"mail {n}"), MAILBOX) for n in range(30)))
    assert relay.connections == 3
    assert len({taken.message["Message-ID"] for taken in relay.accepted}) == 30
    await channel.close()


async def test_a_relay_that_hangs_holds_up_one_connection(relay: MailServer) -> None:
    channel = EmailChannel(relay.url, SENDER, connections=2, timeout=timedelta(seconds=1))
    relay.faults["MAIL"] = [Fault.HANG]
    hanging = asyncio.create_task(channel.send(message("first"), MAILBOX))
    await asyncio.gather(*(channel.send(message(f"mail {n}"), MAILBOX) for n in range(5)))
    assert len(relay.accepted) == 5
    with pytest.raises(TransientDeliveryError):
        await hanging
    await channel.close()


@pytest.mark.parametrize("command", ["MAIL", "RSET"])
async def test_a_connection_that_was_closed_is_opened_anew(
    relay: MailServer, channel: EmailChannel, command: str
) -> None:
    await channel.send(message("first"), MAILBOX)
    relay.hang_up()
    await channel.send(message("second"), MAILBOX)
    for answer, fault in (("421 4.4.2 idle for too long", None), ("", Fault.DROP)):
        if command == "RSET":
            relay.answers["RCPT"] = ["550 5.1.1 unknown"]
            with pytest.raises(PermanentDeliveryError):
                await channel.send(message("refused"), MAILBOX)
        relay.answers[command] = [answer] if answer else []
        relay.faults[command] = [fault] if fault else []
        await channel.send(message("again"), MAILBOX)
    assert relay.connections == 4
    assert len(relay.accepted) == 4


async def test_a_refused_mail_is_undone_before_the_next(
    relay: MailServer, channel: EmailChannel
) -> None:
    relay.answers["RCPT"] = ["550 5.1.1 unknown"]
    with pytest.raises(PermanentDeliveryError):
        await channel.send(message("refused"), MAILBOX)
    await channel.send(message("next"), MAILBOX)
    assert relay.connections == 1
    assert [taken.part("plain") for taken in relay.accepted] == ["next\n"]


ANSWERS = [
    ("CONNECT", "421 4.3.2 too busy", TransientDeliveryError),
    ("CONNECT", "554 5.3.2 no service", TransientDeliveryError),
    ("MAIL", "421 4.7.0 closing", TransientDeliveryError),
    ("MAIL", "451 4.3.0 local error", TransientDeliveryError),
    ("MAIL", "552 5.3.4 message too big", PermanentDeliveryError),
    ("MAIL", "530 5.7.0 authentication required", ChannelRefusedError),
    ("MAIL", "553 5.7.1 sender not owned by user", ChannelRefusedError),
    ("RCPT", "421 4.7.0 closing", TransientDeliveryError),
    ("RCPT", "450 4.2.1 greylisted", TransientDeliveryError),
    ("RCPT", "452 4.2.2 mailbox full", TransientDeliveryError),
    ("RCPT", "550 5.1.1 no such user", PermanentDeliveryError),
    ("RCPT", "530 5.7.0 authentication required", ChannelRefusedError),
    ("RCPT", "551 5.1.6 user moved", PermanentDeliveryError),
    ("RCPT", "552 5.2.2 mailbox full", PermanentDeliveryError),
    ("RCPT", "554 5.7.1 relay access denied", PermanentDeliveryError),
    ("DATA", "421 4.3.0 closing", TransientDeliveryError),
    ("DATA", "450 4.7.1 try again", TransientDeliveryError),
    ("DATA", "552 5.3.4 message too big", PermanentDeliveryError),
    ("DATA", "554 5.7.1 looks like spam", PermanentDeliveryError),
    ("DATA", "this is no answer", AmbiguousDeliveryError),
]


@pytest.mark.parametrize(("command", "answer", "expected"), ANSWERS)
async def test_every_answer_says_whose_move_it_is(
    relay: MailServer,
    channel: EmailChannel,
    command: str,
    answer: str,
    expected: type[DeliveryError],
) -> None:
    relay.answers[command] = [answer]
    with pytest.raises(DeliveryError) as caught:
        await channel.send(message(), MAILBOX)
    assert type(caught.value) is expected
    assert not isinstance(caught.value, AddressGoneError)
    assert not relay.accepted
    # What was left of the conversation does not disturb the next one.
    await channel.send(message("next"), MAILBOX)
    assert [taken.part("plain") for taken in relay.accepted] == ["next\n"]


@pytest.mark.parametrize("command", COMMANDS_BEFORE_DATA)
async def test_a_break_before_the_mail_is_certain(
    relay: MailServer, channel: EmailChannel, command: str
) -> None:
    relay.faults[command] = [Fault.DROP]
    with pytest.raises(TransientDeliveryError):
        await channel.send(message(), MAILBOX)
    await channel.send(message("next"), MAILBOX)
    assert len(relay.accepted) == 1


@pytest.mark.parametrize("command", COMMANDS_BEFORE_DATA)
async def test_silence_before_the_mail_is_certain(relay: MailServer, command: str) -> None:
    channel = EmailChannel(relay.url, SENDER, timeout=timedelta(milliseconds=200))
    relay.faults[command] = [Fault.HANG]
    with pytest.raises(TransientDeliveryError):
        await channel.send(message(), MAILBOX)
    await channel.close()


async def test_a_break_after_the_mail_is_ambiguous(
    relay: MailServer, channel: EmailChannel
) -> None:
    relay.faults["DATA"] = [Fault.DROP]
    with pytest.raises(AmbiguousDeliveryError):
        await channel.send(message(), MAILBOX)
    relay.faults_after_accepting = [Fault.DROP]
    with pytest.raises(AmbiguousDeliveryError):
        await channel.send(message(), MAILBOX)
    assert len(relay.accepted) == 1


async def test_silence_after_the_mail_is_ambiguous(relay: MailServer) -> None:
    channel = EmailChannel(relay.url, SENDER, timeout=timedelta(seconds=1))
    relay.faults_after_accepting = [Fault.HANG]
    with pytest.raises(AmbiguousDeliveryError):
        await channel.send(message(), MAILBOX)
    assert len(relay.accepted) == 1
    await channel.close()


async def test_a_send_that_is_cancelled_leaves_no_half_conversation(
    relay: MailServer, channel: EmailChannel
) -> None:
    relay.faults["RCPT"] = [Fault.HANG]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(channel.send(message(), MAILBOX), 0.1)
    # At once: the connection is not even asked whether it still answers.
    await asyncio.wait_for(channel.send(message("next"), MAILBOX), 2)
    assert [taken.part("plain") for taken in relay.accepted] == ["next\n"]


async def test_no_connection_counts_against_the_transport() -> None:
    with closing(socket.socket()) as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"smtp://127.0.0.1:{closed.getsockname()[1]}?starttls=never"
        with pytest.raises(TransientDeliveryError) as caught:
            await EmailChannel(url, SENDER).send(message(), MAILBOX)
    assert not caught.value.connected


async def test_a_refused_greeting_does_not_count_against_the_transport(
    relay: MailServer, channel: EmailChannel
) -> None:
    relay.answers["CONNECT"] = ["421 4.3.2 too busy"]
    with pytest.raises(TransientDeliveryError) as caught:
        await channel.send(message(), MAILBOX)
    assert caught.value.connected


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_mails_go_encrypted_and_logged_in(security: Security) -> None:
    async with MailServer(security=security, login=("tocsin", "p%40ss:w/rd")) as relay:
        channel = EmailChannel(
            relay.url.replace("%40", "%2540").replace("w/", "w%2F"), SENDER, tls=client_tls()
        )
        await channel.send(message(), MAILBOX)
        assert relay.accepted[0].over_tls
        assert relay.accepted[0].user == "tocsin"
        await channel.close()


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_an_unknown_certificate_is_the_operators_move(security: Security) -> None:
    async with MailServer(security=security) as relay:
        channel = EmailChannel(relay.url, SENDER)
        with pytest.raises(ChannelRefusedError, match="certificate is not trusted"):
            await channel.send(message(), MAILBOX)
        await channel.close()


async def test_required_encryption_is_required(relay: MailServer) -> None:
    channel = EmailChannel(relay.url.replace("never", "required"), SENDER)
    with pytest.raises(ChannelRefusedError, match="STARTTLS"):
        await channel.send(message(), MAILBOX)
    default = EmailChannel(relay.url.partition("?")[0], SENDER)
    with pytest.raises(ChannelRefusedError, match="STARTTLS"):
        await default.send(message(), MAILBOX)
    assert not relay.accepted


async def test_encryption_if_offered() -> None:
    for security in (Security.NONE, Security.STARTTLS):
        async with MailServer(security=security) as relay:
            host, port = relay.address
            channel = EmailChannel(
                f"smtp://{host}:{port}?starttls=if-offered", SENDER, tls=client_tls()
            )
            await channel.send(message(), MAILBOX)
            assert relay.accepted[0].over_tls is (security is Security.STARTTLS)
            await channel.close()


async def test_a_refused_login_pauses_the_channel_and_shows_no_password(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "aiosmtplib")
    async with MailServer(login=("tocsin", "right")) as relay:
        channel = EmailChannel(relay.url.replace("right", "canary"), SENDER)
        with pytest.raises(ChannelRefusedError) as caught:
            await channel.send(message(), MAILBOX)
        await channel.close()
        nobody = EmailChannel(relay.url.replace("tocsin:right@", ""), SENDER)
        with pytest.raises(ChannelRefusedError):
            await nobody.send(message(), MAILBOX)
        await nobody.close()
    assert "canary" not in "".join(traceback.format_exception(caught.value)) + caplog.text


async def test_a_relay_without_login_where_one_is_set_pauses_the_channel(
    relay: MailServer,
) -> None:
    relay.answers["EHLO"] = ["250 relay.test"]
    channel = EmailChannel(relay.url.replace("//", "//tocsin:canary@"), SENDER)
    with pytest.raises(ChannelRefusedError):
        await channel.send(message(), MAILBOX)
    await channel.close()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "reader",
        "@example.net",
        "reader@",
        "a@b@example.net",
        "reader@example.net,other@example.net",
        "reader@example.net\r\nBcc: other@example.net",
        '"a\r\nRCPT TO:<x@y>"@example.net',
        '"quoted local"@example.net',
        "<reader@example.net>",
        "reader @example.net",
        "reader@exa mple.net",
        "reader@example.net\0",
        f"reader@{'x' * 64}é.net",
    ],
)
async def test_what_is_no_address_is_refused_before_anything_is_sent(
    relay: MailServer, channel: EmailChannel, address: str
) -> None:
    with pytest.raises(PermanentDeliveryError):
        await channel.send(message(), to(address))
    assert relay.connections == 0


async def test_addresses_beyond_ascii(relay: MailServer, channel: EmailChannel) -> None:
    await channel.send(message(), to("reader@bücher.example"))
    assert relay.accepted[0].recipients == ("reader@xn--bcher-kva.example",)
    assert not relay.accepted[0].options
    await channel.send(message(), to("чтец@bücher.example"))
    assert relay.accepted[1].recipients == ("чтец@xn--bcher-kva.example",)
    assert relay.accepted[1].options == ("SMTPUTF8",)


async def test_addresses_beyond_ascii_need_a_relay_that_carries_them() -> None:
    async with MailServer(smtputf8=False) as relay:
        channel = EmailChannel(relay.url, SENDER)
        with pytest.raises(PermanentDeliveryError, match="SMTPUTF8"):
            await channel.send(message(), to("чтец@example.net"))
        await channel.send(message(), MAILBOX)
        await channel.close()


@pytest.mark.parametrize("sender", ["", "Tocsin", "Tocsin <tocsin>", "a@b, c@d", "a@b\nBcc: c@d"])
def test_a_sender_that_is_no_address_is_told_at_start(sender: str) -> None:
    with pytest.raises(SettingsError, match="TOCSIN_MAIL_FROM"):
        EmailChannel("smtp://127.0.0.1", sender)


def test_a_url_that_cannot_be_read_shows_no_password() -> None:
    with pytest.raises(SettingsError, match="TOCSIN_SMTP_URL") as caught:
        EmailChannel(f"smtp://tocsin:{CANARY}#1@127.0.0.1", SENDER)
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_it_is_a_channel() -> None:
    channel: Channel = EmailChannel("smtp://127.0.0.1", SENDER)
    assert channel.name == "email"
