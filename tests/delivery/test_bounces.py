"""What a delivery report says, as servers write it, and what strangers make of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.bounces import MOST_BYTES, Bounce, leaving, read, refused_at_once

ID = f"<{'5f' * 32}@example.org>"
POSTFIX = f"""\
Return-Path: <>
Date: Wed,  4 Nov 2026 17:00:03 +0000 (UTC)
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: tocsin@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="A1B2.1793811603/mx.example.net"
Message-Id: <20261104170003.A1B2@mx.example.net>

This is a MIME-encapsulated message.

--A1B2.1793811603/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

<reader@example.net>: host mail.example.net said: 550 5.1.1 unknown user

--A1B2.1793811603/mx.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: A1B2
Arrival-Date: Wed,  4 Nov 2026 17:00:01 +0000 (UTC)

Final-Recipient: rfc822; reader@example.net
Original-Recipient: rfc822;reader@example.net
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.net
Diagnostic-Code: smtp; 550 5.1.1 <reader@example.net>: Recipient address
    rejected: User unknown

--A1B2.1793811603/mx.example.net
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: Tocsin <tocsin@example.org>
To: reader@example.net
Subject: 7 stories: Drones
Message-ID: {ID}

text

--A1B2.1793811603/mx.example.net--
"""
#: Exim and others return the headers alone, and say no status in particular.
EXIM = POSTFIX.replace("message/rfc822", "text/rfc822-headers").replace("\ntext\n", "")


def report(*, status: str = "5.1.1", action: str = "failed", words: str = "smtp; 550 no") -> bytes:
    text = POSTFIX.replace("Status: 5.1.1", f"Status: {status}")
    text = text.replace("Action: failed", f"Action: {action}")
    before, _, rest = text.partition("Diagnostic-Code: ")
    after = rest.partition("\n\n")[2]
    return f"{before}Diagnostic-Code: {words}\n\n{after}".encode()


@pytest.mark.parametrize("given", [POSTFIX, EXIM, POSTFIX.replace("\n", "\r\n")])
def test_a_report_says_what_came_back_and_why(given: str) -> None:
    assert read(given.encode()) == Bounce(
        recipient="reader@example.net",
        action="failed",
        status="5.1.1",
        reason="550 5.1.1 <reader@example.net>: Recipient address rejected: User unknown",
        message_id=ID,
    )


@pytest.mark.parametrize(
    ("status", "words", "is_hard"),
    [
        ("5.1.1", "smtp; 550 no", True),
        ("5.1.10", "smtp; 556 null MX", True),
        ("5.2.1", "smtp; 550 disabled", True),
        ("5.4.4", "x-postfix; Host not found", True),
        ("5.0.0", "smtp; 550 no such user", True),
        ("5.0.0", "smtp; 552 5.2.2 mailbox full", False),
        ("5.0.0 (permanent)", "smtp; 550 5.7.1 spam", False),
        ("5.2.2", "smtp; 552 full", False),
        ("5.2.3", "smtp; 552 too big", False),
        ("5.3.4", "smtp; 552 too big", False),
        ("5.1.8", "smtp; 553 your domain", False),
        ("5.6.1", "smtp; 554 content", False),
        ("5.7.1", "smtp; 550 5.7.1 policy", False),
        ("5.7.26", "smtp; 550 DMARC", False),
        ("4.4.7", "smtp; expired", False),
        ("4.1.1", "smtp; later", False),
        ("", "smtp; 550 5.1.1", False),
        ("nonsense", "", False),
    ],
)
def test_only_what_is_about_the_mailbox_itself_is_hard(
    status: str, words: str, is_hard: bool
) -> None:
    bounce = read(report(status=status, words=words))
    assert bounce is not None
    assert bounce.is_hard is is_hard


@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded", "delivered", "FAILED"])
def test_only_what_failed_is_hard(action: str) -> None:
    bounce = read(report(action=action))
    assert bounce is not None
    assert bounce.is_hard is (action == "FAILED")
    assert bounce.is_arrival is (action == "delivered")


def test_the_servers_words_are_one_harmless_line() -> None:
    bounce = read(report(words="smtp; 550 \x1b[31mno\x00\n\tthe end " + "x" * 900))
    assert bounce is not None
    assert bounce.reason.isprintable()
    assert len(bounce.reason) == 300


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"Subject: I am on holiday\n\nUntil Monday.",
        POSTFIX.replace("message/delivery-status", "text/plain").encode(),
        POSTFIX.replace("Final-Recipient", "X-Recipient").encode(),
        POSTFIX.encode() + b"x" * MOST_BYTES,
    ],
)
def test_what_is_no_report_is_none(mail: bytes) -> None:
    assert read(mail) is None


def test_the_reports_own_id_is_not_that_of_the_mail() -> None:
    without = POSTFIX.replace(f"Message-ID: {ID}\n", "")
    bounce = read(without.encode())
    assert bounce is not None
    assert bounce.message_id == ""


def test_parts_within_parts_without_end_are_given_up() -> None:
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(5000)
    )
    assert read(nested) is None
    assert leaving(nested) == ""


@given(st.binary(max_size=400), st.integers(0, len(POSTFIX)))
def test_no_bytes_break_it(junk: bytes, at: int) -> None:
    whole = POSTFIX.encode()
    for mail in (junk, whole[:at] + junk + whole[at:], whole[:at]):
        bounce = read(mail)
        assert bounce is None or (bounce.reason + bounce.status).isprintable()
        assert isinstance(leaving(mail), str)


@pytest.mark.parametrize(
    ("subject", "token"),
    [
        ("leave abc-_.DEF", "abc-_.DEF"),
        ("Re: leave abc.def", "abc.def"),
        ("leave", ""),
        ("please leave me alone", ""),
        ("leave abc", ""),
    ],
)
def test_a_mail_asks_to_leave_by_its_subject(subject: str, token: str) -> None:
    assert leaving(f"From: a@b\nSubject: {subject}\n\n".encode()) == token


@pytest.mark.parametrize(
    ("words", "status", "is_hard"),
    [
        ("550 5.1.1 no such user", "5.1.1", True),
        ("550 5.2.1 <reader@example.net>: disabled", "5.2.1", True),
        ("550-5.1.1 The email account that you tried to reach does not exist", "5.1.1", True),
        ("552 5.2.2 mailbox full", "5.2.2", False),
        ("550 5.7.1 looks like spam", "5.7.1", False),
    ],
)
def test_what_a_relay_refuses_at_once_counts_as_a_report_would(
    words: str, status: str, is_hard: bool
) -> None:
    bounce = refused_at_once(words, ID)
    assert bounce is not None
    assert (bounce.status, bounce.is_hard, bounce.message_id) == (status, is_hard, ID)


@pytest.mark.parametrize(
    "words",
    ["550 no such user", "550 5.1.1.7 is blocked", "550 see 5.1.1", "450 4.2.1 later", "x", ""],
)
def test_words_without_a_status_count_for_nothing(words: str) -> None:
    assert refused_at_once(words, ID) is None
