"""docs/rule-files.md explains every key, and what it shows loads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts.watchlists.reference.chapters import CHAPTERS
from alerts.watchlists.reference.rule_files import page
from alerts.watchlists.schema.section import Section
from tests.docs.pages import blocks
from tests.watchlists.marked import rules_of

PAGE = page()
EXAMPLES = [block.text for block in blocks(PAGE) if block.language == "yaml"]
ENVIRONMENT = {
    "OPS_CHAT": "-1001234567890",
    "DESK_HOOK_URL": "https://example.org/hook",
    "DESK_HOOK_SECRET": f"whsec_{'MfKQ' * 8}",
    "PHONES_URL": "ntfy://example",
    "MATRIX_URL": "matrixs://user:password@example.org",
}


def test_every_section_has_its_chapter() -> None:
    told = {chapter.section.__name__ for chapter in CHAPTERS}
    assert told | {"Document"} == {section.__name__ for section in Section.__subclasses__()}


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_loads(text: str) -> None:
    rules_of(text, ENVIRONMENT)


def test_every_top_section_has_an_example() -> None:
    shown = {line.partition(":")[0] for text in EXAMPLES for line in text.splitlines()}
    assert {"feeds", "entities", "watchlists", "routes", "time_intervals", "receivers"} <= shown


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.definition)
def test_every_key_stands_in_the_table_of_its_section(chapter: object) -> None:
    assert isinstance(chapter, type(CHAPTERS[0]))
    own = re.split(rf"^#+ {re.escape(chapter.heading)}$", PAGE, flags=re.MULTILINE)[1]
    own = re.split(r"^#+ ", own, flags=re.MULTILINE)[0]
    for name, field in chapter.section.model_fields.items():
        (row,) = re.findall(rf"^\| `{field.alias or name}` .*$", own, re.MULTILINE)
        assert ("**required**" in row) == field.is_required()
    for key in chapter.section.unsupported:
        assert f"`{key}`" in own


def test_links_lead_somewhere() -> None:
    headings = {
        f"#{found.lower().replace(' ', '-')}"
        for found in re.findall("^#+ (.*)$", PAGE, re.MULTILINE)
    }
    files = {path.name for path in (Path(__file__).parents[2] / "docs").iterdir()}
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert links
    for link in links:
        assert link in (headings if link.startswith("#") else files)


def test_lines_of_tables_have_as_many_cells_as_their_head() -> None:
    for line in PAGE.splitlines():
        if line.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", line)) == 5
