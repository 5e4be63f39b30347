"""Every matcher knows that a frequent word, where a sentence begins, is no place of that name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.matching import Matcher
from alerts.matching.engine import Engine
from alerts.model import Article, Entity, EntityRef, Kind, Name, Watchlist
from alerts.watchlists.meaning.evaluate import evaluate
from alerts.watchlists.meaning.lexicon import Lexicon

HIT = Name(Kind.PLACE, "Hit")
ENTITIES = {
    "corps": Entity(
        id="corps", kind=Kind.GROUP, name="Anbar Corps", weak_aliases=("AC",), support=(HIT,)
    )
}
LEXICON = Lexicon(ENTITIES)
CORPS = EntityRef("corps")
WORDS = ["Hit", "hit", "Hit.", "“Hit", "road.", "road", "in", "AC", "AC:", "Anbar Corps"]


def is_met(term: Name | EntityRef, text: str) -> bool:
    """Ask the definition and both matchers."""
    watchlist = Watchlist(id="w", title="W", condition=term)
    article = Article(id="a", title=text)
    match = evaluate(watchlist, article, LEXICON)
    assert Matcher([watchlist], LEXICON).match(article) == ([match] if match else [])
    ids = Engine([(0, watchlist)], LEXICON).match_ids(article).tolist()
    assert ids == ([0] if match else [])
    return match is not None


MET = [
    (HIT, "Hit the road", False),
    (HIT, "We left. Hit the road", False),
    (HIT, "They left Hit", True),
    (HIT, "Hit and run in Hit", True),
    (CORPS, "Hit by the AC", False),
    (CORPS, "AC enters Hit", True),
    (CORPS, "Hit by the Anbar Corps, or AC", True),
]


@pytest.mark.parametrize(("term", "text", "met"), MET)
def test_the_first_word_of_a_sentence_needs_another_mention(
    term: Name | EntityRef, text: str, met: bool
) -> None:
    assert is_met(term, text) is met


def test_what_vetoes_is_no_first_word_either() -> None:
    veto = Watchlist(id="w", title="W", condition=CORPS, exclude=HIT)
    article = Article(id="a", title="Hit hard: the Anbar Corps")
    assert evaluate(veto, article, LEXICON)
    assert Matcher([veto], LEXICON).match(article)
    assert Engine([(0, veto)], LEXICON).match_ids(article).tolist() == [0]


@given(st.sampled_from([HIT, CORPS]), st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join))
def test_matchers_agree_about_first_words(term: Name | EntityRef, text: str) -> None:
    is_met(term, text)
