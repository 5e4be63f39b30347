"""Does a match meet the matchers of a route or a silence?  Alertmanager's meaning.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import re2

from alerts.model import Article, LabelMatcher, Match, Watchlist

#: Label -> its values: a match has one severity, but perhaps several tags.
Labels = Mapping[str, tuple[str, ...]]

#: What a match that lacks a label has in its place, as in Alertmanager.
_NO_VALUE: Final = ("",)


def labels(watchlist: Watchlist | None, match: Match, article: Article) -> Labels:
    """Return what matchers can look at; None for a watchlist that no rule file has any more."""
    terms = tuple(dict.fromkeys(item.term for item in match.evidence))
    return {
        "watchlist": (match.watchlist,),
        "severity": (match.severity.value,),
        "owner": (watchlist.owner if watchlist is not None else "",),
        "publisher": (article.publisher,),
        "tag": (watchlist.tags if watchlist is not None else ()) + article.tags,
        # The names that were found: canonical for an entity, as written for the rest.
        "place": terms,
        "group": terms,
    }


def meets_all(matchers: Iterable[LabelMatcher], values: Labels) -> bool:
    """Tell whether *values* meet every one of *matchers*."""
    return all(meets(matcher, values) for matcher in matchers)


def meets(matcher: LabelMatcher, values: Labels) -> bool:
    """Tell whether *values* meet *matcher*; of several values of a label one is enough."""
    candidates = values.get(matcher.label) or _NO_VALUE
    is_negative = matcher.operator.startswith("!")
    if matcher.operator.endswith("~"):
        pattern = _pattern(matcher.value)
        met = any(pattern.fullmatch(value) is not None for value in candidates)
    else:
        met = matcher.value in candidates
    return met is not is_negative


def written(matcher: LabelMatcher) -> str:
    """Return *matcher* as people write it, with its value in quotes."""
    value = matcher.value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{matcher.label}{matcher.operator}"{value}"'


@lru_cache(maxsize=1024)
def _pattern(text: str) -> Any:
    return re2.compile(text)
