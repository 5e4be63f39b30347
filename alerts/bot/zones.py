"""By which clock does somebody live?  Time zones by their names, by towns and countries, and by location.

Countries and their areas stand in a small table (`zone_making`): the zone that most people there live
by.  A town at the rim of a zone may be told the wrong one, so that whoever asks shows what time it is
there, and the country's other clocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from alerts.bot.times import plain
from alerts.gazetteer import Gazetteer
from alerts.gazetteer.gazetteer import FAR_WEIGHTIER
from alerts.gazetteer.places import Place, Sort

#: Country, area or nothing, zone: parted by tabs, sorted.
TABLE: Final = Path(__file__).with_name("zones.tsv")
#: That are offered at once.
_MOST: Final = 8
#: How far the next town is looked for, in kilometres; farther out is the high sea.
_REACHES: Final = (30, 150, 500)
_OFFSET: Final = re.compile(
    r"(?:utc|gmt)? ?(?P<sign>[+-]) ?(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?"
)
_UTC: Final = frozenset({"utc", "gmt", "etc/utc", "etc/gmt", "z", "zulu"})
_FIXED: Final = "Etc/GMT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A zone that may be meant."""

    zone: str
    #: Because of which; None: its own name was typed.
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a text may mean; none: nothing is like it."""

    options: tuple[Option, ...] = ()
    #: The text is no name of any; these are like it.
    is_guess: bool = False


def zones_called(text: str, gazetteer: Gazetteer, *, now: datetime) -> Found:
    """Return the zones that *text* names: UTC+3, Europe/Berlin, Berlin, Germany.

    It may read all names, which takes a tenth of a second.
    """
    named = plain(text)
    for options in (_by_offset(named, now), _by_own_name(named), _by_place(named, gazetteer)):
        if options:
            return Found(options=options)
    cities = tuple(Option(zone=zone) for zone in _cities().get(_letters(named), ()))
    if cities:
        return Found(options=cities[:_MOST])
    places = [each[0] for name in gazetteer.candidates(named) if (each := gazetteer.bearers(name))]
    return Found(options=_distinct(places), is_guess=True)


def zone_at(at: tuple[float, float], gazetteer: Gazetteer) -> str:
    """Return the zone of the town next to a latitude and longitude; far from all, the sea's.

    Raises:
        ValueError: it is no point of the globe.
    """
    for kilometres in _REACHES:
        if towns := gazetteer.near(at, kilometres):
            return zone_of(towns[0])
    return _fixed(round(at[1] / 15))


def zone_of(place: Place) -> str:
    """Return the zone that most people of *place* live by."""
    table = _table()
    known = table.get((place.country, place.area)) or table.get((place.country, ""))
    return known or "UTC"


def others(zone: str, *, now: datetime) -> tuple[str, ...]:
    """Return the zones of the countries that have *zone* in which it is another time *now*."""
    here = {country for (country, _), each in _table().items() if each == zone}
    near = [each for country in sorted(here) for each in _zones_of(country)]
    there = {each: now.astimezone(ZoneInfo(each)).utcoffset() for each in near}
    mine = now.astimezone(ZoneInfo(zone)).utcoffset()
    return tuple(each for each, offset in there.items() if offset != mine)[:_MOST]


def shown(zone: str) -> str:
    """Return *zone* as people know it: Etc/GMT-3 is UTC+3 to everybody else."""
    if not zone.startswith(_FIXED):
        return zone
    offset = -int(zone.removeprefix(_FIXED) or 0)
    return f"UTC{offset:+}" if offset else "UTC"


# --- what a text names ------------------------------------------------------------------------


def _by_offset(text: str, now: datetime) -> tuple[Option, ...]:
    if text in _UTC:
        return (Option(zone="UTC"),)
    found = _OFFSET.fullmatch(text)
    if found is None:
        return ()
    hours, minutes = int(found["hours"]), int(found["minutes"] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if found["sign"] == "-" else 1)
    if not minutes and -12 <= offset // timedelta(hours=1) <= 14:
        return (Option(zone=_fixed(offset // timedelta(hours=1))),)
    every = dict.fromkeys(_table().values())
    same = (each for each in every if now.astimezone(ZoneInfo(each)).utcoffset() == offset)
    return tuple(Option(zone=each) for each in same)[:_MOST]


def _fixed(hours: int) -> str:
    # POSIX counts westward: Etc/GMT-3 is three hours east (tzdata, file `etcetera`).
    return f"{_FIXED}{-hours:+}" if hours else "UTC"


def _by_own_name(text: str) -> tuple[Option, ...]:
    zone = _names().get(text.replace(" ", "_"))
    # What has no slash and small letters is a country ("Turkey"), which places know better.
    return (Option(zone=zone),) if zone and ("/" in zone or zone.isupper()) else ()


def _by_place(text: str, gazetteer: Gazetteer) -> tuple[Option, ...]:
    name, comma, last = text.rpartition(",")
    whole = next(iter(gazetteer.bearers(last.strip() if comma else text)), None)
    if comma and whole is not None:
        return _distinct(gazetteer.bearers(name.strip(), whole.country)[:1])
    if whole is None:
        return ()
    if whole.sort is Sort.COUNTRY:
        return tuple(Option(zone=each, place=whole) for each in _zones_of(whole.country))[:_MOST]
    bearers = (each for each in gazetteer.bearers(text) if each.sort is not Sort.COUNTRY)
    return _distinct(each for each in bearers if _rivals(each, whole))


def _rivals(place: Place, first: Place) -> bool:
    return place == first or place.population * FAR_WEIGHTIER > first.population


def _distinct(places: Iterable[Place]) -> tuple[Option, ...]:
    """Return the zones of *places*, each with the first place that has it."""
    first: dict[str, Place] = {}
    for place in places:
        first.setdefault(zone_of(place), place)
    return tuple(Option(zone=zone, place=place) for zone, place in first.items())[:_MOST]


# --- tables ---------------------------------------------------------------------------------------


def _zones_of(country: str) -> tuple[str, ...]:
    """Return the zones of *country*, the one that most live by first."""
    return tuple(dict.fromkeys(zone for (code, _), zone in _table().items() if code == country))


@cache
def _table() -> Mapping[tuple[str, str], str]:
    rows = (line.split("\t") for line in TABLE.read_text("utf-8").splitlines())
    return {(country, area): zone for country, area, zone in rows}


@cache
def _names() -> Mapping[str, str]:
    """Return small letters -> the name of a zone."""
    names = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    return {name.casefold(): name for name in names if name != "Factory"}


@cache
def _cities() -> Mapping[str, tuple[str, ...]]:
    """Return the last part of names -> the zones that end so."""
    found: dict[str, tuple[str, ...]] = {}
    for name in _names().values():
        key = _letters(name.rpartition("/")[2].casefold())
        found[key] = (*found.get(key, ()), name)
    return found


def _letters(text: str) -> str:
    return text.replace("_", " ").replace("-", " ")
