"""A rule file under review: its lines, and every finding about it with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from alerts.model import Complaint
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.nodes import Node
from alerts.watchlists.suggest import did_you_mean

#: One character of a quoted scalar as it is written.
_SINGLE = re.compile("''|.")
_DOUBLE = re.compile(r"\\x..|\\u.{4}|\\U.{8}|\\.|.")

#: A word is held against ten thousand ids in a millisecond; more slips than this are none.
_SUGGESTIONS = 100


@dataclass(slots=True)
class RuleFile:
    """One file under review: its lines, and what was found wrong with it so far."""

    path: str
    lines: list[str] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    #: What its author should know, though nothing is wrong.
    notes: list[Complaint] = field(default_factory=list)

    def complain(
        self, code: str, message: str, *, line: int = 0, column: int = 0, hint: str = ""
    ) -> None:
        """Note a finding; line and column count from 1, 0 is the whole file."""
        self.complaints.append(self._finding(code, message, line, column, hint))

    def remark(self, node: Node, code: str, message: str, hint: str = "") -> None:
        """Note something at *node* that is no reason to refuse the file."""
        self.notes.append(self._finding(code, message, node.line, node.column, hint))

    def _finding(self, code: str, message: str, line: int, column: int, hint: str) -> Complaint:
        shown = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Complaint(
            path=self.path,
            line=line,
            column=column,
            code=code,
            message=message,
            hint=hint,
            source=shown,
        )

    def blame(self, node: Node, flaw: FlawError) -> None:
        """Note *flaw* at its place in *node*."""
        column = node.column + self._shift(node, flaw.offset)
        hint = flaw.hint
        if len(self.complaints) < _SUGGESTIONS:
            hint = did_you_mean(*flaw.slip) or hint
        self.complain(flaw.code, flaw.message, line=node.line, column=column, hint=hint)

    @contextmanager
    def reviewing(self, node: Node) -> Iterator[None]:
        """Note a flaw that is raised inside, and go on after the block."""
        try:
            yield
        except FlawError as flaw:
            self.blame(node, flaw)

    def key(self, mapping: Node, name: str) -> Node:
        """Return the key *name* of *mapping*, for flaws inside of it."""
        key = mapping.key(name)
        key.end_line = key.line
        first = self.lines[key.line - 1][key.column - 1 : key.column]
        key.style = first if first in ("'", '"') else ""
        return key

    def _shift(self, node: Node, offset: int) -> int:
        """Return how far behind the beginning of *node* the character at *offset* stands.

        0 for texts over several lines, whose folding hides where their characters came from.
        """
        if node.line != node.end_line or node.style in ("|", ">"):
            return 0
        if not node.style:
            return offset
        # An escape takes ten characters at most, and the line may be a megabyte long.
        raw = self.lines[node.line - 1][node.column : node.column + 10 * offset]
        steps = (_SINGLE if node.style == "'" else _DOUBLE).finditer(raw)
        return 1 + sum(len(step.group()) for step, _ in zip(steps, range(offset), strict=False))
