"""One channel: how much may leave now, and how long to rest when nothing may."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import structlog

from alerts.delivery.pacing import KEPT, LONGEST_WINDOW
from alerts.dispatcher.courier import LEASE, Courier
from alerts.errors import StorageError
from alerts.model import Delivery

log = structlog.get_logger()

#: The table is looked at so often even when nobody rang.
_LONGEST_REST = timedelta(seconds=30)
#: Messages of one channel under way at once.
_CONCURRENCY = 64
#: In seconds: how long a lane that is busy lets places come free before it looks at the table.
_LANDINGS = 0.005
#: A drain waits so long for what is not due yet.
_DRAIN_PATIENCE = timedelta(seconds=5)


class Lane:
    """Leases what its courier may carry, each delivery in a task of its own."""

    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self._outbox = courier.outbox
        self._tidying = courier.tidying
        self._now = courier.now
        self._name = courier.channel.name
        self._under_way: set[asyncio.Task[bool]] = set()
        self._remembers = False
        #: Something due was written, or (without it) something may have become due.
        self._rung = True
        self._bell = asyncio.Event()

    def try_again(self) -> None:
        """Forget that the other side refused us: the operator may have mended the login."""
        self._courier.refused_until = None
        self.ring()

    def ring(self) -> None:
        """Say that something due was written: the next look is a lease."""
        self._rung = True
        self._bell.set()

    async def take_turn(self, targets: Collection[str]) -> bool:
        """Count a message that somebody else sends (`Courier.take_turn`)."""
        await self._remember(self._now())
        return await self._courier.take_turn(targets)

    async def run(self, stopping: asyncio.Event) -> None:
        """Start what is due, rest, and look again."""
        while not stopping.is_set():
            self._bell.clear()
            try:
                rest = await self._advance()
            except StorageError as error:
                log.error("outbox unreadable", channel=self._name, error=str(error))
                rest = _LONGEST_REST
            self._raise_bugs()
            await self._wait(rest)
        await asyncio.gather(*self._under_way)

    async def _advance(self) -> timedelta:
        """Begin to send what is due; return how long there is nothing to do, if nobody rings."""
        await self._tidying.look(self._name)
        rung, self._rung = self._rung, False
        # Leases wait in the writer's queue: without a reason, look beside it first.
        rest = timedelta(0) if rung else await self._rest()
        if not rest and await self.start_due():
            return timedelta(0)
        return await self._rest() if rung else rest

    async def drain(self, until: Callable[[], bool]) -> int:
        """Send until nothing is due within a few seconds, or *until* says so; return how many."""
        sends = 0
        while not until():
            started = await self.start_due()
            if started:
                sends += len(await asyncio.gather(*started))
                continue
            next_at = await self._outbox.next_at(self._name, now=self._now())
            soon = self._now() + _DRAIN_PATIENCE
            if next_at is None or next_at > soon or self._courier.blocked_until() is not None:
                break
            await self._courier.sleep(max((next_at - self._now()).total_seconds(), 0.01))
        return sends

    async def start_due(self) -> list[asyncio.Task[bool]]:
        """Lease what may leave now and begin to send it."""
        now = self._now()
        await self._tidying.look(self._name)
        await self._remember(now)
        free = self._free()
        if not free:
            return []
        leased_at = time.monotonic()
        deliveries = await self._outbox.lease_due(
            self._name,
            now=now,
            until=now + LEASE,
            limit=free,
            answers=self._courier.pacer.free_for_answers(now, most=free),
        )
        self._tidying.leased(self._name, deliveries)
        return [self._start(delivery, leased_at) for delivery in deliveries]

    def _free(self) -> int:
        return self._courier.free(most=_CONCURRENCY, under_way=len(self._under_way))

    async def _remember(self, now: datetime) -> None:
        """Keep the pace that an earlier process left off at."""
        if not self._remembers:
            since = now - LONGEST_WINDOW
            recent = await self._outbox.recent_sends(self._name, since=since)
            self._courier.pacer.remember(recent)
            self._remembers = True

    async def _rest(self) -> timedelta:
        """Return how long nothing can leave, if nobody rings."""
        if self._under_way and not self._courier.room(
            most=_CONCURRENCY, under_way=len(self._under_way)
        ):
            return _LONGEST_REST  # the next one that lands rings
        now = self._now()
        next_at = await self._next_at(now)
        if next_at is None:
            return _LONGEST_REST
        until = max(next_at, self._courier.blocked_until() or next_at)
        return min(max(until - now, timedelta(0)), _LONGEST_REST)

    async def _next_at(self, now: datetime) -> datetime | None:
        """Return when something may leave, as far as its pace goes; None: nothing waits."""
        pacer = self._courier.pacer
        next_at = await self._outbox.next_at(self._name, now=now)
        free_at, all_free_at = pacer.free_at() or now, pacer.free_at(kept=KEPT) or now
        if next_at is None or all_free_at <= now:
            return next_at
        # Answers leave the last places to others: does one of these wait?
        sooner_at = await self._outbox.next_at(self._name, now=now, answers=False)
        of_answers = max(next_at, all_free_at)
        return of_answers if sooner_at is None else min(of_answers, max(sooner_at, free_at))

    async def _wait(self, rest: timedelta) -> None:
        try:
            await asyncio.wait_for(self._bell.wait(), max(rest.total_seconds(), 0.001))
        except TimeoutError:
            return
        if self._under_way and not self._rung:
            # Others land in a moment, and a lease of many costs little more than one of a few.
            await asyncio.sleep(_LANDINGS)

    def _start(self, delivery: Delivery, leased_at: float) -> asyncio.Task[bool]:
        task = asyncio.create_task(
            self._courier.deliver(delivery, leased_at), name=f"delivery-{delivery.id[:12]}"
        )
        self._under_way.add(task)
        task.add_done_callback(self._landed)
        return task

    def _landed(self, task: asyncio.Task[bool]) -> None:
        if task.cancelled() or task.exception() is None:
            self._under_way.discard(task)
        self._bell.set()

    def _raise_bugs(self) -> None:
        """Let an unforeseen error of a send end the process."""
        for task in [task for task in self._under_way if task.done()]:
            self._under_way.discard(task)
            task.result()
