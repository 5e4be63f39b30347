"""Names are packed and come out as they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.matching.engine.names import Names
from alerts.model import Kind, Name
from alerts.watchlists.meaning.lexicon import Lexicon

LEXICON = Lexicon.shipped()


@given(
    st.lists(
        st.one_of(st.text(), st.sampled_from(["Idlib", "خان شيخون", "Хан-Шейхун", "Deir ez-Zor"]))
    )
)
def test_what_is_packed_comes_out_as_it_was(texts: list[str]) -> None:
    sounds = [
        (term, one)
        for term, text in enumerate(texts)
        for one in LEXICON.respellings(Name(Kind.PLACE, text))
    ]
    names = Names()
    for term, one in sounds:
        names.add(term, one)
    every = [name for key in sorted(names.keys()) for name in names.of(key)]
    found = {(name.sound, name.owner, name.term, name.most) for name in every}
    assert found == {(one.sound, one.owner, term, one.most) for term, one in sounds}
