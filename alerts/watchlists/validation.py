"""The schema held against a tree: pydantic's findings in our words, at their places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.nodes import Node, plain, prune, trail
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.schema.document import Document, sections_of
from alerts.watchlists.schema.section import Section
from alerts.watchlists.suggest import did_you_mean

#: pydantic's name of the error -> what is wanted in its place.
_WANTED = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "int_type": "a number",
    "float_type": "a number",
    "finite_number": "a number",
    "tuple_type": "two numbers",
    "bool_type": "true or false",
}
#: What pydantic puts behind a key when the key itself is wrong.
_KEY = "[key]"


def validate(file: RuleFile, root: Node) -> Document:
    """Return what *root* says, complaining in *file* about everything that the schema refuses.

    What is refused is cut out of the tree, and the rest validated again: references and queries of
    the remainder can still be checked in the same run.
    """
    if not isinstance(root.value, dict):
        wanted = "sections (feeds, entities, watchlists, routes, receivers)"
        message = f"{wanted} are wanted, not {_kind(root)}"
        file.complain("R203", message, line=root.line, column=root.column)
        return Document()
    try:
        return Document.model_validate(plain(root))
    except ValidationError as error:
        findings = error.errors(include_url=False, include_input=False)
    for finding in _worth_telling(findings):
        _complain(file, root, finding)
    return _remainder(root, findings)


def _remainder(root: Node, findings: list[ErrorDetails]) -> Document:
    """Cut out what was refused, then what cannot stand without it, until the rest is valid."""
    while True:
        prune(root, [_path(finding) for finding in findings if not _supplied(root, finding)])
        try:
            return Document.model_validate(plain(root))
        except ValidationError as error:
            findings = error.errors(include_url=False, include_input=False)


def _supplied(root: Node, finding: ErrorDetails) -> bool:
    """Name a nameless watchlist, so that the rest of it is still checked."""
    *path, key = finding["loc"] or ("",)
    found = trail(root, path)
    if finding["type"] != "missing" or key not in ("id", "title") or not found:
        return False
    node = found[-1][1]
    node.entries[str(key)] = Node(f"unnamed-{node.line}-{node.column}", node.line, node.column)
    return True


def _worth_telling(findings: list[ErrorDetails]) -> Iterable[ErrorDetails]:
    """Leave out keys that are missing only because they are misspelt, or in another form."""
    unknown: dict[tuple[str | int, ...], list[ErrorDetails]] = {}
    for finding in findings:
        if finding["type"] == "extra_forbidden":
            unknown.setdefault(finding["loc"][:-1], []).append(finding)
    for finding in findings:
        *_, key = finding["loc"] or ("",)
        beside = unknown.get(finding["loc"][:-1], ())
        if finding["type"] != "missing" or not any(_stands_for(each, str(key)) for each in beside):
            yield finding


def _stands_for(unknown: ErrorDetails, key: str) -> bool:
    """Tell whether the *unknown* key was meant to be *key*."""
    is_same = _written_here(unknown).partition(":")[0] == key
    slipped = did_you_mean(str(unknown["loc"][-1]), [key])
    return is_same or _is_unsupported(unknown) or bool(slipped)


def _written_here(unknown: ErrorDetails) -> str:
    """Return what is written here for a key of other formats; nothing for any other key."""
    *path, key = unknown["loc"]
    return next(
        (each.elsewhere[str(key)] for each in _sections_at(path) if key in each.elsewhere), ""
    )


def _sections_at(path: Iterable[str | int]) -> list[type[Section]]:
    """Return the sections that may stand at pydantic's *path*."""
    return _sections(tuple(key for key in path if isinstance(key, str)))


@lru_cache(maxsize=256)
def _sections(keys: tuple[str, ...]) -> list[type[Section]]:
    return sections_of(Document, keys)


def _is_unsupported(finding: ErrorDetails) -> bool:
    *path, key = finding["loc"]
    sections = _sections_at(path)
    return finding["type"] == "extra_forbidden" and any(
        key in each.unsupported for each in sections
    )


