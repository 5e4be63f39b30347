"""The loop: begin the polls whose turn has come, and wait for the next.

A poll is a task of its own with a deadline.  Whose turn it is knows `alerts.poller.roster`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from alerts.alerting.sightings import RulesInForce
from alerts.errors import DatabaseFullError, StorageError
from alerts.feeds.fetch import shown_url
from alerts.metrics import Metrics
from alerts.model import Feed, FeedState, Notice, RuleSet
from alerts.poller.aftermath import Aftermath
from alerts.poller.full_text import PageReader
from alerts.poller.neighbours import APART
from alerts.poller.poll import FeedReader
from alerts.poller.pressure import APART as SLOWLY
from alerts.poller.pressure import Pressure
from alerts.poller.reports import Reports
from alerts.poller.roster import Roster
from alerts.poller.telling import channels_of, tell
from alerts.poller.waiting import gently, making_what_stays, wait_for_any
from alerts.poller.websub import Hubs
from alerts.storage import Storage

log = structlog.get_logger()

#: Polls under way at once (FEEDS.md, Politeness).
_CONCURRENCY = 50
#: How long polling rests when the database refuses a poll (a full disk).
_STORAGE_REST = timedelta(seconds=10)
_LONGEST_REST = timedelta(seconds=60)


class Alarm(Protocol):
    """Tells the operator of trouble that cannot be stored, and of its end; each once."""

    async def ring(self, reason: str) -> None:
        """Tell that nothing can be stored."""

    async def calm(self) -> None:
        """Tell that all is well again, if it was not."""


class Poller:
    """Polls what the rules in force name, when it is due and polite."""

    def __init__(
        self,
        storage: Storage,
        reader: FeedReader,
        *,
        ring: Callable[[Collection[str]], None],
        now: Callable[[], datetime],
        metrics: Metrics,
        alarm: Alarm | None = None,
    ) -> None:
        self._reader = reader
        self._alarm = alarm
        self._pressure = Pressure(storage.backlog.size, now=now)
        self._rules = RulesInForce.compile(RuleSet())
        self._ring = ring
        self._now = now
        self._metrics = metrics
        self._roster = Roster(storage, now=now)
        self._reports = Reports(storage, ring=ring, now=now)
        self._aftermath = Aftermath(storage, self._roster, self._reports, now=now)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._pages: PageReader | None = None
        self._resting_until: datetime | None = None
        self._bell = asyncio.Event()

    def heed(self, hubs: Hubs | None, pages: PageReader | None) -> None:
        """Poll feeds seldom that *hubs* push, who ask for polls by `hint`; tell *pages* of news."""
        self._roster.heed(hubs)
        self._pages = pages

    def hint(self, url: str) -> None:
        """Poll the feed at *url* as soon as it has a turn: its hub has news of it."""
        self._roster.hint(url)
        self._bell.set()

    async def use(self, rules: RulesInForce) -> None:
        """Poll the feeds of *rules* from now on, and match against its watchlists.

        Raises:
            StorageError: the feeds cannot be read or written.
        """
        with making_what_stays():
            await self._roster.use(rules.rules.feeds)
            self._rules = rules
            await self._reader.follow(self._roster.feeds, self._roster.states)
            await self._reports.use(rules.rules)
            await self._seat_all()

    async def _seat_all(self) -> None:
        """Let every feed wait for its time, and look at its health."""
        states = self._roster.states
        async for url in gently(states):
            if self._roster.states is not states:
                return  # newer rules are in force
            self._roster.seat(url)
            self._reports.look(states[url])
        self._bell.set()

    # --- rounds -------------------------------------------------------------------------------------

    async def poll_due(self) -> int:
        """Poll every feed that may be polled now, to the end; return how many there were."""
        count = 0
        while started := self._start_due():
            await asyncio.gather(*started)
            count += len(started)
        return count

    async def poll_once(self, stopping: asyncio.Event) -> None:
        """Poll every feed that is due now, or due for the first time, and no feed twice."""
        await self._roster.seat_first_round()
        self._roster.is_last_round = True
        while not stopping.is_set():
            self._bell.clear()
            self._start_due()
            if not self._under_way and not self._is_soon(self._roster.next_at()):
                break
            await self._wait(stopping)
        await self._abandon()
        await self.report()
        self._roster.is_last_round = False
        await self._seat_all()

    def _is_soon(self, at: datetime | None) -> bool:
        """Tell whether *at* is a turn to wait for, and not the end of somebody's pause."""
        return at is not None and at <= self._now() + APART and not self._is_resting()

    async def run(self, stopping: asyncio.Event) -> None:
        """Poll until *stopping* is set; a poll that is still under way then writes nothing."""
        while not stopping.is_set():
            self._bell.clear()
            await self._look_at_pressure()
            self._start_due()
            await self._wait(stopping)
            await self._reports.report_in_time(self._roster.feeds, self._roster.states)
        await self._abandon()

    # --- polls --------------------------------------------------------------------------------------

    def _start_due(self) -> list[asyncio.Task[None]]:
        started: list[asyncio.Task[None]] = []
        if self._is_resting():
            return started
        while len(self._under_way) < _CONCURRENCY:
            url = self._roster.take()
            if url is None:
                break
            started.append(self._start(self._roster.feeds[url], self._roster.states[url]))
            if self._pressure.is_high:
                self._resting_until = self._now() + SLOWLY
                break
        return started

    def _is_resting(self) -> bool:
        return self._resting_until is not None and self._now() < self._resting_until

    def _start(self, feed: Feed, state: FeedState) -> asyncio.Task[None]:
        task = asyncio.create_task(self._poll(feed, state), name=f"poll-{shown_url(feed.url)}")
        self._under_way[feed.url] = task
        task.add_done_callback(lambda _: self._landed(feed.url))
        return task

    def _landed(self, url: str) -> None:
        task = self._under_way.pop(url)
        if not task.cancelled() and task.exception() is not None:
            # A bug: `run` re-raises it and the process ends with its state safe.
            self._under_way[url] = task
        self._roster.land(url)
        self._bell.set()

    async def _poll(self, feed: Feed, state: FeedState) -> None:
        with self._metrics.poll_seconds.time():
            try:
                polled = await self._reader.poll(feed, state, self._rules)
                if polled.recorded.alerts:
                    self._ring(channels_of(polled.sightings))
                if feed.full_text and polled.recorded.articles and self._pages is not None:
                    self._pages.look()
                await self._aftermath.of(feed, state, polled)
            except StorageError as error:
                await self._not_stored(feed, error)
                return
        if self._alarm is not None:
            await self._alarm.calm()
        tell(feed, polled, self._metrics, softly=self._aftermath.is_offline)

    async def _not_stored(self, feed: Feed, error: StorageError) -> None:
        self._resting_until = self._now() + _STORAGE_REST
        self._metrics.polls.labels("not stored").inc()
        log.error("poll not stored", feed=shown_url(feed.url), error=str(error))
        if self._alarm is not None and isinstance(error, DatabaseFullError):
            await self._alarm.ring(str(error))

    async def _look_at_pressure(self) -> None:
        try:
            await self._pressure.look()
        except StorageError as error:
            log.error("outbox unreadable", error=str(error))

    # --- what people hear ---------------------------------------------------------------------------

    async def report(self) -> None:
        """Tell the operator what has changed about the health of feeds."""
        await self._reports.report(self._roster.feeds, self._roster.states)

    async def notify(self, notice: Notice) -> None:
        """Tell *notice* to the operator of the rules in force.

        Raises:
            StorageError: nobody was told.
        """
        await self._reports.notify(notice)

    # --- waiting ------------------------------------------------------------------------------------

    async def _wait(self, stopping: asyncio.Event) -> None:
        await wait_for_any(self._bell, stopping, longest=self._rest())
        for task in list(self._under_way.values()):
            if task.done():
                task.result()  # raises the bug

    def _rest(self) -> timedelta:
        """Return how long nothing can begin."""
        now, next_at = self._now(), self._roster.next_at()
        if len(self._under_way) >= _CONCURRENCY or next_at is None:
            return _LONGEST_REST
        until = max(next_at, self._resting_until or now)
        return min(max(until - now, timedelta(0)), _LONGEST_REST)

    async def _abandon(self) -> None:
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
