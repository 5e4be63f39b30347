from __future__ import annotations

import unicodedata

from alerts.text import tokens
from alerts.text.marks import MARKS

OURS = {chr(code) for first, last in MARKS for code in range(first, last + 1)}
#: Those of the Unicode that this Python knows; a newer one has some more, of rarer scripts.
THEIRS = {one for one in map(chr, range(0x300, 0x1F000)) if unicodedata.category(one)[0] == "M"}


def test_the_marks_that_are_written_out_are_the_marks_of_unicode() -> None:
    assert OURS <= THEIRS
    assert unicodedata.unidata_version != "14.0.0" or OURS == THEIRS


def test_a_mark_parts_no_word() -> None:
    text = " ".join(f"ab{mark}cd" for mark in sorted(OURS))
    assert len(tokens.tokenize(text)) == len(OURS)


def test_spans_are_in_order_and_apart() -> None:
    codes = [code for span in MARKS for code in span]
    assert codes == sorted(codes)
