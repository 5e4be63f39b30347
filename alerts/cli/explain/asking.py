"""Which article is asked about: one of the archive, a text, or a page."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import typer

from alerts.cli.ending import FINDINGS, USAGE, EndedError
from alerts.cli.feeds.client import open_client
from alerts.cli.shown import ago
from alerts.errors import FeedError
from alerts.feeds.workers import ParserWorkers
from alerts.model import Article
from alerts.settings import Settings
from alerts.storage import Storage
from alerts.storage.archive import Archived
from alerts.storage.histories import History
from alerts.text.languages import with_language
from alerts.watchlists.complaints import printable
from alerts.workbench.explaining import as_seen
from alerts.workbench.pages import WORKER, read_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An article, with all the words that it was seen with."""

    #: The oldest first; never empty.
    versions: tuple[Article, ...]
    #: What became of it; None: it is no article of the archive.
    history: History | None = None

    @property
    def article(self) -> Article:
        """The article with its latest words."""
        return self.versions[-1]


def of_text(given: str, *, now: datetime) -> Asked:
    """Return the article that *given* is: a title, an empty line, and the rest; `-` reads stdin."""
    text = sys.stdin.read() if given == "-" else given
    title, _, rest = text.strip().partition("\n\n")
    if not title:
        typer.echo("tocsin: the text is empty", err=True)
        raise EndedError(USAGE)
    one = Article(id="text", title=" ".join(title.split()), content=rest.strip(), seen_at=now)
    return Asked(versions=(with_language(one),))


async def stored(storage: Storage, found: Archived) -> Asked:
    """Return an article of the archive with its versions."""
    versions = await storage.archive.versions(found.article.id)
    history = await storage.histories.of(found.article.id)
    return Asked(versions=as_seen(versions), history=history)


async def named(storage: Storage, name: str, *, now: datetime) -> Archived:
    """Return the one article of the archive that *name* is the id of, its beginning, or its URL.

    Raises:
        EndedError: it is none, or several; that was said.
    """
    found = await storage.archive.find(name)
    if len(found) == 1:
        return found[0]
    if found:
        typer.echo(f"tocsin: several articles answer to {printable(name)!r}:", err=True)
        _list(found, now)
        raise EndedError(USAGE)
    near = await storage.archive.nearest(name, most=5)
    if near:
        typer.echo(f"tocsin: there is no article {printable(name)!r}; did you mean", err=True)
        _list(near, now)
    elif (await storage.overview.counts()).articles:
        way_out = "none of its site was seen; `tocsin articles search WORD` finds by words"
        typer.echo(f"tocsin: there is no article {printable(name)!r}: {way_out}", err=True)
    else:
        typer.echo("tocsin: no article was seen yet: `tocsin run` reads the feeds", err=True)
    raise EndedError(USAGE)


def _list(found: Sequence[Archived], now: datetime) -> None:
    for one in found:
        article = one.article
        line = f"  {article.id[:12]}  {article.title[:60]} ({article.publisher}, "
        typer.echo(printable(line) + f"{ago(article.seen_at, now)})", err=True)


async def of_page(settings: Settings, url: str, *, now: datetime) -> Asked:
    """Return the article on the page at *url*, fetched as the poller would.

    Raises:
        EndedError: it cannot be read; that was said.
    """
    try:
        async with open_client(settings, parsers=ParserWorkers(1, module=WORKER)) as client:
            return Asked(versions=(await read_page(client.session, client.parsers, url, now=now),))
    except FeedError as error:
        typer.echo(f"tocsin: {printable(url)}: {error}", err=True)
        raise EndedError(FINDINGS) from None
