"""What comes to the return address: delivery reports (RFC 3464), and mails that ask to leave.  Pure.

A relay that knows the mailbox refuses it at once; that counts as a report would.

Whatever a report says is a stranger's word.  Which mail it is about is what counts, by the Message-ID
in the returned headers; and that only for mails that we sent (`storage.bounces`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Final

#: Longer ones are not reports: what they return of a digest is some 100 kB.
MOST_BYTES: Final = 512 * 1024
#: Of the words of a server that we keep.
_REASON: Final = 300
# RFC 3463, 2: class, subject, detail.
_STATUS: Final = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# RFC 2034, 4: the status stands behind the reply code; elsewhere it may be a part of an address.
_REPLY: Final = re.compile(r"5\d\d[ -](5\.\d{1,3}\.\d{1,3})(?![\d.])")
_MESSAGE_ID: Final = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_LEAVE: Final = re.compile(r"\bleave ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)")
#: The only words about the mailbox itself (RFC 3463, 3.2, 3.3, 3.5; RFC 7505, 4.2): it does not
#: exist, moved, is disabled, or its domain takes no mail.  5.0.0 is what old servers say of all
#: that, 5.4.1 what Microsoft's say.  Not among them: a full box (5.2.2), which is emptied; size and
#: content (5.2.3, 5.3.4, 5.6.x), which are this mail's; our own address (5.1.7, 5.1.8) and policy or
#: spam (5.7.x), which are ours to mend and would silence a whole provider's readers in a day.
_HARD: Final = frozenset(
    {
        *("5.0.0", "5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10"),
        *("5.2.0", "5.2.1", "5.4.1", "5.4.4"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a mail server reports of one mail."""

    #: As the server knows it; behind a forward it is not whom we wrote to.
    recipient: str
    #: RFC 3464, 2.3.3: failed, delayed, delivered, relayed or expanded.
    action: str
    #: RFC 3463; empty when it says none.
    status: str
    #: The server's words, on one line.
    reason: str
    #: Of the mail that came back, with < and >; empty when it was not returned.
    message_id: str

    @property
    def is_hard(self) -> bool:
        """Tell whether the mailbox itself is refused for good."""
        return self.action == "failed" and self.status in _HARD

    @property
    def is_arrival(self) -> bool:
        """Tell whether it says that the mail arrived."""
        return self.action == "delivered"


def read(mail: bytes) -> Bounce | None:
    """Return what *mail* reports; None: it is no report."""
    parsed = _parsed(mail)
    if parsed is None:
        return None
    fields = next(_recipients(parsed), None)
    if fields is None:
        return None
    reason = _text(fields, "Diagnostic-Code")
    return Bounce(
        recipient=_after_type(_text(fields, "Final-Recipient")),
        action=_text(fields, "Action").lower(),
        status=_status(_text(fields, "Status"), reason),
        reason=_after_type(reason)[:_REASON],
        message_id=_returned_id(parsed),
    )


def refused_at_once(reason: str, message_id: str) -> Bounce | None:
    """Return what a relay said to the recipient of a mail that it did not take; None: no status.

    *reason* are its words, reply code first: `550 5.1.1 no such user`.
    """
    found = _REPLY.match(reason)
    if found is None:
        return None
    return Bounce(
        recipient="",
        action="failed",
        status=found[1],
        reason=reason[:_REASON],
        message_id=message_id,
    )


def leaving(mail: bytes) -> str:
    """Return the token of a mail that asks to leave (`mailto:` of List-Unsubscribe); or nothing."""
    parsed = _parsed(mail)
    found = _LEAVE.search(_text(parsed, "Subject")) if parsed is not None else None
    return found[1] if found else ""


def _parsed(mail: bytes) -> Message | None:
    if len(mail) > MOST_BYTES:
        return None
    try:
        # The old policy: it takes headers as they are, where the new one stumbles over broken ones.
        return message_from_bytes(mail)
    except RecursionError:
        return None  # parts within parts without end


def _recipients(mail: Message) -> Iterator[Message]:
    """Yield the fields of each recipient (RFC 3464, 2.3)."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload():
                if isinstance(block, Message) and block["Final-Recipient"]:
                    yield block


def _returned_id(mail: Message) -> str:
    """Return the Message-ID of the mail in the third part (RFC 3462, 2)."""
    for part in list(mail.walk())[1:]:
        headers = part
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            headers = message_from_bytes(content if isinstance(content, bytes) else b"")
        if found := _MESSAGE_ID.search(_text(headers, "Message-ID")):
            return found[0]
    return ""


def _status(given: str, reason: str) -> str:
    """Return the status; what is none in particular is looked for in the server's words."""
    found = _STATUS.search(given)
    if found is not None and found[0] == "5.0.0":
        found = _STATUS.search(reason) or found
    return found[0] if found else ""


def _text(fields: Message, name: str) -> str:
    """Return a field on one line, without what a log or a terminal would obey."""
    words = " ".join(str(fields.get(name, "")).split())
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in words)


def _after_type(value: str) -> str:
    """Return what stands behind the type of a field: `rfc822; reader@example.net`."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon else kind
