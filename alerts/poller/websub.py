"""Hubs that push feeds: asked, renewed, listened to, and left (WebSub, on top of polling).

A message from a hub only says that the feed should be looked at now: the feed itself is then polled.
What a hub sends may be one item out of thirty, may be a day old, and may come from whoever took the
hub over; and what is new, late or changed is decided in one place, from the publisher's own document.
It costs one conditional request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_urlsafe

import aiohttp
import structlog

from alerts.alerting.push_notices import hub_distrusted, hub_trusted
from alerts.errors import FeedError, StorageError
from alerts.feeds.fetch import FetchLimits, shown_url
from alerts.feeds.websub import course
from alerts.feeds.websub.admission import Admission, Turnstile
from alerts.feeds.websub.advert import Advert
from alerts.feeds.websub.ask import LIMITS, ask
from alerts.feeds.websub.intent import confirmed
from alerts.feeds.websub.signature import is_signed
from alerts.metrics import Metrics
from alerts.model import Feed, Notice, Push, PushState
from alerts.poller.nudges import Nudges
from alerts.poller.waiting import wait_for_any
from alerts.storage.pushes import Pushes

log = structlog.get_logger()

#: Hubs that are asked at once.
_AT_ONCE = 4
#: A feed that names another hub at every poll is not followed at every poll.
_CHANGES_APART = timedelta(days=1)
_LONGEST_REST = timedelta(seconds=60)
#: How long hubs are not asked when the database refuses what was agreed.
_STORAGE_REST = timedelta(seconds=10)


class Hubs:
    """Keeps the agreements with hubs, and says which feeds are to be polled at once."""

    def __init__(
        self,
        pushes: Pushes,
        session: aiohttp.ClientSession,
        *,
        callback: str,
        poll: Callable[[str], None],
        tell: Callable[[Notice], Awaitable[None]],
        now: Callable[[], datetime],
        metrics: Metrics,
        limits: FetchLimits = LIMITS,
    ) -> None:
        """*callback* ends with a slash and is where hubs reach us; *poll* polls a feed at once."""
        self._pushes = pushes
        self._session = session
        self._callback = callback
        self._tell = tell
        self._now = now
        self._metrics = metrics
        self._limits = limits
        self._by_feed: dict[str, Push] = {}
        self._by_path: dict[str, str] = {}
        self._feeds: Collection[str] = frozenset()
        self._turnstile = Turnstile()
        self._nudges = Nudges(poll)
        self._bell = asyncio.Event()

    async def use(self, feeds: Sequence[Feed]) -> None:
        """Follow *feeds* from now on; hubs of others are told goodbye.

        Raises:
            StorageError: the agreements cannot be read or written.
        """
        if not self._by_feed:
            for push in await self._pushes.all():
                self._hold(push)
        self._feeds = frozenset(feed.url for feed in feeds)
        for feed in list(self._by_feed):
            push = self._by_feed[feed]
            if feed not in self._feeds and push.state is not PushState.ENDING:
                await self._settle(push, course.left(push, now=self._now()))
            elif feed in self._feeds and push.state is PushState.ENDING:
                await self._settle(push, None)  # its next document names the hub again
        self._bell.set()

    # --- what polls say ---------------------------------------------------------------------------

    async def heard(self, feed: str, advert: Advert | None) -> None:
        """Take up what the newest document of *feed* says of its hub."""
        held = self._by_feed.get(feed)
        if feed not in self._feeds or (held and advert == Advert(hub=held.hub, topic=held.topic)):
            return
        now = self._now()
        if held and held.asked_at and now - held.asked_at < _CHANGES_APART:
            return
        if advert is not None:
            path, secret = token_urlsafe(32), token_urlsafe(32)
            fresh = course.begun(feed, advert, path=path, secret=secret, now=now)
            await self._settle(held, fresh)
            self._bell.set()
        elif held is not None:
            await self._settle(held, course.left(held, now=now))

    async def polled(self, feed: str, *, new: bool) -> None:
        """Weigh a poll of *feed* that was read: who had the news first?"""
        push, now = self._by_feed.get(feed), self._now()
        self._nudges.landed(feed, new=new, now=now)
        if push is not None:
            weigh = course.found if new else course.settled
            await self._weigh(push, weigh(push, now=now))

    def rests_until(self, feed: str, last_read_at: datetime | None) -> datetime | None:
        """Return until when a feed that is pushed need not be polled; None: poll it as usual."""
        push = self._by_feed.get(feed)
        if push is None:
            return None
        return course.rests_until(push, last_read_at, now=self._now())

    # --- what hubs say ----------------------------------------------------------------------------

    async def confirm(self, path: str, query: Mapping[str, str]) -> str | None:
        """Return what to answer a hub that asks back; None: we did not ask for that.

        Raises:
            StorageError: nothing was agreed.
        """
        push = self._at(path)
        reply = None if push is None else confirmed(push, query, now=self._now())
        if push is None or reply is None:
            return None
        await self._settle(push, reply.push)
        state = reply.push.state if reply.push else PushState.ENDING
        log.info("hub answered", feed=shown_url(push.feed), state=state.value)
        if state is PushState.REFUSED:
            # It may be resting for hours on the hub's word.
            self._nudges.add(push.feed, again=False, now=self._now())
        self._bell.set()
        return reply.text

    def admits(self, path: str) -> Admission:
        """Tell whether a message to *path* is to be read."""
        push, now = self._at(path), self._now()
        if push is None or not course.is_heard(push, now=now):
            return Admission.UNKNOWN
        return Admission.WELCOME if self._turnstile.admits(path, now=now) else Admission.TOO_MANY

    async def deliver(self, path: str, signature: str, body: bytes) -> bool:
        """Take a message; return whether the feed is polled for it.

        Raises:
            StorageError: the feed is polled all the same.
        """
        push, now = self._at(path), self._now()
        if push is None or not course.is_heard(push, now=now):
            return False
        if not is_signed(body, signature, push.secret):
            self._metrics.pushes.labels("not signed").inc()
            log.warning("push ignored: not signed by the hub", feed=shown_url(push.feed))
            return False
        self._metrics.pushes.labels("taken").inc()
        found_lately = push.found_at is not None
        self._nudges.add(push.feed, again=not found_lately, now=now)
        self._nudges.send(now=now)
        self._bell.set()
        await self._weigh(push, course.pushed(push, now=now))
        return True

    # --- asking -----------------------------------------------------------------------------------

    async def ask_due(self) -> int:
        """Ask every hub that is due, and poll what is; return how many hubs were asked."""
        now = self._now()
        self._nudges.send(now=now)
        due = [push for push in self._by_feed.values() if push.due_at <= now]
        some = asyncio.Semaphore(_AT_ONCE)

        async def one(push: Push) -> None:
            async with some:
                await self._ask(push)

        await asyncio.gather(*map(one, due))
        for feed in list(self._by_feed):
            if push := self._by_feed.get(feed):
                await self._weigh(push, course.settled(push, now=now))
        return len(due)

    async def run(self, stopping: asyncio.Event) -> None:
        """Ask and listen until *stopping* is set; the agreements outlive the process."""
        while not stopping.is_set():
            self._bell.clear()
            least = timedelta(0)
            try:
                await self.ask_due()
            except StorageError as error:
                log.error("hubs not asked", error=str(error))
                least = _STORAGE_REST
            await self._wait(least, stopping)

    async def _ask(self, push: Push) -> None:
        if course.is_over(push):
            return await self._settle(push, None)
        asking = course.asked(push, now=self._now())
        # Written first: a hub may ask back before it answers, and we may die in between.
        await self._settle(push, asking)
        try:
            await ask(self._session, asking, self._callback + asking.path, limits=self._limits)
        except FeedError as error:
            log.warning("hub not asked", feed=shown_url(push.feed), error=str(error))
            if self._by_feed.get(push.feed) == asking:
                await self._settle(asking, course.unheard(asking, str(error)))

    async def _wait(self, least: timedelta, stopping: asyncio.Event) -> None:
        now = self._now()
        moments = [push.due_at for push in self._by_feed.values()]
        moments += self._nudges.moments()
        rest = min((max(moment - now, timedelta(0)) for moment in moments), default=_LONGEST_REST)
        longest = min(max(rest, least), _LONGEST_REST)
        await wait_for_any(self._bell, stopping, longest=longest)

    # --- memory -----------------------------------------------------------------------------------

    def _at(self, path: str) -> Push | None:
        feed = self._by_path.get(path)
        return self._by_feed.get(feed) if feed is not None else None

    async def _weigh(self, before: Push, after: Push) -> None:
        """Keep a change of what a hub is believed, and tell when that matters."""
        if after == before:
            return
        await self._settle(before, after)
        if after.state is PushState.DISTRUSTED and before.state is not PushState.DISTRUSTED:
            log.warning("hub distrusted", feed=shown_url(after.feed), hub=shown_url(after.hub))
            await self._tell(hub_distrusted(after))
        elif before.proofs < course.PROOFS <= after.proofs:
            await self._tell(hub_trusted(after))

    async def _settle(self, before: Push | None, after: Push | None) -> None:
        """Put *after* in the place of *before*, here and in the table."""
        if before is not None:
            self._by_feed.pop(before.feed, None)
            self._by_path.pop(before.path, None)
            if after is None or after.path != before.path:
                self._turnstile.forget(before.path)
        if after is not None:
            self._hold(after)
            await self._pushes.keep(after)
        elif before is not None:
            await self._pushes.drop(before.feed)

    def _hold(self, push: Push) -> None:
        self._by_feed[push.feed] = push
        self._by_path[push.path] = push.feed
