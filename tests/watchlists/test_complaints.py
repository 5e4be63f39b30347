"""A complaint shows its place under the right letter, and never lets a file write to the terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import alerts.watchlists
from alerts.model import Complaint
from alerts.watchlists.codes import CODES, Code
from alerts.watchlists.complaints import render, render_all
from alerts.watchlists.suggest import did_you_mean
from tests.watchlists.marked import complaints_about


def a_complaint(source: str, column: int, *, hint: str = "") -> Complaint:
    return Complaint(
        path="rules/a.yml",
        line=3,
        column=column,
        code="R201",
        message="the key 'x' is unknown",
        hint=hint,
        source=source,
    )


def test_a_complaint_shows_place_line_caret_and_hint() -> None:
    assert render(a_complaint("  severty: high", 3, hint="did you mean 'severity'?")) == (
        "rules/a.yml:3:3: R201 the key 'x' is unknown\n"
        "      severty: high\n"
        "      ^\n"
        "  hint: did you mean 'severity'?"
    )


def test_complaints_are_told_one_after_the_other() -> None:
    one = a_complaint("", 0)
    assert render_all([one, one]) == f"{render(one)}\n\n{render(one)}"


@pytest.mark.parametrize(
    ("before", "padding"),
    [
        ("ab", "  "),
        ("\ta", "\t "),
        ("化学", "    "),
        ("é", " "),
        ("e\u0301", " "),
        ("م\u200cن", "  "),
    ],
)
def test_the_caret_stands_under_the_letter(before: str, padding: str) -> None:
    rendered = render(a_complaint(f"{before}X", len(before) + 1))
    assert rendered.split("\n")[2] == f"    {padding}^"


def test_a_long_line_is_cut_around_the_place() -> None:
    rendered = render(a_complaint("a" * 5_000 + "X" + "b" * 5_000, 5_001)).split("\n")
    assert len(rendered[1]) < 200
    assert rendered[1][rendered[2].index("^")] == "X"


@given(st.text(max_size=300), st.integers(min_value=0, max_value=300))
def test_no_file_moves_the_cursor(source: str, column: int) -> None:
    rendered = render(a_complaint(source, column))
    assert not {"\x1b", "\r", "\b", "\u202e", "\u2028", "\x9b"} & set(rendered)
    assert len(rendered.split("\n")) in (1, 3)


def test_a_value_with_escapes_is_shown_harmlessly() -> None:
    (complaint,) = complaints_about("receivers: {ops: {email: {to: 'a\u202eb'}}}")
    assert "\u202e" not in render(complaint)


@pytest.mark.parametrize(
    "text",
    [
        f"watchlists: [{{id: w, title: W, query: {'a' * 9_000}:b}}]",
        f"watchlists: [{{id: w, title: W, keywords: ['title:{'a' * 9_000}']}}]",
        f"watchlists: [{{id: w, title: W, status: {'a' * 9_000}}}]",
        f"version: &{'a' * 9_000} 1",
        f"receivers: {{ops: {{telegram: {{chat: '${{{'A' * 9_000}}}'}}}}}}",
        f"{'a' * 9_000}: 1",
    ],
)
def test_a_long_value_does_not_make_a_long_message(text: str) -> None:
    for complaint in complaints_about(text):
        assert len(complaint.message + complaint.hint) < 400
        assert len(render(complaint)) < 800


def test_a_slip_is_corrected_and_a_stranger_is_not() -> None:
    assert did_you_mean("Severty", ["severity", "summary"]) == "did you mean 'severity'?"
    assert did_you_mean("xyzzy", ["severity", "summary"]) == ""
    assert did_you_mean("x", []) == ""


# --- codes ------------------------------------------------------------------------------------

#: Where they are earned instead: no single text can.
ELSEWHERE = {
    "R101": "test_load.py::test_a_missing_folder_is_a_complaint",
    "R102": "test_load.py::test_what_cannot_be_read_is_a_complaint_beside_the_others",
    "R305": "test_load.py::test_ids_declared_twice_name_the_other_place",
}


@pytest.mark.parametrize(
    "code", [each for each in CODES if each.example], ids=lambda each: each.code
)
def test_the_example_of_a_code_earns_it_and_nothing_else(code: Code) -> None:
    assert [each.code for each in complaints_about(code.example)] == [code.code]


def test_every_code_has_an_example_or_a_test_of_its_own() -> None:
    assert {each.code for each in CODES if not each.example} == set(ELSEWHERE)


def test_codes_are_unique_ordered_and_complete() -> None:
    codes = [each.code for each in CODES]
    assert codes == sorted(set(codes))
    package = Path(alerts.watchlists.__file__).parent
    used = {
        code
        for path in package.rglob("*.py")
        for code in re.findall(r'"(R\d{3})"', path.read_text(encoding="utf-8"))
    }
    assert used == set(codes)
