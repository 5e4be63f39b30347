"""Cleaning, cutting and marking of text that came from outside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.rendering.marked import (
    MOST_MARKS,
    Marked,
    Run,
    clean,
    cut,
    cut_marked,
    mark,
    units,
)

ANY_TEXT = st.text(st.characters(codec=None), max_size=400)  # surrogates, NUL and all
SPANS = st.lists(st.tuples(st.integers(-5, 500), st.integers(-5, 500)), max_size=20)


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("  two\n\tlines\r\n", "two lines"),
        ("a\0b\x1b[31mc\x7f\x9b", "a b [31mc"),
        ("Idlib\u202ecba\u2066x\u2069", "Idlibcbax"),
        ("Kh\u200bme\ufeffim\u00adim", "Khmeimim"),
        ("می\u200cخواهم 👩\u200d🚀", "می\u200cخواهم 👩\u200d🚀"),
        ("\ud83d torn", "\ufffd torn"),
        ("line\u2028separator\x85", "line separator"),
        ("\u200b \0", ""),
    ],
)
def test_what_cannot_be_seen_is_taken_out(given: str, cleaned: str) -> None:
    assert clean(given) == cleaned


@given(ANY_TEXT)
def test_cleaned_text_is_one_encodable_line(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert len(cleaned.splitlines()) <= 1
    assert clean(cleaned) == cleaned


@given(ANY_TEXT, st.integers(1, 50))
def test_a_cut_keeps_its_limit_and_its_beginning(text: str, limit: int) -> None:
    shown = cut(clean(text), limit)
    assert units(shown) <= limit
    assert clean(text).startswith(shown.removesuffix("…"))
    shown.encode()


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("short", 5, "short"),
        ("Khan Shaykhun hit", 15, "Khan Shaykhun…"),
        ("Donaudampfschifffahrt", 10, "Donaudamp…"),
        ("🔴🔴🔴🔴", 6, "🔴🔴…"),
        ("cafe\u0301s", 5, "caf…"),
        ("x👩\u200d🚀y" * 2, 5, "x…"),
    ],
)
def test_a_cut_hurts_as_little_as_it_can(text: str, limit: int, shown: str) -> None:
    assert cut(text, limit) == shown


@given(ANY_TEXT, SPANS)
def test_marking_changes_no_words(text: str, spans: list[tuple[int, int]]) -> None:
    marked = mark(text, spans)
    assert "".join(str(marked).split()) == "".join(clean(text).split())
    assert sum(run.marked for run in marked.runs) <= MOST_MARKS
    assert all(run.text for run in marked.runs)


@given(ANY_TEXT, SPANS, st.integers(1, 60))
def test_cut_marked_text_keeps_its_limit(
    text: str, spans: list[tuple[int, int]], limit: int
) -> None:
    assert units(str(cut_marked(mark(text, spans), limit))) <= limit


def test_overlapping_and_foreign_spans_are_merged() -> None:
    assert mark("air base hit", [(4, 8), (0, 6), (11, 900), (7, 3)]) == Marked(
        (Run("air base", marked=True), Run(" hi"), Run("t", marked=True))
    )


def test_marked_words_are_bold_and_everything_is_escaped() -> None:
    marked = mark("<b>a & b</b>", [(3, 4)])
    assert marked.__html__() == "&lt;b&gt;<b>a</b> &amp; b&lt;/b&gt;"
