"""Names that are compared as they are written are found with what clings to them, in every matcher."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.matching import Matcher
from alerts.matching.engine import Engine
from alerts.model import (
    Article,
    Entity,
    EntityRef,
    How,
    Keyword,
    Kind,
    Name,
    Phrase,
    Spelling,
    Term,
    Watchlist,
)
from alerts.watchlists.meaning.evaluate import evaluate
from alerts.watchlists.meaning.lexicon import Lexicon

ENTITIES = {
    "pkk": Entity(
        id="pkk",
        kind=Kind.GROUP,
        name="Kurdistan Workers' Party",
        aliases=("PKK", "HPG Kurdistan", "UNIFIL"),
        weak_aliases=("KCK", "Kongra", "حزب"),
        support=(Keyword("dağ"),),
    ),
    "daesh": Entity(
        id="daesh",
        kind=Kind.GROUP,
        name="DAEŞ örgütü",
        aliases=("داعش", "الدولة الإسلامية", "DEAŞ", "Dawla"),
        spelling=Spelling.LISTED,
    ),
    "qaeda": Entity(id="qaeda", kind=Kind.GROUP, name="قاعدة", spelling=Spelling.LISTED),
}
LEXICON = Lexicon(ENTITIES)
_TEXT = """
PKK PKK'nın PKK’lı PKK'NIN Pkk'nın pkk KCK'ya kck'ya Kongra'nın kongra'nın HPG HPG'nin Kurdistan
Kurdistan'ın DAEŞ DAEŞ'in örgütü örgütü'nün DEAŞ'lılar deaş'ın Dawla'nın dawla'ya UNIFIL'e unifil'e
dağ وداعش فداعش بداعش داعش الدولة والدولة بالدولة للدولة الإسلامية والإسلامية القاعدة وللقاعدة
بقاعدة قاعدة حزب وحزب الحزب anti-PKK'lı YPG/PKK'lı PKK'd PKK's Sana'a
"""
WORDS = _TEXT.split()
TERMS: tuple[Term, ...] = (
    *map(EntityRef, ENTITIES),
    Name(Kind.GROUP, "PKK"),
    Name(Kind.GROUP, "YPG"),
    Name(Kind.PLACE, "DEAŞ"),
    Phrase("PKK"),
    Keyword("Dawla"),
)


def found(term: Term, text: str) -> list[tuple[str, How]]:
    """Return what is found of *term* in *text*, by the definition and by both matchers."""
    watchlist = Watchlist(id="w", title="W", condition=term)
    article = Article(id="a", title=text)
    match = evaluate(watchlist, article, LEXICON)
    assert Matcher([watchlist], LEXICON).match(article) == ([match] if match else [])
    ids = Engine([(0, watchlist)], LEXICON).match_ids(article).tolist()
    assert ids == ([0] if match else [])
    return [(one.surface, one.how) for one in match.evidence] if match else []


PKK, DAESH, QAEDA = map(EntityRef, ENTITIES)
FOUND = [
    (PKK, "Ordu PKK'nın mağarasını vurdu", [("PKK'nın", How.ALIAS)]),
    (PKK, "UNIFIL’e ateş", [("UNIFIL’e", How.ALIAS)]),
    (PKK, "HPG Kurdistan'dan açıklama", [("HPG Kurdistan'dan", How.ALIAS)]),
    (PKK, "HPG'nin Kurdistan kolu", []),
    (PKK, "PKK’lı KCK'ya", [("PKK’lı", How.ALIAS), ("KCK'ya", How.WEAK_ALIAS)]),
    (PKK, "KCK'ya operasyon", []),
    (PKK, "Pkk'nın", []),
    (DAESH, "DEAŞ'lılar yakalandı", [("DEAŞ'lılar", How.ALIAS)]),
    (DAESH, "هجوم لداعش", [("لداعش", How.ALIAS)]),
    (DAESH, "وبالدولة الإسلامية", [("وبالدولة الإسلامية", How.ALIAS)]),
    (DAESH, "الدولة والإسلامية", []),
    (QAEDA, "حرب على للقاعدة", [("للقاعدة", How.EXACT)]),
    (Name(Kind.GROUP, "YPG"), "YPG'nin üssü", [("YPG'nin", How.EXACT)]),
    (Phrase("YPG"), "YPG'nin üssü", []),
]


@pytest.mark.parametrize(("term", "text", "surfaces"), FOUND)
def test_what_clings_to_a_name_is_no_part_of_it(
    term: Term, text: str, surfaces: list[tuple[str, How]]
) -> None:
    assert found(term, text) == surfaces


@given(st.sampled_from(TERMS), st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join))
def test_matchers_take_off_what_the_definition_takes_off(term: Term, text: str) -> None:
    found(term, text)
