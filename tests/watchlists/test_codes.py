"""Every code is raised, explained on docs/complaints.md, and earned by its example."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import alerts.watchlists
from alerts.watchlists.codes import CODES, Code
from alerts.watchlists.reference.complaints import WAYS_OUT, findings, page
from alerts.watchlists.reference.pages import OUT_OF_DATE

PACKAGE = Path(alerts.watchlists.__file__).parent
PAGE = PACKAGE.parents[1] / "docs" / "complaints.md"


def raised() -> Iterator[str]:
    """Yield each code that is handed to a call, be it to `FlawError`, `complain` or `remark`.

    Not the codes themselves, nor the page: they would count for their own sake.
    """
    for path in PACKAGE.rglob("*.py"):
        if path != PACKAGE / "codes.py" and PACKAGE / "reference" not in path.parents:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call | ast.IfExp | ast.Tuple):
                    yield from filter(re.compile(r"R\d{3}").fullmatch, constants(node))


def constants(node: ast.AST) -> Iterator[str]:
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def test_every_code_that_is_raised_is_listed_and_the_other_way_round() -> None:
    assert set(raised()) == {each.code for each in CODES}


def test_codes_are_unique_and_in_order() -> None:
    codes = [each.code for each in CODES]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize("code", CODES, ids=lambda each: each.code)
def test_the_example_of_a_code_earns_it(code: Code) -> None:
    """A complaint alone; a note perhaps beside others, for the files load."""
    found = [each.code for each in findings(code)]
    assert code.code in found
    if not code.is_note:
        assert set(found) == {code.code}


@pytest.mark.parametrize("code", CODES, ids=lambda each: each.code)
def test_the_page_says_the_way_out_of_each_code(code: Code) -> None:
    hints = [each.hint for each in findings(code) if each.code == code.code]
    assert code.code in WAYS_OUT or all(hints)


def test_there_is_a_way_out_only_of_what_exists() -> None:
    assert set(WAYS_OUT) <= {each.code for each in CODES}


@pytest.mark.parametrize("code", CODES, ids=lambda each: each.code)
def test_each_code_has_its_heading_and_its_line_in_the_contents(code: Code) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(f"\n## {code.code}\n") == 1
    assert f"\n| [{code.code}](#{code.anchor}) | " in text


def test_the_page_is_what_the_code_makes_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), OUT_OF_DATE
