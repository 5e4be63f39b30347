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
import structlog

from alerts.alerting.sightings import (
    RulesInForce,
    is_old,
    sight_baseline,
    sight_changed,
    sight_new,
)
from alerts.alerting.stories import digest
from alerts.errors import FeedError
from alerts.feeds.fetch import Fetched, fetch, shown_url
from alerts.feeds.identity import canonical_url, identify, links_stayed
from alerts.feeds.moves import new_home
from alerts.feeds.reading import DocumentReader, Listing
from alerts.feeds.schedule import Timing
from alerts.feeds.transitions import (
    Listed,
    after_document,
    after_failure,
    after_not_modified,
    met_again,
)
from alerts.feeds.validators import conditional
from alerts.feeds.websub.advert import advertised
from alerts.feeds.workers import ParserWorkers
from alerts.model import Article, Feed, FeedState, IdentityRule, Novelty, Sighting
from alerts.poller.articles import articles_of
from alerts.poller.pacing import Pacing
from alerts.poller.questions import Questions
from alerts.poller.websub import Hubs
from alerts.storage import PollRecord, Recorded, Storage
from alerts.text.languages import with_language

T = TypeVar("T")

#: What is stored of a changed article, and when its words came.
_OF_A_REVISION = ("title", "summary", "content", "url", "language", "seen_at")

