"""The rule files that ship are an example of what they teach."""

from __future__ import annotations

from pathlib import Path

from alerts.watchlists.contents import Contents
from alerts.workbench.lint import Subject, lint

RULES = Path(__file__).parents[3] / "rules"


def test_the_shipped_rules_earn_nothing() -> None:
    found = lint(Subject.of(Contents.of_folder(RULES), {}))
    assert [str(each.complaint) for each in found] == []
