"""The layout of the table of places: what the maker writes and the gazetteer asks."""

from __future__ import annotations

from pathlib import Path

#: The table that ships with the package.
SHIPPED = Path(__file__).with_name("places.sqlite")

#: `PRAGMA user_version`; another layout is another number.
FORMAT = 2

#: Coordinates are stored as whole numbers of this part of a degree, as fine as GeoNames has them.
DEGREE = 100_000

# One column of names for one place and not a row for each: they are always asked for together, and
# a row costs more than a short name.
SCHEMA = """
CREATE TABLE places (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    -- The area (negative) or the country that it lies in; a country: itself.
    inside INTEGER NOT NULL,
    latitude INTEGER,
    longitude INTEGER,
    population INTEGER NOT NULL,
    -- Further names, a line each, no two with one key; NULL: none.
    names TEXT
);
CREATE TABLE keys (
    key TEXT NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (key, place)
) WITHOUT ROWID;
CREATE TABLE sounds (
    -- Of the consonants of a Latin name (`sounding`); towns alone.
    key TEXT NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (key, place)
) WITHOUT ROWID;
CREATE TABLE written (
    -- An area or a country.
    place INTEGER PRIMARY KEY,
    -- How it and the places right inside are written (`writing`); compressed to a third.
    text BLOB NOT NULL
);
CREATE TABLE cells (
    cell INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (cell, place)
) WITHOUT ROWID;
CREATE TABLE countries (
    code TEXT PRIMARY KEY,
    place INTEGER NOT NULL,
    -- NULL: it has no capital, or one that is not in the table.
    capital INTEGER
) WITHOUT ROWID;
CREATE TABLE demonyms (
    -- Empty: of the country itself.
    key TEXT NOT NULL,
    country TEXT NOT NULL,
    -- A line each.
    forms TEXT NOT NULL,
    PRIMARY KEY (key, country)
) WITHOUT ROWID;
CREATE TABLE about (
    subject TEXT PRIMARY KEY,
    text TEXT NOT NULL
) WITHOUT ROWID;
"""
#: When the rows are in.
INDEXES = "CREATE INDEX places_inside ON places (inside);"


def area_id(country: str, code: str) -> int:
    """Return the id of the first-level area that GeoNames calls *country*.*code*.

    Read as a number of base 36, which begins with no 0: no two areas share one.
    """
    return -int(country + code, 36)
