from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.gazetteer import Gazetteer
from alerts.gazetteer.sounding import best, sought, sounds


@pytest.mark.parametrize(
    ("typed", "country", "meant"),
    [
        ("Wadmadani", "", "Wad Madani"),
        ("Deir Azor", "", "Deir ez-Zor"),
        ("Sweidah", "", "Sweida"),
        ("machatchkala", "", "Makhachkala"),
        # In the letters of another language.
        ("Tschassiw Jar", "", "Chasiv Yar"),
        ("Srebreniza", "", "Srebrenica"),
        ("Cerablus", "", "Jarabulus"),
        # Two consonants, and nothing else differs.
        ("al-Hawija", "", "Al Hawijah"),
        # Of several the one where many live, or the one of the country.
        ("Harat", "", "Herat"),
        ("Qousseir", "SY", "Al-Qusayr"),
        ("Qousseir", "eg", "Al Qusayr"),
    ],
)
def test_a_spelling_of_a_place_is_heard(
    gazetteer: Gazetteer, typed: str, country: str, meant: str
) -> None:
    place = gazetteer.heard(typed, country)
    assert place is not None
    assert place.name == meant
    assert place.country == country.upper() or not country


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        # Nobody can say which; nothing sounds so; not there.
        ("Qousseir", ""),
        ("Killis", ""),
        ("Qwertyuiopas", ""),
        ("Wadmadani", "FR"),
        # Too short, no name, another script.
        ("Abiei", ""),
        ("", ""),
        ("!!!", ""),
        ("Камп 7", ""),
        ("\ud800", ""),
    ],
)
def test_nothing_is_heard_rather_than_nonsense(
    gazetteer: Gazetteer, typed: str, country: str
) -> None:
    assert gazetteer.heard(typed, country) is None


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=12))
def test_any_text_may_be_listened_to(gazetteer: Gazetteer, text: str) -> None:
    place = gazetteer.heard(text)
    assert place is None or not sought(text).isdisjoint(sounds(gazetteer.names(place)))


def test_those_that_fit_best_are_meant(gazetteer: Gazetteer) -> None:
    herat, *_ = gazetteer.bearers("Herat", "AF")
    ganja, *_ = gazetteer.bearers("Ganja", "AZ")
    assert best("Hirat", {herat: ("Herat",), ganja: ("Harat",)}) == [herat]
    assert best("Hirat", {herat: ("Herat",), ganja: ("Ganja", "Herat")}) == [herat, ganja]
    assert best("Hirat", {herat: ("هرات",), ganja: ("Ganja",)}) == []
    assert best("Hirat", {}) == []