def _complain(file: RuleFile, root: Node, finding: ErrorDetails) -> None:
    place = _place(root, finding)
    value = (trail(root, finding["loc"]) or [("", root)])[-1][1]
    flaw = _flaw(finding, value)
    # A value of its own place: an empty one has none, its key is what the author sees.
    file.complain(flaw.code, flaw.message, line=place.line, column=place.column, hint=flaw.hint)


def _place(root: Node, finding: ErrorDetails) -> Node:
    """Return the key of what is unknown, empty or misnamed, and the value of anything else."""
    found = trail(root, finding["loc"])
    if not found:
        return root
    step, node = found[-1]
    at_key = finding["type"] == "extra_forbidden" or _KEY in finding["loc"] or node.value is None
    parent = found[-2][1] if len(found) > 1 else root
    return parent.key(step) if at_key and isinstance(step, str) else node


def _flaw(finding: ErrorDetails, value: Node) -> FlawError:
    kind, context = finding["type"], finding.get("ctx", {})
    key = finding["loc"][-1] if finding["loc"] else ""
    flaw = context.get("error")
    if isinstance(flaw, FlawError) and value.value is not None:
        return flaw
    if kind == "extra_forbidden":
        return _unknown_key(finding)
    if kind == "missing":
        return FlawError("R202", f"the key {quoted(key)} is missing")
    if value.value is None:
        return FlawError("R205", "nothing stands here", hint="fill it in or delete the key")
    if kind in ("too_short", "string_too_short"):
        empty = _kind(value).replace("a ", "the ", 1)
        return FlawError("R205", f"{empty} is empty", hint="fill it in or delete the key")
    if kind in ("enum", "literal_error"):
        return _not_one_of(str(context["expected"]), value)
    if kind.startswith(("greater_than", "less_than")):
        return FlawError("R206", f"{quoted(value.value)} is {_limit(context)}")
    wanted = str(finding["msg"]) if kind == "shape" else _WANTED.get(kind, "")
    are = "are" if wanted.startswith("two") else "is"
    message = f"{wanted} {are} wanted, not {_kind(value)}" if wanted else str(finding["msg"])
    hint = _hint(wanted, value)
    if kind.startswith("model") and (known := _known(finding["loc"])):
        hint = f"its keys are {', '.join(known)}"
    return FlawError("R203", message, hint=hint)


def _limit(context: dict[str, Any]) -> str:
    words = {"ge": "less than", "gt": "not more than", "le": "more than", "lt": "not less than"}
    return next(f"{word} {context[key]:g}" for key, word in words.items() if key in context)


def _unknown_key(finding: ErrorDetails) -> FlawError:
    *path, key = finding["loc"]
    if _is_unsupported(finding):
        hint = "delete it; it would have no effect"
        return FlawError("R207", f"{quoted(key)} is not supported yet", hint=hint)
    here = _written_here(finding)
    hint = f"here one writes: {here}" if here else did_you_mean(str(key), _known(path))
    hint = hint or f"known here: {', '.join(_known(path))}"
    return FlawError("R201", f"the key {quoted(key)} is unknown", hint=hint)


def _known(path: Iterable[str | int]) -> list[str]:
    """Return the keys that may stand at *path*, sorted."""
    fields = (field for each in _sections_at(path) for field in each.model_fields.items())
    return sorted(field.alias or name for name, field in fields)


def _not_one_of(expected: str, value: Node) -> FlawError:
    allowed = [name for name in re.findall(r"[\w-]+", expected) if name != "or"]
    shown = _kind(value) if value.items or value.entries else quoted(value.value)
    hint = did_you_mean(str(value.value), allowed)
    return FlawError("R204", f"{shown} is not one of {', '.join(allowed)}", hint=hint)


def _hint(wanted: str, value: Node) -> str:
    if wanted.startswith(("text", "a text", "a name")) and isinstance(value.value, int | float):
        return "put it in quotes"
    if wanted == "two numbers":
        return "such as [35.93, 36.63]"
    if wanted == "a list" and isinstance(value.value, str):
        return "put it in brackets: [first, second]"
    return ""


def _kind(node: Node) -> str:
    """Say what stands there, as its author would."""
    value = node.value
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return f"the text {quoted(value)}" if isinstance(value, str) else f"the number {quoted(value)}"


def _path(finding: ErrorDetails) -> list[str | int]:
    return [step for step in finding["loc"] if step != _KEY]
