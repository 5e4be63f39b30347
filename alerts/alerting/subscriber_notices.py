"""What subscribers want the operator to know.  Pure.

The operator learns from which chat it comes, and nothing about the person: whoever wants an answer
says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from alerts.model import Alert, Notice, Severity

#: Feeds of one proposal that are shown; who proposes more has a list to send.
_SHOWN: Final = 40
_SAID: Final = "said"


def feedback(key: str, chat: int, language: str, text: str, alerts: Sequence[Alert]) -> Notice:
    """Tell what somebody in *chat*, whose interface speaks *language*, thinks, of *alerts* perhaps.

    *key* names what was said: it is told once.
    """
    return Notice(
        about=f"feedback {key}",
        state=_SAID,
        subject=f"Feedback from chat {chat} ({language})",
        text=text,
        details=tuple(f"{one.id[:12]} {one.lead.title} {one.lead.url}".strip() for one in alerts),
        severity=Severity.INFO,
    )


def feeds_proposed(key: str, chat: int, urls: Sequence[str]) -> Notice:
    """Tell of feeds that somebody in *chat* would like to have read."""
    count = len(urls)
    return Notice(
        about=f"feeds proposed {key}",
        state=_SAID,
        subject=f"Chat {chat} proposes {count} feed{'s' * (count != 1)}",
        text=(
            "They stand in a list of another reader, and no rule file names them."
            " `tocsin feeds add URL` reads one, and shows what it brings."
        ),
        details=tuple(urls[:_SHOWN]),
        more=max(0, count - _SHOWN),
        severity=Severity.INFO,
    )
