"""`tocsin feeds list`: how each feed fares, a line each, and what is wrong below it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum

import typer

from alerts.cli.feeds.client import utc_now
from alerts.cli.shown import ago, plural, wait
from alerts.feeds.fetch import shown_url
from alerts.settings import load_settings
from alerts.storage import ListedFeed, Pages, open_overview
from alerts.watchlists.complaints import printable


class Health(StrEnum):
    """How a feed fares; in the order in which they are listed."""

    STOPPED = "stopped"
    FAILING = "failing"
    NEVER_READ = "never read"
    OK = "ok"


_COLOURS = {
    Health.STOPPED: "red",
    Health.FAILING: "red",
    Health.NEVER_READ: "yellow",
    Health.OK: "green",
}
_HEAD = ("Health", "Publisher", "Feed", "Every", "Last new", "Next", "Articles")
_PUBLISHER, _FEED = 1, 2
_GAP = "  "
#: Pages behind summaries (`full_text: true`) of so long are counted.
_PAGES_OF = timedelta(days=7)
#: No column is cut to less.
_LEAST = 12


async def list_feeds(words: Sequence[str], *, broken: bool, as_json: bool) -> None:
    """Tell the feeds that have all of *words* in their publisher, address, health or error."""
    now = utc_now()
    async with open_overview(load_settings().database_url.get_secret_value()) as overview:
        listed = await overview.feeds()
        pages = await overview.pages(since=now - _PAGES_OF)
    chosen = sorted(_chosen(listed, words, broken=broken), key=_order)
    if as_json:
        documents = [_document(feed, pages.get(feed.state.url)) for feed in chosen]
        typer.echo(json.dumps(documents, indent=2))
    else:
        _tell(chosen, pages, of=len(listed), now=now)


def health(feed: ListedFeed) -> Health:
    """Return how *feed* fares."""
    if feed.state.stopped:
        return Health.STOPPED
    if feed.state.error:
        return Health.FAILING
    return Health.OK if feed.state.last_polled_at is not None else Health.NEVER_READ


def _chosen(
    listed: Iterable[ListedFeed], words: Sequence[str], *, broken: bool
) -> Iterable[ListedFeed]:
    asked = [word.casefold() for word in words]
    for feed in listed:
        fares = health(feed)
        if broken and fares not in (Health.STOPPED, Health.FAILING):
            continue
        text = f"{feed.publisher} {shown_url(feed.state.url)} {fares} {feed.state.error}".casefold()
        if all(word in text for word in asked):
            yield feed


def _order(feed: ListedFeed) -> tuple[int, str, str]:
    return list(Health).index(health(feed)), feed.publisher.casefold(), feed.state.url


# --- for people -------------------------------------------------------------------------------


def _tell(
    feeds: Sequence[ListedFeed], pages: Mapping[str, Pages], *, of: int, now: datetime
) -> None:
    rows = [_row(feed, now) for feed in feeds]
    width = _width()
    sizes = _sizes([_HEAD, *rows], width) if rows else ()
    if rows:
        typer.echo(_line(_HEAD, sizes).rstrip())
    for feed, row in zip(feeds, rows, strict=True):
        fares, note = health(feed), _note(feed, pages.get(feed.state.url), now)
        line = _line(row, sizes)
        # The colour is one word's: the line was cut to its width before.
        line = _coloured(fares.value, fares) + line[len(fares.value) :]
        beside = f"{line}  {note}" if note and width is None else line
        typer.echo(beside.rstrip())
        if note and width is not None:
            typer.echo(_coloured(f"  {note}", fares))
    counts = [
        f"{count} {each.value}"
        for each in Health
        if (count := sum(1 for feed in feeds if health(feed) is each))
    ]
    shown = plural(of, "feed", "feeds") if len(feeds) == of else f"{len(feeds)} of {of:,} feeds"
    typer.echo(f"{shown}: {', '.join(counts)}" if counts else f"{shown} to show")


def _coloured(text: str, fares: Health) -> str:
    """Return *text* in the colour of *fares*, unless NO_COLOR asks for none (no-color.org)."""
    return text if os.environ.get("NO_COLOR") else typer.style(text, fg=_COLOURS[fares])


def _width() -> int | None:
    """Return how wide the terminal is; None: what is written goes to a file or a program."""
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        return None
    return shutil.get_terminal_size().columns


def _row(feed: ListedFeed, now: datetime) -> tuple[str, ...]:
    state = feed.state
    return (
        health(feed).value,
        printable(feed.publisher),
        # Without what nearly all addresses have in common.
        printable(shown_url(state.url)).removeprefix("https://").removeprefix("www."),
        _every(feed),
        ago(state.last_new_at, now),
        _next(feed, now),
        str(feed.articles),
    )


def _sizes(rows: Sequence[Sequence[str]], width: int | None) -> list[int]:
    """Return how wide each column is, so that a line fits into *width*."""
    from rich.cells import cell_len

    sizes = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    if width is None:
        return sizes
    sizes[_PUBLISHER] = min(sizes[_PUBLISHER], max(width // 6, _LEAST))
    others = sum(sizes) - sizes[_FEED] + len(_GAP) * (len(sizes) - 1)
    sizes[_FEED] = max(min(sizes[_FEED], width - others), _LEAST)
    return sizes


def _line(row: Sequence[str], sizes: Sequence[int]) -> str:
    """Return *row* on one line: what does not fit ends in dots and not on the next one."""
    from rich.cells import cell_len, set_cell_size

    cells = [
        set_cell_size(cell, size) if cell_len(cell) <= size else set_cell_size(cell, size - 1) + "…"
        for cell, size in zip(row, sizes, strict=True)
    ]
    cells[-1] = row[-1].rjust(sizes[-1])
    return _GAP.join(cells)


def _every(feed: ListedFeed) -> str:
    """Return the wait that the last poll ended in."""
    state = feed.state
    if state.last_polled_at is None or state.stopped:
        return ""
    return wait(max(state.next_due_at - state.last_polled_at, timedelta(0)))


def _next(feed: ListedFeed, now: datetime) -> str:
    if feed.state.stopped:
        return ""
    return ago(feed.state.next_due_at, now) if feed.state.next_due_at > now else "due"


def _note(feed: ListedFeed, pages: Pages | None, now: datetime) -> str:
    """Return what an operator should know of *feed*, on one line."""
    state = feed.state
    notes = (
        state.error,
        f"polled at {shown_url(state.effective_url)}: edit the address"
        if state.effective_url
        else "",
        "its 304s hid articles" if state.unreliable_at else "",
        f"{plural(state.gaps, 'gap', 'gaps')}, the last {ago(state.last_gap_at, now)}"
        if state.gaps
        else "",
        f"{state.late:,} late" if state.late else "",
        f"{pages.unread} of {plural(pages.asked, 'page', 'pages')} not read: {pages.error}"
        if pages and pages.unread
        else "",
    )
    return printable("; ".join(filter(None, notes)))


# --- for scripts ------------------------------------------------------------------------------


def _document(feed: ListedFeed, pages: Pages | None) -> dict[str, object]:
    state = feed.state
    moments = {
        name: moment.isoformat() if (moment := getattr(state, name)) is not None else None
        for name in (
            "next_due_at",
            "baselined_at",
            "last_polled_at",
            "last_read_at",
            "last_new_at",
            "last_gap_at",
            "unreliable_at",
            "gone_at",
        )
    }
    return {
        "url": shown_url(state.url),
        "effective_url": shown_url(state.effective_url) if state.effective_url else "",
        "publisher": feed.publisher,
        "health": health(feed).value,
        "error": state.error,
        "failures": state.failures,
        "articles": feed.articles,
        "gaps": state.gaps,
        "late": state.late,
        "pages": asdict(pages) if pages else None,
        "identity_rule": state.identity_rule.value if state.identity_rule else None,
        **moments,
    }
