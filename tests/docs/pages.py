"""The pages of docs/ as the tests read them: code blocks and tables, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TABLE = re.compile(r"(?:^\|.*\|\n)+", re.MULTILINE)
#: What parts cells; a bar inside code is written `\|`.
_BAR = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block."""

    #: Of its first line of text; from 1.
    line: int
    language: str
    text: str
    #: The line of prose in front of it.
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table."""

    line: int
    #: The names of the columns.
    head: tuple[str, ...]
    cells: tuple[str, ...]


def read(name: str) -> str:
    """Return the page *name*."""
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of *page*, in order."""
    return [
        Block(
            line=_line(page, found.start(2)),
            language=found.group(1),
            text=found.group(2),
            before=page[: found.start()].rstrip().rpartition("\n")[2],
        )
        for found in _FENCE.finditer(page)
    ]


def rows(page: str, *head: str) -> list[Row]:
    """Return the rows of every table of *page* whose columns are called *head*."""
    found = []
    for table in _TABLE.finditer(page):
        lines = table.group().splitlines()
        if _cells(lines[0]) != head:
            continue
        first = _line(page, table.start())
        found += [
            Row(line=first + number, head=head, cells=_cells(line))
            for number, line in enumerate(lines)
            if number > 1
        ]
    return found


def code(cell: str) -> list[str]:
    """Return what stands in backticks."""
    return [text.replace(r"\|", "|") for text in _CODE.findall(cell)]


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in _BAR.split(line)[1:-1])


def _line(page: str, offset: int) -> int:
    return page.count("\n", 0, offset) + 1
