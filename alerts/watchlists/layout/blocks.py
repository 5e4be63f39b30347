"""Block scalars (`|` and `>`): their lines are kept as their author broke them."""

from __future__ import annotations

import re

_HEADER = re.compile(r"([|>])[-+0-9]*[ \t]*(#[^\n]*)?")


def header_comment(written: str) -> tuple[str, int] | None:
    """Return the comment behind the `>` of a block, and where it begins in *written*."""
    found = _HEADER.match(written)
    if found is None or found[2] is None:
        return None
    return found[2].rstrip(" \t"), found.start(2)


def block_lines(written: str, value: str) -> tuple[str, ...]:
    """Return header and lines of a block, without its indentation.

    Nothing, where only quotes can show the text: it ends in blank lines, is empty, or has blanks at
    the end of a line, which editors take away.
    """
    text = value.strip("\n")
    if not text or value.endswith("\n\n"):
        return ()
    _, _, body = written.partition("\n")
    lines = body.rstrip("\n").split("\n")
    lead = len(text) - len(text.lstrip(" "))
    first = next((line for line in lines if line.strip(" ")), "")
    indent = len(first) - len(first.lstrip(" ")) - lead
    lines = [line[indent:] for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    if any(line != line.rstrip(" \t") for line in lines):
        return ()
    # The number says how far the block is indented, where its first line does not show it.
    number = "2" if lead or text.startswith("\t") else ""
    return (written[0] + number + ("" if value.endswith("\n") else "-"), *lines)
