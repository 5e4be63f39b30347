"""`tocsin articles show`: everything that is kept of one article."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from alerts.cli.articles.searching import print_indented
from alerts.cli.documents import of_article, of_evidence
from alerts.cli.explain.asking import named as article_named
from alerts.cli.shown import ago, plural
from alerts.cli.terminal import console, marked
from alerts.model import Field
from alerts.settings import load_settings
from alerts.storage import open_beside
from alerts.storage.archive import Version
from alerts.storage.histories import History, StoredMatch
from alerts.watchlists.complaints import printable

_TEXTS = (Field.SUMMARY, Field.CONTENT)


async def tell(named: str, *, as_json: bool) -> None:
    """Print the article that *named* is the id of, its beginning, or the address.

    Raises:
        EndedError: it is none, or several; that was said, with the nearest.
        StorageError: the database cannot be read.
    """
    now = datetime.now(UTC)
    async with open_beside(load_settings().database_url.get_secret_value()) as storage:
        article = (await article_named(storage, named, now=now)).article
        history = await storage.histories.of(article.id)
        versions = await storage.archive.versions(article.id)
    assert history is not None  # nothing deletes what was just found but a sweep
    if as_json:
        document = _document(history, versions)
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    there = console()
    for name, text in _facts(history, now):
        there.print(Text.assemble((f"{name:<11}", "dim"), printable(text)), soft_wrap=True)
    _print_words(there, history)
    _print_versions(there, versions, now)
    _print_matches(there, history.matches)


def _facts(history: History, now: datetime) -> Iterator[tuple[str, str]]:
    article = history.article
    yield "article", article.id
    yield "title", article.title
    yield "publisher", article.publisher
    yield "feed", article.feed
    yield "address", article.url or "none"
    if article.guid and article.guid != article.url:
        yield "guid", article.guid
    if article.author:
        yield "author", article.author
    if article.tags:
        yield "tags", article.text(Field.TAGS)
    yield "language", article.language or "not said"
    yield "published", _moment(article.published_at, now) if article.published_at else "not said"
    yield "seen", f"{_moment(article.seen_at, now)}, {history.novelty.value}"
    others = history.reported
    alone = f", with {plural(others, 'other article', 'other articles')}" if others else ""
    yield "story", f"{history.story[:12]}{alone}"


def _moment(at: datetime | None, now: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {ago(at, now)}" if at else "never"


def _print_words(there: Console, history: History) -> None:
    """Print the texts, with all words marked that met a watchlist."""
    for field in _TEXTS:
        text = history.article.text(field)
        if text:
            spans = {
                (one.start, one.end)
                for stored in history.matches
                for one in stored.match.evidence
                if one.field is field and text[one.start : one.end] == one.surface
            }
            there.print(f"\n{field.value}", style="dim")
            shown = "\n".join(map(printable, text.split("\n")))
            print_indented(there, marked(shown, sorted(spans)), 2)


def _print_versions(there: Console, versions: Sequence[Version], now: datetime) -> None:
    if len(versions) > 1:
        there.print("\nit said before", style="dim")
    for number, (old, new) in enumerate(pairwise(versions), 1):
        there.print(f"  {number}. until {_moment(old.until, now)}", markup=False)
        for field in (Field.TITLE, *_TEXTS):
            before = old.article.text(field)
            if before != new.article.text(field):
                print_indented(there, Text(printable(f"{field.value}: {before[:400]}")), 5)


def _print_matches(there: Console, matches: Sequence[StoredMatch]) -> None:
    there.print(
        f"\n{plural(len(matches), 'match', 'matches') if matches else 'no match'}", style="dim"
    )
    for stored in matches:
        match = stored.match
        held = ", held" if match.is_held else ""
        silenced = f", silenced by {stored.silence.author}" if stored.silence else ""
        there.print(
            Text(printable(f"  {match.severity} {match.title} ({match.watchlist}){held}{silenced}"))
        )
        for one in match.evidence:
            means = "" if one.surface == one.term else f" = {one.term}"
            line = f"    {one.field}: {one.surface}{means} ({one.how})"
            there.print(Text(printable(line)))


def _document(history: History, versions: Sequence[Version]) -> dict[str, Any]:
    article = history.article
    return of_article(article) | {
        "feed": article.feed,
        "guid": article.guid,
        "author": article.author,
        "tags": list(article.tags),
        "summary": article.summary,
        "content": article.content,
        "novelty": history.novelty.value,
        "story": history.story,
        "versions": [_version(one) for one in versions],
        "matches": [_match(one) for one in history.matches],
    }


def _version(one: Version) -> dict[str, Any]:
    words = {name: getattr(one.article, name) for name in ("url", "title", "summary", "content")}
    return words | {"until": one.until.isoformat() if one.until else None}


def _match(stored: StoredMatch) -> dict[str, Any]:
    match = stored.match
    return {
        "watchlist": match.watchlist,
        "title": match.title,
        "severity": match.severity.value,
        "held": match.is_held,
        "silence": stored.silence.id if stored.silence else None,
        "rule_set": stored.rule_set,
        "matched_at": stored.matched_at.isoformat(),
        "evidence": [of_evidence(one) for one in match.evidence],
    }
