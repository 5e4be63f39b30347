"""What the JSON Schema and the reference page say of values that functions of ours read.

It stands beside the function in a key's type and is made only when a schema is printed: loading
rules pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

from alerts.watchlists.patterns import anchored

JsonSchema = dict[str, Any]
#: Carries `Form.name` as far as the definitions, which are put together at the end.
NAME = "x-name"


@dataclass(frozen=True, slots=True)
class Form:
    """A sort of value with a name among the definitions."""

    name: str
    #: What may stand there, for people: "a duration from 1s to 1d".
    words: str
    make: Callable[[], JsonSchema]

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchema:
        """Take the place of what pydantic can tell of a function, which is nothing."""
        del schema, handler
        made = self.make()
        if "pattern" in made:
            # What editors say instead of the regex; no keyword of JSON Schema, others ignore it.
            made["patternErrorMessage"] = f"{self.words} is wanted".replace("`", "")
        return {NAME: self.name, "title": self.words, **made}


def pattern(make: Callable[[], str] | str, *examples: str) -> Callable[[], JsonSchema]:
    """Say that a text wholly meets a pattern, which may be expensive to make."""

    def made() -> JsonSchema:
        text = make if isinstance(make, str) else make()
        said = {"examples": list(examples)} if examples else {}
        return {"type": "string", "pattern": anchored(text), **said}

    return made


def choice(names: Callable[[], Iterable[str]]) -> Callable[[], JsonSchema]:
    """Say that a text is one of *names*."""
    return lambda: {"type": "string", "enum": sorted(names())}
