"""The catalogues: complete, in agreement with their originals, with the forms of each language, and shipped."""

from __future__ import annotations

import re
import unicodedata
from gettext import c2py
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from hatchling.builders.wheel import WheelBuilder

from alerts.locales import LANGUAGES, Words
from alerts.locales.agreement import disagreement, names, tags
from alerts.locales.catalogues import catalogue_path, compiled, disagreements, read_catalogue
from alerts.locales.extraction import template
from alerts.locales.updating import TEMPLATE_PATH, fresh_template, refreshed

ROOT = Path(__file__).parents[2]
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def test_the_template_holds_every_text_of_the_code() -> None:
    assert TEMPLATE_PATH.read_text(encoding="utf-8") == fresh_template(), "run `make texts`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_holds_every_text_of_the_code_and_no_other(language: str) -> None:
    path = catalogue_path(language)
    catalogue = read_catalogue(path)
    texts = {message.id for message in template() if message.id}
    assert {message.id for message in catalogue if message.id} == texts, "run `make texts`"
    assert not catalogue.obsolete, "run `make texts`"
    assert path.read_text(encoding="utf-8") == refreshed(path), "run `make texts`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_doubtful(language: str) -> None:
    doubtful = [message.id for message in read_catalogue(catalogue_path(language)) if message.fuzzy]
    assert not doubtful, "look at them, and take `fuzzy` off"


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_hold_what_their_originals_hold(language: str) -> None:
    catalogue = read_catalogue(catalogue_path(language))
    assert [(message.id, wrong) for message, wrong in disagreements(catalogue)] == []


def test_originals_are_in_order() -> None:
    for message in template():
        one, *more = (message.id,) if isinstance(message.id, str) else message.id
        assert isinstance(tags(one), list)
        for form in more:
            assert names(one) <= names(form) | {"count"}
            assert tags(one) == tags(form)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_says_what_it_is(language: str) -> None:
    catalogue = read_catalogue(catalogue_path(language))
    assert str(catalogue.locale) == language
    assert "Content-Type: text/plain; charset=utf-8" in catalogue_path(language).read_text("utf-8")


@pytest.mark.parametrize("language", ["ar"])
def test_lines_begin_at_the_side_where_their_language_does(language: str) -> None:
    """Telegram takes the side from the first letter; values, code and commands are isolated."""
    aside = re.compile(r"\{\w+\}|<code>.*?</code>|<[^<>]*>|(?<!\w)/[a-z_]+", re.DOTALL)
    wrong = [
        line
        for message in read_catalogue(catalogue_path(language))
        for form in ([message.string] if isinstance(message.string, str) else message.string or ())
        for line in aside.sub("", form).splitlines()
        if message.id
        and next((each for each in map(unicodedata.bidirectional, line) if each in "LRAL"), "")
        == "L"
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_cldr_holds_apart_has_forms_of_its_own(language: str) -> None:
    """Turkish has one form: its nouns stay in the singular after numbers."""
    catalogue, locale = read_catalogue(catalogue_path(language)), Locale.parse(language)
    form_of = c2py(catalogue.plural_expr)
    pairs = {(form_of(n), locale.plural_form(n)) for n in range(1000)}
    assert {form for form, _ in pairs} == set(range(catalogue.num_plurals))
    assert len(pairs) == len({cldr for _, cldr in pairs})
    assert len(pairs) == catalogue.num_plurals or language == "tr"


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        #        0 1 2 3 5 11 21 100
        ("ar", (0, 1, 2, 3, 3, 4, 4, 5)),
        ("ru", (2, 0, 1, 1, 2, 2, 0, 2)),
        ("uk", (2, 0, 1, 1, 2, 2, 0, 2)),
        ("fr", (0, 0, 1, 1, 1, 1, 1, 1)),
        ("es", (1, 0, 1, 1, 1, 1, 1, 1)),
        ("tr", (0, 0, 0, 0, 0, 0, 0, 0)),
    ],
)
def test_a_number_gets_the_form_that_cldr_wants(language: str, forms: tuple[int, ...]) -> None:
    catalogue = read_catalogue(catalogue_path(language))
    translated = tuple(f"{{count}} form {form}" for form in range(catalogue.num_plurals))
    catalogue.add(("{count} bell", "{count} bells"), translated)
    words = Words(language, compiled(catalogue))
    counts = (0, 1, 2, 3, 5, 11, 21, 100)
    shown = [str(words.many("{count} bell", "{count} bells", count)) for count in counts]
    bare = [each.translate({0x2066: None, 0x2068: None, 0x2069: None}) for each in shown]
    assert bare == [f"{count} form {form}" for count, form in zip(counts, forms, strict=True)]


