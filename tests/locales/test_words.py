"""What the interface says, as it reads in each language."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from gettext import NullTranslations
from html import unescape

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment
from markupsafe import Markup

from alerts.locales import LANGUAGES, Words, words_of
from alerts.model import FOREVER, Weekday

AT = datetime(2025, 11, 23, 4, 0, tzinfo=UTC)
#: Their texts are English still: how things stand in a line shows without a catalogue.
LTR, RTL = Words("en", NullTranslations()), Words("ar", NullTranslations())
FSI, LRI, PDI = "\u2068", "\u2066", "\u2069"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("pt-br", "en"),
        ("ar-EG", "ar"),
        ("zh_Hant_TW", "en"),
        ("UK", "uk"),
        ("fr_CA", "fr"),
        ("", "en"),
        ("-", "en"),
        ("../ar", "en"),
    ],
)
def test_a_tag_names_a_language_and_english_where_it_is_not_known(tag: str, language: str) -> None:
    assert words_of(tag).language == language
    assert words_of(tag) is words_of(language)


def test_arabic_alone_runs_from_right_to_left() -> None:
    assert [each for each in LANGUAGES if words_of(each).is_rtl] == ["ar"]


@pytest.mark.parametrize(
    ("language", "moment", "clock", "monday", "number"),
    [
        ("en", "23 Nov, 07:00", "07:00", "Monday", "1,234,567"),
        ("ar", "23 نوفمبر، 07:00", "07:00", "الاثنين", "1,234,567"),
        ("fr", "23 nov., 07:00", "07:00", "lundi", "1\u202f234\u202f567"),
        ("ru", "23 нояб., 07:00", "07:00", "понедельник", "1\xa0234\xa0567"),
        ("uk", "23 лист., 07:00", "07:00", "понеділок", "1\xa0234\xa0567"),
        ("tr", "23 Kas 07:00", "07:00", "Pazartesi", "1.234.567"),
        ("es", "23 nov, 7:00", "7:00", "lunes", "1.234.567"),
    ],
)
def test_times_and_numbers_read_as_they_do_there(
    language: str, moment: str, clock: str, monday: str, number: str
) -> None:
    words = words_of(language)
    assert words.moment(AT, "Asia/Damascus") == moment
    assert words.clock(time(7)) == clock
    assert words.day(Weekday.MONDAY) == monday
    assert words.number(1_234_567) == number


@pytest.mark.parametrize(
    ("language", "days", "hours", "both", "hour"),
    [
        ("en", "3 days", "8 hours", "1 hour and 30 minutes", "1 hour"),
        ("ar", "3 أيام", "8 ساعات", "ساعة و30 دقيقة", "ساعة"),
        ("fr", "3 jours", "8 heures", "1 heure et 30 minutes", "1 heure"),
        ("ru", "3 дня", "8 часов", "1 час и 30 минут", "1 час"),
        ("uk", "3 дні", "8 годин", "1 година і 30 хвилин", "1 година"),
        ("tr", "3 gün", "8 saat", "1 saat ve 30 dakika", "1 saat"),
        ("es", "3 días", "8 horas", "1 hora y 30 minutos", "1 hora"),
    ],
)
def test_spans_read_as_they_do_there(
    language: str, days: str, hours: str, both: str, hour: str
) -> None:
    spans = (
        timedelta(days=3),
        timedelta(hours=8),
        timedelta(minutes=90),
        timedelta(hours=1),
    )
    shown = [words_of(language).span(each).replace("\xa0", " ") for each in spans]
    assert shown == [days, hours, both, hour]


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(milliseconds=999), "0 seconds"),
        (timedelta(seconds=1, microseconds=1), "1 second"),
        (timedelta(hours=24), "1 day"),
        (timedelta(days=1, seconds=59), "1 day and 59 seconds"),
        (timedelta(days=2, hours=3, minutes=59), "2 days and 3 hours"),
        (timedelta(days=400), "400 days"),
    ],
)
def test_spans_are_told_in_their_two_largest_units_and_rounded_down(
    length: timedelta, shown: str
) -> None:
    assert words_of("en").span(length) == shown


@pytest.mark.parametrize(
    ("language", "three", "country"),
    [
        ("en", "Homs, \u2068حلب\u2069 and a &lt; b", "Syria"),
        ("ar", "\u2068Homs\u2069 وحلب و\u2068a &lt; b\u2069", "سوريا"),
        ("fr", "Homs, \u2068حلب\u2069 et a &lt; b", "Syrie"),
        ("ru", "Homs, \u2068حلب\u2069 и a &lt; b", "Сирия"),
        ("uk", "Homs, \u2068حلب\u2069 і a &lt; b", "Сирія"),
        ("tr", "Homs, \u2068حلب\u2069 ve a &lt; b", "Suriye"),
        ("es", "Homs, \u2068حلب\u2069 y a &lt; b", "Siria"),
    ],
)
def test_lists_and_countries_read_as_they_do_there(language: str, three: str, country: str) -> None:
    words = words_of(language)
    assert str(words.several(["Homs", "حلب", "a < b"])) == three
    assert words.country("SY") == words.country("sy") == country
    assert words.country("??") == "??"


def test_short_lists() -> None:
    words = words_of("en")
    assert [str(words.several(each)) for each in ([], ["a"], ["a", "{b}"])] == [
        "",
        "a",
        "a and {b}",
    ]


def test_a_moment_may_be_the_end_of_time() -> None:
    assert words_of("en").moment(FOREVER, "Pacific/Kiritimati") == "1 Jan, 14:00"


def test_values_are_escaped_and_what_was_said_is_not() -> None:
    said = LTR.say("<b>{title}</b>: {what}", title="<i> & {x}", what=LTR.say("<i>{n}</i>", n=3))
    assert said == Markup("<b>&lt;i&gt; &amp; {x}</b>: <i>3</i>")


def test_a_count_is_given_and_reads_as_numbers_do() -> None:
    many = ("{count} alert of {name}", "{count} alerts of {name}")
    assert LTR.many(*many, 1, name="a") == "1 alert of a"
    assert LTR.many(*many, 1234, name="a") == "1,234 alerts of a"


def test_a_value_that_is_not_given_is_a_bug() -> None:
    with pytest.raises(KeyError, match="when"):
        LTR.say("Paused until {when}.")


def test_nothing_is_translated_to_nothing() -> None:
    for language in LANGUAGES:
        assert words_of(language).of("") == words_of(language).say("") == ""


@pytest.mark.parametrize(
    ("words", "value", "shown"),
    [
        (LTR, "Idlib", "Idlib"),
        (LTR, "Идлиб", "Идлиб"),
        (LTR, "إدلب", f"{FSI}إدلب{PDI}"),
        (LTR, "שלום", f"{FSI}שלום{PDI}"),
        (LTR, -7, "-7"),
        (RTL, "إدلب", "إدلب"),
        (RTL, "Idlib", f"{FSI}Idlib{PDI}"),
        (RTL, "C++ إدلب", f"{FSI}C++ إدلب{PDI}"),
        (RTL, "07:00", "07:00"),
        (RTL, -7, f"{FSI}-7{PDI}"),
    ],
)
def test_values_of_the_other_direction_are_isolated(
    words: Words, value: object, shown: str
) -> None:
    assert str(words.say("«{value}»", value=value)) == f"«{shown}»"


@given(st.text(), st.sampled_from([LTR, RTL]))
def test_no_value_breaks_out_of_its_place(value: str, words: Words) -> None:
    said = words.say("<b>{value}</b>", value=value)
    inner = said.removeprefix("<b>").removesuffix("</b>")
    assert "<" not in inner
    assert inner.count(FSI) == inner.count(PDI) <= 1
    assert not any(control in inner for control in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067")
    assert unescape(inner.strip(FSI + PDI)) == unescape(str(Markup.escape(inner_of(value))))


def inner_of(value: str) -> str:
    """Return *value* without what reorders the text around it."""
    return "".join(char for char in value if not "\u202a" <= char <= "\u202e").translate(
        dict.fromkeys(range(0x2066, 0x206A))
    )


def test_an_override_does_not_reach_beyond_its_value() -> None:
    said = LTR.say("{title}, muted", title="\u202egpj.exe\u2069 إدلب")
    assert str(said) == f"{FSI}gpj.exe إدلب{PDI}, muted"


def test_a_command_in_a_line_from_right_to_left_keeps_its_slash_in_front() -> None:
    said = RTL.say(
        'إيقاف /pause أو /mute_all، <a href="{url}">a/b</a>', url="https://example.org/x"
    )
    assert str(said) == (
        f'إيقاف {LRI}/pause{PDI} أو {LRI}/mute_all{PDI}، <a href="https://example.org/x">a/b</a>'
    )
    assert str(LTR.say("Stop: /pause")) == "Stop: /pause"


@pytest.mark.parametrize(
    ("words", "terms", "shown"),
    [
        (LTR, "Idlib", "<code>/watch Idlib</code>."),
        (LTR, "إدلب", f"{LRI}<code>/watch إدلب</code>{PDI}."),
        (RTL, "Idlib", f"{LRI}<code>/watch Idlib</code>{PDI}."),
    ],
)
def test_code_that_is_copied_holds_nothing_invisible(words: Words, terms: str, shown: str) -> None:
    said = words.say("<code>/watch {terms}</code>.", terms=terms)
    assert str(said) == shown
    assert str(words.say("{said}", said=said)) == shown


def test_a_template_speaks_through_words() -> None:
    environment = Environment(
        autoescape=True,
        loader=DictLoader(
            {
                "words.html": "{% macro by(who) %}{{ say('By {who}', who=who) }}{% endmacro %}",
                "alert.html": "{% from 'words.html' import by with context %}<b>{{ by('R & B') }}</b>"
                " {{ many('{count} source', '{count} sources', 2) }}",
            }
        ),
    )
    shown = environment.get_template("alert.html").render(say=LTR.say, many=LTR.many)
    assert shown == "<b>By R &amp; B</b> 2 sources"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_direction_of_lines_is_that_of_cldr(language: str) -> None:
    assert words_of(language).is_rtl is (Locale.parse(language).text_direction == "rtl")
