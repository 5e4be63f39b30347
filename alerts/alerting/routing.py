"""Who hears of a match?  Alertmanager's tree, with its meaning.  Pure.

A match enters at the root and goes to the first child whose matchers it meets, and to the next
ones too while `continue` is said; where no child takes it, the node itself does.  So every match
ends somewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import re2

from alerts.model import (
    Article,
    Destination,
    LabelMatcher,
    Match,
    Route,
    RuleSet,
    Status,
    Watchlist,
)

#: Label -> its values: a match has one severity, but perhaps several tags.
Labels = Mapping[str, tuple[str, ...]]


def destinations(
    rules: RuleSet, watchlist: Watchlist, match: Match, article: Article, *, now: datetime
) -> tuple[Destination, ...]:
    """Return where *match* goes, each address once; nowhere if it is held, or an experiment."""
    if match.is_held or watchlist.status is not Status.ACTIVE:
        return ()
    found: dict[str, Destination] = {}
    for route in _taking(rules.route, labels(watchlist, match, article)):
        for address in rules.receivers[route.receiver].addresses:
            found.setdefault(
                address.key,
                Destination(
                    receiver=route.receiver, address=address, due_at=now + route.group_wait
                ),
            )
    return tuple(found.values())


def labels(watchlist: Watchlist, match: Match, article: Article) -> Labels:
    """Return what the matchers of a route can look at."""
    return {
        "watchlist": (watchlist.id,),
        "severity": (match.severity.value,),
        "owner": (watchlist.owner,),
        "publisher": (article.publisher,),
        "tag": watchlist.tags + article.tags,
        # The names that were found: canonical for an entity, as written for the rest.
        "place": _terms(match),
        "group": _terms(match),
    }


def _terms(match: Match) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.term for item in match.evidence))


def _taking(route: Route, values: Labels) -> Iterator[Route]:
    """Yield the nodes below and including *route*, whose matchers are met, that take a match."""
    taken = False
    for child in route.routes:
        if all(_meets(matcher, values) for matcher in child.matchers):
            yield from _taking(child, values)
            taken = True
            if not child.proceed:
                break
    if not taken:
        yield route


def _meets(matcher: LabelMatcher, values: Labels) -> bool:
    negative = matcher.operator.startswith("!")
    # A label without values is the empty string, as in Alertmanager.
    candidates = values.get(matcher.label) or ("",)
    if matcher.operator.endswith("~"):
        pattern = _pattern(matcher.value)
        met = any(pattern.fullmatch(value) is not None for value in candidates)
    else:
        met = matcher.value in candidates
    return met is not negative


@lru_cache(maxsize=1024)
def _pattern(text: str) -> Any:
    return re2.compile(text)
