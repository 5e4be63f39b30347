"""`tocsin feeds add`: from any address of a site to an entry in a rule file, after a look at it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

from alerts.cli.ending import FINDINGS, USAGE, EndedError
from alerts.cli.feeds.client import utc_now
from alerts.cli.feeds.discovering import facts, find, seen, shown, tell_broken, tell_nothing
from alerts.cli.feeds.rule_folder import Known, NotAddedError, add, file_for, known_feeds, refusals
from alerts.cli.shown import ago
from alerts.feeds.entries import Entry, entry_of, written
from alerts.feeds.opml import OutlinedFeed, web_address
from alerts.settings import load_settings
from alerts.text.canonical import canonical_url
from alerts.watchlists.complaints import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alerts.feeds.discovery import Candidate, Discovery
    from alerts.feeds.preview import Preview


async def add_feed(
    url: str,
    *,
    file: Path | None,
    publisher: str,
    rules: Path | None,
    is_agreed: bool,
    as_json: bool = False,
) -> None:
    """Add the feed that *url* leads to.

    Raises:
        EndedError: nothing was written; why was said.
        RulesError: the rule files would not be good then, or are not now.
    """
    folder = load_settings(rules=rules).rules
    try:
        path = file_for(folder, file)
        known = known_feeds(folder)
    except NotAddedError as error:
        raise _ended(str(error)) from error
    _refuse_known(known, web_address(url))
    feed = _only(url, await find(url))
    assert feed.fetched is not None
    _refuse_known(known, feed.address, feed.fetched.url)
    what = seen(feed, utc_now())
    name = publisher or what.title
    if not name:
        raise _ended("the feed has no title: say who speaks with --publisher")
    entry = _entry(feed, name, what.language)
    if not as_json:
        _show(feed, what, entry, _neighbours(known, feed, name))
    elif not is_agreed:
        raise _ended("a script cannot be asked: say --yes")
    _confirm(path, is_agreed=is_agreed)
    try:
        add(folder, path, [entry], os.environ)
    except NotAddedError as error:
        raise _ended(str(error)) from error
    if as_json:
        document = facts(feed, utc_now()) | {"publisher": name, "file": str(path)}
        typer.echo(json.dumps(document, indent=2))
    else:
        typer.echo(f"added to {printable(str(path))}; a running Tocsin takes it in a few seconds")


def _ended(message: str, code: int = USAGE) -> EndedError:
    typer.echo(f"tocsin: {printable(message)}", err=True)
    return EndedError(code)


def _refuse_known(known: Mapping[str, Known], *urls: str) -> None:
    for url in urls:
        if (same := known.get(canonical_url(url))) is not None:
            raise _ended(f"{shown(same.url)} is followed already: {same.place}", FINDINGS)


def _only(url: str, discovery: Discovery) -> Candidate:
    """Return the feed that was found; say so if there is none, or a choice."""
    tell_broken(discovery)
    if not discovery.feeds:
        tell_nothing(url, discovery)
        raise EndedError(FINDINGS)
    if len(discovery.feeds) == 1:
        return discovery.feeds[0]
    typer.echo(f"{shown(url)} has {len(discovery.feeds)} feeds; choose one:", err=True)
    for feed in discovery.feeds:
        title = printable(feed.feed.title) if feed.feed is not None else ""
        typer.echo(f"  tocsin feeds add '{shown(feed.address)}'  # {title}", err=True)
    raise EndedError(FINDINGS)


def _entry(feed: Candidate, publisher: str, language: str) -> Entry:
    # A login is for the address that was given; who moves says so without one.
    has_login = shown(feed.url) != feed.url
    url = feed.url if has_login else feed.address
    entry = entry_of(OutlinedFeed(url=url, name=publisher, language=language.partition("-")[0]))
    if refusals([entry]) and language:  # feeds name languages that do not exist
        entry = {key: value for key, value in entry.items() if key != "language"}
    return entry


def _neighbours(known: Mapping[str, Known], feed: Candidate, name: str) -> list[str]:
    """Return what feeds of the same host call their publisher, where it is another name."""
    host = urlsplit(feed.address).hostname
    names = {each.publisher for each in known.values() if urlsplit(each.url).hostname == host}
    return sorted(names - {name, ""})


def _show(feed: Candidate, what: Preview, entry: Entry, neighbours: list[str]) -> None:
    now = utc_now()
    newest, oldest = ago(what.newest_at, now), ago(what.oldest_at, now)
    dates = f"{oldest} to {newest}" if what.newest_at else "none"
    lines = [
        ("title", printable(what.title) or "none"),
        ("format", what.version),
        ("language", what.language or "not said; told from the words of each article"),
        ("entries", str(what.entries)),
        ("dates", dates),
        ("identity", f"{what.rule.value} ({what.why})"),
        *(("warning", warning) for warning in what.warnings),
    ]
    if feed.address != feed.url:
        lines.append(("moved", f"for good, from {shown(feed.url)}"))
    for name in neighbours:
        reason = "another feed of this host says so; the same name makes one story of both"
        lines.append(("publisher", f"'{printable(name)}'? {reason} (--publisher)"))
    for key, value in lines:
        typer.echo(f"{key:<10} {value}")
    typer.echo()
    for line in written({**entry, "url": shown(str(entry["url"]))}, indent="  "):
        typer.echo(printable(line))
    typer.echo()


def _confirm(path: Path, *, is_agreed: bool) -> None:
    if is_agreed:
        return
    if not sys.stdin.isatty():
        raise _ended("nothing was written: add --yes to write it without a question")
    if not typer.confirm(f"Add it to {printable(str(path))}?", default=True):
        raise _ended("nothing was written", FINDINGS)
