"""What the operator is told: a channel refuses us, messages were given up, a mailbox is no more."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

import structlog

from alerts.alerting.mailboxes import came_back
from alerts.alerting.notices import channel_refused, channel_works, given_up, operator
from alerts.delivery.bounces import refused_at_once
from alerts.model import Delivery, DeliveryKind, Notice, RuleSet
from alerts.storage import Storage
from alerts.storage.bounces import CHANNEL

log = structlog.get_logger()


class Troubles:
    """Tells the operator of the rules in force; each trouble once."""

    def __init__(
        self,
        storage: Storage,
        *,
        now: Callable[[], datetime],
        ring: Callable[[Collection[str]], None],
    ) -> None:
        self._outbox = storage.outbox
        self._bounces = storage.bounces
        self._now = now
        self._ring = ring
        self._rules = RuleSet()

    def use(self, rules: RuleSet) -> None:
        """Tell the operator of *rules* from now on."""
        self._rules = rules

    async def refused(self, channel: str, reason: str) -> None:
        """Tell that *channel* refuses us."""
        await self._tell(channel_refused(channel, reason, now=self._now()))

    async def works(self, channel: str) -> None:
        """Tell that *channel* takes messages again, if it was told that it did not."""
        await self._tell(channel_works(channel, now=self._now()))

    async def given_up(self, delivery: Delivery, reason: str) -> None:
        """Tell that messages become dead letters; *delivery* is the first of its channel today.

        What the operator cannot be told is not told to the operator, and an answer that does not
        arrive is asked for again.
        """
        if delivery.notice is None and delivery.kind is not DeliveryKind.ANSWER:
            await self._tell(given_up(delivery, reason, now=self._now()))

    async def returned(self, delivery: Delivery, reason: str) -> None:
        """Count a mail that its relay refused for good, in the words *reason*, as one that came back."""
        if delivery.address.channel != CHANNEL:
            return
        bounce = refused_at_once(reason, f"<{delivery.id}@>")
        if bounce is None or not bounce.is_hard:
            return
        counted = await self._bounces.count(
            bounce.message_id, status=bounce.status, reason=bounce.reason, now=self._now()
        )
        if counted is not None and counted.is_off:
            log.warning("mailbox off", address=counted.address.key, reason=reason)
            await self._tell(came_back(counted.address, reason))

    async def _tell(self, notice: Notice) -> None:
        receiver = operator(self._rules)
        if await self._outbox.notify(notice, receiver, now=self._now()):
            self._ring({address.channel for address in receiver.addresses})
