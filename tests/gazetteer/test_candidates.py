from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.gazetteer import Gazetteer


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("Khan Shekhun", "Khan Sheikhun"),
        ("Qhan Sheikhun", "Khan Sheikhun"),
        ("Kran Sheikun", "Khan Sheikhun"),
        ("Damascsu", "Damascus"),
        ("Kharkive", "Kharkiv"),
        ("gharkiv", "Kharkiv"),
        ("hartoum", "Khartoum"),
        ("Dier ez-Zor", "Deir ez-Zor"),
        ("Bakmut", "Bakhmut"),
        ("Mariupl", "Mariupol"),
        ("Kabool", "Kabul"),
        ("Untied States", "United States"),
        ("Хрсон", "Херсон"),
        ("Aleppp", "Aleppo"),
        # Of equally like names that of the larger town.
        ("Sarakib", "Saraqib"),
        ("Kabuk", "Kabul"),
        ("Lagox", "Lagos"),
        ("Goam", "Goma"),
    ],
)
def test_a_slip_is_understood(gazetteer: Gazetteer, slip: str, meant: str) -> None:
    assert gazetteer.candidates(slip)[0] == meant


@pytest.mark.parametrize("text", ["", "ab", "xyzzyq", "qwertyuiop", "Hmeimim", "!!!", "\ud800"])
def test_nothing_is_suggested_rather_than_nonsense(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.candidates(text) == ()


def test_no_more_than_asked_for_and_each_once(gazetteer: Gazetteer) -> None:
    for limit in range(5):
        found = gazetteer.candidates("Bakmut", limit)
        assert len(found) == len(set(found)) == min(limit, len(found))
    assert len(gazetteer.candidates("Bakmut", 3)) == 3


def test_a_name_that_exists_is_all_that_is_meant(gazetteer: Gazetteer) -> None:
    assert gazetteer.candidates("Khan Sheikhun") == ("Khan Sheikhun",)


@pytest.mark.parametrize(
    ("slip", "meant"), [("Damascsu", "Damascus"), ("Bakmut", "Bakhmut"), ("Kabool", "Kabul")]
)
def test_a_quick_look_finds_slips_behind_the_first_letters(
    gazetteer: Gazetteer, slip: str, meant: str
) -> None:
    assert gazetteer.candidates(slip, is_quick=True)[0] == meant
    assert set(gazetteer.candidates("Qhan Sheikhun", is_quick=True)) == set()


@settings(max_examples=25)
@given(st.text(max_size=20))
def test_whatever_is_suggested_exists(gazetteer: Gazetteer, text: str) -> None:
    for name in gazetteer.candidates(text):
        assert gazetteer.bearers(name)
