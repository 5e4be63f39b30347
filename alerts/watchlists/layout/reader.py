"""From the text of a rule file to a tree in which every comment hangs where it belongs.

libyaml says where each value begins and ends; what begins with # between two values is a comment.
A comment at the end of a line belongs to what the line says; one with a line to itself belongs to
the entry below it, or, where a list or mapping ends, to the deepest one that it is indented for.

Only for texts that `alerts.watchlists.source` has read without a complaint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from alerts.watchlists.layout.blocks import block_lines, header_comment
from alerts.watchlists.layout.quoting import counted, spellings
from alerts.watchlists.layout.tree import Branch, Comment, Document, Entry, Leaf
from alerts.watchlists.scalars import resolve
from alerts.watchlists.source import LOADER

_COMMENT = re.compile(r"#[^\n]*")
_BLANK = re.compile(r"\n[ \t]*\n")


def tree_of(text: str) -> Document:
    """Return what *text* says, and how; every line ends in a line feed."""
    return _Reader(text).read()


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end was not yet seen."""

    branch: Branch
    #: What it is the value of.
    holder: Entry
    #: A comment from here on to the right belongs into it.
    column: int
    #: Of a mapping: the entry that waits for its value.
    waiting: Entry | None = None


class _Reader:
    """Builds the tree from libyaml's events, and looks into the gaps between them."""

    def __init__(self, text: str) -> None:
        self._text = text
        #: Up to here everything was read.
        self._at = 0
        #: Comments that wait for an entry to stand above, and whether a blank line came after.
        self._pending: list[Comment] = []
        self._blank = False
        #: Whose line it is, and where what it says ended.
        self._last: Entry | None = None
        self._last_end = -1
        #: End and column of the comment at the end of a line, which may go on below itself.
        self._beside = (-1, -1)
        self._open: list[_Open] = []
        self._root: Entry | None = None
        self._comments: list[tuple[str, int]] = []

    def read(self) -> Document:
        for event in yaml.parse(self._text, Loader=LOADER):
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._begin(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._end(event)
        self._look(len(self._text))
        if self._root is not None and self._root.value == Leaf("", "null"):
            # `---` and nothing else.
            self._pending[:0], self._root = self._root.above, None
        lines = self._numbered(self._comments)
        return Document(root=self._root, foot=self._pending, comments=lines)

    # --- values

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        start, end = _span(event)
        self._look(start)
        written = self._text[start:end]
        if event.style in ("|", ">"):
            # libyaml takes the blank lines that follow into a block.
            end = start + len(written.rstrip(" \t\n"))
        parent = self._open[-1] if self._open else None
        if parent and not parent.branch.is_list and parent.waiting is None:
            entry = parent.waiting = self._entry(event.value)
            parent.branch.entries.append(entry)
        else:
            entry = self._holder()
            self._lift(entry)
            entry.value = _leaf(event, written, in_list=entry.name is None and parent is not None)
            self._close(parent)
        self._said(entry, end)
        if event.style in ("|", ">") and (found := header_comment(written)):
            self._comments.append((found[0], start + found[1]))
            self._put_beside(found[0])

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        start, _ = _span(event)
        self._look(start)
        holder = self._holder()
        branch = Branch(isinstance(event, yaml.SequenceStartEvent), bool(event.flow_style))
        holder.value = branch
        if branch.flow:
            self._lift(holder)
            # A lone pair in a list, [a: b], has no braces.
            self._said(holder, start + (self._text[start] in "[{"))
        column = _column(event)
        if not branch.flow and holder.name is None:
            self._hand_down(holder, column)
        outer = self._open[-1].column if self._open else -1
        # A list may stand right below its key; what is not deeper than the key is not in the list.
        self._open.append(_Open(branch, holder, max(column, outer + 1)))

    def _end(self, event: yaml.CollectionEndEvent) -> None:
        start, end = _span(event)
        self._look(start)
        ended = self._open.pop()
        if ended.branch.flow:
            if ended.branch.entries:
                ended.branch.foot, self._pending = self._pending, []
            self._lift(ended.holder)
            self._said(ended.holder, end)
        else:
            depth = 0
            while depth < len(self._pending) and self._pending[depth].column >= ended.column:
                depth += 1
            ended.branch.foot, self._pending = self._pending[:depth], self._pending[depth:]
        self._close(self._open[-1] if self._open else None)

    def _holder(self) -> Entry:
        """Return the entry whose value begins here."""
        if not self._open:
            self._root = Entry()
            return self._root
        parent = self._open[-1]
        if parent.waiting is not None:
            return parent.waiting
        entry = self._entry(None)
        parent.branch.entries.append(entry)
        return entry

    def _entry(self, name: str | None) -> Entry:
        entry = Entry(name=name, above=self._pending, blank=self._blank)
        self._pending, self._blank = [], False
        return entry

    def _hand_down(self, item: Entry, column: int) -> None:
        """Keep for the first entry of an *item* what stands above it, behind the dash."""
        number = len(item.above)
        while number and item.above[number - 1].column >= column:
            number -= 1
        if number < len(item.above):
            item.above, self._pending = item.above[:number], item.above[number:]
            self._blank, item.blank = item.blank, self._pending[0].blank

    def _lift(self, entry: Entry) -> None:
        """Put the comments between a key and its value above the key."""
        entry.lift(self._pending)
        self._pending, self._blank = [], False

    def _close(self, parent: _Open | None) -> None:
        if parent is not None:
            parent.waiting = None

    def _said(self, entry: Entry, end: int) -> None:
        self._last, self._last_end = entry, end
        self._at = max(self._at, end)

    # --- comments

    def _look(self, until: int) -> None:
        """Read the gap from the last value to the next."""
        if until <= self._at:
            return
        if "#" in self._text[self._at : until]:
            for found in _COMMENT.finditer(self._text, self._at, until):
                self._note(found.group().rstrip(" \t"), found.start())
                self._at = found.end()
        # A gap may come in two parts: before the end of a list and behind it.
        self._blank |= _BLANK.search(self._text, self._at, until) is not None
        self._at = until

    def _note(self, comment: str, start: int) -> None:
        self._comments.append((comment, start))
        line = self._text.rfind("\n", 0, start) + 1
        column = start - line
        if self._last_end > line:
            self._put_beside(comment)
            self._beside = (self._text.find("\n", start), column)
        elif self._beside == (line - 1, column) and self._last is not None:
            self._last.beside.append(comment)
            self._beside = (self._text.find("\n", start), column)
        else:
            blank = self._blank or _BLANK.search(self._text, self._at, start) is not None
            self._pending.append(Comment(comment, blank, column))
            self._blank = False

    def _put_beside(self, comment: str) -> None:
        if self._last is not None:
            # There is one place at the end of the line; who was there first moves up.
            self._last.lift_beside()
            self._last.beside = [comment]

    def _numbered(self, comments: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """Return *comments* with lines in the place of positions."""
        numbered, line, at = [], 1, 0
        for comment, start in comments:
            line += self._text.count("\n", at, start)
            at = start
            numbered.append((comment, line))
        return numbered


def _span(event: Any) -> tuple[int, int]:
    """Return where *event* begins and ends, in characters from 0."""
    return event.start_mark.index, event.end_mark.index


def _column(event: Any) -> int:
    return int(event.start_mark.column)


def _leaf(event: yaml.ScalarEvent, written: str, *, in_list: bool) -> Leaf:
    if event.style in ("|", ">") and (lines := block_lines(written, event.value)):
        return Leaf("", "", lines)
    value = event.value if event.style else resolve(event.value)
    if isinstance(value, str):
        return Leaf(*spellings(value))
    number = counted(event.value, value)
    # Behind a key nothing may stand for null; behind a dash or in brackets it looks forgotten.
    return Leaf(number or ("null" if in_list else ""), number or "null")
