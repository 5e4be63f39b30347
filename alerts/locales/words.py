"""Say something in somebody's language: texts, moments, spans, numbers, lists and countries.

Texts are ours and may hold Telegram's tags; values come from anywhere, and are escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from functools import cache, cached_property
from gettext import NullTranslations
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton, format_timedelta, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from alerts.locales.agreement import COUNT
from alerts.locales.catalogues import LANGUAGES, ORIGINAL, translations
from alerts.locales.direction import isolated, with_code_isolated, with_commands_isolated
from alerts.model import Weekday

#: Dates and lists as most of the world writes them in English: "23 Nov, 07:00", "a, b and c".
_LOCALES: Final = {"en": "en_GB"}
#: What subscribers have who have not said where they live.
_NOWHERE: Final = "UTC"
_RTL: Final = frozenset({"ar"})
_WEEKDAYS: Final = tuple(Weekday)
_Unit = Literal["day", "hour", "minute", "second"]
_UNITS: Final[tuple[tuple[_Unit, timedelta], ...]] = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)
_NEVER: Final = float("inf")
#: Any day: a time of day has none.
_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)


def marked(text: str) -> str:
    """Return *text*, a constant that is said elsewhere, so that it is found for the translators."""
    return text


def words_of(tag: str) -> Words:
    """Return the words of the language that *tag* names ("pt-br", "ar_EG"); English where unknown."""
    language = tag.replace("_", "-").partition("-")[0].lower()
    return _words(language if language in LANGUAGES else ORIGINAL)


class Words:
    """What the interface says in one language.

    In a template give `say` and `many` with the values: `{{ say("By {who}", who=view.publisher) }}`.
    """

    def __init__(self, language: str, translated: NullTranslations) -> None:
        #: A key of `LANGUAGES`.
        self.language = language
        self._translations = translated
        #: Lines run from right to left.
        self.is_rtl = language in _RTL

    @cached_property
    def _locale(self) -> Locale:
        # Three megabytes, which a process that tells nobody a number need not carry.
        return Locale.parse(_LOCALES.get(self.language, self.language))

    def say(self, text: str, /, **values: object) -> Markup:
        """Return *text* translated, as HTML, with *values* filled in, escaped, where it names them.

        Values with an `__html__`, as what these methods return, stand as they are.

        Raises:
            KeyError: *text* names a value that is not given.
        """
        return self._filled(self.of(text), values)

    def many(self, one: str, more: str, count: int, /, **values: object) -> Markup:
        """Return the form that *count* takes, filled in as by `say`; `{count}` is given.

        Raises:
            KeyError: the form names a value that is not given.
        """
        text = self._translations.ngettext(one, more, count)
        return self._filled(text, {COUNT: self.number(count), **values})

    def of(self, text: str, /) -> str:
        """Return a text that was `marked` before, translated; it holds neither values nor tags."""
        # What gettext keeps under "" is the head of the file.
        return self._translations.gettext(text) if text else ""

    def moment(self, at: datetime, zone: str) -> str:
        """Return *at* as the clock in *zone* reads it, an IANA time zone: "23 Nov, 07:00".

        Of a zone that nobody lives in it is said: "23 Nov, 07:00 UTC".
        """
        there = at.astimezone(ZoneInfo(zone))
        pattern = str(self._locale.datetime_formats["medium"])
        clock = self._clock(there) + (f" {_NOWHERE}" if zone == _NOWHERE else "")
        return pattern.format(clock, self._dated(there))

    def clock(self, at: time) -> str:
        """Return a time of day, in 24 hours: "07:00"."""
        return self._clock(datetime.combine(_DAY, at, UTC))

    def day(self, day: Weekday) -> str:
        """Return the name of a day of the week, as it stands alone: "Monday"."""
        names = get_day_names("wide", context="stand-alone", locale=self._locale)
        return str(names[_WEEKDAYS.index(day)])

    def number(self, n: int) -> str:
        """Return *n* with its thousands parted."""
        return format_decimal(n, locale=self._locale)

    def span(self, length: timedelta) -> str:
        """Return the two largest units of *length*, rounded down: "3 days", "1 hour and 30 minutes"."""
        lengths = [length, *(length % unit for _, unit in _UNITS)]
        parts = [
            (name, left // unit * unit)
            for (name, unit), left in zip(_UNITS, lengths, strict=False)
            if left >= unit
        ]
        if not parts:
            return self._unit("second", timedelta(0))
        # Lists of the style "unit" are broken in Babel 2.18: it tells minutes twice in Arabic.
        return format_list([self._unit(*each) for each in parts[:2]], locale=self._locale)

    def several(self, items: Iterable[str]) -> Markup:
        """Return *items* as a list in a sentence, each as a value of `say`: "a, b and c"."""
        shown = [str(escape(self._shown(item))) for item in items]
        return Markup(format_list(shown, locale=self._locale))  # noqa: S704 - escaped one by one

    def country(self, code: str) -> str:
        """Return the name of a country by its ISO 3166-1 alpha-2 code; the code where unknown."""
        return str(self._locale.territories.get(code.upper(), code))

    def _filled(self, text: str, values: dict[str, object]) -> Markup:
        text = with_commands_isolated(text, is_rtl=self.is_rtl)
        shown = {name: self._shown(value) for name, value in values.items()}
        html = Markup(text).format_map(shown)  # noqa: S704 - texts are ours; the values are escaped
        return Markup(with_code_isolated(html, is_rtl=self.is_rtl))  # noqa: S704 - as it was

    def _shown(self, value: object) -> object:
        return value if hasattr(value, "__html__") else isolated(str(value), is_rtl=self.is_rtl)

    def _clock(self, at: datetime) -> str:
        return format_skeleton("Hm", at, tzinfo=at.tzinfo, locale=self._locale)

    def _dated(self, at: datetime) -> str:
        return format_skeleton("MMMd", at, tzinfo=at.tzinfo, locale=self._locale)

    def _unit(self, name: _Unit, length: timedelta) -> str:
        # Babel's format_unit knows no forms without a number ("1 duration-day" in Arabic).
        return format_timedelta(length, granularity=name, threshold=_NEVER, locale=self._locale)


@cache
def _words(language: str) -> Words:
    return Words(language, translations(language))
