"""A complaint shows its place under the right letter, and never lets a file write to the terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.model import Complaint
from alerts.watchlists.complaints import Part, place, render, render_all
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


def test_a_complaint_about_a_whole_file_names_only_the_file() -> None:
    whole = replace(a_complaint("", 0), line=0)
    assert place(whole) == "rules/a.yml"
    assert render(whole) == "rules/a.yml: R201 the key 'x' is unknown"


def test_colours_are_laid_on_the_parts_and_change_nothing_else() -> None:
    def marked(part: Part, text: str) -> str:
        return f"<{part}>{text}</{part}>"

    complaint = a_complaint("  severty: high", 3, hint="did you mean 'severity'?")
    assert render(complaint, marked) == (
        "<place>rules/a.yml:3:3</place>: <code>R201</code> the key 'x' is unknown\n"
        "      severty: high\n"
        "      <caret>^</caret>\n"
        "  <hint>hint:</hint> did you mean 'severity'?"
    )
    assert render_all([complaint], marked) == render(complaint, marked)


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


@pytest.mark.parametrize(
    "url",
    [
        "htp://desk:s3cret@example.org/rss",
        "http:/desk:s3cret@example.org/rss",
        "http:desk:s3cret@example.org/rss",
        "htp://desk:s3c@s3cret/s3cret@example.org/rss",
        f"ftp://desk:{'s3cret' * 20}@example.org/rss",
        f"http://desk:s3cret@example.org/{'x' * 3_000}",
    ],
)
def test_the_login_of_a_url_is_repeated_nowhere(url: str) -> None:
    (complaint,) = complaints_about(f"feeds: [{{url: '{url}', publisher: X}}]")
    assert complaint.code == "R210"
    assert "s3c" not in str(complaint)


def test_nor_that_of_a_feed_that_is_declared_twice() -> None:
    feed = "{url: 'https://desk:s3cret@example.org/rss', publisher: X}"
    (complaint,) = complaints_about(f"feeds: [{feed}, {feed}]")
    assert complaint.code == "R304"
    assert "s3cret" not in str(complaint)
    assert "https://…@example.org/rss" in complaint.message
