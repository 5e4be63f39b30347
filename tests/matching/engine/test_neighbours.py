"""What was learnt of the words of one article holds for the next: who has read much is still right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.matching.engine import Engine
from alerts.matching.engine.memory import PROPER
from alerts.matching.engine.neighbours import (
    MEANT,
    TAKEN,
    UNKNOWN,
    Meant,
    Spot,
    judge,
    learn,
    no_neighbours,
    turn,
)
from alerts.matching.engine.reading import page
from alerts.matching.engine.settling import nothing_known
from alerts.model import Article, Entity, EntityRef, Kind, Name, Watchlist
from alerts.watchlists.meaning.evaluate import evaluate
from alerts.watchlists.meaning.lexicon import Lexicon

# Some are longer names in the gazetteer or in `LEXICON`; "Abbas" is a first name.
WORDS = (
    *("New York", "York", "Tizi Ouzou", "Tizi", "Khan Tuman", "Kafr Zeita", "Idleb Front", "Idleb"),
    *("Idleb/front", "Front", "Abbas Hims", "Abbas", "Hims", "Rakka Tuesday", "Rakka", "Tuesday"),
    *("Kadhafi", "of", "2026", "said"),
)
LEXICON = Lexicon.shipped(
    {
        "front": Entity(id="front", kind=Kind.GROUP, name="Idleb Front"),
        "rakka": Entity(id="rakka", kind=Kind.PLACE, name="Rakka Tuesday", aliases=("Raqqa",)),
    }
)
_PLACES = ("Taiz", "Yorck", "Idlib", "Khan Shaykhun", "Homs", "Kafr Zita", "Raqqa")
WATCHLISTS = [
    *(Watchlist(id=name, title=name, condition=Name(Kind.PLACE, name)) for name in _PLACES),
    Watchlist(id="person", title="Person", condition=Name(Kind.PERSON, "Gaddafi")),
    Watchlist(id="group", title="Group", condition=Name(Kind.GROUP, "Idlib Front")),
    Watchlist(id="entity", title="Entity", condition=EntityRef("rakka")),
]
#: It reads the articles of all examples.
ENGINE = Engine(enumerate(WATCHLISTS), LEXICON)

articles = st.builds(
    Article,
    id=st.just("article"),
    title=st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join),
    content=st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
    language=st.sampled_from(["en", "en", "tr"]),
)


@given(st.lists(articles, min_size=1, max_size=4))
def test_an_engine_that_has_read_much_answers_what_the_plain_evaluator_answers(
    read: list[Article],
) -> None:
    for article in (*read, *read):
        expected = [
            number
            for number, watchlist in enumerate(WATCHLISTS)
            if evaluate(watchlist, article, LEXICON) is not None
        ]
        assert sorted(ENGINE.match_ids(article).tolist()) == expected


#: Three tokens in chunks of their own, each its head and its folded word; around the second.
_SPOT, _MEANT = Spot(1, 2, 0, 3), Meant(owner=1, is_place=False)


@pytest.mark.parametrize(
    ("tokens", "spot", "meant", "turns"),
    [
        ((0, 2, 4), _SPOT, Meant(owner=2, is_place=False), 0),
        ((0, 2, 4), Spot(0, 2, 0, 3), _MEANT, 0),
        ((0, 2, 4), Spot(1, 3, 0, 3), _MEANT, 0),
        ((2, 2, 4), _SPOT, _MEANT, 0),
        ((0, 2, 2), _SPOT, _MEANT, 0),
        ((0, 2, 4), _SPOT, _MEANT, 1),
    ],
)
def test_what_depends_on_who_is_meant_is_known_only_there(
    tokens: tuple[int, ...], spot: Spot, meant: Meant, turns: int
) -> None:
    words, known, first, second = np.arange(6, dtype=np.uint64), no_neighbours(), page(8), page(8)
    first.tokens[:3], second.tokens[:3] = (0, 2, 4), tokens
    learn(first, words, known, _SPOT, _MEANT, TAKEN, is_somebodys=True)
    assert judge(first, words, known, _SPOT, _MEANT) == TAKEN
    for _ in range(turns):
        turn(known)
    assert judge(second, words, known, spot, meant) == UNKNOWN


def test_what_is_nobodys_name_decides_for_everybody() -> None:
    words, known, read = np.arange(6, dtype=np.uint64) | np.uint64(PROPER), no_neighbours(), page(8)
    read.tokens[:3] = (0, 2, 4)
    learn(read, words, known, _SPOT, _MEANT, MEANT, is_somebodys=False)
    for owner in range(3):
        assert judge(read, words, known, _SPOT, Meant(owner, is_place=False)) == MEANT
    # The word before may be the first name of a person: nobody asked.
    assert judge(read, words, known, _SPOT, Meant(1, is_place=True)) == UNKNOWN


def test_small_words_of_one_chunk_say_nothing_of_those_that_are_written_like_names() -> None:
    # "Idlib/front" and "Idlib Front": a head and a folded word each.
    words = np.array([PROPER, 7, 0, 8, PROPER, 8], np.uint64)
    known, first, second = no_neighbours(), page(8), page(8)
    first.tokens[:2], second.tokens[:2] = (0, 2), (0, 4)
    spot = Spot(0, 1, 0, 2)
    learn(first, words, known, spot, _MEANT, MEANT, is_somebodys=False)
    assert judge(first, words, known, spot, _MEANT) == MEANT
    assert judge(second, words, known, spot, _MEANT) == UNKNOWN


def test_an_article_with_more_windows_than_are_remembered_is_read_to_its_end() -> None:
    """It must not forget its own beginning for its end, again and again."""
    engine = Engine(enumerate(WATCHLISTS), LEXICON)
    listener = engine._segments[0]._listener
    listener._room = 2
    listener._windows = nothing_known(2)
    article = Article(id="a", title="Taez, Yurck, Idleb, Khan Sheikhoun, Hims, Kafr Zeita, Rakka")
    expected = [
        number
        for number, watchlist in enumerate(WATCHLISTS)
        if evaluate(watchlist, article, LEXICON) is not None
    ]
    assert sorted(engine.match_ids(article).tolist()) == expected
    assert expected
    assert listener._room > 2
