"""What a place is to the rest of the program."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """What kind of place: a town (or village), a first-level area of a country, a country."""

    TOWN = "town"
    AREA = "area"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the world."""

    #: GeoNames' id of a town or country; an area's is negative and ours, the same in every build.
    id: int
    sort: Sort
    #: As alerts show it: everyday English.
    name: str
    #: ISO 3166-1 alpha-2.
    country: str
    #: The first-level area that it lies in or is, by name; empty: a country, or not known.
    area: str
    #: Latitude and longitude in degrees; None: an area or a country.
    at: tuple[float, float] | None
    #: 0: not known; areas have none.
    population: int
