"""Keywords in languages other than English: their forms are found, words that begin alike are not.

`keywords-languages.tsv` holds them; the sentences they stand in are here.
"""

from __future__ import annotations

from itertools import count, cycle

import pytest

from tests.names.judging import Verdict, judge
from tests.names.sets import FOLDER, Case

SENTENCES = {
    "ar": ("تحدث التقرير عن {} في المنطقة", "قال شاهد إن {} ذكرت أمس"),
    "de": ("Der Bericht erwähnt, dass {} gemeint war.", "Gestern ging es um {} in der Stadt."),
    "es": ("El informe habla de {} en la zona.", "Ayer se dijo {} en la radio."),
    "fa": ("در این گزارش از {} یاد شد", "دیروز درباره {} نوشتند"),
    "fr": ("Le rapport parle de {} dans la zone.", "Hier on a dit {} à la radio."),
    "it": ("Il rapporto parla di {} nella zona.", "Ieri si è detto {} alla radio."),
    "nl": ("Het verslag noemt {} in de streek.", "Gisteren zei men {} op de radio."),
    "pl": ("W raporcie jest mowa o {} w okolicy.", "Wczoraj w radiu padło {} i tyle."),
    "pt": ("O relatório fala de {} na zona.", "Ontem disse-se {} na rádio."),
    "ru": ("В отчёте сказано: {} в районе.", "Вчера по радио прозвучало {} и всё."),
    "sv": ("I rapporten står {} om trakten.", "I går sade man {} i radion."),
    "tr": ("Raporda {} sözü geçiyor.", "Dün radyoda {} dendi."),
    "uk": ("У звіті сказано: {} в околиці.", "Учора по радіо прозвучало {} і все."),
}
LEAST_WATCHES = 12
#: Parts: at least so much recall, at most so many false alarms in all languages; never loosened.
FOUND, FALSE = 1.0, 0.0045


def cases() -> list[Case]:
    found: list[Case] = []
    for line in (FOLDER / "keywords-languages.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            head, *columns = line.split("\t")
            language, watch = head.split("/")
            sentences = cycle(SENTENCES[language])
            for stratum, forms in (column.split(": ", 1) for column in columns):
                found += (
                    Case(
                        kind="keyword",
                        watch=watch,
                        text=next(sentences).format(form),
                        match=stratum != "not",
                        stratum=f"keyword {language}/{stratum}",
                        language=language,
                    )
                    for form in forms.split(" | ")
                )
    return found


CASES = cases()


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return judge(CASES)


def met(verdicts: list[Verdict], *, match: bool) -> tuple[float, list[Verdict]]:
    """Return the part of the cases that were met, and those that were judged wrongly."""
    asked = [verdict for verdict in verdicts if verdict.case.match is match]
    wrong = [verdict for verdict in asked if not verdict.is_right]
    return sum(verdict.how is not None for verdict in asked) / len(asked), wrong


def test_inflections_are_found(verdicts: list[Verdict]) -> None:
    rate, missed = met(verdicts, match=True)
    assert rate >= FOUND, missed


def test_words_that_begin_alike_are_not(verdicts: list[Verdict]) -> None:
    rate, wrong = met(verdicts, match=False)
    assert rate <= FALSE, wrong


@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_every_language_has_keywords_enough(language: str) -> None:
    watches = {case.watch for case in CASES if case.language == language}
    assert len(watches) >= LEAST_WATCHES


def test_no_sentence_meets_a_keyword_by_itself() -> None:
    plain = [
        Case(
            kind="keyword",
            watch=watch,
            text=sentence.format(number),
            match=False,
            stratum="plain",
            language=language,
        )
        for language, sentences in SENTENCES.items()
        for sentence, number in zip(sentences, count(), strict=False)
        for watch in {case.watch for case in CASES if case.language == language}
    ]
    assert all(verdict.is_right for verdict in judge(plain))
