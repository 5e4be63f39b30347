"""Before anything leaves: put together what would be too many, hand over what would be too late.

The decisions are `alerting.restraint`'s and `alerting.fallback`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from alerts.alerting.fallback import USE, Fallbacks
from alerts.alerting.restraint import gathering
from alerts.alerting.timing import quiet_until
from alerts.model import Delivery, Receiver, RuleSet, Severity, TimeInterval
from alerts.storage.backlog import Backlog

log = structlog.get_logger()

#: Who waits is looked at so often: a lease must not cost two questions.
_APART = timedelta(seconds=1)
#: Channels whose messages a person reads one by one.
_READ = frozenset({"telegram", "email"})


class Tidying:
    """Keeps the backlog of all channels as the receivers of the rules in force want it."""

    def __init__(
        self,
        backlog: Backlog,
        *,
        now: Callable[[], datetime],
        ring: Callable[[Collection[str]], None],
    ) -> None:
        self._backlog = backlog
        self._now = now
        self._ring = ring
        self._rules = RuleSet()
        self.fallbacks = Fallbacks(receivers={}, intervals={})
        self._looked_at: dict[str, datetime] = {}

    def use(self, rules: RuleSet) -> None:
        """Heed the receivers of *rules* from now on."""
        self._rules = rules
        self.fallbacks = Fallbacks(receivers=rules.receivers, intervals=rules.intervals)
        self._looked_at.clear()

    def leased(self, channel: str, deliveries: Iterable[Delivery]) -> None:
        """Look again before the next lease if one of *deliveries* may have filled its hour."""
        names = {each.receiver for each in deliveries}
        found = (self._rules.receivers.get(name) for name in names)
        if any(each is not None and each.max_per_hour is not None for each in found):
            self._looked_at.pop(channel, None)

    async def look(self, channel: str) -> None:
        """Tidy what waits on *channel*, unless that was done just now."""
        now = self._now()
        looked_at = self._looked_at.get(channel)
        if looked_at is not None and timedelta(0) <= now - looked_at < _APART:
            return
        self._looked_at[channel] = now
        if channel in _READ:
            await self._gather(channel, now)
        having = self.fallbacks.having()
        for late in (
            await self._backlog.overdue(channel, having, before=now - USE) if having else ()
        ):
            await self.hand_over(late, "it waited for too long")

    async def _gather(self, channel: str, now: datetime) -> None:
        receivers = self._rules.receivers
        restrained = [
            each.name
            for each in receivers.values()
            if _is_restrained(each, self._rules.intervals, now)
        ]
        for crowd in await self._backlog.crowds(channel, restrained=restrained, now=now):
            into = gathering(
                crowd, receivers.get(crowd.receiver), intervals=self._rules.intervals, now=now
            )
            if into is not None:
                count = await self._backlog.gather(crowd, into, now=now)
                log.info("gathered", to=crowd.address.key, alerts=count, due_at=into.due_at)

    async def hand_over(self, delivery: Delivery, reason: str) -> bool:
        """Give *delivery* to its receiver's fallback; False: there is none, or it is under way."""
        now = self._now()
        found = self.fallbacks.destinations(delivery, now=now)
        if found is None:
            return False
        name, to = found
        done = await self._backlog.hand_over(
            delivery, to, reason=f"given to the receiver {name}: {reason}", now=now
        )
        if done:
            log.warning("handed over", delivery=delivery.id[:12], to=name, reason=reason)
            self._ring({each.address.channel for told in to.values() for each in told})
        return done


def _is_restrained(
    receiver: Receiver, intervals: Mapping[str, TimeInterval], now: datetime
) -> bool:
    """Tell whether even a single message may have to wait for *receiver*."""
    if receiver.max_per_hour is not None:
        return True
    # The day long nobody with quiet hours need be looked at: there may be thousands.
    return quiet_until(receiver, Severity.INFO, at=now, intervals=intervals) is not None
