"""What a reader sees of an alert, in words that are clean and short enough; no markup yet.  Pure.

What is ours and not the feed's (an age, a doubt) is in the reader's language, and escaped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup

from alerts.delivery.rendering.excerpt import excerpt, headline
from alerts.delivery.rendering.marked import Marked, clean, cut
from alerts.delivery.rendering.reader import ENGLISH, Reader
from alerts.locales import Words, marked
from alerts.model import Alert, Article, Evidence, Match, Severity

REPEAT: Final = marked(
    "Possible repeat: the connection broke while this was being sent,"
    " so that it may have reached you before."
)
_UNDATED: Final = marked("date unknown")
_FUTURE: Final = marked("dated in the future")
_NOW: Final = marked("just now")
_NOBODY: Final = marked("unknown publisher")
#: Longer addresses are left out: a message must not be made of one.
_LONGEST_URL: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of an alert a channel shows; texts in UTF-16 units."""

    headline: int
    #: 0: no excerpt.
    excerpt: int
    #: Watchlists with the words that matched them; the others are counted.
    reasons: int
    #: Further articles; the others are counted.
    sources: int
    words: int = 3
    name: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What stood in the text, and what it stands for."""

    surface: str
    #: Empty where it is the same.
    term: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One watchlist that matched, and by which words."""

    words: tuple[Word, ...]
    more_words: int
    watchlist: str
    #: " (not known: language)": what the watchlist asks for and the article does not say; or empty.
    doubt: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A further article of the story."""

    publisher: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """One alert, ready for a template."""

    severity: Severity
    headline: Marked
    #: http or https, or empty.
    url: str
    publisher: str
    #: "12 min ago"; "date unknown".
    age: str
    #: "22 Nov 2025, 11:49 UTC", by the reader's clock; empty when unknown.
    dated: str
    excerpt: Marked
    #: Who wrote the excerpt, where it is not the headline's publisher.
    excerpt_from: str
    reasons: tuple[Reason, ...]
    more_reasons: int
    sources: tuple[Source, ...]
    more_sources: int


def view(alert: Alert, limits: Limits, *, now: datetime, reader: Reader = ENGLISH) -> AlertView:
    """Return what *reader* is shown of *alert* within *limits*."""
    words = reader.words
    lead = alert.lead
    shown = _shown(alert)
    others = [article for article in alert.articles if article is not lead]
    return AlertView(
        severity=alert.severity,
        headline=headline(lead, _evidence(alert, lead), limits.headline, words),
        url=link(lead.url),
        publisher=_publisher(lead, limits.name, words),
        age=age(lead.published_at, now=now, words=words),
        dated=reader.dated(lead.published_at) if lead.published_at else "",
        excerpt=_excerpt(alert, shown, limits.excerpt),
        excerpt_from="" if shown is lead else _publisher(shown, limits.name, words),
        reasons=tuple(_reason(match, limits, reader) for match in alert.matches[: limits.reasons]),
        more_reasons=max(0, len(alert.matches) - limits.reasons),
        sources=tuple(
            Source(publisher=_publisher(article, limits.name, words), url=link(article.url))
            for article in others[: limits.sources]
        ),
        more_sources=max(0, len(others) - limits.sources),
    )


def age(published_at: datetime | None, *, now: datetime, words: Words = ENGLISH.words) -> str:
    """Say how long ago *published_at* was, in words."""
    if published_at is None:
        return words.of(_UNDATED)
    passed = now - published_at
    if passed < timedelta(minutes=-5):
        return words.of(_FUTURE)
    if passed < timedelta(minutes=1):
        return words.of(_NOW)
    if passed < timedelta(hours=1):
        minutes = passed // timedelta(minutes=1)
        return words.many("{count} min ago", "{count} min ago", minutes)
    if passed < timedelta(days=2):
        return words.many("{count} h ago", "{count} h ago", passed // timedelta(hours=1))
    return words.many("{count} day ago", "{count} days ago", passed.days)


def link(url: str) -> str:
    """Return *url* if it is safe to be clicked, or else nothing."""
    if len(url) > _LONGEST_URL or not url.isprintable() or " " in url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def _shown(alert: Alert) -> Article:
    """Return the article that the excerpt comes from: the headline's own if it matched."""
    matched = {match.article for match in alert.matches}
    return next((article for article in alert.articles if article.id in matched), alert.lead)


def _excerpt(alert: Alert, article: Article, limit: int) -> Marked:
    return excerpt(article, _evidence(alert, article), limit) if limit else Marked()


def _evidence(alert: Alert, article: Article) -> tuple[Evidence, ...]:
    return tuple(
        one for match in alert.matches if match.article == article.id for one in match.evidence
    )


def _reason(match: Match, limits: Limits, reader: Reader) -> Reason:
    # What stood in the text for each term, once; an article can have hundreds of spans.
    first = {one.term: one for one in reversed(match.evidence)}
    terms = sorted(first.values(), key=match.evidence.index)
    return Reason(
        words=tuple(_word(one, limits.name) for one in terms[: limits.words]),
        more_words=max(0, len(terms) - limits.words),
        watchlist=_name(match.title, limits.name) or match.watchlist,
        doubt=_doubt(match, reader),
    )


def _doubt(match: Match, reader: Reader) -> Markup:
    if not match.unknown:
        return Markup()
    said = reader.words.say("(not known: {facts})", facts=reader.facts(match.unknown))
    return Markup(" ") + said


def _word(evidence: Evidence, limit: int) -> Word:
    surface, term = _name(evidence.surface, limit), _name(evidence.term, limit)
    return Word(surface=surface, term="" if surface.casefold() == term.casefold() else term)


def _name(text: str, limit: int) -> str:
    # Cleaning shortens little, and nobody needs the rest of a name of ten thousand letters.
    return cut(clean(text[: 4 * limit]), limit)


def _publisher(article: Article, limit: int, words: Words) -> str:
    try:
        host = urlsplit(article.url).hostname
    except ValueError:
        host = None
    return _name(article.publisher, limit) or _name(host or "", limit) or words.of(_NOBODY)
