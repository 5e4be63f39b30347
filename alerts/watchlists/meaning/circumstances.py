"""What a watchlist asks of an article besides its words: language, publisher and age.  Pure.

An article may leave it open: then `Watchlist.unknown` decides, and the reader is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from alerts.model import (
    Article,
    Evidence,
    Fact,
    Feed,
    Match,
    Publisher,
    Publishers,
    Unknown,
    Watchlist,
)
from alerts.watchlists.meaning import languages

#: Nothing is known of any publisher.
NOBODY: Mapping[str, Publisher] = MappingProxyType({})


def known_publishers(feeds: Iterable[Feed]) -> Mapping[str, Publisher]:
    """Return what *feeds* say of who speaks in them, by URL and by name.

    A publisher with several feeds is what the first of them says, where they do not agree.
    """
    known: dict[str, Publisher] = {}
    for feed in feeds:
        publisher = Publisher(country=feed.country, reliability=feed.reliability)
        known[feed.url] = publisher
        known.setdefault(_folded(feed.publisher), publisher)
    return known


def unknown_facts(
    watchlist: Watchlist, article: Article, publishers: Mapping[str, Publisher]
) -> tuple[Fact, ...] | None:
    """Return what *article* leaves open of what *watchlist* asks for; None: it is not wanted."""
    verdicts = {
        Fact.LANGUAGE: _language(watchlist, article),
        Fact.DATE: _age(watchlist, article),
        Fact.PUBLISHER: _publisher(watchlist.publishers, article, publishers),
    }
    unknown = tuple(fact for fact, fits in verdicts.items() if fits is None)
    if False in verdicts.values() or (unknown and watchlist.unknown is Unknown.DROP):
        return None
    return unknown


def match_of(
    watchlist: Watchlist,
    article: Article,
    evidence: tuple[Evidence, ...],
    unknown: tuple[Fact, ...],
) -> Match:
    """Return that *article*, which leaves the facts *unknown* open, meets *watchlist*."""
    return Match(
        article=article.id,
        watchlist=watchlist.id,
        title=watchlist.title,
        severity=watchlist.severity,
        evidence=evidence,
        unknown=unknown,
        is_held=watchlist.unknown is Unknown.HOLD and bool(unknown),
    )


# Each says whether the article fits; None: it does not say.


def _language(watchlist: Watchlist, article: Article) -> bool | None:
    """Tell whether the article's language is one of those that are asked for."""
    if not watchlist.languages:
        return True
    if not article.language:
        return None
    spoken = languages.parts(article.language)
    verdicts = [languages.answers(spoken, languages.parts(each)) for each in watchlist.languages]
    if True in verdicts:
        return True
    return None if None in verdicts else False


def _age(watchlist: Watchlist, article: Article) -> bool | None:
    """Take the age at which the article was seen: the answer must not change with the clock."""
    if watchlist.max_age is None:
        return True
    if article.published_at is None or article.seen_at is None:
        return None
    return article.seen_at - article.published_at <= watchlist.max_age


def _publisher(
    wanted: Publishers, article: Article, publishers: Mapping[str, Publisher]
) -> bool | None:
    name = _folded(article.publisher)
    known = publishers.get(article.feed) or publishers.get(name) or Publisher()
    verdicts = (
        _fits(name, wanted.only, lambda: name in map(_folded, wanted.only)),
        _fits(name, wanted.but, lambda: name not in map(_folded, wanted.but)),
        _fits(known.country, wanted.countries, lambda: known.country in wanted.countries),
        # Letters in order: A is the best, F cannot be judged.
        _fits(
            known.reliability,
            wanted.reliability,
            lambda: known.reliability <= wanted.reliability,
        ),
    )
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _fits(known: str, wanted: str | tuple[str, ...], fits: Callable[[], bool]) -> bool | None:
    if not wanted:
        return True
    return fits() if known else None


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
