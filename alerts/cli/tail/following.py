"""Which articles `tocsin tail` follows, and how often it looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import typer

from alerts.cli.ending import USAGE, EndedError
from alerts.errors import RulesError
from alerts.feeds.fetch import shown_url
from alerts.settings import load_settings
from alerts.storage import ListedFeed, Storage, open_beside
from alerts.watchlists.complaints import printable
from alerts.watchlists.contents import Contents
from alerts.watchlists.suggest import did_you_mean
from alerts.workbench.names import names_in
from alerts.workbench.tail import Experiments, Sight, Wanted
from alerts.workbench.tail import follow as follow_tail

#: Seconds between two looks.
_EVERY: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed."""

    watchlists: tuple[str, ...]
    #: Addresses, or names of publishers.
    feeds: tuple[str, ...]
    matches: bool


async def follow(
    asked: Asked, show: Callable[[Sight], None], *, since: datetime, ends: bool
) -> None:
    """Show what is *asked* for, beside the process that works on the database.

    Raises:
        EndedError: there is no such watchlist or feed; that was said.
        StorageError: there is no database, or it cannot be read.
    """
    settings = load_settings()

    async def pause() -> bool:
        if not ends:
            await asyncio.sleep(_EVERY)
        return not ends

    async with open_beside(settings.database_url.get_secret_value()) as storage:
        wanted = await _wanted(asked, storage, settings.rules)
        sights = follow_tail(
            storage.tail,
            Experiments(storage.rule_archive),
            wanted,
            since=since,
            now=lambda: datetime.now(UTC),
            pause=pause,
        )
        async for sight in sights:
            show(sight)


async def _wanted(asked: Asked, storage: Storage, rules: Path) -> Wanted:
    if asked.watchlists:
        known = [*await storage.tail.watchlists(), *_in_files(rules)]
        for id_ in asked.watchlists:
            _check("watchlist", id_, known)
    listed = await storage.overview.feeds() if asked.feeds else []
    feeds = frozenset(url for name in asked.feeds for url in _feeds(name, listed))
    return Wanted(watchlists=frozenset(asked.watchlists), feeds=feeds, matches=asked.matches)


def _in_files(rules: Path) -> Iterable[str]:
    try:
        return names_in(Contents.of_folder(rules)).watchlists
    except (RulesError, OSError):  # what is stored tells enough
        return ()


def _feeds(name: str, listed: Collection[ListedFeed]) -> list[str]:
    """Return the addresses of the feeds that *name* means: one by its address, or a publisher's."""
    asked = name.casefold()
    called = {feed.state.url: (feed.publisher, shown_url(feed.state.url)) for feed in listed}
    found = [url for url, names in called.items() if asked in map(str.casefold, (url, *names))]
    found = found or [
        url for url, names in called.items() if any(asked in each.casefold() for each in names)
    ]
    if not found:
        _check("feed", name, {each for names in called.values() for each in names})
    return found


def _check(kind: str, name: str, known: Collection[str]) -> None:
    if name in known:
        return
    hint = did_you_mean(name, known)
    typer.echo(
        f"tocsin: there is no {kind} {printable(name)!r}{': ' + printable(hint) if hint else ''}",
        err=True,
    )
    raise EndedError(USAGE)
