"""Open the tables that ship, for reading alone, or say what to do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TypeVar

from alerts.errors import GazetteerError

Opened = TypeVar("Opened")


def opened(
    path: Path,
    use: Callable[[sqlite3.Connection], Opened],
    *,
    version: int,
    called: str,
    maker: str,
) -> Opened:
    """Return what *use* makes of the table at *path*, which *called* names and *maker* makes.

    Raises:
        GazetteerError: it is missing, or no table of this *version*; the text says what to do.
    """
    named = f"the table of {called} {path}"
    remedy = f"make it with `python -m {maker}`, or install Tocsin again"
    if not path.is_file():
        raise GazetteerError(f"{named} is missing: {remedy}")
    try:
        with ExitStack() as on_failure:
            connection = on_failure.enter_context(closing(_connect(path)))
            if connection.execute("PRAGMA user_version").fetchone() != (version,):
                raise GazetteerError(f"{named} is of another version: {remedy}")
            found = use(connection)
            on_failure.pop_all()
            return found
    except sqlite3.Error as error:
        raise GazetteerError(f"{named} ({error}): {remedy}") from error


def _connect(path: Path) -> sqlite3.Connection:
    # Immutable: no locks, no journal, and a read-only folder will do.
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    # In KiB.  Pages are in the cache of the system: SQLite's own, of 2 MB each, made nothing quicker.
    connection.execute("PRAGMA cache_size = -256")
    return connection
