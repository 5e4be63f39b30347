"""A witnessed poll in words, and as a document for scripts.  Nothing is asked or decided here.

Keys, news and matches are what the poll itself found; where it does not say why, the pure functions
that decided are asked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from alerts.alerting.sightings import LATE_AFTER
from alerts.cli.shown import ago, plural, wait
from alerts.feeds.fetch import shown_url
from alerts.feeds.identity import identify
from alerts.feeds.preview import why
from alerts.feeds.status import describe
from alerts.feeds.transitions import met_again
from alerts.model import Article, FeedState, IdentityRule, Novelty, Sighting
from alerts.poller.articles import articles_of
from alerts.text.languages import with_language

if TYPE_CHECKING:
    from alerts.cli.feeds.polling import Witnessed
    from alerts.cli.feeds.wire import Hop

_TITLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An item of the document."""

    article: Article
    #: new, known, changed, late or baseline.
    verdict: str
    reason: str
    #: The watchlists that it meets, whether or not it rings.
    watchlists: tuple[str, ...]
    #: Who would hear of it.
    receivers: tuple[str, ...]


def items(seen: Witnessed, now: datetime) -> list[Explained]:
    """Return every item of the document that was read, the oldest first."""
    parsed, rule = seen.parsers.parsed, seen.polled.state.identity_rule
    if parsed is None or seen.polled.error is not None:
        return []
    keys = identify(seen.feed.url, parsed.items, rule).keys
    sightings = {sighting.article.id: sighting for sighting in seen.polled.sightings}
    return [
        _explained(seen, with_language(article), sightings.get(article.id), now)
        for article in articles_of(seen.feed, parsed, keys, now=now)
    ]


def _explained(
    seen: Witnessed, article: Article, sighting: Sighting | None, now: datetime
) -> Explained:
    verdict, reason = _verdict(seen, article, sighting, now)
    receivers = {
        destination.receiver
        for match in (sighting.matches if sighting is not None else ())
        for destination in match.destinations
    }
    return Explained(
        article=article,
        verdict=verdict,
        reason=reason,
        watchlists=tuple(match.watchlist for match in seen.rules.matcher.match(article)),
        receivers=tuple(sorted(receivers)),
    )


def _verdict(
    seen: Witnessed, article: Article, sighting: Sighting | None, now: datetime
) -> tuple[str, str]:
    dated = f"dated {ago(article.published_at, now)}" if article.published_at else "undated"
    if sighting is None:
        return "known", "stored already, in the same words"
    match sighting.novelty:
        case Novelty.BASELINE:
            return "baseline", f"{dated}; {_why_past(seen.before, now)}"
        case Novelty.LATE:
            return "late", f"{dated}, and the feed has listed newer ones: it slid back in"
    if article.id in seen.known:
        return "changed", "stored already, in other words; rings only where it matches newly"
    old = article.published_at is not None and now - article.published_at > LATE_AFTER
    beyond = ", and yet newer than all that the feed has listed" if old else ""
    return "new", f"{dated}{beyond}; not stored yet"


def _why_past(before: FeedState, now: datetime) -> str:
    if before.baselined_at is None:
        return "the first document of a feed is not news"
    if met_again(before, now=now) != before:
        return f"the feed was last polled {ago(before.last_polled_at, now)}: its past is not news"
    return "the identity rule changed, so nothing can be compared"


# --- in words ---------------------------------------------------------------------------------


def lines(seen: Witnessed, now: datetime, *, in_full: bool) -> Iterator[str]:
    """Yield what happened, line by line; *in_full* with headers and items."""
    named = seen.feed.publisher if seen.is_listed else "not in the rule files"
    yield f"{shown_url(seen.feed.url)}  ({named})"
    for hop in seen.wire.hops:
        yield from _hop(hop, in_full=in_full)
    if seen.polled.error is not None:
        yield f"failed      {seen.polled.error}"
        yield f"            failures now weigh {seen.polled.state.failures:g}"
    else:
        yield from _document(seen)
        yield from _articles(seen, now, in_full=in_full)
    if seen.paused_until is not None:
        until = f"{seen.paused_until:%Y-%m-%d %H:%M:%S} UTC"
        yield f"pause       the host asked to be left alone until {until}; `tocsin run` waits"
    yield f"next poll   {_next(seen, now)}"
    yield "nothing was written"


def _hop(hop: Hop, *, in_full: bool) -> Iterator[str]:
    yield f"asked       {hop.url}"
    if in_full:
        yield f"            at {', then '.join(hop.addresses) or 'the same connection'}"
        yield from (f"            > {name}: {value}" for name, value in hop.sent)
    if hop.status:
        times = [f"answered after {hop.answer_ms:.0f} ms"]
        if hop.connect_ms is not None:
            times.insert(0, f"connected after {hop.connect_ms:.0f} ms")
        yield f"got         {describe(hop.status)}; {', '.join(times)}"
    if in_full:
        yield from (f"            < {name}: {value}" for name, value in hop.got)


