"""New entries at the end of the list `feeds:` of a rule file; nothing else in it moves.  Pure.

A file in the layout of `tocsin fmt` stays in it.  Nothing is believed of the result: it is read
again, and must say what the file said, and the new entries behind.
"""

from __future__ import annotations

from collections.abc import Sequence

from alerts.errors import RulesError
from alerts.feeds.entries import Entry, document, written
from alerts.watchlists import source
from alerts.watchlists.layout import lay_out
from alerts.watchlists.nodes import Node, plain, scalars


class NotAppendedError(Exception):
    """The file cannot take the entries; the text says why, and what to do."""


def appended(body: bytes, entries: Sequence[Entry], path: str) -> bytes:
    """Return the rule file *body* with *entries* at the end of its feeds.

    *path* is for complaints only.

    Raises:
        NotAppendedError: it cannot be done without rewriting the file, or it would be too large.
        RulesError: *body* is not YAML as rule files may hold it.
    """
    if not body.strip():
        return lay_out(_bounded(document(entries).encode(), path), path).after
    layout = lay_out(body, path)
    in_layout = not layout.changes and not layout.problem
    before = _root(body, path)
    after = _appended(body, before, entries)
    if after is None:  # brackets, which the layout opens
        after = _appended(layout.after, _root(layout.after, path), entries)
    if after is None:
        raise NotAppendedError(f"{path} stands in brackets: write one entry on each line")
    _bounded(after, path)
    if not _says_more(before, _root(after, path), entries):
        raise NotAppendedError(f"{path} is laid out in a way that cannot be added to; run `fmt`")
    return lay_out(after, path).after if in_layout else after


def _bounded(body: bytes, path: str) -> bytes:
    if len(body) > source.MAX_BYTES:
        limit = f"{source.MAX_BYTES:,} bytes"
        raise NotAppendedError(
            f"{path} would be larger than {limit}: name another file with --file, or split the list"
        )
    return body


def _root(body: bytes, path: str) -> Node | None:
    file, root = source.read(body, path)
    if file.complaints:
        raise RulesError(tuple(file.complaints))
    return root


def _appended(body: bytes, root: Node | None, entries: Sequence[Entry]) -> bytes | None:
    """Return *body* with *entries*; None where the list is in brackets."""
    text = body.decode("utf-8")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[-1]:
        lines.pop()
    feeds = root.entries.get("feeds") if root is not None else None
    if (
        root is not None
        and root.entries
        and lines[root.line - 1][root.column - 1 :].startswith("{")
    ):
        return None
    if root is None or feeds is None:
        new = ["", "feeds:", *_blocks(entries, "  ", apart=True)]
        return _joined(lines, len(lines), new, text)
    if not feeds.items:
        line = (root.keys or {})["feeds"][0]
        return _joined(lines, line, _blocks(entries, "  ", apart=True), text)
    if lines[feeds.line - 1][feeds.column - 1] != "-":
        return None
    end = _last_line(feeds.items[-1], lines)
    apart = len(feeds.items) < 2 or not lines[feeds.items[-1].line - 2].strip()
    blocks = _blocks(entries, " " * (feeds.column - 1), apart=apart)
    return _joined(lines, end, ["", *blocks] if apart else blocks, text)


def _blocks(entries: Sequence[Entry], indent: str, *, apart: bool) -> list[str]:
    lines: list[str] = []
    for entry in entries:
        if apart and lines:
            lines.append("")
        lines += written(entry, indent=indent)
    return lines


def _last_line(item: Node, lines: Sequence[str]) -> int:
    """Return the number of the last line of *item*, from 1."""
    end = max((scalar.end_line or scalar.line for scalar in scalars(item)), default=item.line)
    # A block scalar ends where the next thing begins: blank lines and comments are not its.
    while end > item.line and not lines[end - 1].partition("#")[0].strip():
        end -= 1
    while end < len(lines) and lines[end].lstrip().startswith(("}", "]")):
        end += 1
    return end


def _joined(lines: list[str], at: int, new: list[str], text: str) -> bytes:
    ending = "\r\n" if "\r\n" in text else "\n"
    return (ending.join([*lines[:at], *new, *lines[at:]]) + ending).encode()


def _says_more(before: Node | None, after: Node | None, entries: Sequence[Entry]) -> bool:
    """Tell whether *after* says all of *before*, and in its feeds *entries* besides."""
    was, now = (plain(root) if root is not None else None for root in (before, after))
    was = was or {}  # a file of nothing but `---`
    if not isinstance(was, dict) or not isinstance(now, dict):
        return False
    known, found = was.get("feeds") or [], now.get("feeds")
    rest = [{key: said[key] for key in said.keys() - {"feeds"}} for said in (was, now)]
    if repr(_sorted(rest[0])) != repr(_sorted(rest[1])) or not isinstance(found, list):
        return False
    new = [entry.get("url") for entry in found[len(known) :] if isinstance(entry, dict)]
    return found[: len(known)] == known and new == [entry["url"] for entry in entries]


def _sorted(said: dict[str, object]) -> dict[str, object]:
    return dict(sorted(said.items()))