def test_a_form_for_one_number_alone_may_spell_it_out() -> None:
    for language, forms, agrees in (
        ("ar", ("لا أيام", "يوم", "يومان", "{count} أيام", "{count} يوما", "{count} يوم"), True),
        ("ar", ("لا أيام", "يوم", "يومان", "أيام", "{count} يوما", "{count} يوم"), False),
        ("ru", ("день", "{count} дня", "{count} дней"), False),  # 21 and 31 as well
        ("fr", ("un jour", "{count} jours"), False),  # 0 as well
        ("es", ("un día", "{count} días"), True),
    ):
        catalogue = Catalog(locale=language)
        catalogue.add(("{count} day", "{count} days"), forms)
        assert (not list(disagreements(catalogue))) is agrees, (language, forms)


@pytest.mark.parametrize(
    "translation",
    [
        "",
        "En pause",
        "En pause jusqu’à {quand}.",
        "En <i>pause</i> jusqu’à {when}, {where}.",
        "En pause jusqu’à {when.",
        "En pause jusqu’à {when!r}.",
        "En pause jusqu’à {when.year}.",
        "En pause jusqu’à {}.",
        "<b>En pause</b> jusqu’à {when}.",
        "<i>En pause jusqu’à {when}.",
        "En <i>pause jusqu’à</b> {when}.</i>",
        "En <i>pause</i> < {when}.",
    ],
)
def test_what_disagrees_with_its_original_reads_in_english(translation: str) -> None:
    catalogue = Catalog(locale="fr")
    catalogue.add("<i>Paused</i> until {when}.", translation)
    words = Words("fr", compiled(catalogue))
    assert str(words.say("<i>Paused</i> until {when}.", when="7:00")) == "<i>Paused</i> until 7:00."


@pytest.mark.parametrize(
    ("original", "translation"),
    [
        ("<b>One</b> <i>two</i>", "<b>Un <i>deux</b></i>"),
        ("<b>One</b> two", "</b>Un<b> deux"),
        ('<a href="{url}">One</a>', '<a href="{lien}">Un</a>'),
        ('<a href="{url}">One</a>', "<a href='{url}'>Un</a>"),
    ],
)
def test_tags_that_telegram_would_refuse_are_told(original: str, translation: str) -> None:
    assert not disagreement(original, original)
    assert disagreement(original, translation)


def test_what_agrees_is_said_and_what_is_doubtful_is_not() -> None:
    catalogue = Catalog(locale="fr")
    catalogue.add("<i>Paused</i> until {when}.", "Jusqu’à {when} : <i>en pause</i>.")
    catalogue.add("Muted", "Muet", flags=("fuzzy",))
    words = Words("fr", compiled(catalogue))
    said = words.say("<i>Paused</i> until {when}.", when="7:00")
    assert str(said) == "Jusqu’à 7:00 : <i>en pause</i>."
    assert words.of("Muted") == "Muted"


def test_the_wheel_holds_every_catalogue() -> None:
    shipped = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert {f"alerts/locales/{language}/tocsin.po" for language in TRANSLATED} <= shipped


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    forms = {
        message.id: (message.string,)
        if isinstance(message.string, str)
        else message.string or ("",)
        for message in read_catalogue(catalogue_path(language))
        if message.id
    }
    assert [text for text, said in forms.items() if not all(said)] == []
