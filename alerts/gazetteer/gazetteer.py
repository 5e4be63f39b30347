"""The places of the world with all their names, asked by name, by country, by nearness.

A read-only table that is made when the package is built (`making`); nothing here writes.  Any
thread may ask: one connection is shared under a lock, and most questions take microseconds.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Container, Iterable, Iterator
from math import inf
from pathlib import Path
from typing import Any, Self, TypeVar

from alerts.gazetteer import globe, sounding, table, writing
from alerts.gazetteer.keys import name_key
from alerts.gazetteer.kinds import other_names
from alerts.gazetteer.opening import opened
from alerts.gazetteer.places import Place, Sort

Value = TypeVar("Value")

_PLACE = "SELECT id, name, inside, latitude, longitude, population FROM places"
# Countries before towns before areas, of equal population.
_ORDER = {Sort.COUNTRY: 0, Sort.TOWN: 1, Sort.AREA: 2}
# SQLite takes at least 999 parameters, however it was built.
_AT_ONCE = 900
#: How many times as many people make a place the one that a name is known for.
FAR_WEIGHTIER = 10
#: What a place whose people nobody has counted is taken for, beside others of its name.
UNCOUNTED = 1_000
#: Of longer names more letters can be asked for: there are many that begin with the same two.
_SHORT = 5
#: Behind every text that begins with the same letters.
_LAST = "\U0010ffff"


class Gazetteer:
    """Places by their names and by where they are."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._countries = {place.id: place for place in self._read_countries()}
        self._codes = {place.country: place for place in self._countries.values()}
        self._areas = {place.id: place for place in self._read_areas()}

    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """Open the table at *path*; None: the one that ships.

        Raises:
            GazetteerError: it is missing, or no table of this version; the text says what to do.
        """
        path = table.SHIPPED if path is None else path
        return opened(
            path, cls, version=table.FORMAT, called="places", maker="alerts.gazetteer.making"
        )

    def close(self) -> None:
        """Close the table; nothing can be asked any more."""
        with self._lock:
            self._connection.close()

    def bearers(self, name: str, country: str = "") -> tuple[Place, ...]:
        """Return every place of exactly this name, folded (`name_key`), the most populous first.

        A *country* (ISO 3166-1 alpha-2) keeps those in it.
        """
        rows = self._rows(f"{_PLACE} JOIN keys ON place = id WHERE key = ?", name_key(name))
        places = (self._place(row) for row in rows)
        kept = (place for place in places if not country or place.country == country.upper())
        return tuple(sorted(kept, key=_by_weight))

    def heard(self, spelling: str, country: str = "") -> Place | None:
        """Return the town that *spelling*, the name of no place, is a spelling of, by its sound.

        Of several that fit equally well the one with `FAR_WEIGHTIER` times as many people; None:
        nobody can say which.  A *country* (ISO 3166-1 alpha-2) keeps those in it.
        """
        keys = sorted(sounding.sought(spelling))
        marks = ", ".join("?" * len(keys))
        query = f"{_PLACE} WHERE id IN (SELECT place FROM sounds WHERE key IN ({marks}))"  # noqa: S608 - question marks
        every = map(self._place, self._rows(query, *keys))
        towns = [town for town in every if not country or town.country == country.upper()]
        names = self.names_of(towns)
        fit = sounding.best(spelling, {town: names[town.id] for town in towns})
        fit.sort(key=_by_weight)
        return fit[0] if fit and all(_is_outweighed(each, fit[0]) for each in fit[1:]) else None

    def names(self, place: Place) -> tuple[str, ...]:
        """Return how *place* is written, its own name first, no two with one key."""
        return self.names_of([place])[place.id]

    def names_of(self, places: Iterable[Place]) -> dict[int, tuple[str, ...]]:
        """Return the names of each of *places* by its id; far quicker than one by one."""
        found: dict[int, tuple[str, ...]] = {place.id: (place.name,) for place in places}
        for ids in _chunks(list(found)):
            marks = ", ".join("?" * len(ids))
            # Nothing but question marks is put into the text.
            query = f"SELECT id, names FROM places WHERE id IN ({marks}) AND names NOT NULL"  # noqa: S608
            for own, names in self._rows(query, *ids):
                found[own] = (*found[own], *names.split("\n"))
        return found

    def own_names(self, places: Iterable[Place]) -> dict[int, tuple[str, ...]]:
        """Return those names of each of *places*, by its id, that no other place takes from it.

        A name is another's when it is a country's, or that of a place outside of *places* with
        `FAR_WEIGHTIER` times as many people: "Paris" is not the one in Texas, nor "Iraq" the town of
        Arak, but "Tripoli" is the one in Lebanon, too.
        """
        places = tuple(places)
        written = self.names_of(places)
        keys = {name: name_key(name) for names in written.values() for name in names}
        rivals = self._weightiest(set(keys.values()), without={place.id for place in places})
        people = {place.id: max(place.population, UNCOUNTED) for place in places}
        return {
            own: tuple(
                name for name in names if people[own] * FAR_WEIGHTIER >= rivals.get(keys[name], 0)
            )
            for own, names in written.items()
        }

    def _weightiest(self, keys: Iterable[str], *, without: Container[int]) -> dict[str, float]:
        """Return by key how many people the weightiest bearer has; a country outweighs all."""
        found: dict[str, float] = {}
        for some in _chunks(list(keys)):
            marks = ", ".join("?" * len(some))
            query = f"SELECT key, id, population FROM keys JOIN places ON place = id WHERE key IN ({marks})"  # noqa: S608 - question marks
            for key, own, population in self._rows(query, *some):
                if own not in without:
                    weight = inf if own in self._countries else population
                    found[key] = max(found.get(key, 0), weight)
        return found

    def near(self, at: tuple[float, float], kilometres: float) -> tuple[Place, ...]:
        """Return the towns within *kilometres* (great circle) of *at*, the nearest first.

        Raises:
            ValueError: *at* is no latitude and longitude in degrees.
        """
        found = []
        for first, last in globe.cells_within(at, kilometres):
            query = f"{_PLACE} JOIN cells ON place = id WHERE cell BETWEEN ? AND ?"
            for row in self._rows(query, first, last):
                away = globe.distance(at, (row[3] / table.DEGREE, row[4] / table.DEGREE))
                if away <= kilometres:
                    found.append((away, row))
        found.sort(key=lambda each: (each[0], each[1][0]))
        return tuple(self._place(row) for _, row in found)

    def inside(self, country: str, area: str = "") -> tuple[Place, ...]:
        """Return the towns of *country*, or of one *area* of it, the most populous first.

        Empty when there is no such country or area.
        """
        whole = self.country(country)
        if area:
            part = self.area(country, area)
            outer = [part.id] if part else []
        else:
            outer = [whole.id, *(each.id for each in self._areas_of(country))] if whole else []
        marks = ", ".join("?" * len(outer))
        query = f"{_PLACE} WHERE inside IN ({marks}) AND latitude NOT NULL"
        return tuple(sorted(map(self._place, self._rows(query, *outer)), key=_by_weight))

    def written(self, country: str, area: str = "") -> Iterator[writing.Written]:
        """Yield how a country, or one *area* of it, and all places in it are written.

        The names that are their own, as `own_names` has them, if they are telling (`writing`): the
        country's first, then those of its areas, and of towns, the most populous first.
        """
        whole = self.area(country, area) if area else self.country(country)
        if whole is None:
            return
        outer = (whole,) if area else (whole, *self.areas(country))
        marks = ", ".join("?" * len(outer))
        query = f"SELECT text FROM written WHERE place IN ({marks})"  # noqa: S608
        texts = self._rows(query, *(each.id for each in outer))
        yield from writing.written((text for (text,) in texts), in_area=bool(area))

    def areas(self, country: str) -> tuple[Place, ...]:
        """Return the first-level areas of *country*, by name."""
        return tuple(sorted(self._areas_of(country), key=lambda area: area.name))

    def area(self, country: str, name: str) -> Place | None:
        """Return the first-level area of *country* that is called *name*.

        By any of its names; with, without or with another "Governorate", "Province", "Oblast".
        """
        for key in other_names(name_key(name)):
            rows = self._rows("SELECT place FROM keys WHERE key = ? AND place < 0", key)
            areas = [self._areas[own] for (own,) in rows]
            areas = [area for area in areas if area.country == country.upper()]
            if areas:
                # Where several have the name, the one that is shown with it.
                return min(areas, key=lambda area: (name_key(area.name) != key, -area.id))
        return None

    def country(self, code: str) -> Place | None:
        """Return the country of the ISO 3166-1 alpha-2 *code*."""
        return self._codes.get(code.upper())

    def capital(self, code: str) -> Place | None:
        """Return the capital of a country; None: no such country, or it has none."""
        query = f"{_PLACE} JOIN countries ON capital = id WHERE code = ?"
        return next(map(self._place, self._rows(query, code.upper())), None)

    def candidates(self, name: str, limit: int = 3, *, is_quick: bool = False) -> tuple[str, ...]:
        """Return the names that exist and are most like *name*: for "did you mean".

        Of equally like ones that of the most populous place first.  Nothing rather than nonsense.
        Reads up to all names, which takes a tenth of a second; if it is to be quick, those that
        begin with the same letters, two or three.
        """
        key = name_key(name)
        begin = 2 + (len(key) > _SHORT)
        alike = self._alike(key, begin=begin) if is_quick else self._all_alike(key)
        bearers = {place for other in alike for place in self.bearers(other)}
        found: dict[str, None] = {}
        for place in sorted(bearers, key=_by_weight):
            if len(found) < limit:
                found[self._written_like(place, key)] = None
        return tuple(found)

    def demonyms(self, place: Place | str) -> tuple[str, ...]:
        """Return the English words for who and what comes from *place*: Syrian, Syrians.

        Of a place, or of a name, which may be one of a region that is no place here ("Donbas").
        """
        if isinstance(place, str):
            rows = self._rows("SELECT forms FROM demonyms WHERE key = ?", name_key(place))
            if not rows or not name_key(place):
                return next((self.demonyms(bearer) for bearer in self.bearers(place)), ())
        elif place.sort is Sort.COUNTRY:
            query = "SELECT forms FROM demonyms WHERE key = '' AND country = ?"
            rows = self._rows(query, place.country)
        else:
            query = "SELECT forms FROM demonyms WHERE key = ? AND country = ?"
            rows = self._rows(query, name_key(place.name), place.country)
        return tuple(dict.fromkeys(form for (forms,) in rows for form in forms.split("\n")))

    def _all_alike(self, key: str) -> dict[str, int]:
        """Return the keys that may be meant by *key*, with their slips."""
        like = self._alike(key, begin=1)
        if min(like.values(), default=2) > 1:
            # A slip in the first letter, or it is missing.
            like = self._alike(key, begin=1, also=(key[1:3], key[:2]))
        return like

    def _alike(self, key: str, *, begin: int, also: tuple[str, ...] = ()) -> dict[str, int]:
        """Return those keys of which the first letters are those of *key*, or the next ones *also*."""
        from alerts.gazetteer import likeness  # noqa: PLC0415 - the build has no rapidfuzz

        if len(key) < 3:
            return {}
        query = "SELECT DISTINCT key FROM keys WHERE length(key) BETWEEN ? AND ? AND "
        size, first = (len(key) - 3, len(key) + 3), key[:begin]
        rows = self._rows(query + "key BETWEEN ? AND ?", *size, first, first + _LAST)
        if also:
            rows += self._rows(query + "substr(key, 2, 2) IN (?, ?)", *size, *also)
        return likeness.alike(key, [other for (other,) in rows])

    def _written_like(self, place: Place, key: str) -> str:
        """Return the name of *place* to suggest for *key*: its own, unless nobody would see why."""
        from alerts.gazetteer import likeness  # noqa: PLC0415 - the build has no rapidfuzz

        if likeness.recognisable(key, name_key(place.name)):
            return place.name
        written = {name_key(name): name for name in self.names(place)}
        return written[likeness.likest(key, written)]

    def _areas_of(self, country: str) -> Iterator[Place]:
        return (area for area in self._areas.values() if area.country == country.upper())

    def _rows(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def _place(self, row: tuple[Any, ...]) -> Place:
        own, name, inside, latitude, longitude, population = row
        if latitude is None:
            return self._areas[own] if own < 0 else self._countries[own]
        outer = self._areas.get(inside)
        return Place(
            id=own,
            sort=Sort.TOWN,
            name=name,
            country=outer.country if outer else self._countries[inside].country,
            area=outer.name if outer else "",
            at=(latitude / table.DEGREE, longitude / table.DEGREE),
            population=population,
        )

    def _read_countries(self) -> Iterator[Place]:
        query = "SELECT id, name, code, population FROM countries JOIN places ON id = place"
        for own, name, code, population in self._rows(query):
            yield Place(
                id=own,
                sort=Sort.COUNTRY,
                name=name,
                country=code,
                area="",
                at=None,
                population=population,
            )

    def _read_areas(self) -> Iterator[Place]:
        for own, name, inside in self._rows("SELECT id, name, inside FROM places WHERE id < 0"):
            yield Place(
                id=own,
                sort=Sort.AREA,
                name=name,
                country=self._countries[inside].country,
                area=name,
                at=None,
                population=0,
            )


def _by_weight(place: Place) -> tuple[int, int, int]:
    return -place.population, _ORDER[place.sort], place.id


def _is_outweighed(town: Place, by: Place) -> bool:
    return max(town.population, UNCOUNTED) * FAR_WEIGHTIER <= by.population


def _chunks(values: list[Value]) -> Iterator[list[Value]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
