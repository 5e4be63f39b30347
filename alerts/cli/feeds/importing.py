"""`tocsin feeds import` and `export`: lists of feeds to and from other readers."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

from alerts.cli.ending import FINDINGS, USAGE, EndedError
from alerts.cli.feeds.client import open_client, utc_now
from alerts.cli.feeds.discovering import shown
from alerts.cli.feeds.rule_folder import Known, NotAddedError, add, file_for, known_feeds, refusals
from alerts.cli.shown import plural
from alerts.errors import AddressRefusedError, FeedError
from alerts.feeds.discovery import Discoverer, How, polite_pause
from alerts.feeds.entries import entry_of, outlined
from alerts.feeds.fetch import FetchRequest, fetch, shown_url
from alerts.feeds.guard import AddressGuard
from alerts.feeds.opml import Opml, OutlinedFeed, read_opml, write_opml
from alerts.settings import load_settings
from alerts.text.canonical import canonical_url
from alerts.watchlists.complaints import printable
from alerts.watchlists.load import load_rules

if TYPE_CHECKING:
    from rich.progress import Progress

#: The same as a document may be that comes over the network.
_LONGEST_LIST = 8 * 2**20
#: Reasons that are told one by one; the rest is counted.
_TOLD = 50
_HOSTS_AT_ONCE = 8
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(slots=True)
class _Sorted:
    """What becomes of the feeds of a list."""

    new: list[OutlinedFeed] = field(default_factory=list)
    #: Named already, by the rule files or further up in the list.
    known: int = 0
    #: What it is called, and why it is not taken.
    refused: list[tuple[str, str]] = field(default_factory=list)


async def import_feeds(
    source: str,
    *,
    file: Path | None,
    rules: Path | None,
    probes: bool,
    writes: bool,
    as_json: bool = False,
) -> None:
    """Add the feeds of the OPML list at *source*: a path, a URL, or `-` for stdin.

    Raises:
        EndedError: something was refused, or nothing could be written; all was said.
        RulesError: the rule files would not be good then, or are not now.
    """
    settings = load_settings(rules=rules)
    folder = settings.rules
    try:
        path = file_for(folder, file)
        known = known_feeds(folder)
        listed = await _read(source)
    except (NotAddedError, FeedError) as error:
        raise _ended(str(error)) from error
    found = _sort(listed, known, AddressGuard(settings.allow_networks))
    if probes:
        await _probe(found)
    if found.new and writes:
        try:
            add(folder, path, [entry_of(feed) for feed in found.new], os.environ)
        except NotAddedError as error:
            raise _ended(str(error)) from error
    if as_json:
        typer.echo(json.dumps(_document(found, listed, path, writes=writes), indent=2))
    else:
        _report(found, listed, path, writes=writes)
    if found.refused or listed.broken:
        raise EndedError(FINDINGS)


def export_feeds(rules: Path | None) -> None:
    """Write the feeds of the rule files to stdout, as OPML.

    Raises:
        RulesError: the rule files cannot be loaded.
    """
    feeds = load_rules(load_settings(rules=rules).rules, environment=os.environ).feeds
    document = write_opml(map(outlined, feeds), title="Tocsin", now=utc_now())
    sys.stdout.buffer.write(document)
    sys.stdout.buffer.flush()
    hidden = [feed.url for feed in feeds if shown_url(feed.url) != feed.url]
    if hidden:
        told = plural(len(hidden), "feed needs a login, which is", "feeds need logins, which are")
        typer.echo(f"{told} not in the list: lists are handed around", err=True)


def _ended(message: str) -> EndedError:
    typer.echo(f"tocsin: {printable(message)}", err=True)
    return EndedError(USAGE)


# --- reading ----------------------------------------------------------------------------------


async def _read(source: str) -> Opml:
    """Return the list at *source*.

    Raises:
        FeedError: it cannot be read, or is no list of feeds.
        NotAddedError: there is no such file.
    """
    if "://" in source:
        async with open_client(load_settings()) as client:
            fetched = await fetch(client.session, FetchRequest(url=source), now=utc_now())
        return read_opml(fetched.body or b"", content_type=fetched.content_type)
    return read_opml(_body(source))


def _body(source: str) -> bytes:
    try:
        if source == "-":
            body = sys.stdin.buffer.read(_LONGEST_LIST + 1)
        else:
            with Path(source).open("rb") as file:
                body = file.read(_LONGEST_LIST + 1)
    except OSError as error:
        raise NotAddedError(f"{source} cannot be read: {error.strerror}") from error
    if len(body) > _LONGEST_LIST:
        raise NotAddedError(f"{source} is over {_LONGEST_LIST // 2**20} MB, which no list needs")
    return body


def _sort(listed: Opml, known: Mapping[str, Known], guard: AddressGuard) -> _Sorted:
    found = _Sorted()
    found.refused += [(outline.name or "(no name)", outline.reason) for outline in listed.refused]
    seen = set(known)
    taken: list[OutlinedFeed] = []
    for feed in listed.feeds:
        key = canonical_url(feed.url)
        if reason := _refused_address(feed.url, guard):
            found.refused.append((shown(feed.url), reason))
        elif key in seen:
            found.known += 1
        else:
            seen.add(key)
            taken.append(feed)
    reasons = refusals([entry_of(feed) for feed in taken])
    for number, feed in enumerate(taken):
        if number in reasons:
            found.refused.append((shown(feed.url), reasons[number]))
        else:
            found.new.append(feed)
    return found


def _refused_address(url: str, guard: AddressGuard) -> str:
    """Return why *url* is not stored, as far as its letters show; connecting asks again."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "it is not a valid URL"
    if parts.scheme not in ("http", "https") or not host:
        return "it is neither http nor https"
    literal = "127.0.0.1" if host == "localhost" else host
    try:
        ip_address(literal)
        guard.check(literal, port or _DEFAULT_PORTS[parts.scheme])
    except AddressRefusedError as error:
        return str(error)
    except ValueError:  # a name; what it stands for is seen when it is connected to
        pass
    return ""


