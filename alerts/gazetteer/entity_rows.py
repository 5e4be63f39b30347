"""The layout of the table of known entities: an entity as rows of it, and read from them again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

from alerts.model import (
    Cased,
    Entity,
    EntityRef,
    Keyword,
    Kind,
    Phrase,
    Prefix,
    Regex,
    Spelling,
    Term,
)
from alerts.text import spelling
from alerts.text.tokens import tokenize

#: The table that ships with the package: beside the places and not among them, since an edit of an
#: alias should not make 46 MB anew.
SHIPPED = Path(__file__).with_name("entities.sqlite")

_THE = re.compile(r"(?i)\A\s*the\s+(?=\S)")

#: `PRAGMA user_version`; another layout is another number.
FORMAT = 1

SCHEMA = """
CREATE TABLE entities (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    latitude REAL,
    longitude REAL,
    -- What else is said of it, as JSON.
    more TEXT NOT NULL
);
CREATE TABLE names (
    -- Folded, one blank between them; or an id.
    words TEXT NOT NULL,
    entity TEXT NOT NULL,
    -- `Called`.
    way TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (words, entity, way)
) WITHOUT ROWID;
CREATE TABLE sounds (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    entity TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (kind, key, entity, name)
) WITHOUT ROWID;
-- Of places alone.
CREATE TABLE homes (
    country TEXT NOT NULL,
    entity TEXT NOT NULL,
    PRIMARY KEY (country, entity)
) WITHOUT ROWID;
-- One row: the hash of what it was made from.
CREATE TABLE about (
    signature TEXT NOT NULL
);
CREATE INDEX entities_at ON entities (latitude, longitude, id) WHERE kind = 'place';
"""

Row: TypeAlias = tuple[str | int | float | None, ...]

#: What a list of keywords can hold, by the names of the classes; each is made of one text.
_TERMS: dict[str, Callable[[str], Term]] = {
    "cased": Cased,
    "entityref": EntityRef,
    "keyword": Keyword,
    "phrase": Phrase,
    "prefix": Prefix,
    "regex": Regex,
}
_TEXTS = ("aliases", "previous_names", "weak_aliases", "countries")


class Called(StrEnum):
    """In which way words are those of an entity."""

    STRONG = "strong"
    #: As a weak alias and nothing else.
    WEAK = "weak"
    ID = "id"


def row_of(entity: Entity) -> Row:
    """Return *entity* as its row of `entities`.

    Raises:
        TypeError: a term of its support or mask is none that a list of keywords can hold.
    """
    more: dict[str, object] = {key: getattr(entity, key) for key in _TEXTS if getattr(entity, key)}
    for key in ("support", "mask"):
        if terms := getattr(entity, key):
            more[key] = [_written(term) for term in terms]
    if entity.spelling is not Spelling.ANY:
        more["spelling"] = entity.spelling.value
    north, east = entity.at or (None, None)
    return entity.id, entity.kind.value, entity.name, north, east, _json(more)


def entity_of(row: tuple[Any, ...]) -> Entity:
    """Return the entity that `row_of` wrote."""
    id_, kind, name, north, east, more = row
    said = json.loads(more)
    return Entity(
        id=id_,
        kind=Kind(kind),
        name=name,
        support=tuple(map(_read, said.get("support", ()))),
        mask=tuple(map(_read, said.get("mask", ()))),
        spelling=Spelling(said.get("spelling", Spelling.ANY)),
        at=None if north is None else (north, east),
        **{key: tuple(said.get(key, ())) for key in _TEXTS},
    )


def words_of(text: str) -> str:
    """Return what the words of a name are compared by, one blank between them."""
    if text.isascii() and text.replace(" ", "").isalnum():
        # Most names; half a microsecond instead of thirteen.
        return " ".join(text.lower().split())
    return " ".join(token.word.folded for token in tokenize(text))


def bare_name(text: str) -> str:
    """Return *text* without the article that sentences put before a name: "the White Helmets"."""
    return _THE.sub("", text, count=1)


def name_rows(entity: Entity) -> Iterator[Row]:
    """Yield the names and the id of *entity* for `names`."""
    strong = {*map(words_of, strong_names(entity))}
    weak = {*map(words_of, entity.weak_aliases)} - strong
    yield entity.id, entity.id, Called.ID.value, entity.kind.value
    for words in sorted((strong | weak) - {""}):
        way = Called.WEAK if words in weak else Called.STRONG
        yield words, entity.id, way.value, entity.kind.value


def sound_rows(entity: Entity) -> Iterator[Row]:
    """Yield what the names of *entity* sound like; nothing of one whose spellings are listed.

    Nor of a place: the gazetteer knows spellings of places, and more of them.
    """
    if entity.kind is Kind.PLACE or entity.spelling is Spelling.LISTED:
        return
    for name in dict.fromkeys(strong_names(entity)):
        for key in sorted(spelling.keys(name)):
            yield entity.kind.value, key, entity.id, name


def home_rows(entity: Entity) -> Iterable[Row]:
    """Return the countries of a place for `homes`."""
    countries = entity.countries if entity.kind is Kind.PLACE else ()
    return [(country, entity.id) for country in dict.fromkeys(countries)]


def strong_names(entity: Entity) -> tuple[str, ...]:
    """Return the names that stand for *entity* wherever they stand."""
    return (entity.name, *entity.aliases, *entity.previous_names)


def _written(term: Term) -> list[str]:
    kind = type(term).__name__.lower()
    if kind not in _TERMS:
        raise TypeError(f"{term} stands in no list of keywords")
    return [kind, *astuple(term)]


def _read(written: list[str]) -> Term:
    kind, text = written
    return _TERMS[kind](text)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
