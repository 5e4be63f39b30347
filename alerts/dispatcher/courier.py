"""One delivery: render it, send it, and mark what became of it.

Every error of a channel has its answer here (`alerts.errors` says whose move it is); a mark that
cannot be written is tried until it can, because the message has left already.
"""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta

import structlog

from alerts.delivery.breaker import Breaker
from alerts.delivery.channels import Channel
from alerts.delivery.pacing import PACES, Flood, Pace, Pacer
from alerts.delivery.rendering import Renderer
from alerts.delivery.retry import given_up, nobody_waits, retry_at
from alerts.dispatcher.tidying import Tidying
from alerts.dispatcher.troubles import Troubles
from alerts.errors import (
    AddressGoneError,
    AddressMovedError,
    AmbiguousDeliveryError,
    ChannelRefusedError,
    DeliveryError,
    PermanentDeliveryError,
    StorageError,
    TransientDeliveryError,
)
from alerts.metrics import Metrics
from alerts.model import Address, Delivery, DeliveryKind, Message, Receipt
from alerts.storage.outbox import Outbox

log = structlog.get_logger()

#: Longer than a send may take: a process that was stopped for minutes finds its lease stale.
LEASE = timedelta(minutes=3)
#: A send that has no answer by then is given up by its channel (the longest: mail).
SEND_TIMEOUT = timedelta(seconds=60)
#: How long a channel rests that refuses our token or login, unless somebody reloads.
_REFUSED_PAUSE = timedelta(minutes=10)
#: What follows in a chat waits for a message that is tried again so soon: order is kept.  For longer
#: it does not: one message that breaks the other side must not hold up the rest.
_KEEPS_ORDER = timedelta(seconds=16)
#: A message whose rendering fails so often is a dead letter with its traceback.
_MOST_CRASHES = 3


