"""What is made from the code and committed, each by its path from the root of the sources."""

from __future__ import annotations

from pathlib import Path

from alerts.watchlists.reference import complaints, json_schema, rule_files

ROOT = Path(__file__).parents[3]
PAGES = {
    "docs/complaints.md": complaints.page,
    "docs/rule-files.md": rule_files.page,
    "rules/tocsin.schema.json": json_schema.as_text,
}
OUT_OF_DATE = "made from the code: run `make docs`"


def write() -> None:
    """Write them all."""
    for path, page in PAGES.items():
        (ROOT / path).write_text(page(), encoding="utf-8")
