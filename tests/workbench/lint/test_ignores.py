"""Comments that ignore: what they speak of, what they leave, and what is said of them."""

from __future__ import annotations

import pytest

from alerts.workbench.lint.codes import BY_CODE
from tests.workbench.lint.desks import TESTS, asked, codes, found, watchlist, watchlists

FAULTY = "keywords: [WHO, sarin, Sarin]"


def test_without_a_comment_both_are_found() -> None:
    assert codes(asked(FAULTY)) == ["L208", "L201"]


@pytest.mark.parametrize(
    "text",
    [
        asked(f"{FAULTY}  # tocsin: ignore L208,L201 they are meant"),
        asked(f"{FAULTY}  # tocsin: ignore L201 , L208: they are meant"),
        asked(f"{FAULTY}  # TOCSIN: ignore l201,l208 - they are meant"),
        asked(f"# tocsin: ignore L208,L201 they are meant\n{FAULTY}"),
        asked(f"# tocsin: ignore L208 it is meant\n# tocsin: ignore L201 it, too\n{FAULTY}"),
        asked(f"# tocsin: ignore L208,L201 they are meant\n# More is said of it.\n{FAULTY}"),
        asked(FAULTY).replace("id: w", "id: w  # tocsin: ignore L201,L208 they are meant"),
        asked(
            "keywords:\n  - WHO  # tocsin: ignore L208 it is meant\n  - sarin\n"
            "  # tocsin: ignore L201 for the desk\n  - Sarin"
        ),
    ],
)
def test_what_a_comment_speaks_of_is_left_out(text: str) -> None:
    assert codes(text) == []


def test_another_code_is_told_all_the_same() -> None:
    assert codes(asked(f"{FAULTY}  # tocsin: ignore L201 they are meant")) == ["L208"]


def test_a_comment_on_an_id_ends_with_its_watchlist() -> None:
    ignored = watchlist(FAULTY).replace(": w\n", ": w  # tocsin: ignore L201,L208 meant\n", 1)
    text = watchlists(ignored, watchlist("keywords: [WHO, gas, Gas]", name="v"))
    assert [(each.code.code, each.complaint.line) for each in found(text)] == [
        ("L208", 12),
        ("L201", 12),
    ]


def test_a_comment_above_an_id_speaks_of_that_line_alone() -> None:
    untested = watchlist(FAULTY, tests="")
    text = "watchlists:\n  # tocsin: ignore L401 it will get some\n" + untested
    assert codes(text) == ["L208", "L201"]


def test_a_comment_at_an_entity_speaks_of_all_of_it() -> None:
    text = (
        "entities:\n  north:  # tocsin: ignore L301,L306 as it came from the office\n"
        "    type: group\n    name: North Hill\n    weak_aliases: [NHB]\n"
        + asked("keywords: [gas]")
    )
    assert codes(text) == []


def test_a_comment_above_a_key_speaks_of_its_value_and_no_further() -> None:
    text = asked(
        "# tocsin: ignore L201 it is meant\nkeywords: [sarin,\n  Sarin]\nexclude: [film, Film]"
    )
    assert [(each.code.code, each.complaint.line) for each in found(text)] == [("L201", 8)]


def test_a_mark_inside_of_a_text_is_no_comment() -> None:
    quoted = asked('keywords: ["# tocsin: ignore L208 no", WHO]')
    folded = asked("query: >-\n  WHO OR sarin\n").replace(
        "title: w", 'title: "#tocsin: ignore L208"'
    )
    assert codes(quoted) == ["L208"]
    assert codes(folded) == ["L208"]


def test_a_comment_speaks_of_its_own_file() -> None:
    first = asked("keywords: [tabun]")
    other = watchlists(watchlist(FAULTY, name="v")).replace(
        ": v\n", ": v  # tocsin: ignore L208 x\n", 1
    )
    assert codes(first, other) == ["L201"]


def test_a_comment_that_ignores_nothing_is_told_with_the_code_that_is_idle() -> None:
    (idle,) = found(asked("keywords: [WHO]  # tocsin: ignore L208,L209 it is meant"))
    assert (idle.code.code, idle.complaint.line, idle.complaint.column) == ("L901", 5, 22)
    assert "L209" in idle.complaint.message
    assert "L208" not in idle.complaint.message


def test_of_what_was_not_looked_for_nobody_says_that_it_is_idle() -> None:
    """Without stored articles nothing is over-broad."""
    assert codes(asked("keywords: [sarin]  # tocsin: ignore L101 a rare word")) == []


@pytest.mark.parametrize("code", ["L901", "L902", "L903"])
def test_what_is_said_of_comments_cannot_be_ignored(code: str) -> None:
    text = asked(f"keywords: [sarin]  # tocsin: ignore {code} no")
    assert codes(text) == ["L901"]
    assert BY_CODE[code].code == code


def test_a_crlf_file_and_a_byte_order_mark_change_nothing() -> None:
    text = asked(f"{FAULTY}  # tocsin: ignore L208,L201 they are meant")
    assert codes("\ufeff" + text.replace("\n", "\r\n")) == []
    assert TESTS in text
