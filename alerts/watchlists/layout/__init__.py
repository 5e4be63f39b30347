"""One layout for rule files, so that a diff shows meaning only (`tocsin fmt`).

The layout is written from our own tree (`reader`, `settle`, `writer`).  A round trip through
ruamel.yaml would keep comments too, but hangs them on what stood before them: a key that moves
leaves its comment behind, and a comment inside of brackets loses its line when they are opened.

Nothing is believed of a layout: it is read again by the loader's own reader, and taken only when it
says the same, holds the same comments at the same entries, and is its own layout.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from alerts.errors import RulesError
from alerts.watchlists import source
from alerts.watchlists.collector import collector_paused
from alerts.watchlists.layout.reader import tree_of
from alerts.watchlists.layout.settle import settle
from alerts.watchlists.layout.tree import Document
from alerts.watchlists.layout.writer import written
from alerts.watchlists.nodes import Node

_LINE_BREAK = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A rule file before and after."""

    before: bytes
    #: The same as before where the file is fine, or cannot be laid out.
    after: bytes
    #: Why the file cannot be laid out; empty when it can.
    problem: str = ""
    #: Where the problem stands, from 1; 0 when the whole file is meant.
    line: int = 0

    @property
    def changes(self) -> bool:
        """Whether the file is not in the layout yet."""
        return self.before != self.after


def lay_out(body: bytes, path: str) -> Layout:
    """Return a rule file, given as bytes, in the one layout.

    Keys go into the order of the schema and every comment goes with its key.  The file need not
    follow the schema.  *path* is for complaints only.

    Raises:
        RulesError: the file is not YAML as rule files may hold it (R1xx).
    """
    with collector_paused():
        return _laid_out(body, path)


def _laid_out(body: bytes, path: str) -> Layout:
    file, root = source.read(body, path)
    if file.complaints:
        raise RulesError(tuple(sorted(file.complaints, key=lambda each: (each.line, each.column))))
    document = settle(tree_of(_LINE_BREAK.sub("\n", body.decode("utf-8").removeprefix("\ufeff"))))
    after = written(document).encode()
    if after == body:
        return Layout(before=body, after=body)
    problem, line = _difference(root, document, after)
    if problem:
        return Layout(before=body, after=body, problem=problem, line=line)
    return Layout(before=body, after=after)


def _difference(root: Node | None, document: Document, after: bytes) -> tuple[str, int]:
    """Say what is wrong with *after*, the text of *document*, and on which line of the original.

    "" when nothing is; 0 when the whole file is meant.
    """
    file, again = source.read(after, "")
    if file.complaints:
        return f"the layout could not be read: {file.complaints[0].message}", 0
    if line := _first_difference(root, again):
        return "the layout would say something else", line
    read_again = tree_of(after.decode())
    left = Counter(text for text, _ in read_again.comments)
    for text, line in document.comments:
        left[text] -= 1
        if left[text] < 0:
            return f"the layout would lose the comment {text}", line
    if settle(read_again) != document or left.total():
        return "the layout would not be stable", 0
    return "", 0


def _first_difference(before: Node | None, after: Node | None) -> int:
    """Return the line of the first node that says something else; 0 when all say the same."""
    if before is None or after is None:
        # A file of comments only, or of `---`, says nothing.
        node = before or after
        return node.line if node is not None and node.value is not None else 0
    if before.entries.keys() != after.entries.keys() or len(before.items) != len(after.items):
        return before.line
    pairs = [(part, after.entries[key]) for key, part in before.entries.items()]
    for one, other in pairs + list(zip(before.items, after.items, strict=True)):
        if line := _first_difference(one, other):
            return line
    if isinstance(before.value, dict | list):
        is_same = type(before.value) is type(after.value)
    else:
        # Tells 1 from true and 1.0, and not a number is equal to itself.
        is_same = repr(before.value) == repr(after.value)
    return 0 if is_same else before.line
