"""Which words stand around the one side of a NEAR that is met?  Pure.

Among them may be the word that its author left out of the other side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from alerts.matching.reasons import Reason
from alerts.model import All, Any, Article, Condition, Evidence, InField, Near
from alerts.text.tokens import tokenize
from alerts.workbench.explaining import Explained

#: Words that are told on each side.
_MOST_WORDS: Final = 8
#: Hits that are told of all.
_MOST_HITS: Final = 3


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Words that met one side, and those among which the other side is missing."""

    hit: Evidence
    #: As they stand in the article; empty: there are none, or there they would not count.
    before: str
    after: str


def surroundings(explained: Explained) -> list[Surroundings]:
    """Return what stands near the hits of each NEAR whose one side alone is met.

    Only words are told at which the other side would be near enough.
    """
    condition, reason = explained.watchlist.condition, explained.explanation.condition
    found = (
        around
        for near, met, ends in _half_met(condition, reason)
        for hit in dict.fromkeys(_evidence(met))
        if (around := _around(explained.article, hit, near, is_first=ends)) is not None
    )
    return list(islice(dict.fromkeys(found), _MOST_HITS))


def _half_met(condition: Condition, reason: Reason) -> Iterator[tuple[Near, Reason, bool]]:
    """Yield each NEAR of which one side is met, that side, and whether it is the first."""
    if reason.met:
        return
    match condition:
        case All(parts) | Any(parts):
            for part, why in zip(parts, reason.parts, strict=True):
                yield from _half_met(part, why)
        case InField(part=part):
            yield from _half_met(part, reason)
        case Near(left=left, right=right):
            first, second = reason.parts
            if first.met is not second.met:
                yield condition, first if first.met else second, first.met
            yield from _half_met(left, first)
            yield from _half_met(right, second)


def _evidence(reason: Reason) -> Iterator[Evidence]:
    if reason.evidence:
        yield from reason.evidence
    elif reason.what != "NOT":
        for part in reason.parts:
            if part.met:
                yield from _evidence(part)


def _around(article: Article, hit: Evidence, near: Near, *, is_first: bool) -> Surroundings | None:
    text = article.text(hit.field)
    tokens = tokenize(text)
    # With n words between, the other side is the word behind them.
    count = min(near.distance + 1, _MOST_WORDS)
    before = [token for token in tokens if token.end <= hit.start][-count:]
    after = [token for token in tokens if token.start >= hit.end][:count]
    if near.ordered:
        before, after = ([], after) if is_first else (before, [])
    if not before and not after:
        return None
    return Surroundings(
        hit,
        text[before[0].start : before[-1].end] if before else "",
        text[after[0].start : after[-1].end] if after else "",
    )
