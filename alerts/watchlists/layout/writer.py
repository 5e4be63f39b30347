"""A settled tree as text; nothing is decided here."""

from __future__ import annotations

from alerts.watchlists.layout.quoting import spellings
from alerts.watchlists.layout.settle import INDENT
from alerts.watchlists.layout.tree import Branch, Comment, Document, Entry, Leaf


def written(document: Document) -> str:
    """Return the text of a file; empty, or ending in one line break."""
    lines: list[str] = []
    _write_comments(document.head, "", lines)
    if document.root is not None:
        _write_root(document.root, lines)
    _write_comments(document.foot, "", lines)
    return "\n".join([*lines, ""]) if lines else ""


def _write_root(root: Entry, lines: list[str]) -> None:
    value = root.value
    if isinstance(value, Branch) and not value.inline:
        for part in value.entries:
            _write_entry(part, 0, lines)
        return
    _write_first_line("", root, lines)
    if isinstance(value, Leaf):
        _write_block(value, 0, lines)
    else:
        lines += [" " * INDENT + line for line in value.inline.split("\n")[1:]]


def _write_entry(entry: Entry, indent: int, lines: list[str]) -> None:
    pad = " " * indent
    _write_comments(entry.above, pad, lines)
    if entry.blank:
        lines.append("")
    value = entry.value
    if entry.name is None and isinstance(value, Branch) and not value.inline:
        start = len(lines)
        _write_parts(value, indent + INDENT, lines)
        lines[start] = f"{pad}- {lines[start][indent + INDENT :]}"
        return
    lead = "-" if entry.name is None else f"{spellings(entry.name)[0]}:"
    _write_first_line(pad + lead, entry, lines)
    if isinstance(value, Branch):
        lines += [" " * (indent + INDENT) + line for line in value.inline.split("\n")[1:]]
        _write_parts(value, indent + INDENT, lines)
    else:
        _write_block(value, indent + INDENT, lines)


def _write_first_line(lead: str, entry: Entry, lines: list[str]) -> None:
    """Write key or dash, what fits behind it, and the comment at the end of the line."""
    value = entry.value
    if isinstance(value, Branch):
        text = value.inline.split("\n")[0]
    else:
        text = value.lines[0] if value.lines else value.text
    line = f"{lead} {text}" if lead and text else lead + text
    if not entry.beside:
        lines.append(line)
        return
    pad = " " * len(line)
    lines += [
        f"{pad if number else line}  {comment}" for number, comment in enumerate(entry.beside)
    ]


def _write_parts(branch: Branch, indent: int, lines: list[str]) -> None:
    for part in branch.entries:
        _write_entry(part, indent, lines)
    _write_comments(branch.foot, " " * indent, lines)


def _write_block(leaf: Leaf, indent: int, lines: list[str]) -> None:
    lines += [" " * indent + line if line else "" for line in leaf.lines[1:]]


def _write_comments(comments: list[Comment], pad: str, lines: list[str]) -> None:
    for comment in comments:
        if comment.blank:
            lines.append("")
        lines.append(pad + comment.text)
