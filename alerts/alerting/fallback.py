"""Who gets what a receiver cannot have in time?  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from alerts.alerting.timing import timing
from alerts.model import (
    Delivery,
    DeliveryKind,
    Destination,
    Receiver,
    Severity,
    TimeInterval,
)

#: An alert is of use for so long (DELIVERY.md, Telegram).
USE: Final = timedelta(hours=2)
#: What gathered for hours is as old as its first alert, and no older for it.
_GATHERED: Final = (DeliveryKind.LIST, DeliveryKind.DIGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallbacks:
    """Who falls back on whom, by the rules in force."""

    receivers: Mapping[str, Receiver]
    intervals: Mapping[str, TimeInterval]

    def having(self) -> list[str]:
        """Return the names of the receivers that have a fallback."""
        return [each.name for each in self.receivers.values() if self._of(each.name)]

    def is_too_late(self, delivery: Delivery, next_at: datetime, *, now: datetime) -> bool:
        """Tell whether *delivery*, next tried at *next_at*, should go to somebody else."""
        begun_at = now if delivery.kind in _GATHERED else delivery.created_at
        return self._of(delivery.receiver) is not None and next_at - begun_at > USE

    def destinations(
        self, delivery: Delivery, *, now: datetime
    ) -> tuple[str, Mapping[str, Sequence[Destination]]] | None:
        """Return the fallback's name, and where the alerts of *delivery*, or "", go.

        None: its receiver has no fallback.
        """
        fallback = self._of(delivery.receiver)
        if fallback is None:
            return None
        if delivery.notice is not None:
            return fallback.name, {"": self._told(fallback, delivery, delivery.severity, now)}
        return fallback.name, {
            alert.id: self._told(fallback, delivery, alert.severity, now)
            for alert in delivery.alerts
        }

    def _of(self, name: str) -> Receiver | None:
        receiver = self.receivers.get(name)
        return self.receivers.get(receiver.fallback) if receiver is not None else None

    def _told(
        self, receiver: Receiver, delivery: Delivery, severity: Severity, now: datetime
    ) -> Sequence[Destination]:
        when = timing(receiver, severity, at=now, intervals=self.intervals)
        gathers, kind = when.gathers, when.kind
        if delivery.notice is not None:
            gathers, kind = "", DeliveryKind.NOTICE
        elif len(delivery.alerts) > 1 and not gathers:
            gathers, kind = f"from {delivery.id[:32]}", DeliveryKind.LIST
        return [
            Destination(
                receiver=receiver.name,
                address=address,
                due_at=now if delivery.notice is not None else when.due_at,
                kind=kind,
                gathers=gathers,
                is_silent=when.is_silent,
            )
            for address in receiver.addresses
        ]
