"""What a poll means for others than its feed: its host's pause, our own outage, what people hear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from alerts.alerting.health import offline, online
from alerts.model import Feed, FeedState
from alerts.poller.outlook import Outlook
from alerts.poller.poll import Polled
from alerts.poller.reports import Reports
from alerts.poller.roster import Roster
from alerts.storage import PollRecord, Storage

log = structlog.get_logger()


class Aftermath:
    """Draws the conclusions of polls."""

    def __init__(
        self, storage: Storage, roster: Roster, reports: Reports, *, now: Callable[[], datetime]
    ) -> None:
        self._storage = storage
        self._roster = roster
        self._reports = reports
        self._now = now
        self._outlook = Outlook()

    @property
    def is_offline(self) -> bool:
        """Whether it is our own network that is silent."""
        return self._outlook.is_offline

    async def of(self, feed: Feed, before: FeedState, polled: Polled) -> None:
        """Draw the conclusions of a poll that found *feed* in the state *before*.

        Raises:
            StorageError: some of them are drawn.
        """
        url = feed.url
        self._roster.keep(polled.state)
        if polled.error is not None and polled.error.retry_after:
            await self._roster.pause(url, polled.error.retry_after)
        if self._outlook.note(before, polled.error, now=self._now()):
            await self._weather_changed()
        await self._mend(url)
        await self._reports.tell_of(polled.sightings)
        state = self._roster.states.get(url)
        if state is not None and not self.is_offline:
            self._reports.look(state)

    async def _weather_changed(self) -> None:
        if not self.is_offline:
            log.info("online again")
            await self._reports.notify(online(now=self._now()))
            return
        log.error(
            "we are offline: more than half of the polls of five minutes met with silence;"
            " `tocsin demo` shows everything without a network"
        )
        await asyncio.gather(*map(self._mend, self._outlook.harmed))
        await self._reports.notify(offline(now=self._now()))

    async def _mend(self, url: str) -> None:
        """Take back what this outage did to the feed at *url*."""
        state = self._roster.states.get(url)
        if state is None or (mended := self._outlook.unharmed(state)) == state:
            return
        self._roster.keep(mended)
        self._roster.seat_again(url)
        await self._storage.polls.record(PollRecord(state=mended), now=self._now())
