"""From the bytes of a rule file to a tree that knows its places, or to complaints.

YAML is cut down to what a person can review: one document, no anchors, aliases, tags or directives,
no duplicate keys, bounded size and depth.  libyaml only parses here; what scalars mean is decided
in `scalars`, by YAML 1.2.  Nothing is constructed, so nothing in a file can run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.nodes import Node, Value
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.scalars import resolve

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

# 1,000 watchlists to a tree: 0.2 s with libyaml, 1 s with the parser in Python, which knows the
# same (tests/watchlists/speed.py).
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
# YAML 1.2.2, 5.1.  NEL, LS and PS are refused too: libyaml takes them for line breaks (as 1.1 did).
_FORBIDDEN = re.compile(
    "[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)

#: What libyaml says, and what most often lies behind it.
_HINTS = {
    "mapping values are not allowed": "a text that holds ': ' needs quotes",
    "cannot start any token": "a text that begins with @, ` or % needs quotes",
    "did not find expected alphabetic": "a text that begins with * or & needs quotes",
    "unexpected end of stream": "a quote or bracket was opened and never closed",
    "did not find expected key": "check the indentation; a text that goes on after its closing"
    " quote needs quotes of the other kind around all of it",
    "did not find expected '-' indicator": "check the indentation of this list",
    "could not find expected ':'": "a key needs a colon and a blank after it",
    "did not find expected ',' or": "a bracket was opened and not closed, or a comma is missing",
    "unknown escape character": "in double quotes a backslash is written twice; in single quotes"
    " it stands for itself",
}
#: Problems that are found late; where the text began says more.
_UNCLOSED = ("unexpected end of stream", "expected ',' or", "expected ':'")

#: Stands where the value could not be taken, so that the schema does not complain again.
_PLACEHOLDER = "unknown"


def read(body: bytes, path: str, loader: Any = LOADER) -> tuple[RuleFile, Node | None]:
    """Return the file under review, and its tree unless it is empty or unreadable."""
    file = RuleFile(path)
    if len(body) > MAX_BYTES:
        file.complain("R103", f"the file is larger than {MAX_BYTES:,} bytes", hint="split it")
        return file, None
    text = _decoded(body, file)
    if text is None:
        return file, None
    return file, _Composer(file).compose(text, loader)


def _decoded(body: bytes, file: RuleFile) -> str | None:
    try:
        text = body.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        file.lines = _LINE_BREAK.split(body.decode("utf-8", "replace"))
        before = _LINE_BREAK.split(body[: error.start].decode())
        line, column = len(before), len(before[-1]) + 1
        hint = "save the file as UTF-8"
        file.complain("R104", "this is not UTF-8 text", line=line, column=column, hint=hint)
        return None
    file.lines = _LINE_BREAK.split(text)
    forbidden = _FORBIDDEN.search(text)
    if forbidden is None:
        return text
    before = _LINE_BREAK.split(text[: forbidden.start()])
    file.complain(
        "R105",
        f"the character U+{ord(forbidden.group()):04X} may not stand in a rule file",
        line=len(before),
        column=len(before[-1]) + 1,
        hint="it is invisible; delete it and type the text again",
    )
    return None


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end was not yet seen."""

    node: Node
    #: Of a mapping: the key that waits for its value.
    key: Node | None = None


