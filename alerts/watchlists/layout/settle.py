"""The decisions of the layout: the order of keys, blank lines, what stands in brackets on one line.

Keys stand in the order of the schema, unknown ones last; mappings whose keys are names (entities,
receivers) and invented articles keep theirs.  Comments travel with their entries.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import get_origin

from alerts.watchlists.layout.quoting import spellings
from alerts.watchlists.layout.tree import Branch, Comment, Document, Entry, Leaf
from alerts.watchlists.schema.document import Document as RuleDocument
from alerts.watchlists.schema.document import sections_of
from alerts.watchlists.schema.watchlists import ArticleSection

WIDTH = 100
INDENT = 2
#: Columns of a list's longest entry, if the list is to be filled into lines.
LONGEST_WORD = 50

#: Keys without positions, from the root.
_Path = tuple[str, ...]

#: Sections whose entries are set apart by blank lines.
_SPACED = frozenset({"feeds", "entities", "watchlists", "receivers", "time_intervals"})


def settle(document: Document) -> Document:
    """Bring *document* into order, in place, and return it.

    What was settled, written and read again settles to the same.
    """
    root = document.root
    if root is None:
        document.head, document.foot = document.foot, []
    elif isinstance(root.value, Branch) and root.value.entries:
        root.lift_beside()
        document.foot[:0] = root.value.foot
        root.value.foot = []
        document.head = _settle_root(root, root.value)
    else:
        _settle(root, (), 0)
        document.head = root.above
    if root is not None:
        root.above, root.blank = [], False
    for first in document.head[:1]:
        first.blank = False
    return document


def _settle_root(root: Entry, branch: Branch) -> list[Comment]:
    """Settle every section; return what the file says about itself."""
    for entry in branch.entries:
        _settle(entry, () if entry.name is None else (entry.name,), 0)
    first = branch.entries[0]
    head = _take_head(root.above, first)
    if not branch.is_list:
        branch.entries = _ordered(branch.entries, ())
        for entry in branch.entries[1:]:
            entry.part(blank=True)
    foremost = branch.entries[0]
    if foremost is not first or not head:
        foremost.part(blank=bool(head))
    branch.flow = False
    return _take_head(head, foremost)


def _take_head(before: list[Comment], first: Entry) -> list[Comment]:
    """Return what the file says about itself; leave to its *first* entry what is the entry's.

    That is the last paragraph, where there are several and it stands right above the entry.
    """
    comments, first.above = before + first.above, []
    starts = [index for index, comment in enumerate(comments) if index and comment.blank]
    if first.blank or not starts:
        return comments
    first.above = comments[starts[-1] :]
    return comments[: starts[-1]]


def _settle(entry: Entry, path: _Path, indent: int) -> None:
    """Settle what is below *entry*, which begins at the column *indent* (from 0)."""
    value = entry.value
    if isinstance(value, Leaf):
        if value.lines and len(entry.beside) > 1:
            entry.lift_beside()
        return
    for part in value.entries:
        _settle(part, path if part.name is None else _below(path, part.name), indent + INDENT)
    if not value.is_list:
        value.entries = _ordered(value.entries, path)
    if entry.name is None and value.entries:
        # Behind the dash stands an entry: there is no room for comments but above both.
        first = value.entries[0]
        entry.lift(first.above, blank=first.blank)
        first.above = []
    value.inline = _inline(value, is_section=_is_section(entry, path))
    if indent + len(f"{_lead(entry)} {value.inline}") > WIDTH:
        value.inline = "" if entry.beside else _filled(value, indent, len(_lead(entry)))
    value.flow = bool(value.inline)
    if value.inline:
        value.entries = []
    else:
        _space(value, path, entry)


def _is_section(entry: Entry, path: _Path) -> bool:
    return len(path) == 1 and entry.name is not None


def _lead(entry: Entry) -> str:
    return "-" if entry.name is None else f"{spellings(entry.name)[0]}:"


def _inline(branch: Branch, *, is_section: bool) -> str:
    """Return the branch in brackets on one line; nothing where it does not belong there."""
    parts = branch.entries
    scalars = branch.is_list and all(isinstance(part.value, Leaf) for part in parts)
    if parts and not scalars and (is_section or not branch.flow):
        return ""
    if branch.foot or any(part.above or part.beside for part in parts):
        return ""
    texts = [_flow(part) for part in parts]
    # Of several lines is only what is too long for one: then this is too long as well.
    if not all(texts):
        return ""
    inside = ", ".join(texts)
    return f"[{inside}]" if branch.is_list else f"{{{inside}}}"


def _filled(branch: Branch, indent: int, lead: int) -> str:
    """Return a list of words in brackets over several lines; nothing for any other branch.

    A name has a dozen spellings: a line for each would make two screens of one entity.  Whole
    sentences and queries are read, and compared in a diff, one by one.
    """
    texts = [_flow(part) for part in branch.entries]
    if not branch.is_list or any(len(text) > LONGEST_WORD for text in texts):
        return ""
    if not all(isinstance(part.value, Leaf) for part in branch.entries):
        return ""
    lines, room = ["["], WIDTH - indent - lead - 1
    for number, text in enumerate(texts, 1):
        piece = text + ("]" if number == len(texts) else ",")
        blank = "" if lines[-1] in ("[", "") else " "
        if len(lines[-1]) + len(blank + piece) > room:
            lines.append("")
            blank, room = "", WIDTH - indent - INDENT
        lines[-1] += blank + piece
    return "\n".join(lines)


def _flow(entry: Entry) -> str:
    value = entry.value
    text = value.flow if isinstance(value, Leaf) else value.inline
    if entry.name is None or not text:
        return text
    return f"{spellings(entry.name)[1]}: {text}"


def _space(branch: Branch, path: _Path, holder: Entry) -> None:
    """Decide the blank lines in a branch over several lines."""
    first = branch.entries[0]
    first.part(blank=False)
    if _is_section(holder, path) and path[0] in _SPACED:
        for former, entry in pairwise(branch.entries):
            if former.is_tall or entry.is_tall:
                entry.part(blank=True)
    if holder.name is None:
        # Behind the dash stands an entry.
        holder.lift_beside()


# --- the order of keys ------------------------------------------------------------------------


def _ordered(entries: list[Entry], path: _Path) -> list[Entry]:
    known = _keys(path)
    return sorted(entries, key=lambda entry: known.get(entry.name or "", len(known)))


def _below(path: _Path, key: str) -> _Path:
    """Return the path of *key*; names are no keys, and one is like the other."""
    return (*path, "*" if _holds_names(path) else key)


@lru_cache(maxsize=1024)
def _keys(path: _Path) -> dict[str, int]:
    """Return the keys that the schema knows at *path*, numbered; none where the order is free."""
    if _holds_names(path):
        return {}
    sections = [each for each in sections_of(RuleDocument, path) if each is not ArticleSection]
    names = [field.alias or name for each in sections for name, field in each.model_fields.items()]
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


@lru_cache(maxsize=1024)
def _holds_names(path: _Path) -> bool:
    """Whether the keys of the mapping at *path* are names, such as the ids of entities."""
    *parents, key = path or ("",)
    return any(
        get_origin(field.annotation) is dict and (field.alias or name) == key
        for section in sections_of(RuleDocument, parents)
        for name, field in section.model_fields.items()
    )
