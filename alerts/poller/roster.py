"""Who is polled: the feeds of the rules in force, what is known of each, and its place in the queue.

`next_due_at` is stored: a restart polls nothing early.  What a poll does is `alerts.poller.poll`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from alerts.feeds.schedule import first_polls_apart
from alerts.model import Feed, FeedState
from alerts.poller.manners import Turns
from alerts.poller.neighbours import Circle, Neighbours, neighbours_of
from alerts.poller.waiting import gently
from alerts.poller.websub import Hubs
from alerts.storage import Storage

log = structlog.get_logger()


class Roster:
    """The feeds that are polled, with their states and turns."""

    def __init__(self, storage: Storage, *, now: Callable[[], datetime]) -> None:
        self._storage = storage
        self._now = now
        self._turns = Turns()
        self._neighbours: Mapping[str, Neighbours] = {}
        self._hubs: Hubs | None = None
        #: Feeds of which a hub has news while they are being polled.
        self._hinted: set[str] = set()
        #: URL -> the circle in which it is being polled; rules may change meanwhile.
        self._out: dict[str, Circle] = {}
        self.feeds: Mapping[str, Feed] = {}
        self.states: dict[str, FeedState] = {}
        #: What `states` will be, while newer rules are being taken up.
        self._coming: dict[str, FeedState] = {}
        #: Whoever was polled waits for no further turn.
        self.is_last_round = False

    def heed(self, hubs: Hubs | None) -> None:
        """Let feeds that *hubs* push rest as long as these are believed."""
        self._hubs = hubs

    async def use(self, named: Sequence[Feed]) -> None:
        """Know *named* and nobody else from now on; nobody waits until `seat` is called.

        Raises:
            StorageError: what was known still holds.
        """
        now = self._now()
        states = await self._storage.feeds.enlist(named, await self._first_polls(named))
        moved = {url: state.effective_url for url, state in states.items() if state.effective_url}
        neighbours = await asyncio.to_thread(neighbours_of, named, moved)
        for name, until in (await self._storage.hosts.pauses(now=now)).items():
            self._turns.pause(name, until)
        feeds = {feed.url: feed for feed in named}
        await self._update(states)
        self.feeds, self.states, self._coming = feeds, states, {}
        self._neighbours = neighbours
        self._turns.seat(neighbours)

    async def _update(self, states: dict[str, FeedState]) -> None:
        """Put into *states* what is known better here than in the table, and go on doing so."""
        self._coming = states
        async for url in gently(states.keys() & self.states.keys()):
            states[url] = self.states[url]

    async def _first_polls(self, feeds: Sequence[Feed]) -> dict[str, datetime]:
        """Return when the feeds that are new are due first: hundreds must not begin as one burst."""
        now = self._now()
        new = [feed.url for feed in feeds if feed.url not in self.states]
        apart, due_at = first_polls_apart(len(new)), dict.fromkeys(self.states, now)
        async for place, url in gently(enumerate(new)):
            due_at[url] = now + place * apart
        return due_at

    def keep(self, state: FeedState) -> None:
        """Know *state* of its feed, unless no rule names that any more."""
        for states in (self.states, self._coming):
            if state.url in states:
                states[state.url] = state

    # --- turns --------------------------------------------------------------------------------------

    def seat(self, url: str) -> None:
        """Let the feed at *url* wait for its time and turn, unless it is stopped or being polled."""
        state = self.states.get(url)
        if state is not None and not state.stopped and url not in self._out:
            self._turns.put(url, self._due_at(state))

    def seat_again(self, url: str) -> None:
        """`seat` it, unless this is the last round."""
        if not self.is_last_round:
            self.seat(url)

    async def seat_first_round(self) -> None:
        """Seat exactly those that are due now, or due for the first time."""
        now, count = self._now(), len(self.states)
        by = now + count * first_polls_apart(count)
        self._turns.seat(self._neighbours)
        async for url, state in gently(self.states.items()):
            if state.next_due_at <= by and not state.stopped:
                self._turns.put(url, min(state.next_due_at, now))

    def hint(self, url: str) -> None:
        """Seat the feed at *url* at the front: its hub has news of it."""
        state = self.states.get(url)
        if state is None or state.stopped or state.failures:
            return  # who is in trouble is not polled sooner because somebody says so
        if url in self._out:
            self._hinted.add(url)
        else:
            self._turns.put(url, self._now())

    def take(self) -> str | None:
        """Return whose turn it is, and count its poll as begun; None: nobody's.

        Like `Turns.take` it may return None before it has looked at everybody.
        """
        url = self._turns.take(self._now())
        if url is not None:
            self._out[url] = self._neighbours[url].circle
        return url

    def land(self, url: str) -> None:
        """Count the poll of the feed at *url* as ended, and let it wait for the next."""
        self._turns.end(self._out.pop(url))
        self.seat_again(url)

    def next_at(self) -> datetime | None:
        """Return when somebody's turn comes; None: nobody waits that could have one."""
        return self._turns.next_at()

    def _due_at(self, state: FeedState) -> datetime:
        if self._hubs is None or state.failures:
            return state.next_due_at
        if state.url in self._hinted:
            self._hinted.remove(state.url)
            return self._now()
        rests_until = self._hubs.rests_until(state.url, state.last_read_at)
        return max(state.next_due_at, rests_until or state.next_due_at)

    async def pause(self, url: str, wait: timedelta) -> None:
        """Leave the host of *url* alone, that asked for it, and not only this feed.

        Raises:
            StorageError: it holds until a restart.
        """
        neighbours, now = self._neighbours.get(url), self._now()
        if neighbours is not None and neighbours.pauses:
            until = now + wait
            self._turns.pause(neighbours.pauses, until)
            log.info("host pauses", host=neighbours.pauses, until=until.isoformat())
            await self._storage.hosts.pause(neighbours.pauses, until, now=now)
