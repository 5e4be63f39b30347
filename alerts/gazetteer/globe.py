"""Where on the globe: distances, and the cells of half a degree that towns are filed under.  Pure."""

from __future__ import annotations

from math import asin, ceil, cos, degrees, floor, isfinite, pi, radians, sin, sqrt

#: Mean radius of the earth in kilometres (IUGG, R1).
RADIUS = 6371.0088

_PER_DEGREE = 2
#: Cells of one row; rows begin at the south pole, columns at the antimeridian.
_ROW = 360 * _PER_DEGREE
# Rounding must not lose a town on the rim.
_MARGIN = 1e-6

Point = tuple[float, float]


def distance(one: Point, other: Point) -> float:
    """Return the great-circle distance of two points (latitude, longitude in degrees) in km.

    The haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky & Telescope 68, 1984).
    """
    latitude, other_latitude = radians(one[0]), radians(other[0])
    chord = (
        sin((other_latitude - latitude) / 2) ** 2
        + cos(latitude) * cos(other_latitude) * sin(radians(other[1] - one[1]) / 2) ** 2
    )
    return 2 * RADIUS * asin(sqrt(min(1.0, chord)))


def cell(at: Point) -> int:
    """Return the cell that *at* lies in."""
    return _row(at[0]) * _ROW + floor((at[1] + 180) * _PER_DEGREE) % _ROW


def cells_within(at: Point, kilometres: float) -> list[tuple[int, int]]:
    """Return ranges of cells, both ends included, that hold all points within *kilometres* of *at*.

    Raises:
        ValueError: *at* is no point of the globe.
    """
    latitude, longitude = at
    if not -90 <= latitude <= 90 or not isfinite(longitude):
        raise ValueError(f"{latitude}, {longitude} is no latitude and longitude in degrees")
    if not kilometres >= 0:
        return []
    angle = min(kilometres / RADIUS, pi) + _MARGIN
    south, north = latitude - degrees(angle), latitude + degrees(angle)
    rows = range(_row(max(south, -90.0)), _row(min(north, 90.0)) + 1)
    if south <= -90 or north >= 90:  # a pole lies within: every meridian does
        return [(rows[0] * _ROW, rows[-1] * _ROW + _ROW - 1)]
    half = degrees(asin(min(1.0, sin(angle) / cos(radians(latitude))))) + _MARGIN
    west = floor((longitude - half + 180) * _PER_DEGREE)
    columns = ceil((longitude + half + 180) * _PER_DEGREE) - west
    if columns >= _ROW:
        return [(rows[0] * _ROW, rows[-1] * _ROW + _ROW - 1)]
    return [span for row in rows for span in _spans(row * _ROW, west % _ROW, columns)]


def _spans(start: int, west: int, columns: int) -> list[tuple[int, int]]:
    if west + columns <= _ROW:
        return [(start + west, start + west + columns - 1)]
    # Across the antimeridian.
    return [(start + west, start + _ROW - 1), (start, start + west + columns - _ROW - 1)]


def _row(latitude: float) -> int:
    return floor((latitude + 90) * _PER_DEGREE)
