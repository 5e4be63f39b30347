"""Every code is found somewhere, explained on docs/lint.md, and earned by its example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import alerts.workbench.lint
from alerts.workbench.lint.codes import CODES, LintCode
from alerts.workbench.lint.page import PATH, findings, page
from tests.workbench.lint.desks import codes

PACKAGE = Path(alerts.workbench.lint.__file__).parent


def test_every_code_that_is_found_is_listed_and_the_other_way_round() -> None:
    texts = [path.read_text("utf-8") for path in PACKAGE.glob("*.py")]
    listed = (PACKAGE / "codes.py").read_text("utf-8")
    others = "".join(
        text for text in texts if text not in (listed, (PACKAGE / "page.py").read_text())
    )
    named = set(re.findall(r'"(L\d{3})"', others))
    constant = {"L101", "L901", "L902", "L903"}
    assert named | constant == {code.code for code in CODES}


def test_codes_are_unique_and_in_order() -> None:
    codes = [each.code for each in CODES]
    assert codes == sorted(set(codes))
    assert len(codes) >= 20


@pytest.mark.parametrize("code", CODES, ids=lambda each: each.code)
def test_the_example_of_a_code_earns_it(code: LintCode) -> None:
    (finding,) = (each for each in findings(code) if each.code is code)
    assert finding.complaint.source.strip()


@pytest.mark.parametrize("code", CODES, ids=lambda each: each.code)
def test_each_code_has_its_heading_and_its_line_in_the_contents(code: LintCode) -> None:
    text = PATH.read_text(encoding="utf-8")
    assert text.count(f"\n## {code.code}\n") == 1
    assert f"\n| [{code.code}](#{code.anchor}) | {code.level} | " in text


def test_the_page_is_what_the_code_makes_it() -> None:
    made = page()
    assert PATH.read_text(encoding="utf-8") == made, "python -m alerts.workbench.lint.page"


def test_the_comments_of_the_page_ignore_what_they_say() -> None:
    (text,) = re.findall(
        r"```yaml\n(watchlists:\n  - id: russian-vessels.*?)```", page(), re.DOTALL
    )
    assert codes(text) == ["L401"]
    bare = "\n".join(line.partition("# tocsin")[0].rstrip() for line in text.split("\n"))
    assert sorted(codes(bare)) == ["L113", "L206", "L208", "L401"]
