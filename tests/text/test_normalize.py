from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.text.normalize import as_written, fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Idlib", "IDLIB"),
        ("İdlib", "idlib"),
        ("Diyarbakır", "diyarbakir"),
        ("Łódź", "lodz"),
        ("Çeçen", "cecen"),
        ("Straße", "STRASSE"),
        ("Hay'at", "Hay\u2019at"),
        ("Hayʾat", "Hayat"),
        ("Baʿath", "Baath"),
        ("Ḥamāh", "Hamah"),
        ("cafe\u0301", "café"),
        ("ＨＴＳ", "hts"),
        ("ﬁre", "fire"),
        ("co\u00adoperate", "cooperate"),
        ("می\u200cشود", "میشود"),
        ("أحمد", "احمد"),
        ("إدلب", "ادلب"),
        ("حماة", "حماه"),
        ("مصطفى", "مصطفي"),
        ("صنعاء", "صنعا"),
        ("كـــريم", "كريم"),
        ("مُحَمَّد", "محمد"),
        ("ایران", "ايران"),
        ("کابل", "كابل"),
        ("ﻻ", "لا"),
        ("٢٠٢٤", "2024"),
        ("ёлка", "елка"),
        ("שָׁלוֹם", "שלום"),
        ("Άθήνα", "αθηνα"),
        ("τῷ", "τω"),
        ("Deir\u00a0ez\u2013Zor", "deir ez-zor"),
    ],
)
def test_ways_to_type_one_word_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("किला", "कल"),
        ("ကချင်", "ကခင"),
        ("が", "か"),
        ("한국", "하국"),
        ("Homs", "Hama"),
    ],
)
def test_marks_that_make_another_word_stay(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_hangul_stays_composed() -> None:
    assert fold("한국") == "한국"


@given(st.text())
@example("\ud800")
@example("ŉ\u0345ΐ")
def test_folding_never_raises_and_folding_twice_is_folding_once(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded


@given(st.text(alphabet=st.characters(max_codepoint=0x7F)))
def test_plain_letters_only_lose_capitals(text: str) -> None:
    assert fold(text) == text.lower().replace("'", "").replace("`", "").replace('"', "")


def test_what_is_written_keeps_capitals_and_marks_and_one_kind_of_apostrophe() -> None:
    assert as_written("Şam\u2019a\u200d") == "Şam'a"
    assert as_written("S\u0327am") == "Şam"
