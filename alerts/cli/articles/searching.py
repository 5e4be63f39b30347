"""`tocsin articles search`: a few lines for each article, with the words that counted marked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from shlex import quote
from typing import Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from alerts.cli.documents import of_article
from alerts.cli.ending import USAGE, EndedError
from alerts.cli.shown import ago, plural
from alerts.cli.terminal import console, marked, progress
from alerts.errors import RulesError
from alerts.matching import Matcher
from alerts.model import Field
from alerts.settings import load_settings
from alerts.storage import Storage, open_beside
from alerts.storage.sought import Sought
from alerts.storage.tables import EPOCH
from alerts.watchlists.complaints import printable
from alerts.workbench.searching import Result, Search, excerpt, found, matcher_for

#: Characters of an excerpt on either side of what counted.
_AROUND = 60
#: Characters of a word of which a beginning is told.
_LEAST = 4
#: Of an article, besides its title.
_EXCERPTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found."""

    results: list[Result]
    #: There is more than was asked for.
    is_cut: bool
    #: Articles that were seen in the time that was searched, and in all.
    searched: int
    stored: int


async def tell(search: Search, limit: int, *, now: datetime, as_json: bool) -> None:
    """Print what meets *search*.

    Raises:
        EndedError: its query is none; that was said.
        StorageError: the database cannot be read.
    """
    matcher = _matcher(search.query)
    async with open_beside(load_settings().database_url.get_secret_value()) as storage:
        answer = await _answer(storage, search, matcher, limit, now=now)
    if as_json:
        typer.echo(json.dumps(_document(answer), indent=2, ensure_ascii=False))
    elif answer.results:
        _print(console(), answer, search, limit, now=now)
    else:
        typer.echo(_nothing(answer, search))


def _matcher(query: str) -> Matcher | None:
    if not query:
        return None
    try:
        return matcher_for(query)
    except RulesError as error:
        for each in error.complaints:
            hint = f" ({each.hint})" if each.hint else ""
            typer.echo(f"tocsin: --query: {printable(each.message + hint)}", err=True)
        raise EndedError(USAGE) from None


async def _answer(
    storage: Storage, search: Search, matcher: Matcher | None, limit: int, *, now: datetime
) -> Answer:
    archive, results = storage.archive, list[Result]()
    # A second more: what was seen at this very moment counts.
    until = search.until or now + timedelta(seconds=1)
    searched = await archive.count(since=search.since or EPOCH, until=until)
    with progress("searching", limit) as advance:
        async for some in found(archive, search, matcher):
            results += some
            advance(len(some))
            if len(results) > limit:
                break
    return Answer(
        results=results[:limit],
        is_cut=len(results) > limit,
        searched=searched,
        stored=(await storage.overview.counts()).articles,
    )


def _print(there: Console, answer: Answer, search: Search, limit: int, *, now: datetime) -> None:
    for result in answer.results:
        article = result.hit.article
        there.print(_head(result, now), no_wrap=True, overflow="ellipsis")
        title = marked(printable(article.title), result.spans.get(Field.TITLE, ()))
        print_indented(there, title, 2)
        for line in _excerpts(result):
            print_indented(there, line, 2)
        there.print()
    count = plural(len(answer.results), "article", "articles")
    more = f", and there are more: --limit {limit * 5}" if answer.is_cut else ""
    there.print(f"{count} {_asked(search)}{more}", style="dim", markup=False)


def print_indented(there: Console, text: Text, by: int) -> None:
    """Print *text* behind so many spaces; where lines are not broken, all of it."""
    if not there.soft_wrap:
        there.print(Padding(text, (0, 0, 0, by)))
        return
    for line in text.split("\n", allow_blank=True):
        there.print(Text(" " * by) + line)


def _head(result: Result, now: datetime) -> Text:
    hit = result.hit
    article, seen_at = hit.article, hit.article.seen_at
    when = f"{seen_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC ({ago(seen_at, now)})" if seen_at else ""
    parts = [when, hit.novelty.value, printable(article.publisher)]
    return Text.assemble((article.id[:12], "cyan"), "  ", "  ".join(filter(None, parts)))


def _excerpts(result: Result) -> Iterator[Text]:
    fields = [field for field in result.spans if field is not Field.TITLE]
    for field in sorted(fields, key=list(Field).index)[:_EXCERPTS]:
        text, spans = excerpt(result.hit.article.text(field), result.spans[field], around=_AROUND)
        named = "" if field in (Field.SUMMARY, Field.CONTENT) else f"{field.value}: "
        yield Text.assemble((named, "dim"), marked(printable(text), spans))


def _asked(search: Search) -> str:
    """Say what was searched for: `with sarin and meeting …, seen since …, in feeds with bbc`."""
    asked = [f"with {search.words}"] if search.words else []
    if search.query:
        asked.append(f"meeting {search.query}")
    said = printable(" and ".join(asked))
    if search.since or search.until:
        since = f"since {search.since:%Y-%m-%d %H:%M} UTC" if search.since else ""
        until = f"before {search.until:%Y-%m-%d %H:%M} UTC" if search.until else ""
        said += ", seen " + " and ".join(filter(None, (since, until)))
    return said + (f", in feeds with {printable(search.feed)}" if search.feed else "")


def _nothing(answer: Answer, search: Search) -> str:
    if not answer.stored:
        return "no article was seen yet: `tocsin run` reads the feeds"
    searched = plural(answer.searched, "article", "articles")
    of = f" of {answer.stored:,}" if answer.searched != answer.stored else ""
    return f"no article {_asked(search)}; {searched}{of} searched{_way_out(search)}"


def _way_out(search: Search) -> str:
    """Return a line that says which search finds more; or nothing."""
    whole = [
        word.typed
        for word in Sought.all_of(search.words)
        if not (word.is_beginning or word.is_unspaced)
    ]
    longest = max(whole, key=len, default="")
    if len(longest) < _LEAST:
        return ""
    beginning = quote(printable(longest[: max(3, len(longest) * 2 // 3)]) + "*")
    also = "" if search.query else ", or a --query, which knows inflections and names"
    return f"\ntry {beginning}, the beginning of a word{also}"


def _document(answer: Answer) -> dict[str, Any]:
    return {
        "articles": [_described(result) for result in answer.results],
        "more": answer.is_cut,
        "searched": answer.searched,
    }


def _described(result: Result) -> dict[str, Any]:
    hit = result.hit
    return of_article(hit.article) | {
        "feed": hit.article.feed,
        "story": hit.story,
        "novelty": hit.novelty.value,
        "summary": hit.article.summary,
        "spans": {field.value: [list(s) for s in spans] for field, spans in result.spans.items()},
    }
