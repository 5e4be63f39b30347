"""A watchlist is answered once, whatever of it stands in an article."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.matching.engine import Engine
from alerts.model import Any, Article, Phrase, Watchlist

_WORDS = ["bomb", "raid", "siege", "truce"]
_ANY = Any(tuple(map(Phrase, _WORDS)))


@pytest.mark.parametrize("max_age", [None, timedelta(days=1)])
def test_a_list_of_which_all_stands_is_met_once(max_age: timedelta | None) -> None:
    watchlist = Watchlist(id="x", title="X", condition=_ANY, max_age=max_age)
    other = Watchlist(id="y", title="Y", condition=Any((Phrase("siege"), Phrase("bomb"))))
    engine = Engine([(0, watchlist), (1, other)])
    article = Article(id="a", title=" ".join(_WORDS))
    assert sorted(engine.match_ids(article).tolist()) == [0, 1]
    engine.remove(1)
    assert engine.match_ids(article).tolist() == [0]
