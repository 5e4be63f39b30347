"""By which clock somebody lives is found by a zone's name, a town, a country, and a location."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.bot import zone_making
from alerts.bot.talk import button
from alerts.bot.zones import TABLE, others, shown, zone_at, zones_called
from alerts.gazetteer.shipped import shipped

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
TABLED = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines()]


def named(text: str) -> list[str]:
    found = zones_called(text, shipped(), now=NOW)
    return [] if found.is_guess else [option.zone for option in found.options]


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("Berlin", "Europe/Berlin"),
        ("BERLIN", "Europe/Berlin"),
        ("München", "Europe/Berlin"),
        ("Germany", "Europe/Berlin"),
        ("Türkiye", "Europe/Istanbul"),
        ("Turkey", "Europe/Istanbul"),
        ("Idlib", "Asia/Damascus"),
        ("دمشق", "Asia/Damascus"),
        ("Сирия", "Asia/Damascus"),
        ("Tripoli, Lebanon", "Asia/Beirut"),
        ("Kherson", "Europe/Kyiv"),
        ("Simferopol", "Europe/Simferopol"),
        ("Goma", "Africa/Lubumbashi"),
        ("New York", "America/New_York"),
        ("Phoenix", "America/Phoenix"),
        ("Chicago", "America/Chicago"),
        ("Eucla", "Australia/Eucla"),
        ("utc", "UTC"),
        ("GMT", "UTC"),
        ("UTC+3", "Etc/GMT-3"),
        ("gmt -5", "Etc/GMT+5"),
        ("+03:00", "Etc/GMT-3"),
        ("UTC+0", "UTC"),
        ("UTC+5:30", "Asia/Kolkata"),
    ],
)
def test_one_zone_is_meant(typed: str, zone: str) -> None:
    assert named(typed)[:1] == [zone]
    if "30" not in typed:  # two countries share it
        assert named(typed) == [zone]


def test_several_are_offered() -> None:
    assert named("Tripoli") == ["Africa/Tripoli", "Asia/Beirut"]
    assert {"Europe/Moscow", "Asia/Yekaterinburg"} < set(named("Russia"))


def test_what_nobody_knows_is_guessed_or_refused() -> None:
    found = zones_called("Germny", shipped(), now=NOW)
    assert found.is_guess
    assert [option.zone for option in found.options] == ["Europe/Berlin"]
    for typed in ("xqzzkvw", "", "UTC+25", "UTC+15", "<b>", ",", "9" * 5000, "\u202e"):
        assert zones_called(typed, shipped(), now=NOW).options == ()


@pytest.mark.parametrize(
    ("at", "zone"),
    [
        ((52.52, 13.40), "Europe/Berlin"),
        ((35.93, 36.63), "Asia/Damascus"),
        ((46.63, 32.61), "Europe/Kyiv"),
        ((44.95, 34.10), "Europe/Simferopol"),
        ((36.16, -86.78), "America/Chicago"),
        ((-1.68, 29.22), "Africa/Lubumbashi"),
        ((-33.87, 151.21), "Australia/Sydney"),
        # Far out on the sea clocks follow the sun.
        ((-48.88, -123.39), "Etc/GMT+8"),
        ((0.0, -25.0), "Etc/GMT+2"),
    ],
)
def test_a_location_has_the_zone_of_the_next_town(at: tuple[float, float], zone: str) -> None:
    assert zone_at(at, shipped()) == zone


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_point_of_the_globe_has_a_zone(latitude: float, longitude: float) -> None:
    ZoneInfo(zone_at((latitude, longitude), shipped()))


def test_what_is_no_point_has_none() -> None:
    with pytest.raises(ValueError, match="latitude"):
        zone_at((91.0, 0.0), shipped())


def test_the_countrys_other_clocks_are_offered() -> None:
    assert others("Europe/Berlin", now=NOW) == ()
    assert {"America/Chicago", "Pacific/Honolulu"} < set(others("America/New_York", now=NOW))
    assert "America/New_York" not in others("America/New_York", now=NOW)


def test_an_offset_is_shown_as_people_say_it() -> None:
    assert shown("Etc/GMT-3") == "UTC+3"
    assert shown("Etc/GMT+5") == "UTC-5"
    assert shown("Asia/Damascus") == "Asia/Damascus"


@pytest.mark.parametrize("hours", range(-12, 15))
def test_an_offset_is_the_clock_that_it_says(hours: int) -> None:
    [zone] = named(f"UTC{hours:+}")
    assert NOW.astimezone(ZoneInfo(zone)).utcoffset() == timedelta(hours=hours)
    assert shown(zone) == (f"UTC{hours:+}" if hours else "UTC")


def test_every_zone_fits_a_button_and_is_known_by_its_name() -> None:
    known = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    for zone in {zone for _, _, zone in TABLED}:
        assert zone in known
        button(zone, f"/timezone {zone}")
        assert named(zone) == [zone]


def test_the_table_is_what_its_sources_say() -> None:
    assert TABLE.read_text("utf-8") == zone_making.text()
