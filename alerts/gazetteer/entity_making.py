"""Write the table of known entities.

Which those are is read by `alerts.watchlists.making`, which is above: this knows no rule files.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from alerts.gazetteer.entity_rows import FORMAT, SCHEMA, home_rows, name_rows, row_of, sound_rows
from alerts.model import Entity


def write(path: Path, entities: Iterable[Entity], signature: str = "") -> None:
    """Write the table of *entities* to *path*, whole or not at all; *signature* goes with it.

    A process that has an older one open keeps reading that.
    """
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
        # Nobody reads it before it is whole; a crash leaves a file that is made anew.
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        connection.executescript(f"PRAGMA user_version={FORMAT}; BEGIN; {SCHEMA}")
        # In the order of the primary keys: pages are filled and nothing is moved.
        _fill(connection, sorted(entities, key=lambda entity: entity.id))
        connection.execute("INSERT INTO about VALUES (?)", (signature,))
        connection.executescript("ANALYZE; VACUUM;")
    unfinished.replace(path)


def signature_of(path: Path) -> str | None:
    """Return the signature of the table at *path*; None: there is none."""
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as made:
            return str(made.execute("SELECT signature FROM about").fetchone()[0])
    except sqlite3.Error:
        return None  # another file, or the table of another version


def _fill(connection: sqlite3.Connection, entities: list[Entity]) -> None:
    tables = {
        "entities": [row_of(each) for each in entities],
        "names": sorted(row for each in entities for row in name_rows(each)),
        "sounds": sorted(row for each in entities for row in sound_rows(each)),
        "homes": sorted(row for each in entities for row in home_rows(each)),
    }
    for table, rows in tables.items():
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            # Names of tables and question marks, nothing else.
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