def _document(seen: Witnessed) -> Iterator[str]:
    parsed, parsers = seen.parsers.parsed, seen.parsers
    wire = seen.wire.hops[-1].wire_bytes if seen.wire.hops else 0
    if parsed is None:
        how = "as before (304)" if not wire else "the same bytes as before"
        yield f"document    {how}: nothing to read"
        return
    left_out = f", {parsed.skipped} left out" if parsed.skipped else ""
    cut = "; it stops before its end" if parsed.truncated else ""
    yield (
        f"document    {parsed.version}, {plural(len(parsed.items), 'item', 'items')}{left_out},"
        f" {wire:,} bytes on the wire, {parsers.decoded_bytes:,} decoded,"
        f" parsed in {parsers.parse_ms:.0f} ms{cut}"
    )
    rule = seen.polled.state.identity_rule
    if rule is not None:
        yield f"identity    {rule.value}: {_why(seen, rule)}"


def _why(seen: Witnessed, rule: IdentityRule) -> str:
    assert seen.parsers.parsed is not None
    text = why(seen.parsers.parsed.items, rule)
    earlier = seen.before.identity_rule
    return text if earlier in (None, rule) else f"{text} (it was {earlier})"


def _articles(seen: Witnessed, now: datetime, *, in_full: bool) -> Iterator[str]:
    found = items(seen, now)
    counts = Counter(item.verdict for item in found)
    if found:
        said = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
        matched = sum(1 for item in found if item.watchlists)
        rings = sum(1 for item in found if item.receivers)
        yield f"articles    {said}; {matched} match, {rings} would ring"
    for item in found if in_full else ():
        article = item.article
        yield f"  {item.verdict:<9} {article.title[:_TITLE] or article.url or '(no title)'}"
        yield f"            {article.id[:16]}  {item.reason}"
        if item.watchlists:
            told = (
                f"rings for {', '.join(item.receivers)}" if item.receivers else "rings for nobody"
            )
            yield f"            matches {', '.join(item.watchlists)}; {told}"


def _next(seen: Witnessed, now: datetime) -> str:
    state = seen.polled.state
    if state.stopped:
        return "none: the publisher said twice that the feed is gone"
    left = max(state.next_due_at - (state.last_polled_at or now), timedelta(0))
    return f"in {wait(left)}, at {state.next_due_at:%Y-%m-%d %H:%M:%S} UTC, or a little later"


# --- for scripts ------------------------------------------------------------------------------


def document(seen: Witnessed, now: datetime) -> dict[str, object]:
    """Return everything about the poll, in values that JSON has."""
    state, parsed = seen.polled.state, seen.parsers.parsed
    rule = state.identity_rule
    return {
        "url": shown_url(seen.feed.url),
        "publisher": seen.feed.publisher,
        "listed": seen.is_listed,
        "requests": [_request(hop) for hop in seen.wire.hops],
        "error": str(seen.polled.error) if seen.polled.error is not None else None,
        "document": None
        if parsed is None
        else {
            "format": parsed.version,
            "title": parsed.title,
            "language": parsed.language,
            "items": len(parsed.items),
            "skipped": parsed.skipped,
            "truncated": parsed.truncated,
            "decoded_bytes": seen.parsers.decoded_bytes,
            "parse_ms": round(seen.parsers.parse_ms, 1),
        },
        "identity": None
        if rule is None or parsed is None
        else {"rule": rule.value, "why": _why(seen, rule)},
        "items": [_item(item) for item in items(seen, now)],
        "next_due_at": state.next_due_at.isoformat(),
        "paused_until": seen.paused_until.isoformat() if seen.paused_until else None,
        "stopped": state.stopped,
        "failures": state.failures,
    }


def _request(hop: Hop) -> dict[str, object]:
    return {
        "url": hop.url,
        "addresses": hop.addresses,
        "sent": hop.sent,
        "status": hop.status or None,
        "got": hop.got,
        "wire_bytes": hop.wire_bytes,
        "connect_ms": None if hop.connect_ms is None else round(hop.connect_ms, 1),
        "answer_ms": None if hop.answer_ms is None else round(hop.answer_ms, 1),
    }


def _item(item: Explained) -> dict[str, object]:
    published_at = item.article.published_at
    return {
        "key": item.article.id,
        "title": item.article.title,
        "url": item.article.url,
        "language": item.article.language,
        "published_at": published_at.isoformat() if published_at else None,
        "verdict": item.verdict,
        "why": item.reason,
        "watchlists": item.watchlists,
        "receivers": item.receivers,
    }
