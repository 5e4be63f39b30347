"""Excerpts show what counted, whole, with marks where it stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.workbench.searching import excerpt

TEXTS = st.text(st.sampled_from("ab \n"), max_size=80)


@given(TEXTS, st.data())
def test_marked_words_are_those_that_were_found(text: str, data: st.DataObject) -> None:
    ends = st.integers(0, len(text))
    spans = sorted(
        (min(pair), max(pair)) for pair in data.draw(st.lists(st.tuples(ends, ends), max_size=3))
    )
    shown, inside = excerpt(text, spans, around=10)
    marked = [shown[start:end] for start, end in inside]
    flat = text.replace("\n", " ")
    assert marked == [flat[a:b] for a, b in spans][: len(marked)] or not spans
    assert bool(inside) == bool(spans)
    assert len(shown) <= (spans[0][1] - spans[0][0] if spans else 0) + 2 * 10 + 2


def test_an_excerpt_is_cut_between_words() -> None:
    text = "Some people were treated for sarin in the town of Idlib today"
    assert excerpt(text, [(29, 34)], around=12) == ("…treated for sarin in the town…", [(13, 18)])
    assert excerpt("sarin", [(0, 5)], around=9) == ("sarin", [(0, 5)])
