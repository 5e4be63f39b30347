from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import GazetteerError, TocsinError
from alerts.gazetteer import Gazetteer, Place, Sort, name_key


@pytest.mark.parametrize(
    ("name", "shown", "country", "area"),
    [
        ("Idlib", "Idlib", "SY", "Idlib"),
        ("Idleb", "Idlib", "SY", "Idlib"),
        ("إدلب", "Idlib", "SY", "Idlib"),
        ("ادلب", "Idlib", "SY", "Idlib"),
        ("Khan Sheikhun", "Khan Sheikhun", "SY", "Idlib"),
        ("khan-sheikhoun", "Khan Sheikhun", "SY", "Idlib"),
        ("Khān Shaykhūn", "Khan Sheikhun", "SY", "Idlib"),
        ("خان شيخون", "Khan Sheikhun", "SY", "Idlib"),
        ("Homs", "Homs", "SY", "Homs"),
        ("حمص", "Homs", "SY", "Homs"),
        ("Raqqa", "Raqqa", "SY", "Raqqa"),
        ("Kobani", "Kobani", "SY", "Aleppo"),
        ("Maarat al-Numan", "Maarat al-Numan", "SY", "Idlib"),
        ("Kherson", "Kherson", "UA", "Kherson"),
        ("Херсон", "Kherson", "UA", "Kherson"),
        ("Kiev", "Kyiv", "UA", "Kyiv"),
        ("Харків", "Kharkiv", "UA", "Kharkiv"),
        ("El Fasher", "El Fasher", "SD", "North Darfur"),
        ("الفاشر", "El Fasher", "SD", "North Darfur"),
        ("El-Geneina", "El Geneina", "SD", "West Darfur"),
        ("Goma", "Goma", "CD", "North Kivu"),
        ("Gaza", "Gaza", "PS", "Gaza Strip"),
        ("غزة", "Gaza", "PS", "Gaza Strip"),
        ("עזה", "Gaza", "PS", "Gaza Strip"),
        ("Khan Younis", "Khan Younis", "PS", "Gaza Strip"),
        ("Sittwe", "Sittwe", "MM", "Rakhine"),
        ("စစ်တွေမြို့", "Sittwe", "MM", "Rakhine"),
        ("စစ်တွေ", "Sittwe", "MM", "Rakhine"),
        ("Mekelle", "Mekelle", "ET", "Tigray"),
        ("Diyarbakır", "Diyarbakir", "TR", "Diyarbakir"),
        ("北京", "Beijing", "CN", "Beijing"),
        ("Tripoli", "Tripoli", "LY", "Tripoli"),
        ("Москва", "Moscow", "RU", "Moscow"),
    ],
)
def test_a_town_is_found_by_each_of_its_names(
    gazetteer: Gazetteer, name: str, shown: str, country: str, area: str
) -> None:
    place = gazetteer.bearers(name)[0]
    assert (place.name, place.country, place.area) == (shown, country, area)
    assert place.sort is Sort.TOWN
    assert place.at


def test_of_several_bearers_the_most_populous_is_first(gazetteer: Gazetteer) -> None:
    bearers = gazetteer.bearers("Tripoli")
    assert [place.country for place in bearers if place.sort is Sort.TOWN] == [
        "LY", "LB", "GR", "US",
    ]  # fmt: skip
    weights = [place.population for place in bearers]
    assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize("country", ["LB", "lb"])
def test_a_country_decides_between_bearers(gazetteer: Gazetteer, country: str) -> None:
    assert [place.area for place in gazetteer.bearers("Tripoli", country)] == ["North Lebanon"]


def test_a_town_comes_before_the_area_around_it(gazetteer: Gazetteer) -> None:
    assert [place.sort for place in gazetteer.bearers("Idlib")] == [Sort.TOWN, Sort.AREA]


def test_a_country_comes_before_an_area_of_its_name(gazetteer: Gazetteer) -> None:
    first, second = gazetteer.bearers("Georgia")[:2]
    assert (first.sort, first.country) == (Sort.COUNTRY, "GE")
    assert (second.sort, second.country) == (Sort.AREA, "US")


