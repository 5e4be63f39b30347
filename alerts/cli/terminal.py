"""What commands show in a terminal: tables, marked words, and how far long work has come."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from alerts.model import Article, Evidence, Field


def console(*, stderr: bool = False) -> Console:
    """Return where people read; lines are not broken where the output goes to a file or a pipe."""
    from rich.console import Console

    made = Console(highlight=False, stderr=stderr)
    made.soft_wrap = not made.is_terminal
    return made


@contextlib.contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show on stderr how much of *total* is done and how long the rest will take; yield `advance`.

    Nothing is shown where stderr is no terminal.
    """
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    there = console(stderr=True)
    with Progress(*columns, console=there, transient=True, disable=not there.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Text:
    """Return *text* with the *spans*, start and end in characters, marked."""
    from rich.text import Text

    shown = Text(text)
    for start, end in spans:
        shown.stylize("bold reverse", start, end)
    return shown


def evidence_in(article: Article, evidence: Iterable[Evidence]) -> Iterator[tuple[str, Text]]:
    """Yield the fields of *article* that hold some of the *evidence*, with its words marked."""
    by_field: dict[Field, list[tuple[int, int]]] = {}
    for one in evidence:
        by_field.setdefault(one.field, []).append((one.start, one.end))
    for field, spans in by_field.items():
        yield field.value, marked(article.text(field), spans)
