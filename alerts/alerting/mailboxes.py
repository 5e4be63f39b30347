"""What the operator is told of mailboxes that refuse us for good.  Pure."""

from __future__ import annotations

from alerts.model import Address, Notice, Severity
from alerts.storage.bounces import MOST, WITHIN


def came_back(address: Address, reason: str) -> Notice:
    """Return what tells the operator that *address* is written to no more."""
    return Notice(
        about=_mailbox(address),
        state="bounced",
        subject=f"Mails to {address.target} come back",
        text=(
            f"{MOST} mails within {WITHIN.days} days were refused for good. Nothing more is sent"
            " there until its reader says on their page that it works again.\n"
            "Look for a mistake in the receivers of the rule files, or take the address out."
        ),
        details=(reason,) if reason else (),
        severity=Severity.MEDIUM,
    )


def works_again(address: Address) -> Notice:
    """Return the end of `came_back`."""
    return Notice(
        about=_mailbox(address),
        state="",
        subject=f"Mails to {address.target} leave again",
        text="Its reader, or its mail server, says that the mailbox works.",
    )


def _mailbox(address: Address) -> str:
    return f"mailbox {address.target}"
