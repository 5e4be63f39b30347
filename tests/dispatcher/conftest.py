"""A real outbox on SQLite, a clock that stands still, and waits that only move it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from alerts.delivery.channels import Channel
from alerts.delivery.rendering import Renderer
from alerts.dispatcher import Dispatcher
from alerts.metrics import Metrics
from alerts.model import DeliveryKind, DeliveryState, Destination, Severity
from alerts.storage import ListedDelivery, Storage, open_storage
from tests.builders import NOW, Clock, a_destination, a_sighting, an_article
from tests.storage.databases import list_feeds, record


@dataclass
class Desk:
    """What a test of the dispatcher works with."""

    storage: Storage
    clock: Clock = field(default_factory=Clock)
    metrics: Metrics = field(default_factory=Metrics)
    #: What somebody waited for, in seconds.
    waits: list[float] = field(default_factory=list)
    made: int = 0
    channels: list[Channel] = field(default_factory=list)

    def dispatcher(
        self, *channels: Channel, now: Callable[[], datetime] | None = None
    ) -> Dispatcher:
        """Return a dispatcher as a fresh process has it; *now* is for what runs by a real clock."""
        self.channels += channels
        return Dispatcher(
            self.storage,
            {channel.name: channel for channel in channels},
            Renderer(),
            now=now or self.clock,
            metrics=self.metrics,
            sleep=self.sleep,
        )

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock.advance(seconds=seconds)

    async def announce(
        self,
        *targets: str,
        channel: str = "telegram",
        severity: Severity = Severity.MEDIUM,
        thread: int | None = None,
    ) -> None:
        """Let one more article ring at *targets*."""
        self.made += 1
        article = an_article(str(self.made), seen_at=self.clock.now)
        destinations = [a_destination(target, due_at=self.clock.now) for target in targets]
        moved = [_on(destination, channel, thread) for destination in destinations]
        await record(
            self.storage, a_sighting(article, to=moved, severity=severity), now=self.clock.now
        )

    async def states(self) -> dict[str, int]:
        """Return how many deliveries are in which state."""
        counts = await self.storage.overview.counts()
        return {state.value: count for state, count in counts.deliveries.items()}

    async def listed(self, *states: DeliveryState) -> list[ListedDelivery]:
        """Return the deliveries in *states*, or all."""
        return await self.storage.overview.deliveries(states=states, limit=10_000)

    async def alerts(self, *states: DeliveryState) -> list[ListedDelivery]:
        """Return `listed` without what is told of the system itself."""
        found = await self.listed(*states)
        return [each for each in found if each.kind is not DeliveryKind.NOTICE]


def _on(destination: Destination, channel: str, thread: int | None) -> Destination:
    address = replace(destination.address, channel=channel, thread=thread)
    return replace(destination, address=address)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_storage(f"sqlite:///{tmp_path}/tocsin.db", now=NOW) as storage:
        await list_feeds(storage)
        desk = Desk(storage)
        yield desk
        for channel in desk.channels:
            await channel.close()
