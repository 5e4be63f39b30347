"""`tocsin schema`: the format of rule files, for editors and for people."""

from __future__ import annotations

from enum import StrEnum

import typer


class Format(StrEnum):
    """What the format is told in."""

    JSON = "json"
    MARKDOWN = "markdown"


def schema(
    form: Format = typer.Option(
        Format.JSON, "--format", help="A JSON Schema for editors, or the reference page."
    ),
) -> None:
    """Print the JSON Schema of rule files, or the page that explains every key.

    Example: tocsin schema > rules/tocsin.schema.json
    """
    from alerts.watchlists.reference import json_schema, rule_files

    typer.echo(json_schema.as_text() if form is Format.JSON else rule_files.page(), nl=False)
