"""`# tocsin: ignore CODE[,CODE] reason`: what an author knows of and wants to keep.

At the end of a line it speaks of that line; on a line of its own of the key below it with its value, or of
the line below it; and where an entry begins (the line of a watchlist's id, of an entity's, a receiver's or a
feed's) of the whole entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from alerts.watchlists.assemble import Page
from alerts.watchlists.complaints import quoted
from alerts.watchlists.layout.reader import tree_of
from alerts.watchlists.nodes import Node
from alerts.workbench.lint.codes import BY_CODE, IDLE, UNKNOWN, UNREASONED
from alerts.workbench.lint.subject import Finding

_MARK = re.compile(r"#\s*tocsin\s*:\s*ignore\b[:\s]*", re.IGNORECASE)
_CODES = re.compile(r"[A-Za-z]+[0-9]+(?:\s*,\s*[A-Za-z]+[0-9]+)*")


@dataclass
class Ignore:
    """A comment that ignores some codes."""

    page: Page
    #: Where the comment stands.
    at: Node
    codes: tuple[str, ...]
    reason: str
    #: The lines that it speaks of, from and to.
    first: int
    last: int
    #: Codes that it has ignored.
    used: set[str] = field(default_factory=set)

    def takes(self, finding: Finding) -> bool:
        """Tell whether it speaks of *finding*, and remember that it did."""
        speaks = (
            finding.code in self.codes
            and finding.file.path == self.page.file.path
            and self.first <= finding.node.line <= self.last
        )
        if speaks:
            self.used.add(finding.code)
        return speaks

    def found(self, code: str, message: str, hint: str) -> Finding:
        """Return a finding about the comment itself."""
        return Finding(file=self.page.file, node=self.at, code=code, message=message, hint=hint)


def ignores_in(page: Page) -> list[Ignore]:
    """Return the comments of a file that ignore something, in its order."""
    lines = page.file.lines
    if not any("tocsin" in line.lower() for line in lines):
        return []
    comments = tree_of("".join(f"{line}\n" for line in lines)).comments
    below = {line: end for part in page.root.entries.values() for line, end in _keys(part)}
    spans = dict(_entries(page.root)), below
    return [
        _ignore(page, found, line, spans) for text, line in comments if (found := _MARK.match(text))
    ]


def _ignore(
    page: Page, mark: re.Match[str], line: int, spans: tuple[dict[int, int], dict[int, int]]
) -> Ignore:
    text = page.file.lines[line - 1]
    column = text.rfind(mark.string) + 1
    rest = mark.string[mark.end() :]
    codes = _CODES.match(rest)
    alone = not text[: column - 1].strip()
    spoken_of = _next(page.file.lines, line) if alone else line
    return Ignore(
        page=page,
        at=Node(mark.string, line, column, end_line=line),
        codes=tuple(re.split(r"\s*,\s*", codes.group().upper())) if codes else (),
        reason=rest[codes.end() :].strip(" :-–") if codes else rest.strip(),
        first=spoken_of,
        last=spans[alone].get(spoken_of, spoken_of),
    )


def _next(lines: list[str], line: int) -> int:
    """Return the next line that says something."""
    below = range(line + 1, len(lines) + 1)
    return next((each for each in below if not lines[each - 1].strip().startswith("#")), line)


def _entries(root: Node) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of each entry of a section."""
    for section, holder in root.entries.items():
        if section == "watchlists":
            for item in holder.items:
                yield item.entries["id"].line, max(item.entries["id"].line, _end(item))
        elif holder.items:
            yield from ((item.line, _end(item)) for item in holder.items)
        elif section != "routes":
            yield from (
                (holder.key(name).line, _end(item)) for name, item in holder.entries.items()
            )


def _keys(node: Node) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of each key below a section, the outer ones last."""
    for part in (*node.items, *node.entries.values()):
        yield from _keys(part)
    yield from ((node.key(name).line, _end(part)) for name, part in node.entries.items())


def _end(node: Node) -> int:
    """Return the last line of *node*."""
    parts = [*node.items, *node.entries.values()]
    return max([node.line, node.end_line, *map(_end, parts)])


def flaws(ignores: Iterable[Ignore], judged: frozenset[str]) -> Iterator[Finding]:
    """Yield what is wrong with the comments, once every finding was held against them.

    Of codes that were not *judged* nobody knows whether there was something to ignore.
    """
    for each in ignores:
        unknown = [code for code in each.codes if code not in BY_CODE]
        if unknown or not each.codes:
            named = f"there is no code {quoted(unknown[0])}" if unknown else "it names no code"
            hint = "such as: # tocsin: ignore L206 a small militia"
            yield each.found(UNKNOWN, f"{named}: nothing is ignored", hint)
        idle = [code for code in each.codes if code in judged and code not in each.used]
        if idle:
            message = f"nothing here earns {' and '.join(idle)} any more"
            yield each.found(IDLE, message, "delete the comment, or the code in it")
        if each.codes and not each.reason:
            hint = f"# tocsin: ignore {','.join(each.codes)} why it is right here"
            yield each.found(UNREASONED, "it gives no reason", hint)
