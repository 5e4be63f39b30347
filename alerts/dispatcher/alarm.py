"""What the operator must hear though nothing can be stored: the disk of the database is full.

The message goes to the operator's addresses at once, without the outbox.  It is sent once until the
trouble is over, and if it is lost the log still has it: no promise holds for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from alerts.alerting.notices import operator
from alerts.delivery.channels import Channel
from alerts.delivery.rendering import Renderer
from alerts.errors import AddressMovedError, DeliveryError
from alerts.model import (
    Address,
    Delivery,
    DeliveryKind,
    Notice,
    Receiver,
    RuleSet,
    Severity,
)

log = structlog.get_logger()


class Alarm:
    """Tells the operator of trouble with the database, and of its end."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        renderer: Renderer,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._channels = channels
        self._renderer = renderer
        self._now = now
        self._operator = operator(RuleSet())
        self._rings = False

    def use(self, rules: RuleSet) -> None:
        """Tell the operator of *rules* from now on."""
        self._operator = operator(rules)

    async def ring(self, reason: str) -> None:
        """Tell that nothing can be stored, because of *reason*, unless that was told."""
        if not self._rings:
            self._rings = True
            await self._tell(_trouble(reason))

    async def calm(self) -> None:
        """Tell that all is well again, if it was not."""
        if self._rings:
            self._rings = False
            await self._tell(_OVER)

    async def _tell(self, notice: Notice) -> None:
        receiver = self._operator
        await asyncio.gather(*(self._send(notice, receiver, at) for at in receiver.addresses))

    async def _send(self, notice: Notice, receiver: Receiver, address: Address) -> None:
        channel, now = self._channels.get(address.channel), self._now()
        if channel is None:
            return
        delivery = Delivery(
            id=f"alarm-{now.timestamp():.0f}-{notice.state or 'over'}",
            kind=DeliveryKind.NOTICE,
            receiver=receiver.name,
            address=address,
            alerts=(),
            created_at=now,
            notice=notice,
        )
        message = self._renderer.render(delivery, now=now)
        try:
            try:
                await channel.send(message, address)
            except AddressMovedError as error:
                await channel.send(message, replace(address, target=error.target))
        except DeliveryError as error:
            log.error("alarm not sent", to=address.key, error=str(error))


def _trouble(reason: str) -> Notice:
    return Notice(
        about="database",
        state="full",
        subject="Nothing can be stored",
        text=(
            f"{reason}\nPolling has stopped. What was found before is still delivered, as far as"
            " it can be noted; the rest waits at its publishers. Polling goes on by itself as soon"
            " as the database takes a poll."
        ),
        severity=Severity.CRITICAL,
    )


_OVER = Notice(
    about="database",
    state="",
    subject="Polls are stored again",
    text="The database takes what polls find. What came meanwhile is read now.",
    severity=Severity.INFO,
)
