"""Alerts that wait for one address, and the one message that they become."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.model.article import Severity
from alerts.model.routing import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Alerts below critical that are due for one address of a receiver, and have not arrived."""

    receiver: str
    address: Address
    waiting: int
    #: Nothing may be sent to the address before; None: now.
    not_before_at: datetime | None = None
    #: When messages were sent to it in the last hour, in order; only where the hour has a limit.
    sent: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """One message for what waits."""

    #: As in `Destination.gathers`; empty: what comes later waits for another.
    gathers: str
    due_at: datetime
    #: What is this severe, or more, stays single; None: nothing does.
    below: Severity | None = Severity.CRITICAL
