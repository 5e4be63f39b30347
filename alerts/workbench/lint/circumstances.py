"""What a watchlist asks of articles besides their words, held against the feeds that there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from alerts.model import Article, Feed, Publisher, Publishers, Unknown, Watchlist
from alerts.watchlists.complaints import quoted
from alerts.watchlists.meaning.circumstances import known_publishers, unknown_facts
from alerts.workbench.lint.subject import Finding, Placed, Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Yield watchlists whose filters fit no feed, and what they should say of themselves."""
    titles: dict[str, str] = {}
    for placed in subject.watchlists:
        yield from _about_itself(placed, titles)
        if subject.rules.feeds:
            yield from _filters(placed, subject.rules.feeds)


def _about_itself(placed: Placed, titles: dict[str, str]) -> Iterator[Finding]:
    watchlist = placed.watchlist
    if not watchlist.owner:
        hint = "add 'owner': who is asked when it rings at night"
        yield placed.found("L113", f"nobody answers for {quoted(watchlist.id)}", hint=hint)
    other = titles.setdefault(watchlist.title.casefold(), watchlist.id)
    if other != watchlist.id:
        message = f"{quoted(other)} has the same title: alerts of both look alike"
        node = placed.node.entries["title"]
        yield placed.found("L114", message, at=node, hint="say in the title what sets them apart")


def _filters(placed: Placed, feeds: tuple[Feed, ...]) -> Iterator[Finding]:
    wanted = list(_wanted(placed.watchlist, feeds))
    if not wanted:
        hint = "compare it with the publishers, countries and ratings of the feeds"
        message = "no feed has a publisher that this admits: nothing can match"
        yield placed.found("L110", message, at=placed.key("publishers"), hint=hint)
        return
    yield from _languages(placed, wanted)
    yield from _ages(placed, wanted)
    yield from _ratings(placed, wanted)


def _wanted(watchlist: Watchlist, feeds: tuple[Feed, ...]) -> Iterator[Feed]:
    """Yield the feeds whose publishers *watchlist* admits, as the matcher decides it."""
    asked = replace(watchlist, languages=(), max_age=None)
    publishers = known_publishers(feeds)
    for feed in feeds:
        if _is_admitted(asked, Article(id="", feed=feed.url, publisher=feed.publisher), publishers):
            yield feed


def _is_admitted(
    watchlist: Watchlist, article: Article, publishers: dict[str, Publisher] | object
) -> bool:
    return unknown_facts(watchlist, article, publishers) is not None  # type: ignore[arg-type]


def _languages(placed: Placed, feeds: list[Feed]) -> Iterator[Finding]:
    if not placed.watchlist.languages or not all(feed.language for feed in feeds):
        return
    asked = replace(placed.watchlist, publishers=Publishers(), max_age=None, unknown=Unknown.PASS)
    spoken = sorted({feed.language for feed in feeds})
    if not any(_is_admitted(asked, Article(id="", language=each), {}) for each in spoken):
        message = (
            f"no feed that it admits publishes in these languages, but in {', '.join(spoken[:8])}"
        )
        hint = "add such a feed, or a language"
        yield placed.found("L111", message, at=placed.key("languages"), hint=hint)


def _ages(placed: Placed, feeds: list[Feed]) -> Iterator[Finding]:
    age = placed.watchlist.max_age
    slow = [feed for feed in feeds if feed.interval and age and feed.interval > age]
    if slow and age:
        slowest = max(slow, key=lambda feed: feed.interval or timedelta(0))
        message = (
            f"{quoted(slowest.publisher)} is read every {_span(slowest.interval)} only: what is \
older than {_span(age)} by then does not match"
        )
        hint = "raise 'max_age' above the interval, or read the feed more often"
        yield placed.found("L112", message, at=placed.key("max_age"), hint=hint)


def _ratings(placed: Placed, feeds: list[Feed]) -> Iterator[Finding]:
    asked = placed.watchlist.publishers
    node = placed.node.entries.get("publishers")
    for key, is_asked, is_known in (
        ("reliability", asked.reliability, any(feed.reliability for feed in feeds)),
        ("countries", asked.countries, any(feed.country for feed in feeds)),
    ):
        if node is not None and is_asked and not is_known:
            given = "country" if key == "countries" else key
            becomes = {"pass": "passes", "hold": "is held", "drop": "is dropped"}
            verdict = becomes[placed.watchlist.unknown.value]
            message = f"no feed has {quoted(given)}: every article leaves it open, and {verdict}"
            hint = f"give the feeds their {given!r}, or delete the key"
            yield placed.found("L115", message, at=placed.page.file.key(node, key), hint=hint)


def _span(length: timedelta | None) -> str:
    seconds = int(length.total_seconds()) if length else 0
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
