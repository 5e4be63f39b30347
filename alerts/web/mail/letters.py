"""What the readers' desk has to tell by mail: a question to a new address.  Pure."""

from __future__ import annotations

from alerts.model import Address, Notice, Severity, list_name


def question(receiver: str, address: Address, link: str, version: int) -> Notice:
    """Return what asks *address* whether it wants the mails of *receiver*."""
    return Notice(
        about=f"mail of {receiver} to {address.target}",
        state=f"asked {version}",
        subject="Do you want these mails here?",
        # It does not say who asked: whoever reads this may be a stranger.
        text=(
            f"Somebody asked that the mails of the list “{list_name(receiver)}” come to this"
            " address.\n"
            "If it was you, say so within 7 days on this page; if not, do nothing, and nobody"
            f" writes to you.\n\n{link}"
        ),
        severity=Severity.INFO,
    )
