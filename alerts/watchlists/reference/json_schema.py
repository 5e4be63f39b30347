"""The JSON Schema of rule files, for editors and other tools, made from the schema that loads them.

What one refuses the other refuses (tests/watchlists/test_agreement.py).  Beyond it are only what
several places say together, the query language, addresses and the environment.
"""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from alerts.watchlists.schema.document import Document
from alerts.watchlists.schema.form import NAME
from alerts.watchlists.schema.section import Section


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema, draft 2020-12, of one rule file."""
    forms: dict[str, Any] = {}
    root = _share(Document.model_json_schema(schema_generator=_Generator), forms)
    definitions = {**root.pop("$defs"), **forms}
    for name in set(definitions) - set(forms):
        if "enum" in definitions[name]:
            # Without the name and docstring of the class, which speak to programmers.
            definitions[name] = {"type": "string", "enum": definitions[name]["enum"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rule file of Tocsin",
        **root,
        # An empty file, and one that is all comments, says nothing and breaks nothing.
        "type": ["object", "null"],
        "$defs": dict(sorted(definitions.items())),
    }


def as_text() -> str:
    """Return the JSON Schema as it is printed and kept in rules/."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


class _Generator(GenerateJsonSchema):
    """Says of our sections what pydantic says, but for what no author should read."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave out titles that repeat the key."""
        del schema
        return False

    def normalize_name(self, name: str) -> str:
        """Call `RuleTestSection` rule-test."""
        return re.sub("(?<=.)(?=[A-Z])", "-", name.removesuffix("Section")).lower()

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Refuse null: None is a key that is not there, and nothing stands for it in a file."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Tell defaults that say something."""
        made = self.generate_inner(schema["schema"])
        default = self.encode_default(schema.get("default"))
        return made if default in (None, "", [], {}) else {**made, "default": default}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Say what keys look like by `propertyNames`; pydantic would share the pattern out."""
        return {
            "type": "object",
            "propertyNames": self.generate_inner(schema["keys_schema"]),
            "additionalProperties": self.generate_inner(schema["values_schema"]),
            "minProperties": schema["min_length"],
        }

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Tell the members as `anyOf`, of which editors say better what is missing."""
        return {"anyOf": super().tagged_union_schema(schema)["oneOf"]}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Add descriptions, and that one of some keys must be there."""
        section = schema["cls"]
        made = super().model_schema(schema)
        made["description"] = " ".join(made["description"].split())
        del made["title"]
        for key, text in described(section).items():
            made["properties"][key] = {**made["properties"][key], "description": text}
        if needed := [_key(section, name) for name in section.needs_one_of]:
            made["anyOf"] = [{"required": [key]} for key in needed]
        return made


def described(section: type[Section]) -> dict[str, str]:
    """Return what the comments `#:` above the keys of *section* say, by key."""
    found, said = {}, list[str]()
    for line in map(str.strip, inspect.getsource(section).splitlines()):
        if line.startswith("#:"):
            said.append(line.removeprefix("#:").strip())
            continue
        name = line.partition(":")[0]
        if said and name in section.model_fields:
            found[_key(section, name)] = " ".join(said)
        said = []
    return found


def _key(section: type[Section], name: str) -> str:
    return section.model_fields[name].alias or name


def _share(schema: Any, forms: dict[str, Any]) -> Any:
    """Return *schema* with each `Form` moved to *forms*, and a reference in its place."""
    if isinstance(schema, list):
        return [_share(each, forms) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if NAME not in schema:
        return {key: _share(each, forms) for key, each in schema.items()}
    # What the key says of itself stays with the key.
    own = {key: schema[key] for key in ("default", "description") if key in schema}
    form = {key: each for key, each in schema.items() if key not in (NAME, *own)}
    forms[schema[NAME]] = form
    return {"$ref": f"#/$defs/{schema[NAME]}", **own}
