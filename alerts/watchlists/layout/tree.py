"""A rule file as a tree whose comments hang where they belong.

Unlike `alerts.watchlists.nodes`, which knows what a file says and where, this tree knows how it was
said.  `reader` grows it, `settle` brings it into order, `writer` writes it down.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Comment:
    """A comment that has its line to itself."""

    #: With its #, without blanks at the end.
    text: str
    #: A blank line stands above it.
    blank: bool = False
    #: Where it stood, from 0; how deep it belongs where a mapping or list ends.
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar as it is written."""

    #: On one line, outside of brackets; empty for a block.
    text: str
    #: The same inside of brackets, where more needs quotes; empty for a block.
    flow: str
    #: Of a block: its header (`>-`) and its lines without their common indentation.
    lines: tuple[str, ...] = ()


@dataclass(slots=True)
class Branch:
    """A list or a mapping."""

    is_list: bool
    #: It was written in brackets.
    flow: bool
    entries: list[Entry] = field(default_factory=list)
    #: Comments behind the last entry.
    foot: list[Comment] = field(default_factory=list)
    #: All of it in brackets, where that was decided; then the entries are gone.  A long list of
    #: words goes over several lines.
    inline: str = ""


@dataclass(slots=True)
class Entry:
    """An entry of a mapping, an item of a list, or the whole document."""

    #: The key; None where there is none.
    name: str | None = None
    value: Leaf | Branch = field(default_factory=lambda: Leaf("", ""))
    above: list[Comment] = field(default_factory=list)
    #: A blank line stands directly above, between the comments and the entry.
    blank: bool = False
    #: The comment at the end of its (first) line; more lines when it goes on below itself.
    beside: list[str] = field(default_factory=list)

    def lift(self, comments: list[Comment], *, blank: bool = False) -> None:
        """Put *comments* between what stands above and the entry; *blank*: a blank line follows."""
        if comments:
            comments[0].blank = self.blank
            self.above += comments
            self.blank = blank

    def lift_beside(self) -> None:
        """Put the comment at the end of the line above it."""
        self.lift([Comment(text) for text in self.beside])
        self.beside = []

    def part(self, *, blank: bool) -> None:
        """Begin the entry, with its comments, after a blank line, or without one."""
        if self.above:
            self.above[0].blank = blank
        else:
            self.blank = blank

    @property
    def is_tall(self) -> bool:
        """Whether the entry itself takes more than one line."""
        value = self.value
        if isinstance(value, Leaf):
            many = bool(value.lines)
        else:
            many = not value.inline or "\n" in value.inline
        return many or len(self.beside) > 1


@dataclass(slots=True)
class Document:
    """A whole file."""

    #: None: the file holds nothing but comments.
    root: Entry | None
    #: What the file says about itself, before anything else.
    head: list[Comment] = field(default_factory=list)
    foot: list[Comment] = field(default_factory=list)
    #: Every comment that was met, wherever it went, with its line from 1.
    comments: list[tuple[str, int]] = field(default_factory=list, compare=False)
