"""Spellings of one name are alike, whatever the script; other names are not."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.text.spelling import alike, keys
from alerts.text.spelling.affixes import plain_forms, readings
from alerts.text.spelling.guard import agree
from alerts.text.spelling.windows import windows
from alerts.text.spelling.words import is_common, is_persons
from alerts.text.tokens import tokenize

_LETTERS = "abdeghiklmnorstuwyzş'- шхаео آاحخدرسقكلميوة"
texts = st.text() | st.text(alphabet=_LETTERS, max_size=20)

ONE_NAME = [
    ["Khan al-Asal", "Khan Assal", "Han el-Asal", "خان العسل", "Хан-эль-Асаль"],
    ["Tell Rifaat", "Tall Rif'at", "Tel Rifat", "تل رفعت", "Телль-Рифаат"],
    ["Deir Hafir", "Dayr Hafir", "Dair Hāfir", "Deirhafir", "دير حافر", "Дейр-Хафир"],
    ["Ash-Shaddadi", "al-Shaddadi", "Shadadi", "الشدادي"],
    ["Qalaat al-Madiq", "Kalaat el-Madik", "Qal'at al-Mudiq"],
    ["Tchelekin", "Cheleken", "Tscheleken", "Şeleken"],
    ["Souran", "Suran", "Sooran"],
    ["Maarrat Misrin", "Ma'arrat Misreen", "معرة مصرين"],
]


@pytest.mark.parametrize("spellings", ONE_NAME, ids=lambda spellings: spellings[0])
def test_spellings_of_one_name_are_alike(spellings: list[str]) -> None:
    name = spellings[0]
    assert [one for one in spellings if not alike(name, one)] == []
    assert [one for one in spellings if keys(one).isdisjoint(keys(name))] == []


def test_different_names_are_not_alike() -> None:
    names = [spellings[0] for spellings in ONE_NAME]
    assert [pair for pair in combinations(names, 2) if alike(*pair)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Iran", "Iraq"),
        ("Austria", "Australia"),
        ("Homs", "Khamis"),
        ("Kabul", "Kabala"),
        ("Taiz", "Tuz"),
        ("Daraa", "Darayya"),
        ("Niger", "Nigeria"),
        ("Hama", "Hamas"),
        ("Kramatorsk", "Kramatorskoye"),
        ("Ward 3", "Ward 4"),
        ("كريمة", "الكرامة"),
        ("حمص", "خمس"),
        ("北京", "北京市"),
    ],
)
def test_names_that_only_look_alike_are_not_alike(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("دوما", "بدوما", "ar"),
        ("الحسكة", "والحسكة", "ar"),
        ("القامشلي", "للقامشلي", ""),
        ("Хмеймим", "Хмеймиме", "ru"),
        ("Манбидж", "Манбиджем", "ru"),
        ("Казань", "Казани", ""),
        ("Одесса", "Одессу", "uk"),
        ("Грозный", "Грозного", "ru"),
        ("Rakka", "Rakka'da", "en"),
        ("Mardin", "Mardin’den", ""),
        ("Mardin", "Mardinden", "tr"),
        ("Nasiriyah", "Annasiriyah", "en"),
        ("Hasaka", "Alhasaka", ""),
        ("Kharkiv", "Kharkiw", "de"),
    ],
)
def test_what_clings_to_a_name_is_taken_off(name: str, text: str, language: str) -> None:
    (token,) = tokenize(text)
    heard = readings(token.word.written, language)
    assert any(
        one.sound.key == own.sound.key and agree(own.sound, one.sound, one.weight)
        for one in heard
        for own in readings(name, "")[:2]
    )


def test_turkish_suffixes_without_apostrophe_are_taken_off_in_turkish_only() -> None:
    assert readings("Mardinden", "en") == readings("Mardinden", "")
    assert len(readings("Mardinden", "tr")) > len(readings("Mardinden", "en"))


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("in Kafr Zita today", ["Kafr Zita"]),
        ("the shelling of al-Bab continued", ["al-Bab", "Bab"]),
        ("Beirut, Sidon", []),
        ("Syria. It", []),
        ("kafr zita", []),
        ("The Bab", []),
        ("HMS Bab", []),
        ("Bazar-e Yakawlang", ["Bazar-e", "Bazar-e Yakawlang"]),
        ("مدينة دير الزور", ["مدينة", "مدينة دير", "مدينة دير الزور", "دير الزور", "الزور", "دير"]),
    ],
)
def test_a_window_is_written_as_a_name_and_stops_at_punctuation(
    text: str, surfaces: list[str]
) -> None:
    tokens = tokenize(text)
    found = [
        text[tokens[first].start : tokens[last - 1].end]
        for first, last, heard in windows(tokens, text, "en")
        if heard.whole
    ]
    several = [one for one in found if one in surfaces or " " in one]
    assert sorted(several) == sorted(surfaces)


def test_words_and_names_of_people_are_known() -> None:
    assert is_common("ghost")
    assert is_common("ahmed")
    assert is_persons("ahmed")
    assert not is_persons("ghost")
    assert not is_common("idlib")


@given(texts)
def test_any_string_has_keys(text: str) -> None:
    keys(text)
    for token in tokenize(text):
        readings(token.word.written, "tr")
        plain_forms(token.word.written)
    list(windows(tokenize(text), text, "ar"))


@given(texts, texts)
def test_alike_is_symmetric(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)


@given(texts)
def test_alike_is_reflexive(text: str) -> None:
    assert alike(text, text)


@given(st.text(alphabet=_LETTERS, max_size=20))
def test_alike_names_share_a_key(text: str) -> None:
    for variant in (text.upper(), text.replace("sh", "ch"), text.replace("-", " ")):
        if variant != text and alike(text, variant):
            assert not keys(text).isdisjoint(keys(variant))


@given(texts)
def test_keys_do_not_depend_on_case(text: str) -> None:
    folded = text.casefold()
    if folded.upper().casefold() == folded:
        assert keys(folded) == keys(folded.upper())
