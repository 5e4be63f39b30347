"""The headers of a mail, one by one, and that nothing from outside begins another."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import default as modern
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.delivery.channels.composing import compose, list_id
from alerts.delivery.links import ReaderPages
from alerts.delivery.rendering.mail import Mails
from alerts.delivery.tokens import Purpose, read
from alerts.model import Address, Digest, Receiver
from tests.delivery.digests import NOW, digest, many
from tests.delivery.messages import message
from tests.delivery.samples import MAILBOX

SENDER = Mailbox("Tocsin", "tocsin", "example.org")
READER = Mailbox("", "reader", "example.net")
KEY = "k" * 43
LEAVE = "https://tocsin.example/mail/leave/abc.DEF-_"


class Desk:
    """Who signs, in place of the table of consents."""

    keys = (KEY,)

    def version(self, address: Address, receiver: str) -> int:
        return 3 if (address, receiver) == (MAILBOX, "desk") else 0


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=modern)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def composed(**values: Any) -> EmailMessage:
    return parsed(compose(message(**values), SENDER, READER))


def test_a_digest_header_by_header() -> None:
    mails = Mails(ReaderPages("https://tocsin.example/", Desk()))
    mails.use({"desk": Receiver(name="desk", addresses=(), digest=Digest(at=()))})
    said = mails(digest(*many(3)), "https://tocsin.example/", NOW)
    raw = compose(said, SENDER, READER)
    head, _, _ = raw.partition(b"\r\n\r\n")
    lines = re.sub(rb"\r\n ", b" ", head).decode("ascii").split("\r\n")
    token = said.unsubscribe_url.rpartition("/")[2]
    mailto = f"mailto:tocsin@example.org?subject=leave%20{token}"
    root = sha256(b"digest 2026-11-04 desk email:reader@example.net").hexdigest()[:32]
    assert lines == [
        "From: Tocsin <tocsin@example.org>",
        "To: reader@example.net",
        "Subject: 3 stories: Shelling reported near Idlib; two farms burn",
        "Date: Wed, 04 Nov 2026 17:00:00 +0000",
        f"Message-ID: <{'d1' * 32}@example.org>",
        f"In-Reply-To: <thread.{root}@example.org>",
        f"References: <thread.{root}@example.org>",
        'List-Id: "desk" <desk.tocsin.example.org>',
        f"List-Unsubscribe: <{said.unsubscribe_url}>, <{mailto}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="=_{"d1" * 16}"',
    ]
    assert said.unsubscribe_url == f"https://tocsin.example/mail/leave/{token}"
    claim = read(token, Purpose.LEAVE, Desk.keys)
    assert claim is not None
    assert (claim.subscriber, claim.list, claim.version) == ("email:reader@example.net", "desk", 3)


def test_both_parts_say_what_the_message_says() -> None:
    said = Mails()(digest(*many(40)), "https://tocsin.example/", NOW)
    mail = parsed(compose(said, SENDER, READER))
    plain, html = mail.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().replace("\r\n", "\n") == said.text + "\n"
    assert html.get_content().replace("\r\n", "\n") == said.html + "\n"


def test_the_same_message_makes_the_same_bytes() -> None:
    said = message(html="<p>x</p>", thread="t", receiver="desk", unsubscribe_url=LEAVE)
    assert compose(said, SENDER, READER) == compose(said, SENDER, READER)


def test_an_answer_names_what_it_follows() -> None:
    mail = composed(thread="story", follows="<5f@example.org>")
    assert mail["In-Reply-To"] == "<5f@example.org>"
    root, follows = mail["References"].split()
    assert root.startswith("<thread.")
    assert follows == "<5f@example.org>"


@pytest.mark.parametrize("follows", ["4711", "<a@b>\r\nBcc: x@y", "<a b@c>", "<a@b> <c@d>"])
def test_what_is_no_message_id_is_not_followed(follows: str) -> None:
    mail = composed(thread="story", follows=follows)
    assert mail["In-Reply-To"] == mail["References"]
    assert mail["Bcc"] is None


def test_one_click_needs_https() -> None:
    mail = composed(unsubscribe_url=LEAVE.replace("https", "http"))
    assert mail["List-Unsubscribe"].startswith("<http://tocsin.example/mail/leave/abc.DEF-_>")
    assert mail["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("url", ["", "javascript:x", "https://x\r\nBcc: y@z", "https://x >"])
def test_what_is_no_web_address_does_not_unsubscribe(url: str) -> None:
    mail = composed(unsubscribe_url=url)
    assert mail["List-Unsubscribe"] is None
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    ("receiver", "header"),
    [
        ("desk", '"desk" <desk.tocsin.example.org>'),
        ("night-desk-2", '"night-desk-2" <night-desk-2.tocsin.example.org>'),
        ("Security desk", '"Security desk" <security-desk-f2aeef68.tocsin.example.org>'),
        ('a"b\\', '"a\\"b\\\\" <a-b-62f0cf7e.tocsin.example.org>'),
    ],
)
def test_each_receiver_is_a_list_of_its_own(receiver: str, header: str) -> None:
    named = list_id(receiver, "example.org")
    assert re.sub("-[0-9a-f]{8}[.]", "-H.", named) == re.sub("-[0-9a-f]{8}[.]", "-H.", header)


def test_lists_of_other_letters_are_told_apart() -> None:
    ids = {
        list_id(name, "x.org").partition("<")[2] for name in ("новости", "репортажи", "a b", "a-b")
    }
    assert len(ids) == 4


@given(st.text(st.characters(codec=None), max_size=200))
@settings(max_examples=200)
def test_no_word_of_a_message_begins_a_header(text: str) -> None:
    said = message(
        subject=" ".join(text.split())[:120],
        html=text,
        thread=text,
        receiver=text,
        follows=text,
        unsubscribe_url=text,
    )
    raw = compose(said, SENDER, READER)
    mail = message_from_bytes(raw, policy=modern)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert set(mail.keys()) <= {
        *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id"),
        *("Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
        *("List-Unsubscribe", "List-Unsubscribe-Post"),
    }


@given(st.text(max_size=300), st.sampled_from(["", "\n", "\r", "\r\n", "."]))
def test_any_text_arrives_as_it_was(text: str, end: str) -> None:
    said = message(text=f"{text}\n.\n..\n From x\n{end}", html=f"<p>{text}=_</p>")
    plain, _ = parsed(compose(said, SENDER, READER)).iter_parts()
    content = plain.get_payload(decode=True)
    assert isinstance(content, bytes)
    lines = re.sub("\r\n|\r", "\n", said.text).removesuffix("\n") + "\n"
    wanted = lines.replace("\n", "\r\n")
    assert content.decode() == wanted
