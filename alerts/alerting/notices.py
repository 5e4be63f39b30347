"""What does the system tell its operator about itself, and who is that?  Pure.

Each trouble is told once, and so is its end (`alerts.storage.notices`).  No secret is in a notice:
complaints come without the line of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from alerts.model import (
    OPERATOR,
    Complaint,
    Delivery,
    Notice,
    Receiver,
    RuleSet,
    Severity,
    Sighting,
)
from alerts.watchlists.complaints import place, render
from alerts.watchlists.receivers import CONSOLE

_RULES: Final = "rules"
#: Complaints that are carried; whoever mends these runs `tocsin check` anyway.
_SHOWN: Final = 10
#: Of a traceback: its end says most.
_TRACE: Final = 600


def operator(rules: RuleSet) -> Receiver:
    """Return who hears of the system itself while *rules* are in force."""
    return rules.receivers.get(OPERATOR, CONSOLE)


def rules_refused(complaints: Sequence[Complaint], kept: RuleSet, *, now: datetime) -> Notice:
    """Tell that an edit of the rule files was refused at *now*, and that *kept* stay in force."""
    first, further = complaints[0], len(complaints) - 1
    others = f" and {further} more" if further else ""
    return Notice(
        about=_RULES,
        state=sha256("\n".join(map(str, complaints)).encode("utf-8", "replace")).hexdigest(),
        subject=f"Rule files refused: {place(first)}: {first.code}{others}",
        text=(
            f"An edit of the rule files was refused at {_clock(now)}."
            f" The rules from before stay in force: {_summary(kept)}.\n"
            "Mend what stands below: the files are read again once they have been still for a"
            " second, or at SIGHUP."
        ),
        details=tuple(map(_shown, complaints[:_SHOWN])),
        more=max(0, len(complaints) - _SHOWN),
        shown_by="tocsin check",
    )


def rules_taken(rules: RuleSet, *, now: datetime) -> Notice:
    """Tell that the rule files can be read again, and *rules* are in force since *now*."""
    return Notice(
        about=_RULES,
        state="",
        subject="Rule files taken again",
        text=f"The mended rule files were taken at {_clock(now)}. In force: {_summary(rules)}.",
        severity=Severity.INFO,
    )


def not_matched(sighting: Sighting) -> Notice:
    """Tell that the matcher could not match an article, which nobody has heard of therefore."""
    article = sighting.article
    return Notice(
        about=f"article {article.id}",
        state="not matched",
        subject=f"An article could not be matched: {article.title[:80]}",
        text=(
            "The matcher broke on it three times, and it is stored without matches: read it"
            " yourself. This is a mistake of Tocsin: please report it with the traceback.\n"
            f"{article.url or article.id}"
        ),
        details=(sighting.crash.strip()[-_TRACE:],),
    )


def channel_refused(channel: str, reason: str, *, now: datetime) -> Notice:
    """Tell that *channel* refuses us, for a *reason* that its operator can mend."""
    return Notice(
        about=_channel(channel),
        state="refused",
        subject=f"Nothing can be sent by {channel}",
        text=(
            f"Since {_clock(now)} {channel} refuses us. Nothing is dropped: what is to be sent waits,"
            " or goes to the fallback of its receiver after two hours. Mend the token or login, and"
            " reload or restart; it is tried again every ten minutes."
        ),
        details=(reason,),
        shown_by="tocsin doctor",
        severity=Severity.CRITICAL,
    )


def channel_works(channel: str, *, now: datetime) -> Notice:
    """Tell that *channel* takes messages again."""
    return Notice(
        about=_channel(channel),
        state="",
        subject=f"Messages are sent by {channel} again",
        text=f"The first was taken at {_clock(now)}; what waited follows.",
        severity=Severity.INFO,
    )


def given_up(delivery: Delivery, reason: str, *, now: datetime) -> Notice:
    """Tell that *delivery* is a dead letter; a day of a channel has one such notice."""
    channel, receiver = delivery.address.channel, delivery.receiver
    return Notice(
        about=f"dead letters/{channel}",
        state=f"{now:%Y-%m-%d}",
        subject=f"A message by {channel} was given up",
        text=(
            f"One to {receiver} ({delivery.address.key}) is a dead letter since {_clock(now)}. It can"
            " be put back with `tocsin deliveries retry`. Others by this channel are not told before"
            " tomorrow."
        ),
        # A traceback says most at its end.
        details=(reason.strip()[-_TRACE:],),
        shown_by="tocsin deliveries list --state dead",
    )


def _channel(name: str) -> str:
    return f"channel/{name}"


def _shown(complaint: Complaint) -> str:
    # The line of the file may hold a password that the complaint is not about.
    return render(replace(complaint, source=""))


def _summary(rules: RuleSet) -> str:
    feeds, watchlists = len(rules.feeds), len(rules.watchlists)
    return (
        f"{rules.hash[:12]}, {feeds} feed{'s' * (feeds != 1)},"
        f" {watchlists} watchlist{'s' * (watchlists != 1)}"
    )


def _clock(now: datetime) -> str:
    return f"{now:%Y-%m-%d %H:%M:%S} UTC"