@pytest.mark.parametrize("name", ["", "Khmeimim", "KDX", "yi de li bo", "\ud800", "'; DROP"])
def test_what_is_no_name_has_no_bearer(gazetteer: Gazetteer, name: str) -> None:
    assert gazetteer.bearers(name) == ()


@given(st.text())
def test_any_text_may_be_asked(gazetteer: Gazetteer, text: str) -> None:
    gazetteer.bearers(text)
    gazetteer.area("SY", text)
    gazetteer.demonyms(text)
    gazetteer.inside(text, text)


def test_names_begin_with_the_shown_one_and_have_a_key_each(gazetteer: Gazetteer) -> None:
    place = gazetteer.bearers("Kherson")[0]
    names = gazetteer.names(place)
    assert names[0] == "Kherson"
    assert {"Херсон", "خرسون", "Cherson", "赫尔松"} <= set(names)
    keys = [name_key(name) for name in names]
    assert len(set(keys)) == len(keys)
    assert not {"KHE", "heruson", "he er song"} & set(names)


def test_many_places_names_are_those_of_each(gazetteer: Gazetteer) -> None:
    places = [*gazetteer.inside("SY"), gazetteer.bearers("Syria")[0], *gazetteer.inside("UA")]
    assert len(places) > 1000
    found = gazetteer.names_of(places)
    assert found == {place.id: gazetteer.names(place) for place in places}
    for place in places:
        assert all(place in gazetteer.bearers(name) for name in found[place.id])


@pytest.mark.parametrize(
    ("name", "country", "written", "keeps"),
    [
        ("Arak", "IR", "Iraq", False),  # a country
        ("Arak", "IR", "Arak", True),
        ("Paris", "US", "Paris", False),  # ninety times as many people elsewhere
        ("Tripoli", "LB", "Tripoli", True),  # six times: both are meant
        ("Tripoli", "LB", "Trablous", True),
        ("Maarat al-Numan", "SY", "Maarat al-Numan", True),  # nobody counted its people
    ],
)
def test_a_name_that_weightier_places_are_known_by_is_theirs(
    gazetteer: Gazetteer, name: str, country: str, written: str, keeps: bool
) -> None:
    place = gazetteer.bearers(name, country)[0]
    assert name_key(written) in map(name_key, gazetteer.names(place))
    own = gazetteer.own_names([place])[place.id]
    assert (name_key(written) in map(name_key, own)) is keeps


def test_places_that_are_asked_for_together_take_no_names_from_one_another(
    gazetteer: Gazetteer,
) -> None:
    texas, france = gazetteer.bearers("Paris", "US")[0], gazetteer.bearers("Paris", "FR")[0]
    assert "Paris" in gazetteer.own_names([texas, france])[texas.id]


def shown(place: Place) -> str:
    return place.name


def test_inside_a_country_are_its_towns(gazetteer: Gazetteer) -> None:
    towns = gazetteer.inside("SY")
    assert [town.name for town in towns[:3]] == ["Aleppo", "Damascus", "Homs"]
    assert {town.sort for town in towns} == {Sort.TOWN}
    assert {town.country for town in towns} == {"SY"}
    by_area = [gazetteer.inside("sy", area) for area in map(shown, gazetteer.areas("SY"))]
    assert sum(map(len, by_area)) == len(towns)


def test_inside_an_area_are_its_towns(gazetteer: Gazetteer) -> None:
    towns = gazetteer.inside("SY", "Idlib Governorate")
    assert {"Idlib", "Saraqib", "Khan Sheikhun"} <= {town.name for town in towns}
    assert {town.area for town in towns} == {"Idlib"}


@pytest.mark.parametrize(("country", "area"), [("ZZ", ""), ("", ""), ("SY", "Bavaria")])
def test_inside_what_does_not_exist_is_nothing(
    gazetteer: Gazetteer, country: str, area: str
) -> None:
    assert gazetteer.inside(country, area) == ()


