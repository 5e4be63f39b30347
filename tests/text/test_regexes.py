from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.text.regexes import compile_regex, encodable, spans, union


def test_spans_count_characters_and_leave_empty_ones_out() -> None:
    assert list(spans(compile_regex("x*"), "éx😀xx")) == [(1, 2), (3, 5)]


def test_lone_surrogates_do_not_move_spans() -> None:
    assert list(spans(compile_regex("b"), "\ud83d\ude00b\udc00b")) == [(2, 3), (4, 5)]


@given(st.text(alphabet=st.characters()))
def test_every_text_can_be_searched(text: str) -> None:
    assert len(encodable(text)) == len(text)
    assert sum(end - start for start, end in spans(compile_regex("(?s)."), text)) == len(text)


@pytest.mark.parametrize("pattern", ["(", "a(?=b)", r"(a)\1", "\ud800", "a{2000}{2000}"])
def test_what_re2_lacks_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        compile_regex(pattern)


def test_a_union_is_found_wherever_one_of_its_patterns_is() -> None:
    both = union(["(?i)abc", "d|e"])
    assert both.search("ABC")
    assert both.search("xe")
    assert not both.search("DE")


def test_patterns_that_are_too_much_together_have_no_union() -> None:
    assert union([rf"{number}\pL{{100}}" for number in range(16)]) is None
