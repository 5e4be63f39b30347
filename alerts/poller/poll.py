"""One poll of one feed: fetch, parse, tell what is new, match, and write once.

Whatever goes wrong before the last step leaves the tables as they were, and the next poll brings
the same articles again: an article is lost only with its publisher.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

import aiohttp

from alerts.alerting.sightings import (
    RulesInForce,
    is_old,
    sight_baseline,
    sight_changed,
    sight_new,
)
from alerts.alerting.stories import digest
from alerts.errors import FeedError
from alerts.feeds.fetch import Fetched, fetch
from alerts.feeds.identity import Identified, canonical_url, identify, links_stayed
from alerts.feeds.parsed import ParsedFeed, ParsedItem
from alerts.feeds.schedule import (
    after_document,
    after_failure,
    after_not_modified,
    conditional,
)
from alerts.feeds.workers import ParserWorkers
from alerts.model import Article, Feed, FeedState, IdentityRule, Sighting
from alerts.storage import PollRecord, Recorded, Storage
from alerts.text.languages import with_language

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll did."""

    state: FeedState
    recorded: Recorded = field(default_factory=Recorded)
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
        now, jitter = self._now(), self._jitter()
        if fetched.body is None:
            return PollRecord(
                state=after_not_modified(state, fetched, feed, now=now, jitter=jitter)
            )
        body_hash = sha256(fetched.body).hexdigest()
        if body_hash != state.body_hash:
            return await self._parse(feed, state, fetched, body_hash, rules)
        return PollRecord(
            state=after_document(
                state,
                fetched,
                feed,
                body_hash=body_hash,
                complete=fetched.complete,
                new=False,
                now=now,
                jitter=jitter,
            )
        )

    async def _parse(
        self, feed: Feed, state: FeedState, fetched: Fetched, body_hash: str, rules: RulesInForce
    ) -> PollRecord:
        assert fetched.body is not None
        parsed = await self._parsers.parse(
            fetched.body, url=fetched.url, content_type=fetched.content_type
        )
        now = self._now()
        document = await self._identify(feed, state, parsed, now)
        sightings = await self._sight(document, state, rules, now=now)
        after = after_document(
            state,
            fetched,
            feed,
            body_hash=body_hash,
            complete=fetched.complete and not parsed.truncated,
            new=bool(sightings),
            now=now,
            jitter=self._jitter(),
            identified=document.identified,
            hint=parsed.update_every,
        )
        return PollRecord(
            state=after,
            sightings=sightings,
            listed=tuple(article.id for article in document.articles),
            rule_set=rules.rules.hash,
        )

    async def _identify(
        self, feed: Feed, state: FeedState, parsed: ParsedFeed, now: datetime
    ) -> _Document:
        """Find each article's key, and which of them are stored."""
        identified = identify(feed.url, parsed.items, state.identity_rule)
        known = await self._storage.feeds.known(identified.keys)
        if not known and state.baselined_at is not None and identified.rule is IdentityRule.GUID:
            links = await self._storage.feeds.links(feed.url)
            known_urls = frozenset(map(canonical_url, links))
            if links_stayed(
                parsed.items, identified.keys, known_keys=frozenset(), known_urls=known_urls
            ):
                anew = identify(feed.url, parsed.items, IdentityRule.LINK)
                identified = replace(anew, changed=True)
                known = await self._storage.feeds.known(identified.keys)
        return _Document(
            feed=feed,
            identified=identified,
            articles=articles_of(feed, parsed, identified.keys, now=now),
            known=known,
        )

    async def _sight(
        self, document: _Document, state: FeedState, rules: RulesInForce, *, now: datetime
    ) -> tuple[Sighting, ...]:
        known, feed = document.known, document.feed
        fresh = [article for article in document.articles if article.id not in known]
        if state.baselined_at is None or document.identified.changed:
            backfill = feed.backfill if state.baselined_at is None else None
            return await self._match(
                lambda: sight_baseline(rules, list(map(with_language, fresh)), backfill, now=now)
            )
        changed = await self._changed(document)
        old = any(is_old(article, now) for article in fresh)
        newest_at = await self._storage.feeds.newest_at(feed.url) if old else None
        return await self._match(
            lambda: (
                sight_new(rules, map(with_language, fresh), newest_at=newest_at, now=now)
                + sight_changed(
                    rules, ((before, with_language(after)) for before, after in changed), now=now
                )
            )
        )

    async def _changed(self, document: _Document) -> list[tuple[Article, Article]]:
        """Return the articles whose words differ from what is stored, as (before, after)."""
        after = {
            article.id: article
            for article in document.articles
            if digest(article) != document.known.get(article.id, digest(article))
        }
        before = await self._storage.feeds.articles(list(after))
        return [(article, after[article.id]) for article in before]

    async def _match(self, work: Callable[[], T]) -> T:
        """Run *work* beside the event loop: matching is arithmetic, and polls must not wait."""
        return await asyncio.get_running_loop().run_in_executor(self._matching, work)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """A parsed document, with what is known of its articles."""

    feed: Feed
    identified: Identified
    articles: tuple[Article, ...]
    #: Article -> digest of its stored words.
    known: Mapping[str, str]


def articles_of(
    feed: Feed, parsed: ParsedFeed, keys: Sequence[str], *, now: datetime
) -> tuple[Article, ...]:
    """Return the articles of a document, each key once, in the order of their publication."""
    found: dict[str, Article] = {}
    for key, item in zip(keys, parsed.items, strict=True):
        if key not in found:
            found[key] = _article(feed, parsed, key, item, now)
    # Documents list the newest first.
    return tuple(reversed(found.values()))


def _article(feed: Feed, parsed: ParsedFeed, key: str, item: ParsedItem, now: datetime) -> Article:
    # Atom need not say when an entry was published, only when it was last changed.
    published_at = item.published_at or item.updated_at
    return Article(
        id=key,
        feed=feed.url,
        publisher=feed.publisher,
        guid=item.guid,
        url=item.link,
        title=item.title,
        summary=item.summary,
        content=item.content,
        author=item.author,
        tags=tuple(dict.fromkeys(item.tags + feed.tags)),
        language=item.language or feed.language or parsed.language,
        # A date in the future is a publisher's slip; it must not make the article the newest.
        published_at=published_at and min(published_at, now),
        seen_at=now,
    )
