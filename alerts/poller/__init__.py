"""The first loop: whichever feed is due next and has its turn, poll it; no feed waits for another.

`next_due_at` is stored: a restart polls nothing early.  A poll is a task of its own with a deadline;
whose turn it is decides `alerts.poller.manners`, whether a failure counts `alerts.poller.outlook`,
and what its operator should hear of a feed `alerts.poller.health`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from alerts.alerting.health import ABOUT_FEEDS, offline, online
from alerts.alerting.notices import operator
from alerts.alerting.sightings import RulesInForce
from alerts.errors import StorageError
from alerts.feeds.fetch import shown_url
from alerts.feeds.schedule import first_polls_apart
from alerts.metrics import Metrics
from alerts.model import Feed, FeedState, Notice, RuleSet
from alerts.poller.full_text import PageReader
from alerts.poller.health import Health
from alerts.poller.manners import Turns
from alerts.poller.neighbours import APART, Circle, Neighbours, neighbours_of
from alerts.poller.outlook import Outlook
from alerts.poller.poll import FeedReader, Polled
from alerts.poller.websub import Hubs
from alerts.storage import PollRecord, Storage

__all__ = ["FeedReader", "Poller"]

log = structlog.get_logger()

#: Polls under way at once (FEEDS.md, Politeness).
_CONCURRENCY = 50
#: How long polling rests when the database refuses a poll (a full disk).
_STORAGE_REST = timedelta(seconds=10)
_LONGEST_REST = timedelta(seconds=60)
_NEVER = datetime.min.replace(tzinfo=UTC)
#: How often the operator is told of feeds: what fails together is told together.
_REPORTS_APART = timedelta(minutes=10)
#: Feeds that are gone through before others have the event loop: 100,000 take a second.
_AT_A_STRETCH = 500


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
    ) -> None:
        self._storage = storage
        self._reader = reader
        self._rules = RulesInForce.compile(RuleSet())
        self._ring = ring
        self._now = now
        self._metrics = metrics
        self._outlook = Outlook()
        self._health = Health()
        self._turns = Turns()
        self._neighbours: Mapping[str, Neighbours] = {}
        self._feeds: Mapping[str, Feed] = {}
        self._states: dict[str, FeedState] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._hubs: Hubs | None = None
        self._pages: PageReader | None = None
        #: Feeds of which a hub has news while they are being polled.
        self._hinted: set[str] = set()
        #: While `poll_once` runs: what was polled waits for no further turn.
        self._is_last_round = False
        self._resting_until: datetime | None = None
        self._report_at: datetime | None = None
        self._bell = asyncio.Event()

    def heed(self, hubs: Hubs | None, pages: PageReader | None) -> None:
        """Poll feeds seldom that *hubs* push, who ask for polls by `hint`; tell *pages* of news."""
        self._hubs, self._pages = hubs, pages

    def hint(self, url: str) -> None:
        """Poll the feed at *url* as soon as it has a turn: its hub has news of it."""
        state = self._states.get(url)
        if state is None or state.stopped or state.failures:
            return  # who is in trouble is not polled sooner because somebody says so
        if url in self._under_way:
            self._hinted.add(url)
        else:
            self._turns.put(url, self._now())
        self._bell.set()

    async def use(self, rules: RulesInForce) -> None:
        """Poll the feeds of *rules* from now on, and match against its watchlists."""
        named, now = rules.rules.feeds, self._now()
        states = await self._storage.feeds.enlist(named, self._first_polls(named))
        moved = {url: state.effective_url for url, state in states.items() if state.effective_url}
        neighbours = await asyncio.to_thread(neighbours_of, named, moved)
        for name, until in (await self._storage.hosts.pauses(now=now)).items():
            self._turns.pause(name, until)
        self._rules = rules
        self._feeds = {feed.url: feed for feed in named}
        # What was polled since the table was read, or is being polled, is known better here.
        self._states = {url: self._newest(state) for url, state in states.items()}
        self._reader.follow(self._feeds, self._states)
        self._neighbours = neighbours
        self._turns.seat(neighbours)
        self._health = Health()
        self._health.recall(await self._storage.outbox.open_troubles(ABOUT_FEEDS))
        await self._seat_all()

    def _newest(self, stored: FeedState) -> FeedState:
        known = self._states.get(stored.url, stored)
        polled_at = known.last_polled_at or _NEVER
        return known if polled_at >= (stored.last_polled_at or _NEVER) else stored

    def _first_polls(self, feeds: Sequence[Feed]) -> dict[str, datetime]:
        """Return when the feeds that are new are due first: hundreds must not begin as one burst."""
        now = self._now()
        new = [feed.url for feed in feeds if feed.url not in self._states]
        apart = first_polls_apart(len(new))
        return {url: now + place * apart for place, url in enumerate(new)} | dict.fromkeys(
            self._states, now
        )

    async def _seat_all(self) -> None:
        """Let every feed wait for its time, and look at its health."""
        states = self._states
        for place, url in enumerate(list(states)):
            if place % _AT_A_STRETCH == 0:
                self._bell.set()
                await asyncio.sleep(0)
                if self._states is not states:
                    return  # newer rules are in force
            if url not in self._under_way:
                self._wait_for_turn(states[url])
            self._health.look(states[url], now=self._now())
        self._bell.set()

    def _wait_for_turn(self, state: FeedState) -> None:
        if not state.stopped:
            self._turns.put(state.url, self._due_at(state))

    def _due_at(self, state: FeedState) -> datetime:
        if self._hubs is None or state.failures:
            return state.next_due_at
        if state.url in self._hinted:
            self._hinted.remove(state.url)
            return self._now()
        rests_until = self._hubs.rests_until(state.url, state.last_read_at)
        return max(state.next_due_at, rests_until or state.next_due_at)

    async def poll_due(self) -> int:
        """Poll every feed that may be polled now, to the end; return how many there were."""
        count = 0
        while started := self._start_due():
            await asyncio.gather(*started)
            count += len(started)
        return count

    async def poll_once(self, stopping: asyncio.Event) -> None:
        """Poll every feed that is due now, or due for the first time, and no feed twice."""
        now, count = self._now(), len(self._states)
        by = now + count * first_polls_apart(count)
        self._turns.seat(self._neighbours)
        for url, state in self._states.items():
            if state.next_due_at <= by and not state.stopped:
                self._turns.put(url, min(state.next_due_at, now))
        self._is_last_round = True
        while not stopping.is_set():
            self._bell.clear()
            self._start_due()
            if not self._under_way and not self._is_soon(self._turns.next_at()):
                break
            await self._wait(self._rest(), stopping)
        await self._abandon()
        await self.report()
        self._is_last_round = False
        await self._seat_all()

    def _is_soon(self, at: datetime | None) -> bool:
        """Tell whether *at* is a turn to wait for, and not the end of somebody's pause."""
        return at is not None and at <= self._now() + APART and not self._is_resting()

    async def run(self, stopping: asyncio.Event) -> None:
        """Poll until *stopping* is set; a poll that is still under way then writes nothing."""
        while not stopping.is_set():
            self._bell.clear()
            self._start_due()
            await self._wait(self._rest(), stopping)
            await self._report_in_time()
        await self._abandon()

    def _start_due(self) -> list[asyncio.Task[None]]:
        started: list[asyncio.Task[None]] = []
        if self._is_resting():
            return started
        while len(self._under_way) < _CONCURRENCY:
            url = self._turns.take(self._now())
            if url is None:
                break
            started.append(self._start(self._feeds[url], self._states[url]))
        return started

    def _is_resting(self) -> bool:
        return self._resting_until is not None and self._now() < self._resting_until

    def _start(self, feed: Feed, state: FeedState) -> asyncio.Task[None]:
        task = asyncio.create_task(self._poll(feed, state), name=f"poll-{shown_url(feed.url)}")
        self._under_way[feed.url] = task
        circle = self._neighbours[feed.url].circle
        task.add_done_callback(lambda _: self._landed(feed.url, circle))
        return task

    def _landed(self, url: str, circle: Circle) -> None:
        task = self._under_way.pop(url)
        if not task.cancelled() and task.exception() is not None:
            # A bug: `run` re-raises it and the process ends with its state safe.
            self._under_way[url] = task
        self._turns.end(circle)
        state = self._states.get(url)
        if state is not None and not self._is_last_round:
            self._wait_for_turn(state)
        self._bell.set()

    async def _poll(self, feed: Feed, state: FeedState) -> None:
        with self._metrics.poll_seconds.time():
            try:
                polled = await self._reader.poll(feed, state, self._rules)
                if polled.recorded.alerts:
                    self._ring(_channels(polled))
                if feed.full_text and polled.recorded.articles and self._pages is not None:
                    self._pages.look()
                await self._follow_up(feed, state, polled)
            except StorageError as error:
                self._resting_until = self._now() + _STORAGE_REST
                self._metrics.polls.labels("not stored").inc()
                log.error("poll not stored", feed=shown_url(feed.url), error=str(error))
                return
        self._tell(feed, polled)

    async def _follow_up(self, feed: Feed, before: FeedState, polled: Polled) -> None:
        """Do what a poll means for others: its host's pause, our own outage."""
        now, url = self._now(), feed.url
        self._keep(polled.state)
        if polled.error is not None and polled.error.retry_after:
            await self._pause(url, now + polled.error.retry_after, now)
        if self._outlook.note(before, polled.error, now=now):
            await self._weather_changed(now)
        await self._mend(url)
        if url in self._states and not self._outlook.is_offline:
            self._health.look(self._states[url], now=now)

    def _keep(self, state: FeedState) -> None:
        if state.url in self._states:
            self._states[state.url] = state

    async def _pause(self, url: str, until: datetime, now: datetime) -> None:
        """Leave the host alone that asked for it, and not only this feed."""
        neighbours = self._neighbours.get(url)
        if neighbours is not None and neighbours.pauses:
            self._turns.pause(neighbours.pauses, until)
            log.info("host pauses", host=neighbours.pauses, until=until.isoformat())
            await self._storage.hosts.pause(neighbours.pauses, until, now=now)

    # --- our own outage -----------------------------------------------------------------------------

    async def _weather_changed(self, now: datetime) -> None:
        if not self._outlook.is_offline:
            log.info("online again")
            await self.notify(online(now=now))
            return
        log.error(
            "we are offline: more than half of the polls of five minutes met with silence;"
            " `tocsin demo` shows everything without a network"
        )
        await asyncio.gather(*map(self._mend, self._outlook.harmed))
        await self.notify(offline(now=now))

    async def _mend(self, url: str) -> None:
        """Take back what this outage did to the feed at *url*, unless it is being polled again."""
        state = self._states.get(url)
        if state is None or (mended := self._outlook.unharmed(state)) == state:
            return
        self._keep(mended)
        if url not in self._under_way and not self._is_last_round:
            self._wait_for_turn(mended)
        await self._storage.polls.record(PollRecord(state=mended), now=self._now())

    # --- what people hear ---------------------------------------------------------------------------

    def _tell(self, feed: Feed, polled: Polled) -> None:
        shown = shown_url(feed.url)
        if polled.error is None:
            self._tell_read(shown, polled)
            return
        self._metrics.polls.labels("failed").inc()
        # One line says it for all: thousands of the same would hide it.
        say = log.debug if self._outlook.is_offline else log.warning
        due_at = polled.state.next_due_at
        again_at = due_at.isoformat(timespec="seconds")
        say("feed failed", feed=shown, error=str(polled.error), again_at=again_at)

    def _tell_read(self, shown: str, polled: Polled) -> None:
        self._metrics.polls.labels("read").inc()
        counts = polled.recorded
        say = log.info if counts.articles or counts.revisions else log.debug
        say("polled", feed=shown, articles=counts.articles, alerts=counts.alerts)
        for sighting in polled.sightings:
            self._metrics.articles.labels(sighting.novelty.value).inc()
        self._metrics.alerts.inc(counts.alerts)

    async def report(self) -> None:
        """Tell the operator what has changed about the health of feeds."""
        news = self._health.news(self._feeds, self._states, now=self._now())
        try:
            for notice in news:
                await self.notify(notice)
        except StorageError as error:
            self._health.recall(notice.about for notice in news)
            log.error("notice not stored", error=str(error))

    async def _report_in_time(self) -> None:
        now = self._now()
        if self._report_at is None:
            self._report_at = now + _LONGEST_REST
        if now >= self._report_at:
            self._report_at = now + _REPORTS_APART
            await self.report()

    async def notify(self, notice: Notice) -> None:
        """Tell *notice* to the operator of the rules in force."""
        receiver = operator(self._rules.rules)
        if await self._storage.outbox.notify(notice, receiver, now=self._now()):
            self._ring({address.channel for address in receiver.addresses})

    # --- waiting ------------------------------------------------------------------------------------

    def _rest(self) -> timedelta:
        """Return how long nothing can begin."""
        now, next_at = self._now(), self._turns.next_at()
        if len(self._under_way) >= _CONCURRENCY or next_at is None:
            return _LONGEST_REST
        until = max(next_at, self._resting_until or now)
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
