"""Articles that say nearly what another one says.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from alerts.model import Article, Evidence, Field, Match
from alerts.text.languages import with_language

#: Terms of one article that are replaced, each in turn.
_MOST = 4
#: Stands where a word was that must not be there.
_SOMETHING = "something"
_FILLER = [
    "while",
    "officials",
    "in",
    "the",
    "capital",
    "declined",
    "to",
    "say",
    "anything",
    "further",
    "about",
    "the",
    "matter",
]
#: Words that are put between two at most.
_FARTHEST = 60


def titled(title: str) -> Article:
    """Return an article that says *title* and nothing else, in its language."""
    return with_language(Article(id="example", title=title[:1].upper() + title[1:]))


def replaced(article: Article, match: Match, words: str) -> Iterator[Article]:
    """Yield *article* with *words* in the place of each term that it matched by."""
    for spans in _by_term(match):
        first, *others = spans
        yield _rewritten(article, [(first, words), *((each, _SOMETHING) for each in others)])


def removed(article: Article, match: Match) -> Iterator[Article]:
    """Yield *article* without each of the terms that it matched by."""
    for spans in _by_term(match):
        yield _rewritten(article, [(each, _SOMETHING) for each in spans])


def appended(article: Article, words: str) -> Iterator[Article]:
    """Yield *article* with *words* behind its title, and behind its summary."""
    if words:
        yield replace(article, title=f"{article.title}: {words}" if article.title else words)
        yield replace(article, summary=" ".join(filter(None, (article.summary, words))))


def moved(article: Article) -> Iterator[Article]:
    """Yield *article* with its title in the summary."""
    summary = ". ".join(filter(None, (article.title, article.summary)))
    yield replace(article, title="News", summary=summary)


def spread(article: Article, match: Match, operator: str) -> Iterator[Article]:
    """Yield *article* with the words that it matched by farther apart than *operator* allows."""
    if (found := re.fullmatch(r"O?NEAR/(\d+)", operator)) is None:
        return
    count = min(int(found[1]) + 1, _FARTHEST)
    filler = " ".join((_FILLER * (count // len(_FILLER) + 1))[:count])
    in_order = sorted(match.evidence, key=lambda one: (one.field, one.start))
    for one, other in pairwise(in_order):
        if one.field is other.field and one.end <= other.start and one.field is not Field.TAGS:
            text = article.text(one.field)
            apart = f"{text[: one.end]} {filler} {text[one.end :].lstrip()}"
            yield _saying(article, one.field, apart)


def _by_term(match: Match) -> Iterator[list[Evidence]]:
    spans: dict[str, list[Evidence]] = {}
    for one in match.evidence:
        if one.field is not Field.TAGS:
            spans.setdefault(one.term, []).append(one)
    yield from list(spans.values())[:_MOST]


def _rewritten(article: Article, changes: Iterable[tuple[Evidence, str]]) -> Article:
    """Return *article* with other words at the spans, which may overlap: the later ones give way."""
    before: dict[Field, int] = {}
    for one, words in sorted(changes, key=lambda each: (-each[0].start, -each[0].end)):
        if one.end > before.get(one.field, one.end):
            continue
        before[one.field] = one.start
        text = article.text(one.field)
        put = words[:1].upper() + words[1:] if one.start == 0 else words
        article = _saying(article, one.field, text[: one.start] + put + text[one.end :])
    return article


def _saying(article: Article, field: Field, text: str) -> Article:
    changed: dict[str, Any] = {field.value: text}
    return replace(article, **changed)