def test_areas_are_listed_as_shown(gazetteer: Gazetteer) -> None:
    names = list(map(shown, gazetteer.areas("SY")))
    assert names == sorted(names)
    assert {"Idlib", "Aleppo", "Deir ez-Zor", "Daraa", "Rif Dimashq"} <= set(names)
    assert len(names) == 14
    assert gazetteer.areas("ZZ") == ()


@pytest.mark.parametrize(
    ("country", "name", "shown"),
    [
        ("SY", "Idlib", "Idlib"),
        ("sy", "idlib governorate", "Idlib"),
        ("SY", "Idlib Province", "Idlib"),
        ("SY", "Governorate of Idlib", "Idlib"),
        ("SY", "إدلب", "Idlib"),
        ("SY", "Rural Damascus", "Rif Dimashq"),
        ("UA", "Kherson Oblast", "Kherson"),
        ("UA", "Kherson Governorate", "Kherson"),
        ("UA", "Kyiv", "Kyiv"),
        ("UA", "Kyiv Province", "Kyiv Oblast"),
        ("SD", "North Darfur State", "North Darfur"),
        ("SD", "Gezira", "Gezira"),
        ("MM", "Arakan", "Rakhine"),
        ("NG", "Plateau", "Plateau State"),
        ("RU", "Republic of Dagestan", "Dagestan"),
        ("RU", "Belgorod Region", "Belgorod"),
        ("PS", "Gaza Strip", "Gaza Strip"),
        ("PS", "Gaza", "Gaza Strip"),
        ("US", "Georgia", "Georgia"),
        ("FR", "Brittany Region", "Brittany"),
        # Where two have the name, the one that is shown with it.
        ("BM", "Saint George's", "Saint Georges"),
    ],
)
def test_an_area_is_found_by_any_of_its_names(
    gazetteer: Gazetteer, country: str, name: str, shown: str
) -> None:
    area = gazetteer.area(country, name)
    assert area
    assert (area.sort, area.name, area.area, area.at) == (Sort.AREA, shown, shown, None)
    assert area.country == country.upper()


def test_an_area_of_another_country_is_none(gazetteer: Gazetteer) -> None:
    assert gazetteer.area("IQ", "Idlib") is None
    assert gazetteer.area("SY", "") is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Syria", "SY"), ("Syrien", "SY"), ("Сирия", "SY"), ("سوريا", "SY"), ("叙利亚", "SY"),
        ("Suriye", "SY"), ("シリア", "SY"), ("Συρία", "SY"), ("Україна", "UA"), ("Ukraine", "UA"),
        ("DRC", "CD"), ("DR Congo", "CD"), ("Congo-Brazzaville", "CG"), ("UAE", "AE"), ("UK", "GB"),
        ("Britain", "GB"), ("U.S.", "US"), ("USA", "US"), ("США", "US"), ("Ivory Coast", "CI"),
        ("Côte d’Ivoire", "CI"), ("Burma", "MM"), ("Мьянма", "MM"), ("Palestine", "PS"),
        ("Swaziland", "SZ"), ("Türkiye", "TR"), ("Türkei", "TR"), ("Czech Republic", "CZ"),
        ("Kosovo", "XK"), ("South Sudan", "SS"), ("East Timor", "TL"), ("یمن", "YE"),
        ("ኢትዮጵያ", "ET"), ("Soomaaliya", "SO"), ("อัฟกานิสถาน", "AF"),
    ],
)  # fmt: skip
def test_countries_are_known_in_many_languages(gazetteer: Gazetteer, name: str, code: str) -> None:
    country = gazetteer.bearers(name)[0]
    assert (country.sort, country.country) == (Sort.COUNTRY, code)
    assert country == gazetteer.country(code.lower())
    assert country.population > 0