log = structlog.get_logger()


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
        pacing: Pacing | None = None,
    ) -> None:
        self._storage = storage
        self._session = session
        self._documents = DocumentReader(parsers)
        self._stored = Questions(lambda ids: storage.feeds.known(list(ids)))
        self._matching = matching
        self._now = now
        self._jitter = jitter
        self._pacing = pacing or Pacing()
        self._hubs: Hubs | None = None

    def heed(self, hubs: Hubs | None) -> None:
        """Tell *hubs* what feeds say of them, and who had the news first."""
        self._hubs = hubs

    async def follow(self, feeds: Mapping[str, Feed], states: Mapping[str, FeedState]) -> None:
        """Know which feeds share the budget of requests, before they are polled."""
        await self._pacing.follow(feeds, states, now=self._now())

    async def poll(self, feed: Feed, state: FeedState, rules: RulesInForce) -> Polled:
        """Poll *feed* once and write what came of it.

        Raises:
            StorageError: nothing was written; *state* still holds.
        """
        state = met_again(state, now=self._now())
        if not self._pacing.is_begun:
            self._pacing.begin(await self._storage.feeds.pace())
        pace = self._pacing.tune(feed, state, now=self._now())
        try:
            record, listing = await self._read(feed, state, rules)
        except FeedError as error:
            failed = after_failure(state, error, feed, **self._timing())
            await self._storage.polls.record(PollRecord(state=failed, pace=pace), now=self._now())
            return Polled(state=failed, error=error)
        if pace is not None:
            record = replace(record, pace=pace)
        recorded = await self._storage.polls.record(record, now=self._now())
        if listing is not None:
            self._documents.remember(feed.url, listing)
        if self._hubs is not None:
            new = any(each.novelty is Novelty.NEW for each in record.sightings)
            await self._hubs.polled(feed.url, new=new)
        if moved := new_home(state, record.state):
            log.warning("feed moved", feed=shown_url(feed.url), to=moved, hint="edit its url")
        return Polled(state=record.state, recorded=recorded, sightings=record.sightings)

    async def _read(
        self, feed: Feed, state: FeedState, rules: RulesInForce
    ) -> tuple[PollRecord, Listing | None]:
        """Return what came of it, and what is to be remembered once that is written."""
        request = conditional(state, now=self._now())
        fetched = await fetch(self._session, request, now=self._now())
        if fetched.body is None:
            unchanged = after_not_modified(state, fetched, feed, **self._timing())
            return PollRecord(state=unchanged), None
        body_hash = sha256(fetched.body).hexdigest()
        if body_hash != state.body_hash:
            return await self._parse(feed, state, fetched, body_hash, rules)
        same = after_document(
            state,
            fetched,
            feed,
            body_hash=body_hash,
            complete=fetched.complete,
            **self._timing(),
        )
        return PollRecord(state=same), None

    def _timing(self) -> Timing:
        threshold = self._pacing.threshold
        return Timing(now=self._now(), jitter=self._jitter(), threshold=threshold)

    async def _parse(
        self, feed: Feed, state: FeedState, fetched: Fetched, body_hash: str, rules: RulesInForce
    ) -> tuple[PollRecord, Listing]:
        assert fetched.body is not None
        listing = await self._documents.read(
            feed.url,
            fetched.body,
            url=fetched.url,
            content_type=fetched.content_type,
            rule=state.identity_rule,
        )
        parsed, now = listing.parsed, self._now()
        if self._hubs is not None:
            await self._hubs.heard(feed.url, advertised(feed.url, fetched, parsed))
        document = await self._identify(feed, state, listing, now)
        sightings = await self._sight(document, state, rules, now=now)
        after = after_document(
            state,
            fetched,
            feed,
            body_hash=body_hash,
            complete=fetched.complete and not parsed.truncated,
            identified=document.listing.identified,
            listed=_listed(document, sightings),
            hint=parsed.update_every,
            **self._timing(),
        )
        record = PollRecord(
            state=after,
            sightings=sightings,
            listed=tuple(dict.fromkeys(document.listing.keys)),
            rule_set=rules.rules.hash,
        )
        return record, document.listing

    async def _identify(
        self, feed: Feed, state: FeedState, listing: Listing, now: datetime
    ) -> _Document:
        """Find out which of the articles that were not listed before are stored."""
        parsed, identified = listing.parsed, listing.identified
        known = await self._stored.ask(identified.keys)
        strange = not known and not listing.seen and state.baselined_at is not None
        if strange and identified.rule is IdentityRule.GUID:
            links = await self._storage.feeds.links(feed.url)
            known_urls = frozenset(map(canonical_url, links))
            if links_stayed(
                parsed.items, identified.keys, known_keys=frozenset(), known_urls=known_urls
            ):
                anew = identify(feed.url, parsed.items, IdentityRule.LINK)
                identified = replace(anew, changed=True)
                known = await self._stored.ask(identified.keys)
        return _Document(
            feed=feed,
            listing=replace(listing, identified=identified),
            articles=articles_of(feed, parsed, identified.keys, now=now),
            known=known,
        )

    async def _sight(
        self, document: _Document, state: FeedState, rules: RulesInForce, *, now: datetime
    ) -> tuple[Sighting, ...]:
        known, feed = document.known, document.feed
        if state.baselined_at is None or document.listing.identified.changed:
            backfill = feed.backfill if state.baselined_at is None else None
            past = [each for each in document.articles if digest(each) != known.get(each.id)]
            # What is not matched needs no language; it is told when the article is changed.
            told = past if backfill is None else list(map(with_language, past))
            return await self._match(lambda: sight_baseline(rules, told, backfill, now=now))
        fresh = [article for article in document.articles if article.id not in known]
        changed = await self._changed(document)
        old = any(is_old(article, now) for article in fresh)
        newest_at = await self._storage.feeds.newest_at(feed.url) if old else None
        return await self._match(
            lambda: (
                sight_new(rules, map(with_language, fresh), newest_at=newest_at, now=now)
                + sight_changed(
                    rules,
                    ((with_language(before), with_language(after)) for before, after in changed),
                    now=now,
                )
            )
        )

    async def _changed(self, document: _Document) -> list[tuple[Article, Article]]:
        """Return the articles whose words differ from the stored ones, as (before, after).

        A revision is new words; whatever else the document says anew of an article is not stored, and
        therefore not matched: a decision can always be explained.
        """
        known = document.known
        after = {
            article.id: article
            for article in document.articles
            if article.id in known and digest(article) != known[article.id]
        }
        before = await self._storage.feeds.revisable(list(after))
        return [(article, _reworded(article, after[article.id])) for article in before]

    async def _match(self, work: Callable[[], T]) -> T:
        """Run *work* beside the event loop: matching is arithmetic, and polls must not wait."""
        return await asyncio.get_running_loop().run_in_executor(self._matching, work)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """A parsed document, with what is known of its articles."""

    feed: Feed
    listing: Listing
    articles: tuple[Article, ...]
    #: Article -> digest of its stored words.
    known: Mapping[str, str]


def _reworded(before: Article, after: Article) -> Article:
    return replace(before, **{name: getattr(after, name) for name in _OF_A_REVISION})


def _listed(document: _Document, sightings: Sequence[Sighting]) -> Listed:
    """Return what *document* lists, by what became of it."""
    late = {each.article.id for each in sightings if each.novelty is Novelty.LATE}
    aside = late | document.known.keys()
    new = [article.published_at for article in document.articles if article.id not in aside]
    return Listed(
        count=len(set(document.listing.keys)),
        known=len(set(document.listing.keys)) - len(new) - len(late - document.known.keys()),
        new=new,
        late=len(late),
    )
