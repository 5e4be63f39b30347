from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.text.tokens import chunk_starts, cut, tokenize, word


def words(text: str) -> list[str]:
    return [text[token.start : token.end] for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HTS-led forces", ["HTS", "led", "forces"]),
        ("HTS's and Assad\u2019s", ["HTS", "and", "Assad"]),
        ("the Houthis' ships", ["the", "Houthis", "ships"]),
        ("Ra's al-Ayn", ["Ra's", "al", "Ayn"]),
        ("Hay'at Tahrir", ["Hay'at", "Tahrir"]),
        ("l'Iran, d\u2019Alep, dell'Iraq", ["l", "Iran", "d", "Alep", "dell", "Iraq"]),
        ("L'viv N'Djamena", ["L'viv", "N'Djamena"]),
        ("U.S.-led, the P.K.K.", ["U.S.", "led", "the", "P.K.K."]),
        ("J.D.Vance", ["J.D.", "Vance"]),
        ("in 3.5 km", ["in", "3", "5", "km"]),
        ("M23 S-300 #HTS @x_y", ["M23", "S", "300", "HTS", "x", "y"]),
        ("Islamic\u00a0State", ["Islamic", "State"]),
        ("cafe\u0301s", ["cafe\u0301s"]),
        ('צה"ל אמר "שלום"', ['צה"ל', "אמר", "שלום"]),
        ("هيئة تحرير الشام.", ["هيئة", "تحرير", "الشام"]),
        ("在叙利亚", ["在", "叙", "利", "亚"]),
        ("シリア軍", ["シリア", "軍"]),
        ("ကချင်", ["က", "ချ", "င်"]),
        ("किला है", ["किला", "है"]),
        ("— & … 👍", []),
        ("", []),
    ],
)
def test_text_parts_into_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_acronyms_with_dots_are_those_without() -> None:
    assert [token.word.folded for token in tokenize("P.K.K. PKK")] == ["pkk", "pkk"]
    assert [token.word.dotted for token in tokenize("P.K.K. PKK")] == [True, False]


@pytest.mark.parametrize(
    ("text", "capitals"),
    [("IS", True), ("Is", False), ("is", False), ("HTS's", True), ("M23", True), ("23", False)],
)
def test_capitals_are_those_of_the_text(text: str, capitals: bool) -> None:
    assert tokenize(text)[0].word.capitals is capitals


def test_hyphens_join_and_prefixes_are_told() -> None:
    tokens = tokenize("anti-war, HTS\u2011led - post\u2013Cold War")
    flags = [(token.word.folded, token.joined, token.prefixed) for token in tokens]
    assert flags == [
        ("anti", False, False),
        ("war", True, True),
        ("hts", False, False),
        ("led", True, False),
        ("post", False, False),
        ("cold", True, True),
        ("war", False, False),
    ]


@given(st.text())
def test_any_text_has_tokens_with_spans_that_grow_and_words_that_are_not_empty(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert end <= token.start < token.end <= len(text)
        assert token.word.folded
        assert token.word.written
        end = token.end


@given(st.text(), st.text())
def test_tokens_do_not_reach_over_white_space(one: str, other: str) -> None:
    apart = tokenize(f"{one} {other}")
    assert len(apart) == len(tokenize(one)) + len(tokenize(other))


@given(st.text(alphabet=st.characters(categories=["Z", "C", "L"])))
def test_chunks_are_those_of_split(text: str) -> None:
    chunks = text.split()
    starts = chunk_starts(text)
    assert [text[at : at + len(chunk)] for at, chunk in zip(starts, chunks, strict=True)] == chunks


@given(st.text().filter(lambda text: len(text.split()) == 1).map(str.strip))
def test_a_chunk_has_the_tokens_of_the_text_that_it_is(chunk: str) -> None:
    assert cut(chunk) == tokenize(chunk)


def test_names_do_not_drive_out_the_words_of_the_news() -> None:
    """Rules have tens of thousands of names, whose words would take 12 MB for nothing."""
    before = word.cache_info()
    tokenize("Nobody ever wrote Qwrtzplgh-Zzyzx")
    assert word.cache_info() == before
