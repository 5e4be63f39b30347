"""From a wish and what its terms were taken for to the watchlist that it is.

Everything that can be chosen has words in the query language, so that the watchlist can be kept as
text, shown, exported and read again.
"""

from __future__ import annotations

from collections.abc import Sequence

from alerts.model import Term, Watchlist
from alerts.watchlists.query.tree import all_of, any_of
from alerts.watchlists.wishes.wish import Wish


def watchlist_of(wish: Wish, terms: Sequence[Term], *, id_: str, title: str) -> Watchlist:
    """Return the watchlist that *wish* is when its terms, in their order, are taken for *terms*.

    An article must have something of each group, and nothing of what is not wanted.
    """
    left = iter(terms)
    condition = all_of(any_of(next(left) for _ in group) for group in wish.groups)
    without = tuple(left)
    return Watchlist(
        id=id_, title=title, condition=condition, exclude=any_of(without) if without else None
    )