# --- asking each of them ----------------------------------------------------------------------


async def _probe(found: _Sorted) -> None:
    """Ask each new feed once; refuse what is none, or does not answer."""
    by_host: dict[str, list[OutlinedFeed]] = {}
    for feed in found.new:
        by_host.setdefault(urlsplit(feed.url).hostname or "", []).append(feed)
    problems: dict[str, str] = {}
    turns = asyncio.Semaphore(_HOSTS_AT_ONCE)
    with _progress() as progress:
        task = progress.add_task("asking each feed", total=len(found.new))
        async with open_client(load_settings()) as client:
            discoverer = Discoverer(client.session, client.parsers, now=utc_now)

            async def ask(feed: OutlinedFeed) -> None:
                candidate = await discoverer.look(feed.url, How.LINKED)
                problems[feed.url] = candidate.problem
                progress.advance(task)

            async with asyncio.TaskGroup() as group:
                for feeds in by_host.values():
                    group.create_task(_one_host(feeds, ask, turns))
    found.refused += [(shown(url), reason) for url, reason in problems.items() if reason]
    found.new = [feed for feed in found.new if not problems[feed.url]]


async def _one_host(
    feeds: Sequence[OutlinedFeed],
    ask: Callable[[OutlinedFeed], Awaitable[None]],
    turns: asyncio.Semaphore,
) -> None:
    for number, feed in enumerate(feeds):
        if number:
            await polite_pause()
        async with turns:
            await ask(feed)


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    )


# --- telling ----------------------------------------------------------------------------------


def _report(found: _Sorted, listed: Opml, path: Path, *, writes: bool) -> None:
    _tell_refused(found.refused)
    if listed.broken:
        typer.echo(f"the list breaks on {listed.broken}; what stands before it was read", err=True)
    verb = "added to" if writes else "would be added to"
    added = f"{plural(len(found.new), 'feed', 'feeds')} {verb} {printable(str(path))}"
    typer.echo(f"{added}, {found.known:,} known already, {len(found.refused):,} refused")


def _document(found: _Sorted, listed: Opml, path: Path, *, writes: bool) -> dict[str, object]:
    return {
        "file": str(path),
        "written": writes and bool(found.new),
        "new": [shown(feed.url) for feed in found.new],
        "known": found.known,
        "refused": [{"feed": name, "reason": reason} for name, reason in found.refused],
        "broken": listed.broken,
    }


def _tell_refused(refused: Iterable[tuple[str, str]]) -> None:
    every = list(refused)
    for name, reason in every[:_TOLD]:
        typer.echo(f"refused: {printable(name)}: {printable(reason)}", err=True)
    if len(every) > _TOLD:
        typer.echo(f"refused: and {len(every) - _TOLD:,} more", err=True)
