"""Searching the archive by words, by a query of the query language, or by both.

The query is asked by the matcher of production, as a watchlist that only lives for the search.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.matching import Matcher, matcher_of
from alerts.model import Field
from alerts.storage.archive import Archive, Hit
from alerts.storage.sought import Span
from alerts.watchlists.load import load_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is searched for; all of it must be met."""

    words: str = ""
    #: In the query language; empty: the words decide.
    query: str = ""
    since: datetime | None = None
    until: datetime | None = None
    #: A part of the feed's URL or of its publisher's name; empty: every feed.
    feed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An article that was found."""

    hit: Hit
    #: What counted, by field, in order and without overlaps.
    spans: Mapping[Field, Sequence[Span]]


def matcher_for(query: str) -> Matcher:
    """Return the matcher of one *query*, for which the known names of places and groups count.

    Raises:
        RulesError: it is no query; the complaint is about the second line of a file named `--query`.
    """
    # JSON is YAML: nothing in a query can be taken for anything but its text.
    text = f"watchlists: [{{id: search, title: search, query:\n{json.dumps(query)}}}]"
    return matcher_of(load_text(text, "--query"))


async def found(
    archive: Archive, search: Search, matcher: Matcher | None
) -> AsyncIterator[Sequence[Result]]:
    """Yield what meets *search*, the newest first, some at a time; *matcher* is that of its query."""
    hits = archive.hits(search.words, since=search.since, until=search.until, feed=search.feed)
    async for some in hits:
        yield [one for hit in some if (one := _met(hit, matcher)) is not None]


def _met(hit: Hit, matcher: Matcher | None) -> Result | None:
    spans = {field: list(places) for field, places in hit.spans.items()}
    if matcher is not None:
        matches = matcher.match(hit.article)
        if not matches:
            return None
        for one in matches[0].evidence:
            spans.setdefault(one.field, []).append((one.start, one.end))
    return Result(hit=hit, spans={field: _joined(places) for field, places in spans.items()})


def _joined(places: Sequence[Span]) -> list[Span]:
    """Return *places* in order, those that overlap as one."""
    joined: list[Span] = []
    for start, end in sorted(places):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def excerpt(text: str, spans: Sequence[Span], *, around: int) -> tuple[str, list[Span]]:
    """Return the part of *text* that its first span stands in, cut between words, and the spans in it.

    At most *around* characters stand on either side of that span.
    """
    if not spans:
        return text[: 2 * around], []
    first, last = spans[0]
    start, end = max(first - around, 0), min(last + around, len(text))
    if start > 0:
        start = text.find(" ", start - 1, first) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", last, end + 1), last)
    before, behind = "…" * (start > 0), "…" * (end < len(text))
    shift = len(before) - start
    inside = [(a + shift, b + shift) for a, b in spans if start <= a and b <= end]
    # One character for one, so that the spans stay where they are.
    cut = "".join(" " if letter.isspace() else letter for letter in text[start:end])
    return f"{before}{cut}{behind}", inside
