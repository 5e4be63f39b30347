"""Which sentence of an article shows why it rang?  Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from alerts.delivery.rendering.marked import ELLIPSIS, Marked, Run, cut_marked, mark, units
from alerts.delivery.rendering.reader import ENGLISH
from alerts.locales import Words, marked
from alerts.model import Article, Evidence, Field

#: How far a sentence is looked for on either side of the match, in characters.
_REACH: Final = 600
_NO_HEADLINE: Final = marked("(no headline)")
# Not after "Gen.", "Dr." or "U.S.", and not before a small letter: "approx. five".
_SENTENCE_END: Final = re.compile(
    r"""(?: (?<!\b[A-Z])(?<!\b[A-Z]\w)(?<!\b[A-Z]\w\w)\. | [!?…۔؟] ) ["'”’»)\]]* \s+ (?![a-z])
      | [。！？] ["'”’»)\]]* \s*
      | \s*\n\s*""",
    re.VERBOSE,
)


def headline(
    article: Article, evidence: Sequence[Evidence], limit: int, words: Words = ENGLISH.words
) -> Marked:
    """Return the title with the matched words marked; without a title, how the text begins.

    *words* say that there is neither.
    """
    title = cut_marked(mark(article.title, _spans(evidence, Field.TITLE)), limit)
    if title:
        return title
    start = cut_marked(mark(article.summary[:_REACH] or article.content[:_REACH], ()), limit)
    return start or Marked((Run(words.of(_NO_HEADLINE)),))


def excerpt(article: Article, evidence: Sequence[Evidence], limit: int) -> Marked:
    """Return the sentence of the first match outside the title, its matched words marked.

    An article that matched by its title alone is shown with how its text begins.
    """
    for field in (Field.SUMMARY, Field.CONTENT):
        if spans := _spans(evidence, field):
            return _sentence(article.text(field), spans, limit)
    text = article.summary or article.content
    start = cut_marked(mark(text[:_REACH], (), end=_ending(text, 0, min(len(text), _REACH))), limit)
    return Marked() if str(start) == str(headline(article, (), limit)) else start


def _spans(evidence: Sequence[Evidence], field: Field) -> list[tuple[int, int]]:
    return sorted((one.start, one.end) for one in evidence if one.field is field)


def _sentence(text: str, spans: Sequence[tuple[int, int]], limit: int) -> Marked:
    """Return the sentence around the first span, cut around it where it is too long."""
    first = max(0, min(spans[0][0], len(text)))
    last = max(first, min(spans[0][1], len(text)))
    start = _beginning(text, first)
    end = _ending(text, last, min(len(text), last + _REACH))
    room = limit - units(ELLIPSIS)
    if units(text[start:end]) <= room:
        return mark(text, spans, start, end)
    # Two fifths before the match: what follows says more than what led to it.
    start, begun = _at_a_word(text, max(start, first - room * 2 // 5), first), start
    runs = cut_marked(mark(text, spans, start, end), room).runs
    return Marked(runs if start == begun else (Run(ELLIPSIS), *runs))


def _beginning(text: str, at: int) -> int:
    """Return where the sentence begins in which *at* stands."""
    reach = max(0, at - _REACH)
    ends = [found.end() for found in _SENTENCE_END.finditer(text, reach, at)]
    return ends[-1] if ends else _at_a_word(text, reach, at)


def _ending(text: str, at: int, reach: int) -> int:
    found = _SENTENCE_END.search(text, at, reach)
    return found.end() if found else reach


def _at_a_word(text: str, start: int, before: int) -> int:
    """Move *start* forward to where a word begins, if one does before *before*."""
    if start == 0 or text[start - 1].isspace():
        return start
    found = re.compile(r"\s").search(text, start, before)
    return found.end() if found else start
