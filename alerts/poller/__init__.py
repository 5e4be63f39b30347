"""The first loop: whichever feed is due next, poll it; no feed waits for another.

Feeds lie in a heap over `next_due_at`, which is stored: a restart polls nothing early.  A poll is
a task of its own with a deadline; the heap only decides when it begins.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from alerts.alerting.sightings import RulesInForce
from alerts.errors import StorageError
from alerts.feeds.fetch import shown_url
from alerts.metrics import Metrics
from alerts.model import Feed, FeedState, RuleSet
from alerts.poller.outlook import Outlook
from alerts.poller.poll import FeedReader, Polled
from alerts.storage import Storage

__all__ = ["FeedReader", "Poller"]

log = structlog.get_logger()

#: Polls under way at once (FEEDS.md, Politeness).
_CONCURRENCY = 50
#: First polls of new feeds begin so far apart: hundreds of feeds must not begin as one burst.
_FIRST_POLLS_APART = timedelta(milliseconds=100)
#: How long polling rests when the database refuses a poll (a full disk).
_STORAGE_REST = timedelta(seconds=10)
_LONGEST_REST = timedelta(seconds=60)


class Poller:
    """Polls what the rules in force name, when it is due."""

    def __init__(
        self,
        storage: Storage,
        reader: FeedReader,
        *,
        ring: Callable[[Collection[str]], None],
        now: Callable[[], datetime],
        metrics: Metrics,
    ) -> None:
        self._storage = storage
        self._reader = reader
        self._rules = RulesInForce.compile(RuleSet())
        self._ring = ring
        self._now = now
        self._metrics = metrics
        self._outlook = Outlook()
        self._feeds: Mapping[str, Feed] = {}
        self._states: dict[str, FeedState] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._resting_until: datetime | None = None
        self._bell = asyncio.Event()

    async def use(self, rules: RulesInForce) -> None:
        """Poll the feeds of *rules* from now on, and match against its watchlists."""
        named = rules.rules.feeds
        states = await self._storage.feeds.enlist(named, self._first_polls(named))
        self._rules = rules
        self._feeds = {feed.url: feed for feed in named}
        # What is being polled right now has a newer state than the table that was just read.
        self._states = {
            url: self._states[url] if url in self._under_way and url in self._states else state
            for url, state in states.items()
        }
        self._heap = [(state.next_due_at, url) for url, state in self._states.items()]
        heapq.heapify(self._heap)
        self._bell.set()

    def _first_polls(self, feeds: Sequence[Feed]) -> dict[str, datetime]:
        now = self._now()
        new = [feed.url for feed in feeds if feed.url not in self._states]
        return {
            url: now + place * _FIRST_POLLS_APART for place, url in enumerate(new)
        } | dict.fromkeys(self._states, now)

    async def poll_due(self) -> int:
        """Poll every feed that is due now, to the end; return how many there were."""
        started = self._start_due(most=len(self._heap), by=self._now())
        await asyncio.gather(*started)
        return len(started)

    async def poll_once(self, stopping: asyncio.Event) -> None:
        """Poll every feed that is due now, or due for the first time, and no feed twice."""
        by = self._now() + len(self._heap) * _FIRST_POLLS_APART
        waiting = sum(1 for due_at, _ in self._heap if due_at <= by)
        while waiting and not stopping.is_set():
            started = self._start_due(most=min(waiting, _CONCURRENCY), by=by)
            await asyncio.gather(*started)
            waiting = waiting - len(started) if started else 0

    async def run(self, stopping: asyncio.Event) -> None:
        """Poll until *stopping* is set; a poll that is still under way then writes nothing."""
        while not stopping.is_set():
            self._bell.clear()
            self._start_due(most=_CONCURRENCY - len(self._under_way), by=self._now())
            await self._wait(self._rest(), stopping)
        await self._abandon()

    def _start_due(self, *, most: int, by: datetime) -> list[asyncio.Task[None]]:
        started: list[asyncio.Task[None]] = []
        if self._resting_until is not None and self._now() < self._resting_until:
            return started
        while self._heap and len(started) < most and self._heap[0][0] <= by:
            due_at, url = heapq.heappop(self._heap)
            state = self._states.get(url)
            if state is None or state.next_due_at != due_at or url in self._under_way:
                continue  # removed, or put back with another time meanwhile
            if not state.stopped:
                started.append(self._start(self._feeds[url], state))
        return started

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
        state = self._states.get(url)
        if state is not None:
            heapq.heappush(self._heap, (state.next_due_at, url))
        self._bell.set()

    async def _poll(self, feed: Feed, state: FeedState) -> None:
        with self._metrics.poll_seconds.time():
            try:
                polled = await self._reader.poll(feed, state, self._rules)
            except StorageError as error:
                self._resting_until = self._now() + _STORAGE_REST
                self._metrics.polls.labels("not stored").inc()
                log.error("poll not stored", feed=shown_url(feed.url), error=str(error))
                return
        if feed.url in self._states:
            self._states[feed.url] = polled.state
        self._tell(feed, polled)
        if polled.recorded.alerts:
            self._ring(_channels(polled))

    def _tell(self, feed: Feed, polled: Polled) -> None:
        shown = shown_url(feed.url)
        if polled.error is not None:
            self._metrics.polls.labels("failed").inc()
            log.warning(
                "feed failed",
                feed=shown,
                error=str(polled.error),
                again_at=polled.state.next_due_at.isoformat(timespec="seconds"),
            )
        else:
            self._metrics.polls.labels("read").inc()
            counts = polled.recorded
            say = log.info if counts.articles or counts.revisions else log.debug
            say("polled", feed=shown, articles=counts.articles, alerts=counts.alerts)
            for sighting in polled.sightings:
                self._metrics.articles.labels(sighting.novelty.value).inc()
            self._metrics.alerts.inc(counts.alerts)
        if self._outlook.note(feed.url, polled.error, now=self._now()):
            log.error(
                "we are offline: no feed of five hosts or more can be reached;"
                " `tocsin demo` shows everything without a network"
            )

    def _rest(self) -> timedelta:
        """Return how long nothing is due."""
        now = self._now()
        if len(self._under_way) >= _CONCURRENCY or not self._heap:
            return _LONGEST_REST
        until = max(self._heap[0][0], self._resting_until or now)
        return min(max(until - now, timedelta(0)), _LONGEST_REST)

    async def _wait(self, rest: timedelta, stopping: asyncio.Event) -> None:
        ringing = asyncio.ensure_future(self._bell.wait())
        stopped = asyncio.ensure_future(stopping.wait())
        try:
            await asyncio.wait(
                (ringing, stopped),
                timeout=max(rest.total_seconds(), 0.001),
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            ringing.cancel()
            stopped.cancel()
        self._raise_bugs()

    def _raise_bugs(self) -> None:
        for task in list(self._under_way.values()):
            if task.done():
                task.result()

    async def _abandon(self) -> None:
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)


def _channels(polled: Polled) -> frozenset[str]:
    """Return the channels on which something may be due now."""
    return frozenset(
        destination.address.channel
        for sighting in polled.sightings
        for match in sighting.matches
        for destination in match.destinations
    )
