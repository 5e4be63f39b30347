"""A message as a mail: its headers, and its two parts in letters that every relay carries.

Headers are written through `EmailMessage`, so that nothing that came from outside begins a new one.
The body is encoded here: Python's own content manager takes 7 ms for a digest, `binascii` half of
one (`python -m tests.bench mails`).
"""

from __future__ import annotations

import re
from base64 import encodebytes
from binascii import b2a_qp
from email.header import Header
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from alerts.model import Message

# RFC 5322, 3.6.4, as far as we write them ourselves.
_MESSAGE_ID: Final = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_WEB_ADDRESS: Final = re.compile(r"https?://[!-;=?-~]+")
#: RFC 2045, 6.7: neither encoding of a part ever writes "=_".
_BOUNDARY: Final = "=_"
# What is folded already is left alone: Python writes words that are longer than a line, such as a
# token, as encoded words, which nobody decodes within < and >.
_POLICY: Final = SMTP.clone(refold_source="none")
#: RFC 5322, 2.1.1: a line is better shorter than this; ids and addresses cannot be.
_LINE: Final = 78


def compose(message: Message, sender: Mailbox, recipient: Mailbox, *, utf8: bool = False) -> bytes:
    """Return *message* as a mail in ASCII; with *utf8* its headers need SMTPUTF8 (RFC 6531).

    The same message makes the same bytes.
    """
    mail = EmailMessage(policy=_POLICY.clone(utf8=utf8))
    mail["From"] = sender
    mail["To"] = recipient
    mail.set_raw("Subject", _subject(message.subject))
    mail["Date"] = message.created_at
    for name, value in _plain_headers(message, sender).items():
        mail.set_raw(name, _folded(name, value))
    mail.set_raw("MIME-Version", "1.0")
    # It has no body yet: what ends the headers is an empty line, and ours go before it.
    headers = mail.as_bytes().removesuffix(b"\r\n")
    return headers + (_alternatives(message) if message.html else _part("plain", message.text))


def message_id(delivery: str, domain: str) -> str:
    """Return the Message-ID of a delivery: a repeat is the same mail."""
    return f"<{delivery}@{domain}>"


def list_id(receiver: str, domain: str) -> str:
    """Return what names the list (RFC 2919): `"desk" <desk.tocsin.example.org>`."""
    receiver = _sound(receiver)
    label = re.sub(r"[^a-z0-9]+", "-", receiver.lower()).strip("-")
    if label != receiver.lower() or len(label) > 40:
        # Two names that differ in other letters are two lists all the same.
        label = f"{label[:30]}-{sha256(receiver.encode()).hexdigest()[:8]}".lstrip("-")
    return f"{_phrase(receiver)} <{label}.tocsin.{domain}>"


def _phrase(words: str) -> str:
    """Return *words* as RFC 5322, 3.2.5, lets them stand before an address."""
    if words.isascii() and words.isprintable():
        quoted = re.sub(r'(["\\])', r"\\\1", words)
        return f'"{quoted}"'
    return Header(words, "utf-8", maxlinelen=998).encode()


def _plain_headers(message: Message, sender: Mailbox) -> dict[str, str]:
    """Return the headers that hold nothing but ids and addresses of our own."""
    headers = {"Message-ID": message_id(message.delivery, sender.domain)}
    if message.thread:
        # A root that nobody has: mail programs thread by it all the same (RFC 5322, 3.6.4).
        named = sha256(message.thread.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        root = f"<thread.{named}@{sender.domain}>"
        follows = message.follows if _MESSAGE_ID.fullmatch(message.follows) else ""
        headers["In-Reply-To"] = follows or root
        headers["References"] = f"{root} {follows}".strip()
    headers["List-Id"] = list_id(message.receiver or "alerts", sender.domain)
    headers |= _leaving(message.unsubscribe_url, sender)
    # RFC 3834, 5: keeps holiday notices from answering.
    headers["Auto-Submitted"] = "auto-generated"
    return headers


def _leaving(url: str, sender: Mailbox) -> dict[str, str]:
    """Return how a mail program leaves the list for its user (RFC 2369, 3.2; RFC 8058)."""
    if not _WEB_ADDRESS.fullmatch(url):
        return {}
    token = url.rpartition("/")[2]
    mailto = f"mailto:{quote(sender.addr_spec, safe='@')}?subject=leave%20{quote(token)}"
    headers = {"List-Unsubscribe": f"<{url}>, <{mailto}>"}
    # RFC 8058, 3.1: one click needs https.
    if url.startswith("https:"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _folded(name: str, value: str) -> str:
    """Return *value* on lines that are as short as its words allow."""
    lines = [""]
    room = _LINE - len(name) - 2
    for word in value.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
            room = _LINE - 1
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\r\n ".join(lines)


def _subject(text: str) -> str:
    # Python before 3.13 loses the blanks between the encoded words of a long header (gh-92081), and
    # reads what looks like an encoded word in ASCII text as one.  The older Header does neither.
    plain = text.isascii() and "=?" not in text
    return Header(_sound(text), "us-ascii" if plain else "utf-8", header_name="Subject").encode()


def _alternatives(message: Message) -> bytes:
    """Return both parts with their headers; RFC 2046, 5.1.4: the plainest comes first."""
    boundary = _BOUNDARY + message.delivery[:32]
    separator = f"--{boundary}".encode()
    parts = [("plain", message.text), ("html", message.html)]
    return b"\r\n".join(
        [
            f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'.encode(),
            *(separator + b"\r\n" + _part(kind, text) for kind, text in parts),
            separator + b"--\r\n",
        ]
    )


def _part(kind: str, text: str) -> bytes:
    """Return one part with its headers."""
    given = _sound(text).encode().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = (given.removesuffix(b"\n") + b"\n").replace(b"\n", b"\r\n")
    # A byte beyond ASCII takes three letters in the one, four thirds in the other.
    beyond = len(lines) - len(lines.decode().encode("ascii", "ignore"))
    if beyond > len(lines) // 6:
        encoding, content = "base64", encodebytes(lines).replace(b"\n", b"\r\n")
    else:
        encoding, content = "quoted-printable", b2a_qp(lines, istext=True)
    headers = (
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return headers.encode() + content


def _sound(text: str) -> str:
    """Return *text* with a question mark for each half of a character."""
    return text.encode("utf-8", "replace").decode()