def test_there_is_no_country_of_an_unknown_code(gazetteer: Gazetteer) -> None:
    assert gazetteer.country("ZZ") is None
    assert gazetteer.country("CS") is None


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("SY", "Damascus"),
        ("UA", "Kyiv"),
        ("US", "Washington"),
        ("SD", "Khartoum"),
        ("IN", "New Delhi"),
    ],
)
def test_a_country_has_a_capital(gazetteer: Gazetteer, code: str, name: str) -> None:
    capital = gazetteer.capital(code)
    assert capital
    assert (capital.name, capital.country) == (name, code)


@pytest.mark.parametrize("code", ["AQ", "ZZ"])
def test_antarctica_has_none(gazetteer: Gazetteer, code: str) -> None:
    assert gazetteer.capital(code) is None


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Syria", ("Syrian", "Syrians")),
        ("Сирия", ("Syrian", "Syrians")),
        ("Lebanon", ("Lebanese",)),
        ("Gaza Strip", ("Gazan", "Gazans")),
        ("Gaza", ("Gazan", "Gazans")),
        ("Donbas", ()),
        ("Crimea", ("Crimean", "Crimeans")),
        ("Chechnya", ("Chechen", "Chechens")),
        ("Kashmir", ("Kashmiri", "Kashmiris")),
        ("Tigray", ("Tigrayan", "Tigrayans", "Tigrean", "Tigreans")),
        ("United Kingdom", ("British", "Briton", "Britons", "Brit", "Brits")),
        ("Khmeimim", ()),
        ("", ()),
    ],
)
def test_a_name_has_the_words_for_its_people(
    gazetteer: Gazetteer, name: str, forms: tuple[str, ...]
) -> None:
    assert gazetteer.demonyms(name) == forms


def test_a_place_has_the_words_for_its_people(gazetteer: Gazetteer) -> None:
    assert gazetteer.demonyms(gazetteer.bearers("Niger")[0]) == ("Nigerien", "Nigeriens")
    gaza = gazetteer.bearers("Gaza")
    assert {gazetteer.demonyms(place) for place in gaza if place.country == "PS"} == {
        ("Gazan", "Gazans")
    }
    # Mozambique has a Gaza too.
    assert {gazetteer.demonyms(place) for place in gaza if place.country != "PS"} == {()}


def test_every_country_with_people_has_words_for_them(gazetteer: Gazetteer) -> None:
    silent = {
        country.country
        for country in (gazetteer.country(code) for code in _codes(gazetteer))
        if country and country.population > 30_000 and not gazetteer.demonyms(country)
    }
    assert silent == {"MF", "MP"}


def test_a_missing_table_says_how_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match=r"python -m alerts\.gazetteer\.making") as caught:
        Gazetteer.open(tmp_path / "places.sqlite")
    assert isinstance(caught.value, TocsinError)


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match="is missing"):
        Gazetteer.open(tmp_path)


def test_another_file_is_no_table(tmp_path: Path) -> None:
    text = tmp_path / "places.sqlite"
    text.write_text("no table at all, and long enough to be looked into " * 20)
    with pytest.raises(GazetteerError, match="not a database"):
        Gazetteer.open(text)


def test_a_table_of_another_version_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "places #1?.sqlite"
    with closing(sqlite3.connect(other)) as connection:
        connection.executescript("PRAGMA user_version=77; CREATE TABLE places (id)")
    with pytest.raises(GazetteerError, match="of another version"):
        Gazetteer.open(other)


def test_little_of_the_table_is_kept_in_memory(gazetteer: Gazetteer) -> None:
    assert gazetteer._rows("PRAGMA cache_size") == [(-256,)]


def test_threads_may_ask_at_once(gazetteer: Gazetteer) -> None:
    names = ["Idlib", "Kherson", "Goma", "Sittwe", "Tripoli", "Syria"] * 50

    def ask(name: str) -> tuple[str, int, int]:
        first = gazetteer.bearers(name)[0]
        return first.name, len(gazetteer.names(first)), len(gazetteer.near(first.at or (0, 0), 20))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, names)) == [ask(name) for name in names]


def _codes(gazetteer: Gazetteer) -> set[str]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    codes = {one + other for one in letters for other in letters}
    return {code for code in codes if gazetteer.country(code)}
