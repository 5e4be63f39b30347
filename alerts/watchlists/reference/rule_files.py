"""docs/rule-files.md: every section of rule files, with its keys and an example.

The tables are read from the JSON Schema, so that page, editors and loader say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alerts.watchlists.reference.chapters import BEGINNING, CHAPTERS, END, Chapter
from alerts.watchlists.reference.json_schema import json_schema
from alerts.watchlists.schema.section import Section

_HEADINGS = {chapter.definition: chapter for chapter in CHAPTERS}


def page() -> str:
    """Return the page in Markdown."""
    schema = json_schema()
    parts = [BEGINNING, _table(schema, schema["$defs"])]
    for chapter in CHAPTERS:
        parts += _chapter(chapter, schema["$defs"])
    return "\n\n".join([*parts, END]) + "\n"


def _chapter(chapter: Chapter, definitions: dict[str, Any]) -> Iterator[str]:
    made = definitions[chapter.definition]
    yield f"{'#' * chapter.level} {chapter.heading}"
    yield f"{made['description']} {chapter.text}".strip()
    if chapter.example:
        yield f"```yaml\n{chapter.example.strip()}\n```"
    if made["properties"]:
        yield _table(made, definitions)
    yield from _remarks(chapter.section, made)


def _remarks(section: type[Section], made: Any) -> Iterator[str]:
    """Say what the table cannot: what must be there, and what cannot yet."""
    if "anyOf" in made:
        needed = [f"`{key}`" for each in made["anyOf"] for key in each["required"]]
        yield f"At least one of {', '.join(needed[:-1])} and {needed[-1]} must be there."
    if section.unsupported:
        names = ", ".join(f"`{key}`" for key in sorted(section.unsupported))
        yield f"Part of the format, but not supported yet and therefore refused (R207): {names}."


def _table(made: Any, definitions: dict[str, Any]) -> str:
    rows = ["| key | what may stand there | without it | meaning |", "|---|---|---|---|"]
    for key, schema in made["properties"].items():
        default = "**required**" if key in made.get("required", ()) else _default(schema)
        cells = (f"`{key}`", _wanted(schema, definitions), default, schema["description"])
        rows.append("| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |")
    return "\n".join(rows)


def _default(schema: Any) -> str:
    if "default" not in schema:
        return ""
    default = schema["default"]
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _wanted(schema: Any, definitions: dict[str, Any]) -> str:
    """Say what *schema* allows, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if chapter := _HEADINGS.get(name):
            return f"[{chapter.one}](#{chapter.anchor})"
        return definitions[name].get("title") or _wanted(definitions[name], definitions)
    if "anyOf" in schema:
        return ", or ".join(_wanted(each, definitions) for each in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{each}`" for each in schema.get("enum", [schema.get("const")]))
    return _OF_SORT[schema["type"]](schema, definitions)


def _mapping(schema: Any, definitions: dict[str, Any]) -> str:
    key = "id" if schema["propertyNames"]["$ref"].endswith("/id") else "text"
    return f"a mapping: {key}: {_wanted(schema['additionalProperties'], definitions)}"


def _list(schema: Any, definitions: dict[str, Any]) -> str:
    if "prefixItems" in schema:
        return "`[latitude, longitude]` in degrees"
    if schema["items"] == {"$ref": "#/$defs/line"}:
        return "a list of texts"
    return f"a list: {_wanted(schema['items'], definitions)}"


def _number(schema: Any, definitions: dict[str, Any]) -> str:
    del definitions
    sort = "a whole number" if schema["type"] == "integer" else "a number"
    least = f"from {schema['minimum']:,}" if "minimum" in schema else "above 0"
    return f"{sort} {least} to {schema['maximum']:,}"


_OF_SORT = {
    "object": _mapping,
    "array": _list,
    "integer": _number,
    "number": _number,
    "boolean": lambda *_: "`true` or `false`",
    "string": lambda *_: "a text",
}
