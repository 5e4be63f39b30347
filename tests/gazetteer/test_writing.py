from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.gazetteer import Gazetteer
from alerts.gazetteer.writing import Written, is_in_area, is_telling, line, read
from alerts.text.capitals import asked_capitals
from alerts.text.tokens import tokenize


@pytest.mark.parametrize(
    ("country", "area"),
    [
        ("SY", ""),
        ("SY", "Idlib"),
        ("PS", ""),
        ("MM", ""),
        ("UA", "Kherson"),
        ("VA", ""),
        ("TW", ""),
    ],
)
def test_an_area_is_written_by_the_own_names_of_its_places(
    gazetteer: Gazetteer, country: str, area: str
) -> None:
    whole = gazetteer.area(country, area) if area else gazetteer.country(country)
    assert whole is not None
    places = [whole, *(() if area else gazetteer.areas(country)), *gazetteer.inside(country, area)]
    names = gazetteer.own_names(places)
    slowly = {
        (place.name, words(name), wants_capitals(name))
        for place in places
        for name in names[place.id]
        if is_telling(name)
    }
    assert set(gazetteer.written(country, area)) == slowly


def words(name: str) -> tuple[str, ...]:
    return tuple(token.word.folded for token in tokenize(name))


def wants_capitals(name: str) -> tuple[bool, ...]:
    tokens = tokenize(name)
    asked = asked_capitals(tokens)
    return tuple(
        capitals or token.word.dotted for token, capitals in zip(tokens, asked, strict=True)
    )


@pytest.mark.parametrize(("country", "area"), [("XX", ""), ("SY", "Nowhere"), ("", "")])
def test_what_does_not_exist_is_not_written(gazetteer: Gazetteer, country: str, area: str) -> None:
    assert list(gazetteer.written(country, area)) == []


def test_the_area_itself_comes_first(gazetteer: Gazetteer) -> None:
    assert next(gazetteer.written("SY")).words == ("syria",)
    assert next(gazetteer.written("SY", "Idlib")).words == ("idlib",)


@given(st.text(), st.booleans())
def test_a_line_says_what_was_put_into_it(name: str, is_elsewhere: bool) -> None:
    one = line(name, is_elsewhere=is_elsewhere)
    if words(name):
        assert read("X", one) == Written("X", words(name), wants_capitals(name))
        assert is_in_area(one) is not is_elsewhere
    else:
        assert one == ""
