"""Options that several commands share, and what they mean."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Rules = Annotated[
    Path | None,
    typer.Option("--rules", metavar="DIR", help="Folder of rule files.  [env: TOCSIN_RULES]"),
]


class Form(StrEnum):
    """Whom a command tells what it found."""

    TEXT = "text"
    JSON = "json"


Formatted = Annotated[Form, typer.Option("--format", help="text for people, json for scripts.")]


def span(option: str, given: str) -> timedelta:
    """Read `90m` or `2d`.

    Raises:
        BadParameter: it is no duration.
    """
    from alerts.watchlists.complaints import FlawError
    from alerts.watchlists.values import duration

    try:
        return duration(given)
    except FlawError as flaw:
        raise typer.BadParameter(f"{flaw.message}; {flaw.hint}", param_hint=option) from None


def moment(option: str, given: str, *, now: datetime) -> datetime:
    """Read a moment: `30d` before *now*, `2026-11-01`, or `2026-11-01T06:00+01:00`; without a zone UTC.

    Longer ago than 1970 is 1970: everything.

    Raises:
        BadParameter: it is neither.
    """
    from datetime import UTC

    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        return now - min(span(option, given), now - datetime(1970, 1, 1, tzinfo=UTC))
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
