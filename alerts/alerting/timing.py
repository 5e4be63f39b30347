"""When may an alert leave for a receiver, and with what?  Pure.

A digest takes everything to its hour, whatever the hour is: the reader has agreed to it.  Quiet
hours hold what is not urgent enough: it leaves as one bundle at their end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.alerting.digests import DIGEST, next_digest_at
from alerts.alerting.hours import ends_at
from alerts.model import DeliveryKind, Held, Quiet, Receiver, Severity, TimeInterval

#: What the alerts of quiet hours have in common (`Destination.gathers`).
QUIET: Final = "quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When an alert leaves, in which kind of message, and what it gathers with."""

    due_at: datetime
    kind: DeliveryKind = DeliveryKind.ALERT
    gathers: str = ""
    is_silent: bool = False
    is_dropped: bool = False


def timing(
    receiver: Receiver,
    severity: Severity,
    *,
    at: datetime,
    intervals: Mapping[str, TimeInterval],
) -> Timing:
    """Return when an alert that would leave at *at* does leave for *receiver*."""
    if receiver.digest is not None:
        due_at = next_digest_at(receiver.digest, at)
        return Timing(due_at=due_at, kind=DeliveryKind.DIGEST, gathers=DIGEST)
    end = quiet_until(receiver, severity, at=at, intervals=intervals)
    if end is None or receiver.quiet is None:
        return Timing(due_at=at)
    match receiver.quiet.then:
        case Held.BUNDLE:
            return Timing(due_at=end, kind=DeliveryKind.LIST, gathers=QUIET)
        case Held.SILENT:
            return Timing(due_at=at, is_silent=True)
        case Held.DROP:
            return Timing(due_at=at, is_dropped=True)


def quiet_until(
    receiver: Receiver,
    severity: Severity,
    *,
    at: datetime,
    intervals: Mapping[str, TimeInterval],
) -> datetime | None:
    """Return when the quiet hours end that keep *severity* from *receiver*; None: there are none."""
    quiet: Quiet | None = receiver.quiet
    if quiet is None or severity.rank >= quiet.below.rank:
        return None
    return ends_at([intervals[name] for name in quiet.during], at)
