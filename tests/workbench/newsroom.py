"""A database as polls leave it: rules in force, articles seen and changed by the production path."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.alerting.sightings import RulesInForce, sight_baseline, sight_changed, sight_new
from alerts.model import Article, Delivery, Receipt, RuleSet, Sighting
from alerts.storage import PollRecord, Storage, open_storage
from alerts.text.languages import with_language
from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_contents
from tests.builders import FEED, Clock, a_feed, a_state
from tests.storage.databases import list_feeds


@dataclass
class Newsroom:
    """Polls one feed without a network: what a document lists is given."""

    storage: Storage
    clock: Clock
    rules: RulesInForce
    #: Its URL.
    feed: str = FEED

    async def adopt(self, text: str) -> str:
        """Take the rule file *text* in force; return the hash of the rule set."""
        contents = Contents.of_files({"rules.yml": text.encode()})
        loaded = load_contents(contents, environment=os.environ)
        await self.storage.rule_archive.keep(contents, now=self.clock())
        self.rules = RulesInForce.compile(loaded)
        return loaded.hash

    async def see(self, *articles: Article, newest_at: datetime | None = None) -> None:
        """Poll a document with *articles*, that are new."""
        now = self.clock()
        seen = [with_language(replace(each, seen_at=now)) for each in articles]
        await self._record(sight_new(self.rules, seen, newest_at=newest_at, now=now))

    async def see_first(self, *articles: Article) -> None:
        """Poll the feed for the first time."""
        now = self.clock()
        seen = [replace(each, seen_at=now) for each in articles]
        await self._record(sight_baseline(self.rules, seen, None, now=now))

    async def change(self, article: str, **words: str) -> None:
        """Poll a document in which *article*, an id, has other *words*."""
        now = self.clock()
        [before] = await self.storage.feeds.revisable([article])
        after = replace(before, seen_at=now, **words)  # type: ignore[arg-type]
        pair = (with_language(before), with_language(after))
        await self._record(sight_changed(self.rules, [pair], now=now))

    async def send(self, channel: str, *, message_id: str = "815") -> list[Delivery]:
        """Send what is due on *channel*."""
        now = self.clock()
        until = now + timedelta(minutes=3)
        sent: list[Delivery] = []
        outbox = self.storage.outbox
        while leased := await outbox.lease_due(channel, now=now, until=until, limit=9):
            for delivery in leased:
                await outbox.mark_sent(delivery, Receipt(message_id=message_id), now=self.clock())
            sent += leased
        return sent

    async def _record(self, sightings: tuple[Sighting, ...]) -> None:
        poll = PollRecord(
            state=a_state(self.feed), sightings=sightings, rule_set=self.rules.rules.hash
        )
        await self.storage.polls.record(poll, now=self.clock())


@asynccontextmanager
async def newsroom(
    url: str, rules: str, *, now: datetime, feed: str = FEED
) -> AsyncIterator[Newsroom]:
    """Open the database at *url* with *rules* in force and one feed."""
    async with open_storage(url, now=now) as storage:
        await list_feeds(storage, a_feed(feed), first_due_at=now)
        room = Newsroom(storage, Clock(now), RulesInForce.compile(RuleSet()), feed)
        await room.adopt(rules)
        yield room