class _Composer:
    """Builds the tree from libyaml's events: no recursion, so depth is a number to compare."""

    def __init__(self, file: RuleFile) -> None:
        self._file = file
        self._open: list[_Open] = []
        self._root: Node | None = None
        self._documents = 0

    def compose(self, text: str, loader: Any) -> Node | None:
        """Return the root of the document; None when it is empty or cannot be parsed."""
        try:
            for event in yaml.parse(text, Loader=loader):
                self._take(event)
        except FlawError:
            return None
        except yaml.YAMLError as error:
            self._broken(error)
            return None
        return self._root

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._check_properties(event)
            self._attach(self._scalar(event))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._check_properties(event)
            node = _node(event, [])
            if isinstance(event, yaml.MappingStartEvent):
                node.value, node.keys = {}, {}
            self._attach(node)
            self._open.append(_Open(node))
            if len(self._open) > MAX_DEPTH:
                self._stop("R111", f"more than {MAX_DEPTH} levels inside one another", event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, yaml.AliasEvent):
            hint = "write the value out; a text that begins with * needs quotes"
            self._complain(
                "R108", f"aliases are not supported: {quoted(event.anchor)}", event, hint
            )
            self._attach(_node(event, _PLACEHOLDER))
        elif isinstance(event, yaml.DocumentStartEvent):
            self._begin(event)

    def _begin(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop("R110", "a second document begins here", event, "use a second file")
        if event.tags or event.version not in (None, (1, 2)):
            hint = "delete the line that begins with %"
            self._complain("R114", "only the directive '%YAML 1.2' is supported", event, hint)

    def _check_properties(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            hint = "write the value out; a text that begins with & needs quotes"
            self._complain(
                "R108", f"anchors are not supported: {quoted(event.anchor)}", event, hint
            )
        if event.tag is not None:
            hint = "a text that begins with ! needs quotes"
            self._complain("R109", f"tags are not supported: {quoted(event.tag)}", event, hint)

    def _scalar(self, event: yaml.ScalarEvent) -> Node:
        text = event.value
        # Escapes in double quotes bring in again what may not stand in the file itself.
        if event.style == '"' and (forbidden := _FORBIDDEN.search(text)):
            message = f"an escape stands for the character U+{ord(forbidden.group()):04X}"
            self._complain("R105", message, event, "texts hold no control characters")
            text = _PLACEHOLDER
        node = _node(event, text if event.style else resolve(text))
        node.end_line, node.style = _place(event.end_mark)[0], event.style or ""
        return node

    def _attach(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if isinstance(parent.node.value, list):
            parent.node.value.append(node)
        elif parent.key is None:
            parent.key = node
        else:
            self._put(parent.node, parent.key, node)
            parent.key = None

    def _put(self, mapping: Node, key: Node, node: Node) -> None:
        if not isinstance(key.value, str):
            self._misplaced("R113", "a key must be text", key, "put it in quotes")
        name = str(key.value)
        if name in mapping.entries:
            message = f"the key {quoted(name)} stands here twice"
            self._misplaced("R112", message, key, f"first on line {mapping.key(name).line}")
            return
        mapping.entries[name] = node
        if mapping.keys is not None:
            mapping.keys[name] = (key.line, key.column)

    def _misplaced(self, code: str, message: str, key: Node, hint: str) -> None:
        self._file.complain(code, message, line=key.line, column=key.column, hint=hint)

    def _complain(self, code: str, message: str, event: yaml.Event, hint: str = "") -> None:
        line, column = _place(event.start_mark)
        self._file.complain(code, message, line=line, column=column, hint=hint)

    def _stop(self, code: str, message: str, event: yaml.Event, hint: str = "") -> None:
        self._complain(code, message, event, hint)
        raise FlawError(code, message)

    def _broken(self, error: yaml.YAMLError) -> None:
        problem = getattr(error, "problem", None) or "unreadable"
        unclosed = any(said in problem for said in _UNCLOSED)
        marks = [getattr(error, name, None) for name in ("problem_mark", "context_mark")]
        mark = next(filter(None, reversed(marks) if unclosed else marks), None)
        line, column = _place(mark)
        if self._tabbed(line):
            column = self._file.lines[line - 1].index("\t") + 1
            hint = "indent with blanks"
            self._file.complain("R107", "a tab indents", line=line, column=column, hint=hint)
            return
        hint = next((hint for said, hint in _HINTS.items() if said in problem), "")
        self._file.complain("R106", f"not YAML: {problem}", line=line, column=column, hint=hint)

    def _tabbed(self, line: int) -> bool:
        text = self._file.lines[line - 1] if 0 < line <= len(self._file.lines) else ""
        return "\t" in text[: len(text) - len(text.lstrip())]


def _node(event: yaml.Event, value: Value) -> Node:
    line, column = _place(event.start_mark)
    return Node(value, line, column)


def _place(mark: Any) -> tuple[int, int]:
    """Return line and column from 1; libyaml and its twin in Python have a class of marks each."""
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)
