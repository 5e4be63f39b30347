"""`tocsin feeds poll`: one poll by the very code of `tocsin run`, written nowhere, and explained."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import typer

from alerts.alerting.sightings import RulesInForce
from alerts.cli.ending import FINDINGS, USAGE, EndedError
from alerts.cli.feeds import explained
from alerts.cli.feeds.client import open_client, utc_now
from alerts.cli.feeds.wire import WatchedGuard, WatchedParsers, Wire
from alerts.feeds.fetch import shown_url
from alerts.feeds.opml import web_address
from alerts.model import Feed, FeedState, RuleSet
from alerts.poller.poll import FeedReader, Polled
from alerts.settings import Settings, load_settings
from alerts.storage import PollRecord, Recorded, Storage, open_beside, open_storage
from alerts.storage.engine import async_url, sqlite_file
from alerts.storage.polls import Polls
from alerts.text.canonical import canonical_url
from alerts.watchlists.complaints import printable
from alerts.watchlists.load import load_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """One poll with everything that was seen of it."""

    feed: Feed
    #: False: no rule file names it.
    is_listed: bool
    before: FeedState
    polled: Polled
    wire: Wire
    parsers: WatchedParsers
    rules: RulesInForce
    #: Key -> digest of the stored words, for what is stored of the document's items.
    known: dict[str, str]
    #: Until when its host asked to be left alone; `tocsin run` waits for it.
    paused_until: datetime | None


class _Unwritten(Polls):
    """Takes a poll where it would be written, and writes nothing."""

    def __init__(self) -> None:
        self.record_kept: PollRecord | None = None

    async def record(self, poll: PollRecord, **_: object) -> Recorded:
        """Keep *poll*."""
        self.record_kept = poll
        return Recorded()


async def poll(
    name: str, *, rules: Path | None, explains: bool, fresh: bool, as_json: bool
) -> None:
    """Poll the feed that *name* means, and tell what happened.

    Raises:
        EndedError: the poll failed, or no one feed is meant; both were said.
        RulesError: the rule files cannot be loaded.
    """
    settings = load_settings(rules=rules)
    loaded = _rules(settings, is_chosen=rules is not None)
    feed, is_listed = _meant(name, loaded.feeds)
    witnessed = await _witness(settings, loaded, feed, is_listed=is_listed, fresh=fresh)
    if as_json:
        typer.echo(json.dumps(explained.document(witnessed, utc_now()), indent=2))
    else:
        for line in explained.lines(witnessed, utc_now(), in_full=explains):
            typer.echo(printable(line))
    if witnessed.polled.error is not None:
        raise EndedError(FINDINGS)


def _rules(settings: Settings, *, is_chosen: bool) -> RuleSet:
    # Without rule files a feed can be looked at, too.
    if not is_chosen and not settings.rules.is_dir():
        return RuleSet()
    return load_rules(settings.rules, environment=os.environ)


def _meant(name: str, feeds: Sequence[Feed]) -> tuple[Feed, bool]:
    """Return the feed that *name* means, and whether it is one of *feeds*.

    Raises:
        EndedError: several, or none.
    """
    address = web_address(name)
    for feed in feeds:
        if feed.url == name or canonical_url(feed.url) == canonical_url(address):
            return feed, True
    asked = name.casefold()
    found = [feed for feed in feeds if feed.publisher.casefold() == asked] or [
        feed for feed in feeds if asked in f"{feed.publisher} {shown_url(feed.url)}".casefold()
    ]
    if len(found) == 1:
        return found[0], True
    if found:
        typer.echo(f"tocsin: {len(found)} feeds answer to '{printable(name)}':", err=True)
        for feed in found:
            typer.echo(f"  {printable(shown_url(feed.url))}  {printable(feed.publisher)}", err=True)
        raise EndedError(USAGE)
    if "://" not in name and ("." not in name or " " in name):
        typer.echo(f"tocsin: no feed is called '{printable(name)}'", err=True)
        raise EndedError(USAGE)
    return Feed(url=address, publisher=""), False


async def _witness(
    settings: Settings, rules: RuleSet, feed: Feed, *, is_listed: bool, fresh: bool
) -> Witnessed:
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(_memory(settings))
        kept = _Unwritten()
        storage.polls = kept
        before = await _state(storage, feed)
        if fresh:
            before = replace(before, etag="", last_modified="", body_hash="")
        guard, parsers = WatchedGuard(settings.allow_networks), WatchedParsers()
        wire = Wire(guard)
        client = await stack.enter_async_context(
            open_client(settings, guard=guard, parsers=parsers, traces=[wire.trace()])
        )
        matching = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="matching"))
        reader = FeedReader(
            storage, client.session, parsers, matching, now=utc_now, jitter=lambda: 0.0
        )
        in_force = RulesInForce.compile(rules)
        polled = await reader.poll(feed, before, in_force)
        listed = kept.record_kept.listed if kept.record_kept is not None else ()
        return Witnessed(
            feed=feed,
            is_listed=is_listed,
            before=before,
            polled=polled,
            wire=wire,
            parsers=parsers,
            rules=in_force,
            known=await storage.feeds.known(listed),
            paused_until=await _paused_until(storage, feed),
        )


@asynccontextmanager
async def _memory(settings: Settings) -> AsyncIterator[Storage]:
    """Open what is remembered, to read it; where there is nothing yet, something empty."""
    url = settings.database_url.get_secret_value()
    path = sqlite_file(async_url(url))
    if path is None or path.exists():
        async with open_beside(url) as storage:
            yield storage
        return
    with tempfile.TemporaryDirectory(prefix="tocsin-") as scratch:
        async with open_storage(f"sqlite:///{scratch}/empty.db", now=utc_now()) as storage:
            yield storage


async def _paused_until(storage: Storage, feed: Feed) -> datetime | None:
    host = urlsplit(feed.url).hostname or ""
    pauses = await storage.hosts.pauses(now=utc_now())
    # `*.example.org` is the pause of a whole domain.
    return max(
        (
            until
            for name, until in pauses.items()
            if host == name.removeprefix("*.") or (name[0] == "*" and host.endswith(name[1:]))
        ),
        default=None,
    )


async def _state(storage: Storage, feed: Feed) -> FeedState:
    for listed in await storage.overview.feeds():
        if listed.state.url == feed.url:
            return listed.state
    return FeedState(url=feed.url, next_due_at=utc_now())
