"""`tocsin feeds discover`: the feeds behind an address."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from alerts.cli.ending import FINDINGS, EndedError
from alerts.cli.feeds.client import open_client, utc_now
from alerts.cli.shown import ago, plural
from alerts.errors import FeedError
from alerts.feeds.discovery import Candidate, Discoverer, Discovery
from alerts.feeds.fetch import shown_url
from alerts.feeds.opml import web_address
from alerts.feeds.preview import Preview, preview
from alerts.settings import load_settings
from alerts.watchlists.complaints import printable

if TYPE_CHECKING:
    from datetime import datetime


async def find(url: str) -> Discovery:
    """Return what is at *url*, telling on a terminal what is being asked.

    Raises:
        EndedError: it cannot be read, or leads to no feed; both were said.
    """
    from rich.console import Console

    errors = Console(stderr=True, highlight=False)
    try:
        with errors.status("asking …") as status:
            async with open_client(load_settings()) as client:
                discoverer = Discoverer(
                    client.session,
                    client.parsers,
                    now=utc_now,
                    on_step=lambda asked: status.update(f"asking {printable(shown_url(asked))} …"),
                )
                return await discoverer.discover(web_address(url))
    except FeedError as error:
        typer.echo(f"{shown(url)}: {printable(str(error))}", err=True)
        raise EndedError(FINDINGS) from error


async def discover(url: str, *, as_json: bool) -> None:
    """Tell the feeds that *url* leads to.

    Raises:
        EndedError: there is none.
    """
    discovery, now = await find(url), utc_now()
    if as_json:
        typer.echo(json.dumps(_document(discovery, now), indent=2))
    else:
        for feed in discovery.feeds:
            typer.echo(_described(feed, now))
        tell_broken(discovery)
    if not discovery.feeds:
        if not as_json:
            tell_nothing(url, discovery)
        raise EndedError(FINDINGS)


def tell_nothing(url: str, discovery: Discovery) -> None:
    """Say that *url* leads to no feed, and what one can do."""
    typer.echo(f"{shown(url)}: no feed found: {printable(discovery.problem)}", err=True)
    typer.echo(
        "  the page may link to its feeds elsewhere; give the address of the feed itself", err=True
    )


def tell_broken(discovery: Discovery) -> None:
    """Say what the page announces and cannot be read."""
    for broken in discovery.broken:
        line = f"{shown(broken.url)}: announced, and not readable: {printable(broken.problem)}"
        typer.echo(line, err=True)


def seen(feed: Candidate, now: datetime) -> Preview:
    """Return what the document of *feed* shows."""
    assert feed.feed is not None
    return preview(feed.address, feed.feed, now=now)


def shown(url: str) -> str:
    """Return *url* as it may be printed."""
    return printable(shown_url(url))


def _described(feed: Candidate, now: datetime) -> str:
    what = seen(feed, now)
    newest = f"newest {ago(what.newest_at, now)}" if what.newest_at else "undated"
    counted = f"{plural(what.entries, 'entry', 'entries')}, {newest}"
    facts = [what.version, counted, what.language, feed.how.value]
    title = printable(what.title) or "(no title)"
    return "\n".join(
        [
            shown(feed.address),
            f"  {title}",
            f"  {' · '.join(filter(None, facts))}",
            *(f"  warning: {warning}" for warning in what.warnings),
        ]
    )


def _document(discovery: Discovery, now: datetime) -> dict[str, object]:
    return {
        "feeds": [facts(feed, now) for feed in discovery.feeds],
        "broken": [
            {"url": shown_url(broken.url), "problem": broken.problem} for broken in discovery.broken
        ],
    }


def facts(feed: Candidate, now: datetime) -> dict[str, object]:
    """Return what is known of *feed*, for scripts."""
    what = seen(feed, now)
    return {
        "url": shown_url(feed.address),
        "how": feed.how.value,
        "title": what.title,
        "language": what.language,
        "format": what.version,
        "entries": what.entries,
        "newest_at": what.newest_at.isoformat() if what.newest_at else None,
        "oldest_at": what.oldest_at.isoformat() if what.oldest_at else None,
        "identity_rule": what.rule.value,
        "identity_why": what.why,
        "warnings": what.warnings,
    }
