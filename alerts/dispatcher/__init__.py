"""The second loop: lease what is due, send it, mark it.

A channel is a lane of its own, and in it every message a task of its own: a chat that hangs holds
up no other, a channel that is down no other channel.  The table is the truth; `ring` only says
that looking at it is worth while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime

from alerts.delivery.channels import Channel
from alerts.delivery.rendering import Renderer
from alerts.dispatcher.alarm import Alarm
from alerts.dispatcher.courier import Courier
from alerts.dispatcher.lane import Lane
from alerts.dispatcher.tidying import Tidying
from alerts.dispatcher.troubles import Troubles
from alerts.metrics import Metrics
from alerts.model import RuleSet
from alerts.storage import Storage

__all__ = ["Dispatcher"]


class Dispatcher:
    """Delivers what the outbox holds, on every channel."""

    def __init__(
        self,
        storage: Storage,
        channels: Mapping[str, Channel],
        renderer: Renderer,
        *,
        now: Callable[[], datetime],
        metrics: Metrics,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        #: For trouble that cannot be stored.
        self.alarm = Alarm(channels, renderer, now=now)
        self._tidying = tidying = Tidying(storage.backlog, now=now, ring=self.ring)
        self._troubles = troubles = Troubles(storage, now=now, ring=self.ring)
        self._lanes = {
            name: Lane(
                Courier(
                    storage.outbox,
                    channel,
                    renderer,
                    tidying,
                    troubles,
                    now=now,
                    metrics=metrics,
                    sleep=sleep,
                )
            )
            for name, channel in channels.items()
        }

    def use(self, rules: RuleSet) -> None:
        """Heed the receivers of *rules* from now on, and try channels again that refused us.

        The operator may have mended the login.
        """
        self.alarm.use(rules)
        self._tidying.use(rules)
        self._troubles.use(rules)
        for lane in self._lanes.values():
            lane.try_again()

    def ring(self, channels: Collection[str] | None = None) -> None:
        """Wake the lanes of *channels*, or all: there is something new in the table."""
        for name, lane in self._lanes.items():
            if channels is None or name in channels:
                lane.ring()

    async def take_turn(self, channel: str, targets: Collection[str]) -> bool:
        """Count one message past the outbox to a chat, known by all of *targets*.

        False: nothing may be sent to it now.

        Raises:
            StorageError: the database does not say.
        """
        return await self._lanes[channel].take_turn(targets)

    async def deliver_due(self, channel: str) -> int:
        """Send what may leave *channel* now, to the end; return how many were accepted."""
        lane = self._lanes[channel]
        return sum(await asyncio.gather(*await lane.start_due()))

    async def drain(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Send everything that can be sent without a long wait, on every channel, then return."""
        # What one lane cannot send may become another's: a fallback, a word to the operator.
        while any(await asyncio.gather(*(lane.drain(until) for lane in self._lanes.values()))):
            pass

    async def run(self, stopping: asyncio.Event) -> None:
        """Deliver until *stopping* is set, then finish what is under way."""
        async with asyncio.TaskGroup() as group:
            for name, lane in self._lanes.items():
                group.create_task(lane.run(stopping), name=f"deliver-{name}")
            await stopping.wait()
            self.ring()
