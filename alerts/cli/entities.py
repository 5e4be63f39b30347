"""`tocsin entities`: which names are known, and whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.options import Form, Formatted, Rules

if TYPE_CHECKING:
    from pathlib import Path

    from alerts.model import Entity


def entities(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORDS]...", help="A part of a name or an id; without it all."),
    ] = None,
    rules: Rules = None,
    form: Formatted = Form.TEXT,
) -> None:
    """List the entities that Tocsin knows, and those of the rule files, with all their names.

    Example: tocsin entities nusra
    """
    from alerts.gazetteer.shipped import known
    from alerts.settings import load_settings

    folder = load_settings(rules=rules).rules
    # Without rule files there is still something to be looked up.
    own = _own(folder) if rules is not None or folder.is_dir() else {}
    every = [*own.values(), *(each for each in known() if each.id not in own)]
    found = list(_called(" ".join(words or ()), every))
    if form is Form.JSON:
        _write(found, own)
    elif found:
        _tell(found, own)
    if not found:
        typer.echo("no entity has such a name", err=True)
        raise typer.Exit(1)


def _own(folder: Path) -> dict[str, Entity]:
    from alerts.gazetteer.shipped import known
    from alerts.watchlists.load import load_entities

    return load_entities(folder, known())


def _called(words: str, entities: Iterable[Entity]) -> Iterator[Entity]:
    """Yield those of *entities* with *words*, in any case, in their id or one of their names."""
    from alerts.gazetteer.entity_rows import words_of

    asked = words_of(words)
    for entity in entities:
        if asked in words_of(entity.id) or any(asked in words_of(name) for name in _names(entity)):
            yield entity


def _names(entity: Entity) -> tuple[str, ...]:
    return (entity.name, *entity.aliases, *entity.previous_names, *entity.weak_aliases)


def _tell(found: Iterable[Entity], own: Iterable[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from alerts.watchlists.complaints import printable

    table = Table("Id", "Kind", "Names", "From", box=None)
    for entity in found:
        name, *others = map(printable, _names(entity))
        names = Text(name, style="bold")
        names.append("".join(f", {other}" for other in others), style="not bold")
        source = "rule files" if entity.id in own else "Tocsin"
        table.add_row(Text(f"@{entity.id}"), entity.kind.value, names, source)
    Console().print(table)


def _write(found: Iterable[Entity], own: Iterable[str]) -> None:
    """Write one document, in ASCII, so that it passes through any locale."""
    import json

    from alerts.watchlists.query.printing import to_text

    document = [
        {
            "id": entity.id,
            "type": entity.kind.value,
            "name": entity.name,
            "aliases": entity.aliases,
            "previous_names": entity.previous_names,
            "weak_aliases": entity.weak_aliases,
            "support": [to_text(term) for term in entity.support],
            "mask": [to_text(term) for term in entity.mask],
            "spelling": entity.spelling.value,
            "at": entity.at,
            "in": entity.countries,
            "known": entity.id not in own,
        }
        for entity in found
    ]
    typer.echo(json.dumps(document, indent=2))
