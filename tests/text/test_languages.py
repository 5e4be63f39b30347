from __future__ import annotations

import re
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.model import Article
from alerts.text.languages import detected, spoken, with_language
from tests.text.sentences import summaries, titles

TITLES, SUMMARIES = titles(), summaries()
LONG = {language: " ".join(each) for language, each in TITLES.items()}
FEW_WORDS = 3


def rates(texts: dict[str, list[str]]) -> tuple[float, float]:
    """Return which parts of *texts* are told rightly, and wrongly; the rest is left open."""
    verdicts = [(detected([text]), language) for language, each in texts.items() for text in each]
    right = sum(found == language for found, language in verdicts)
    wrong = sum(found not in (language, None) for found, language in verdicts)
    return right / len(verdicts), wrong / len(verdicts)


def test_languages_of_headlines_are_told() -> None:
    right, wrong = rates(TITLES)
    assert right >= 0.95
    assert wrong <= 0.021


def test_languages_of_summaries_are_told_and_never_wrongly() -> None:
    right, wrong = rates(SUMMARIES)
    assert right >= 0.98
    assert wrong == 0


@pytest.mark.parametrize("language", sorted(TITLES))
def test_every_language_is_told_from_a_long_text(language: str) -> None:
    assert detected(TITLES[language]) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sarin",
        "2026-11-22 18:00",
        "Bashar, Kyiv",
        "Путин",
        "🔥🔥🔥 !!! 100 %",
        "https://t.me/s/x",
        "Khmeimim Хмеймим حميميم",
        f"{TITLES['en'][0]}. {TITLES['ru'][0]}",
    ],
)
def test_few_words_and_mixtures_are_left_open(text: str) -> None:
    assert detected([text]) is None


def test_a_name_in_another_script_is_no_second_language() -> None:
    assert detected([f"{TITLES['ru'][0]} (Reuters)"]) == "ru"


@pytest.mark.parametrize(
    ("said", "text", "language"),
    [
        # What the feed says holds where it may be true.
        ("pt-br", LONG["pt"], "pt-br"),
        ("fr", LONG["de"], "fr"),
        ("sr", LONG["sr"], "sr"),
        ("sr-latn", "Vlada produžila vanredno stanje do proleća", "sr-latn"),
        ("kmr", LONG["ar"], "kmr"),
        ("ar", "Aleppo", "ar"),
        ("ja", LONG["ja"], "ja"),
        ("en-gb", LONG["en"], "en-gb"),
        # It cannot be in this script.
        ("en", LONG["ar"], "ar"),
        ("en-us", TITLES["ru"][0], "ru"),
        ("ru", LONG["he"], "he"),
        ("ar", LONG["tr"], "tr"),
        # It says nothing.
        ("", TITLES["uk"][1], "uk"),
        ("", "Sarin in Idlib", ""),
        # English is what software says that nobody has told.
        ("en", LONG["es"], "es"),
        ("en-us", LONG["so"], "so"),
        ("en", TITLES["de"][0], "en"),
    ],
)
def test_a_feed_is_believed_where_it_may_be_right(said: str, text: str, language: str) -> None:
    assert spoken(said, [text]) == language


def test_languages_that_nobody_tells_apart_are_left_open() -> None:
    croatian = "Čiji je dron pao u luci? Tko je kriv za eksploziju? Tisuće obitelji ostale su bez krova nad glavom"
    assert detected([croatian]) is None


def test_english_is_never_taken_for_another_language() -> None:
    windows = [TITLES["en"][n : n + FEW_WORDS] for n in range(len(TITLES["en"]) - FEW_WORDS)]
    assert {spoken("en", window) for window in windows} == {"en"}


def test_the_words_of_an_article_decide_and_not_its_author() -> None:
    article = Article(id="a", title=TITLES["uk"][0], author="A. Writer of the English Language")
    assert with_language(article).language == "uk"


def test_an_article_whose_language_is_known_stays_the_same() -> None:
    article = Article(id="a", title=TITLES["uk"][0], language="uk")
    assert with_language(article) is article


@given(st.lists(st.text()))
@example(["\ud800" * 40])
@example(["A" * 5_000])
@example(["ａｂｃ" * 40])
@example(list(chain.from_iterable(TITLES.values())))
def test_any_text_is_taken(texts: list[str]) -> None:
    found = detected(texts)
    assert found is None or re.fullmatch("[a-z]{2,3}", found)
    assert spoken("en", texts) in ("en", "", found)
