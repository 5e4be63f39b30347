"""What the rules and tables of `alerts.text.endings` and `word_forms` promise, by an example each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.text import word_forms
from alerts.text.endings import found
from alerts.text.normalize import fold
from alerts.text.stems import LANGUAGES, answered, asked

WITH_TABLES = sorted({*word_forms.FORMS, *word_forms.ALONE})


def is_form(form: str, keyword: str, language: str) -> bool:
    return not set(asked(keyword, language)).isdisjoint(answered(form, language))


@pytest.mark.parametrize(
    ("language", "keyword", "form"),
    [
        # Arabic: clitics before, endings behind, plurals that break the word.
        ("ar", "قنبلة", "وبالقنابل"),
        ("ar", "لاجئ", "للاجئين"),
        ("ar", "لغم", "للألغام"),
        # Persian and Kurdish: with the joiner, without, or apart from it.
        ("fa", "گروگان", "گروگان‌ها"),
        ("fa", "پناهنده", "پناهندگان"),
        ("fa", "حمله", "حمله‌ای"),
        ("ckb", "هێرش", "هێرشەکان"),
        # German: strong verbs with and without their prefix.
        ("de", "angreifen", "angegriffen"),
        ("de", "zerstören", "zerstörte"),
        ("de", "erschießen", "erschossen"),
        ("nl", "oorlog", "oorlogen"),
        ("nl", "ontvoeren", "ontvoerd"),
        ("sv", "kidnappa", "kidnappades"),
        ("sv", "förstöra", "förstört"),
        # Romance: the sound stays, the letter changes.
        ("es", "ataque", "atacaron"),
        ("es", "saqueo", "saquearon"),
        ("es", "morir", "muertos"),
        ("fr", "attaquer", "attaquent"),
        ("fr", "réfugié", "REFUGIES"),
        ("it", "attacco", "attacchi"),
        ("pt", "míssil", "mísseis"),
        # Slavic: vowels that come and go, consonants that change.
        ("ru", "боец", "бойцов"),
        ("ru", "захватить", "захвачена"),
        ("ru", "погибнуть", "погибли"),
        ("uk", "атака", "атаці"),
        ("uk", "захопити", "захоплено"),
        ("uk", "зброя", "зброєю"),
        ("pl", "więzień", "więźniowie"),
        ("pl", "atakować", "atakują"),
        ("tr", "ordu", "ordusu"),
        ("tr", "öldürmek", "öldürdüler"),
    ],
)
def test_forms_that_no_stemmer_joins_are_found(language: str, keyword: str, form: str) -> None:
    assert is_form(form, keyword, language)


@pytest.mark.parametrize(
    ("language", "keyword", "other"),
    [
        ("de", "Unruhe", "unruhig"),
        ("es", "manifestante", "manifiesto"),
        ("es", "disparar", "disparidad"),
        ("es", "saquear", "saco"),
        ("fa", "زندانی", "زندگی"),
        ("fr", "arme", "armée"),
        ("fr", "char", "charité"),
        ("it", "soldato", "soldi"),
        ("pt", "refugiado", "refúgio"),
        ("sv", "döda", "dödlig"),
        ("tr", "ordu", "orta"),
    ],
)
def test_words_that_a_stemmer_joins_are_kept_apart(language: str, keyword: str, other: str) -> None:
    assert not is_form(other, keyword, language)


def test_who_watches_an_agent_does_not_get_what_he_does() -> None:
    assert is_form("manifestantes", "manifestante", "es")
    assert is_form("manifestantes", "manifestar", "es")
    assert not is_form("manifestar", "manifestante", "es")


def test_and_is_taken_off_a_word_of_a_text_and_not_of_a_keyword() -> None:
    assert is_form("وقصف", "قصف", "ar")
    assert not is_form("زير", "وزير", "ar")


@pytest.mark.parametrize("language", WITH_TABLES)
def test_every_form_of_a_table_is_found(language: str) -> None:
    for word, *forms in word_forms.of(language):
        assert [form for form in forms if not is_form(form, word, language)] == []


@pytest.mark.parametrize("language", WITH_TABLES)
def test_no_form_stands_twice_in_a_table(language: str) -> None:
    forms = [fold(form) for _, *forms in word_forms.of(language) for form in forms]
    words = {fold(word) for word, *_ in word_forms.of(language)}
    alone = word_forms.alone(language)
    assert [form for form in {*forms, *words} if form in alone] == []


@given(st.sampled_from(sorted(LANGUAGES)), st.text(min_size=1, max_size=60))
def test_rules_take_any_word(language: str, word: str) -> None:
    known = found(language, word)
    assert all(key.endswith("-") for key in known.both + known.answers)
