"""From a wish and what its terms were taken for to the watchlist that it is.

Everything that can be chosen has words in the query language, so that the watchlist can be kept as
text, shown, exported and read again.
"""

from __future__ import annotations

from collections.abc import Mapping

from alerts.model import Condition, Term, Watchlist
from alerts.watchlists.query.tree import all_of, any_of
from alerts.watchlists.wishes.wish import Asked, Wish


def watchlist_of(wish: Wish, terms: Mapping[Asked, Term], *, id_: str, title: str) -> Watchlist:
    """Return the watchlist that *wish* is when its terms are taken for *terms*."""
    return Watchlist(
        id=id_, title=title, condition=condition_of(wish, terms), exclude=exclusion_of(wish, terms)
    )


def condition_of(wish: Wish, terms: Mapping[Asked, Term]) -> Condition:
    """Return what an article must have: something of each group."""
    return all_of(any_of(terms[asked] for asked in group) for group in wish.groups)


def exclusion_of(wish: Wish, terms: Mapping[Asked, Term]) -> Condition | None:
    """Return what no article may have; None: anything goes."""
    return any_of(terms[asked] for asked in wish.without) if wish.without else None
