"""One poll of one feed: fetch, parse, tell what is new, match, and write once.

Whatever goes wrong before the last step leaves the tables as they were, and the next poll brings
the same articles again: an article is lost only with its publisher.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

import aiohttp

from alerts.alerting.sightings import RulesInForce, sight_baseline, sight_changed, sight_new
from alerts.alerting.stories import digest
from alerts.errors import FeedError
from alerts.feeds.fetch import Fetched, fetch
from alerts.feeds.identity import Identified, identify
from alerts.feeds.schedule import (
    after_failure,
    after_not_modified,
    conditional,
)
from alerts.feeds.workers import ParserWorkers
from alerts.model import Article, Feed, FeedState, Sighting
from alerts.storage import PollRecord, Recorded, Storage

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll did."""

    state: FeedState
    recorded: Recorded = Recorded()
    sightings: tuple[Sighting, ...] = ()
    error: FeedError | None = None


class FeedReader:
    """Polls feeds with what they share: the client, the parser's workers, the matcher's thread."""

    def __init__(
        self,
        storage: Storage,
        session: aiohttp.ClientSession,
        parsers: ParserWorkers,
        matching: Executor,
        *,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
    ) -> None:
        self._storage = storage
        self._session = session
        self._parsers = parsers
        self._matching = matching
        self._now = now
        self._jitter = jitter

    async def poll(self, feed: Feed, state: FeedState, rules: RulesInForce) -> Polled:
        """Poll *feed* once and write what came of it.

        Raises:
            StorageError: nothing was written; *state* still holds.
        """
        try:
            record = await self._read(feed, state, rules)
        except FeedError as error:
            failed = after_failure(state, error, feed, now=self._now(), jitter=self._jitter())
            await self._storage.polls.record(PollRecord(state=failed), now=self._now())
            return Polled(state=failed, error=error)
        recorded = await self._storage.polls.record(record, now=self._now())
        return Polled(state=record.state, recorded=recorded, sightings=record.sightings)

    async def _read(self, feed: Feed, state: FeedState, rules: RulesInForce) -> PollRecord:
        request = conditional(state, now=self._now())
        fetched = await fetch(self._session, request, now=self._now())
        now = self._now()
        if fetched.body is None:
            unchanged = after_not_modified(state, fetched, feed, now=now, jitter=self._jitter())
            return PollRecord(state=unchanged)
        body_hash = sha256(fetched.body).hexdigest()
        if body_hash == state.body_hash:
            same = self._state_after(feed, state, fetched, body_hash=body_hash, new=0, now=now)
            return PollRecord(state=same)
        return await self._parse(feed, state, fetched, body_hash, rules)

    async def _parse(
        self,
        feed: Feed,
        state: FeedState,
        fetched: Fetched,
        body_hash: str,
        rules: RulesInForce,
    ) -> PollRecord:
        assert fetched.body is not None
        parsed = await self._parsers.parse(
            fetched.body, url=fetched.url, content_type=fetched.content_type
        )
        now = self._now()
        identified = identify(feed.url, parsed.items, state.identity_rule)
        articles = _articles(feed, parsed, identified, now)
        sightings = await self._sight(feed, state, identified, articles, rules, now)
        complete = fetched.complete and not parsed.truncated
        after = self._state_after(
            feed,
            state,
            # Half a document proves nothing about the other half: neither its validators nor its
            # hash may spare us the next poll.
            fetched if complete else replace(fetched, etag="", last_modified=""),
            body_hash=body_hash if complete else "",
            new=len(sightings),
            now=now,
            identified=identified,
            hint=parsed.update_every,
        )
        return PollRecord(
            state=after,
            sightings=sightings,
            listed=tuple(article.id for article in articles),
            rule_set=rules.rules.hash,
        )

    async def _sight(
        self,
        feed: Feed,
        state: FeedState,
        identified: Identified,
        articles: Sequence[Article],
        rules: RulesInForce,
        now: datetime,
    ) -> tuple[Sighting, ...]:
        known = await self._storage.feeds.known([article.id for article in articles])
        fresh = [article for article in articles if article.id not in known]
        if state.baselined_at is None or identified.changed:
            backfill = feed.backfill if state.baselined_at is None else None
            return await self._match(lambda: sight_baseline(rules, fresh, backfill, now=now))
        changed = await self._changed(articles, known)
        return await self._match(
            lambda: sight_new(rules, fresh, now=now) + sight_changed(rules, changed, now=now)
        )

    async def _changed(
        self, articles: Sequence[Article], known: Mapping[str, str]
    ) -> list[tuple[Article, Article]]:
        """Return the articles whose words differ from what is stored, as (before, after)."""
        after = {
            article.id: article
            for article in articles
            if article.id in known and digest(article) != known[article.id]
        }
        before = await self._storage.feeds.articles(list(after))
        return [(article, after[article.id]) for article in before]

    async def _match(self, work: Callable[[], T]) -> T:
        """Run *work* beside the event loop: matching is arithmetic, and polls must not wait."""
        return await asyncio.get_running_loop().run_in_executor(self._matching, work)


"""placeholder"""
