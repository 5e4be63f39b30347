from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.gazetteer import Gazetteer, Place, globe

POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))

# Towns of every longitude and latitude there is a town of.
SAMPLE_OF = ("FJ", "NZ", "RU", "SJ", "GL", "SY", "LB", "EC", "KI")


@pytest.fixture(scope="module")
def sample(gazetteer: Gazetteer) -> tuple[Place, ...]:
    return tuple(place for code in SAMPLE_OF for place in gazetteer.inside(code)[:400])


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        ((0.0, 0.0), (0.0, 0.0), 0.0),
        ((0.0, 0.0), (0.0, 180.0), math.pi * globe.RADIUS),
        ((90.0, 12.0), (-90.0, 77.0), math.pi * globe.RADIUS),
        ((0.0, 179.5), (0.0, -179.5), math.pi * globe.RADIUS / 180),
        # Damascus to Beirut.
        ((33.5102, 36.29128), (33.89332, 35.50157), 84.7),
    ],
)
def test_distances(one: globe.Point, other: globe.Point, kilometres: float) -> None:
    assert globe.distance(one, other) == pytest.approx(kilometres, abs=1)


@given(POINTS, POINTS, st.floats(0, 21_000))
@example((89.9, 0.0), (89.9, 180.0), 30.0)
@example((-90.0, 0.0), (-89.0, 77.0), 112.0)
@example((-17.0, 179.9), (-17.0, -179.9), 30.0)
@example((-17.2, 179.9), (-17.2, -179.9), 22.0)
@example((-17.2, -179.9), (-17.2, 179.9), 22.0)
@example((0.0, 0.0), (0.0, 180.0), 20_100.0)
def test_no_point_within_is_outside_the_cells(
    at: globe.Point, other: globe.Point, kilometres: float
) -> None:
    if globe.distance(at, other) <= kilometres:
        cell = globe.cell(other)
        assert any(low <= cell <= high for low, high in globe.cells_within(at, kilometres))


@given(POINTS, st.floats(0, 200))
def test_no_cell_is_asked_twice(at: globe.Point, kilometres: float) -> None:
    spans = sorted(globe.cells_within(at, kilometres))
    assert all(low <= high for low, high in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize("at", [(91.0, 0.0), (math.nan, 0.0), (0.0, math.inf)])
def test_a_point_off_the_globe_is_refused(at: globe.Point) -> None:
    with pytest.raises(ValueError, match="no latitude and longitude"):
        globe.cells_within(at, 1.0)


@pytest.mark.parametrize(
    ("at", "kilometres"),
    [
        ((35.93062, 36.63393), 50.0),
        ((-16.8, 179.95), 150.0),
        ((-16.8, -179.95), 150.0),
        ((78.2, 15.6), 400.0),
        ((90.0, 0.0), 2_500.0),
        ((-90.0, 0.0), 5_000.0),
        ((0.0, -78.5), 120.0),
    ],
)
def test_near_agrees_with_measuring_every_town(
    gazetteer: Gazetteer, sample: tuple[Place, ...], at: globe.Point, kilometres: float
) -> None:
    measured = {
        place.id for place in sample if place.at and globe.distance(at, place.at) <= kilometres
    }
    near = gazetteer.near(at, kilometres)
    assert measured
    assert {place.id for place in near} & {place.id for place in sample} == measured
    away = [globe.distance(at, place.at) for place in near if place.at]
    assert away == sorted(away)
    assert len(away) == len(near)
    assert away[-1] <= kilometres


@given(
    which=st.integers(0, 10_000),
    step=st.tuples(st.floats(-2, 2), st.floats(-3, 3)),
    kilometres=st.floats(0, 300),
)
def test_near_agrees_around_any_town(
    gazetteer: Gazetteer,
    sample: tuple[Place, ...],
    which: int,
    step: globe.Point,
    kilometres: float,
) -> None:
    town = sample[which % len(sample)]
    assert town.at
    at = (town.at[0] + step[0], town.at[1] + step[1])
    measured = {
        place.id for place in sample if place.at and globe.distance(at, place.at) <= kilometres
    }
    near = {place.id for place in gazetteer.near(at, kilometres)}
    assert near & {place.id for place in sample} == measured


def test_saraqib_lies_near_idlib_and_damascus_does_not(gazetteer: Gazetteer) -> None:
    idlib = gazetteer.bearers("Idlib")[0]
    assert idlib.at
    near = {place.name for place in gazetteer.near(idlib.at, 50)}
    assert {"Idlib", "Saraqib", "Khan Sheikhun", "Binnish"} - near == {"Khan Sheikhun"}
    assert "Damascus" not in near
    assert gazetteer.near(idlib.at, 50)[0] == idlib
    assert gazetteer.near(idlib.at, -1) == ()


def test_fiji_lies_on_both_sides_of_the_antimeridian(gazetteer: Gazetteer) -> None:
    sides = [gazetteer.near((-16.8, longitude), 100) for longitude in (180.0, -180.0, 540.0)]
    assert sides[0] == sides[1] == sides[2]
    assert {place.country for place in sides[0]} == {"FJ"}


@pytest.mark.parametrize("at", [(90.0, 0.0), (12.3, 45.6), (-90.0, 7.0)])
def test_everything_lies_within_half_the_earth_of_anywhere(at: globe.Point) -> None:
    poles = globe.cell((-90.0, -180.0)), globe.cell((90.0, 179.9))
    assert globe.cells_within(at, 20_100) == [poles]