class Courier:
    """Carries the deliveries of one channel, and knows how the channel is."""

    def __init__(
        self,
        outbox: Outbox,
        channel: Channel,
        renderer: Renderer,
        tidying: Tidying,
        troubles: Troubles,
        *,
        now: Callable[[], datetime],
        metrics: Metrics,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.outbox = outbox
        self.channel = channel
        self.tidying = tidying
        self.now = now
        self.sleep = sleep
        self.pacer = Pacer(PACES.get(channel.name, Pace()))
        self.breaker = Breaker()
        self.flood = Flood()
        #: The other side refuses *us* until somebody mends the token or login.
        self.refused_until: datetime | None = None
        #: It has taken a message since it was opened, or refused us.
        self._works = False
        self._troubles = troubles
        self._renderer = renderer
        self._metrics = metrics

    def free(self, *, most: int, under_way: int) -> int:
        """Return how many messages may leave now."""
        now = self.now()
        if any(at is not None and now < at for at in (self.refused_until, self.flood.until)):
            return 0
        free = self.pacer.free(now, most=most - under_way)
        return min(free, self.room(most=most, under_way=under_way))

    def room(self, *, most: int, under_way: int) -> int:
        """Return how many more may be under way, whatever the pace: it changes as they land."""
        return self.breaker.free(self.now(), most=most - under_way, under_way=under_way)

    def blocked_until(self) -> datetime | None:
        """Return until when nothing can leave, whoever it is for; None: the way is free."""
        now = self.now()
        times = (self.refused_until, self.breaker.open_until, self.flood.until)
        return max((at for at in times if at is not None and at > now), default=None)

    async def take_turn(self, targets: Collection[str]) -> bool:
        """Count a message that somebody else sends to a chat, known by all of *targets*.

        False: it is not its turn, and nothing is counted.
        """
        now, name = self.now(), self.channel.name
        if not self.pacer.free(now, most=1) or await self.outbox.is_put_off(name, targets, now=now):
            return False
        for target in targets:
            not_before_at = self.pacer.note(target, now)
            if not_before_at is not None:
                await self.outbox.put_off(Address(channel=name, target=target), not_before_at)
        return True

    async def deliver(self, delivery: Delivery, leased_at: float) -> bool:
        """Render and send one leased delivery and mark what became of it; True: accepted."""
        if nobody_waits(delivery, self.now()):
            await self._dead(delivery, "it could not leave in time", None)
            return False
        message = await self._render(delivery)
        if message is None:
            return False
        left = LEASE.total_seconds() - (time.monotonic() - leased_at)
        if left < 2 * SEND_TIMEOUT.total_seconds():
            # The process was stopped for minutes: somebody else may have taken over.
            await self._settle(lambda: self.outbox.give_back(delivery))
            return False
        begun_at = self.now()
        not_before_at = self.pacer.note(delivery.address.target, begun_at)
        try:
            receipt = await self.channel.send(message, delivery.address)
        except DeliveryError as error:
            await self._failed(delivery, error, not_before_at)
            return False
        await self._accepted(delivery, receipt, not_before_at)
        return True

    async def _render(self, delivery: Delivery) -> Message | None:
        try:
            return self._renderer.render(delivery, now=self.now())
        except Exception:  # noqa: BLE001 - one message must not end the process three times
            trace = traceback.format_exc()
        log.error("render failed", delivery=delivery.id, attempt=delivery.attempt, trace=trace)
        if delivery.attempt >= _MOST_CRASHES:
            await self._settle(lambda: self.outbox.mark_dead(delivery, trace))
            await self._settle(lambda: self._troubles.given_up(delivery, trace))
        else:
            due_at = self._retry_at(delivery)
            await self._settle(
                lambda: self.outbox.mark_retry(delivery, "render failed", due_at=due_at)
            )
        return None

    async def _accepted(
        self, delivery: Delivery, receipt: Receipt, not_before_at: datetime | None
    ) -> None:
        now = self.now()
        self.breaker.answered()
        await self._settle(
            lambda: self.outbox.mark_sent(delivery, receipt, now=now, not_before_at=not_before_at)
        )
        if not self._works:
            self._works, self.refused_until = True, None
            await self._settle(lambda: self.outbox.resume(self.channel.name))
            await self._settle(lambda: self._troubles.works(self.channel.name))
        delay = now - delivery.created_at
        is_answer = delivery.kind is DeliveryKind.ANSWER
        known = self._metrics.answer_seconds if is_answer else self._metrics.delivery_seconds
        known.labels(self.channel.name).observe(delay.total_seconds())
        self._note("sent", delivery, ms=round(delay / timedelta(milliseconds=1)))

    async def _failed(
        self, delivery: Delivery, error: DeliveryError, not_before_at: datetime | None
    ) -> None:
        """Mark what *error* asks for; the narrowest class first.

        *not_before_at* keeps the pace of its target: what was refused, or lost, was sent too.
        """
        reason = str(error)
        match error:
            case ChannelRefusedError():
                await self._refused(delivery, reason)
            case AddressMovedError():
                self.breaker.answered()
                target, now = error.target, self.now()
                self._note("moved", delivery, error=reason)
                await self._settle(lambda: self.outbox.move(delivery, target, now=now))
            case AddressGoneError():
                self.breaker.answered()
                now = self.now()
                self._note("gone", delivery, error=reason)
                await self._settle(lambda: self.outbox.mark_gone(delivery, reason, now=now))
                await self._settle(lambda: self.tidying.hand_over(delivery, reason))
            case PermanentDeliveryError():
                self.breaker.answered()
                await self._dead(delivery, reason, not_before_at)
                await self._settle(lambda: self._troubles.returned(delivery, reason))
            case AmbiguousDeliveryError():
                await self._again(delivery, reason, self._retry_at(delivery), not_before_at)
            case TransientDeliveryError():
                await self._transient(delivery, error, not_before_at)
            case _:
                raise error

    async def _refused(self, delivery: Delivery, reason: str) -> None:
        now, name = self.now(), self.channel.name
        self._works, self.refused_until = False, now + _REFUSED_PAUSE
        self._note("refused", delivery, error=reason)
        await self._settle(lambda: self.outbox.give_back(delivery, error=reason))
        await self._settle(lambda: self.outbox.pause(name, reason, now=now))
        await self._settle(lambda: self._troubles.refused(name, reason))

    async def _transient(
        self, delivery: Delivery, error: TransientDeliveryError, not_before_at: datetime | None
    ) -> None:
        now = self.now()
        if error.connected:
            self.breaker.answered()
        else:
            self.breaker.failed(now)
        due_at = self._retry_at(delivery)
        if error.retry_after is not None:
            # One second more than was asked for: the other side's clock is not ours.
            due_at = not_before_at = now + error.retry_after + timedelta(seconds=1)
            if self.channel.name in PACES:  # webhooks have nothing in common
                self.flood.told_to_wait(delivery.address.target, due_at, now=now)
        await self._again(delivery, str(error), due_at, not_before_at, ambiguous=False)

    async def _again(
        self,
        delivery: Delivery,
        reason: str,
        due_at: datetime,
        not_before_at: datetime | None,
        *,
        ambiguous: bool = True,
    ) -> None:
        now = self.now()
        is_over = given_up(self.channel.name, created_at=delivery.created_at, now=now)
        if is_over or nobody_waits(delivery, due_at):
            reason = f"given up after {delivery.attempt} attempts: {reason}"
            await self._dead(delivery, reason, not_before_at)
            return
        if due_at - now <= _KEEPS_ORDER:
            not_before_at = max(due_at, not_before_at or due_at)
        self._note("ambiguous" if ambiguous else "again", delivery, error=reason)
        await self._settle(
            lambda: self.outbox.mark_retry(
                delivery, reason, due_at=due_at, ambiguous=ambiguous, not_before_at=not_before_at
            )
        )
        if not ambiguous and self.tidying.fallbacks.is_too_late(delivery, due_at, now=now):
            await self._settle(lambda: self.tidying.hand_over(delivery, reason))

    async def _dead(self, delivery: Delivery, reason: str, not_before_at: datetime | None) -> None:
        self._note("dead", delivery, error=reason)

        async def bury() -> None:
            if not_before_at is not None:
                await self.outbox.put_off(delivery.address, not_before_at)
            if not await self.tidying.hand_over(delivery, reason):
                await self.outbox.mark_dead(delivery, reason)
                await self._troubles.given_up(delivery, reason)

        await self._settle(bury)

    def _retry_at(self, delivery: Delivery) -> datetime:
        return retry_at(
            self.channel.name,
            attempt=delivery.attempt,
            created_at=delivery.created_at,
            now=self.now(),
            fraction=random.random(),  # noqa: S311 - jitter, no secret
        )

    async def _settle(self, mark: Callable[[], Awaitable[object]]) -> None:
        """Write a mark, however long the database refuses: the message has left already."""
        wait = 0.5
        while True:
            try:
                await mark()
            except StorageError as error:
                log.error("mark not written", channel=self.channel.name, error=str(error))
                await self.sleep(wait)
                wait = min(wait * 2, 30)
            else:
                return

    def _note(self, result: str, delivery: Delivery, **fields: object) -> None:
        self._metrics.sends.labels(self.channel.name, result).inc()
        say = log.info if result in {"sent", "again"} else log.warning
        say(
            result,
            delivery=delivery.id[:12],
            receiver=delivery.receiver,
            to=delivery.address.key,
            attempt=delivery.attempt,
            **fields,
        )
