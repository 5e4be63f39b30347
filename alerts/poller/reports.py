"""What the operator is told of feeds: now and then, and together what failed together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from alerts.alerting.health import ABOUT_FEEDS
from alerts.alerting.notices import not_matched, operator
from alerts.errors import StorageError
from alerts.model import Feed, FeedState, Notice, RuleSet, Sighting
from alerts.poller.health import Health
from alerts.storage import Storage

log = structlog.get_logger()

#: What fails together is told together.
_APART = timedelta(minutes=10)
#: The first report after a start: some polls have shown by then how things are.
_FIRST_AFTER = timedelta(seconds=60)


class Reports:
    """Looks at feeds, and tells the operator of the rules in force what has changed."""

    def __init__(
        self,
        storage: Storage,
        *,
        ring: Callable[[Collection[str]], None],
        now: Callable[[], datetime],
    ) -> None:
        self._storage = storage
        self._ring = ring
        self._now = now
        self._rules = RuleSet()
        self._health = Health()
        self._due_at: datetime | None = None

    async def use(self, rules: RuleSet) -> None:
        """Tell the operator of *rules*, and forget what was seen of feeds."""
        self._rules = rules
        self._health = Health()
        self._health.recall(await self._storage.outbox.open_troubles(ABOUT_FEEDS))

    def look(self, state: FeedState) -> None:
        """Look at a feed after a poll, or at the start."""
        self._health.look(state, now=self._now())

    async def report(self, feeds: Mapping[str, Feed], states: Mapping[str, FeedState]) -> None:
        """Tell what has changed about the health of *feeds*; what cannot be stored is told later."""
        news = self._health.news(feeds, states, now=self._now())
        try:
            for notice in news:
                await self.notify(notice)
        except StorageError as error:
            self._health.recall(notice.about for notice in news)
            log.error("notice not stored", error=str(error))

    async def report_in_time(
        self, feeds: Mapping[str, Feed], states: Mapping[str, FeedState]
    ) -> None:
        """`report`, if it is time to."""
        now = self._now()
        if self._due_at is None:
            self._due_at = now + _FIRST_AFTER
        if now >= self._due_at:
            self._due_at = now + _APART
            await self.report(feeds, states)

    async def tell_of(self, sightings: Iterable[Sighting]) -> None:
        """Log and tell which articles could not be matched.

        Raises:
            StorageError: some were not told.
        """
        for sighting in sightings:
            if sighting.crash:
                log.error("article not matched", article=sighting.article.id, trace=sighting.crash)
                await self.notify(not_matched(sighting))

    async def notify(self, notice: Notice) -> None:
        """Tell *notice*, once.

        Raises:
            StorageError: nobody was told.
        """
        receiver = operator(self._rules)
        if await self._storage.outbox.notify(notice, receiver, now=self._now()):
            self._ring({address.channel for address in receiver.addresses})
