"""The entities that come with Tocsin: groups, people, places and topics with all their names.

They stand in a read-only table that is made when the package is built (`alerts.watchlists.making`),
and each is read when it is asked for: rules use a few of them, and the process need not hold the
rest.  Any thread may ask.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Self

from alerts.gazetteer import globe
from alerts.gazetteer.entity_rows import (
    FORMAT,
    SHIPPED,
    Called,
    bare_name,
    entity_of,
    strong_names,
    words_of,
)
from alerts.gazetteer.opening import opened
from alerts.model import Entity, Kind
from alerts.text import spelling

_ENTITY = "SELECT id, kind, name, latitude, longitude, more FROM entities"
#: Kilometres of a degree of latitude, a little less than there are.
_DEGREE = 110.0
#: Names that are asked for again and again, while rules are loaded and around what was heard in
#: articles; and the entities that are.
_NAMES, _ENTITIES = 1 << 12, 1 << 7
#: A slip in a shorter name makes it any other one.
_LEAST_LIKE = 4
#: Behind every text that begins with the same letter.
_LAST = "\U0010ffff"


class Bearer(NamedTuple):
    """An entity that is written so."""

    id: str
    kind: Kind
    #: Only by a weak alias.
    weak: bool


class KnownEntities:
    """Entities by id, by name, by sound and by where they are."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._entity = lru_cache(maxsize=_ENTITIES)(self._read)
        self._bearers = lru_cache(maxsize=_NAMES)(self._read_bearers)
        self._called = lru_cache(maxsize=_NAMES)(self._find_called)

    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """Open the table at *path*; None: the one that ships.

        Raises:
            GazetteerError: it is missing, or no table of this version; the text says what to do.
        """
        path = SHIPPED if path is None else path
        return opened(
            path, cls, version=FORMAT, called="entities", maker="alerts.watchlists.making"
        )

    def close(self) -> None:
        """Close the table; nothing can be asked any more."""
        with self._lock:
            self._connection.close()

    def __iter__(self) -> Iterator[Entity]:
        """Yield all of them, by id."""
        return map(entity_of, self._rows(f"{_ENTITY} ORDER BY id"))

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all of them, sorted."""
        return tuple(id_ for (id_,) in self._rows("SELECT id FROM entities ORDER BY id"))

    def entity(self, id_: str) -> Entity | None:
        """Return the entity of this id."""
        return self._entity(id_)

    def bearers(self, words: str) -> tuple[Bearer, ...]:
        """Return who is written so: folded *words* (`entity_rows.words_of`), weak aliases too."""
        return self._bearers(words)

    def called(self, kind: Kind, text: str) -> tuple[str, ...]:
        """Return the ids of the entities of this *kind* whose name *text* is, sorted.

        A name in any case; an id; where it is nobody's name, a weak alias, as it is written; or else
        any of these without a "the" before it.
        """
        return self._called(kind, text) or self._called(kind, bare_name(text))

    def _find_called(self, kind: Kind, text: str) -> tuple[str, ...]:
        text = " ".join(text.split())
        words, as_id = words_of(text), text.casefold()
        query = "SELECT words, entity, way FROM names WHERE words IN (?, ?) AND kind = ?"
        rows = self._rows(query, words, as_id, kind.value)
        by_id = {id_ for asked, id_, way in rows if way == Called.ID and asked == as_id}
        strong = {id_ for asked, id_, way in rows if way == Called.STRONG and asked == words}
        weak = (id_ for asked, id_, way in rows if way == Called.WEAK and asked == words)
        return tuple(sorted(by_id | (strong or {id_ for id_ in weak if self._has_weak(id_, text)})))

    def sounding(self, kind: Kind, text: str) -> tuple[str, ...]:
        """Return the ids of the entities of this *kind* that sound like *text*, sorted.

        None of places: the gazetteer knows the spellings of those.
        """
        if kind is Kind.PLACE:
            return ()
        query = "SELECT entity, name FROM sounds WHERE kind = ? AND key = ?"
        rows = [row for key in spelling.keys(text) for row in self._rows(query, kind.value, key)]
        return tuple(sorted({id_ for id_, name in rows if spelling.alike(text, name)}))

    def candidates(self, text: str, limit: int = 3) -> tuple[str, ...]:
        """Return the names of entities that are most like *text*: for "did you mean".

        Those with the fewest slips behind the same first letter; weak aliases left out.
        """
        from alerts.gazetteer import likeness  # noqa: PLC0415 - the build has no rapidfuzz

        words = words_of(text)
        if len(words) < _LEAST_LIKE:
            return ()
        query = "SELECT words, entity FROM names WHERE way = ? AND words BETWEEN ? AND ?"
        rows = self._rows(query, Called.STRONG.value, words[0], words[0] + _LAST)
        like = likeness.alike(words, list({each for each, _ in rows}))
        found: dict[str, None] = {}
        for id_ in dict.fromkeys(id_ for each, id_ in rows if each in like):
            if (entity := self.entity(id_)) is not None:
                own, *others = strong_names(entity)
                if not likeness.recognisable(words, words_of(own)):
                    # Nobody would see why.
                    own = next((each for each in others if words_of(each) in like), own)
                found[own] = None
        return tuple(found)[:limit]

    def near(self, at: tuple[float, float], kilometres: float) -> tuple[str, ...]:
        """Return the ids of the places within *kilometres* of a point, sorted."""
        north, reach = at[0], kilometres / _DEGREE
        query = (
            "SELECT id, latitude, longitude FROM entities"
            " WHERE kind = 'place' AND latitude BETWEEN ? AND ?"
        )
        rows = self._rows(query, north - reach, north + reach)
        return tuple(sorted(id_ for id_, *there in rows if _distance(at, there) <= kilometres))

    def inside(self, country: str) -> tuple[str, ...]:
        """Return the ids of the places in *country* (ISO 3166-1 alpha-2), sorted."""
        query = "SELECT entity FROM homes WHERE country = ? ORDER BY entity"
        return tuple(id_ for (id_,) in self._rows(query, country))

    def _has_weak(self, id_: str, text: str) -> bool:
        entity = self.entity(id_)
        return entity is not None and text in entity.weak_aliases

    def _read(self, id_: str) -> Entity | None:
        return next(map(entity_of, self._rows(f"{_ENTITY} WHERE id = ?", id_)), None)

    def _read_bearers(self, words: str) -> tuple[Bearer, ...]:
        query = "SELECT entity, kind, way FROM names WHERE words = ? AND way <> 'id'"
        rows = self._rows(query, words)
        return tuple(Bearer(id_, Kind(kind), way == Called.WEAK) for id_, kind, way in rows)

    def _rows(self, query: str, *values: str | float) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()


def _distance(at: globe.Point, there: list[float]) -> float:
    north, east = there
    return globe.distance(at, (north, east))
