"""Who reads a message: in which language, and by which clock.  Pure.

Operators' receivers read English, by UTC; subscribers say what they read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from alerts.delivery.rendering.templates import isolated
from alerts.locales import Words, marked, words_of
from alerts.model import Fact, Receiver, Severity

_LABELS: Final = {
    # Translators: how severe news is, alone and in capitals where the script has them.
    Severity.CRITICAL: marked("CRITICAL"),
    # Translators: how severe news is, alone and in capitals where the script has them.
    Severity.HIGH: marked("HIGH"),
    # Translators: how severe news is, alone and in capitals where the script has them.
    Severity.MEDIUM: marked("MEDIUM"),
    # Translators: how severe news is, alone and in capitals where the script has them.
    Severity.LOW: marked("LOW"),
    # Translators: how severe news is, alone and in capitals; less than LOW: good to know.
    Severity.INFO: marked("INFO"),
}
_LEVELS: Final = {
    # Translators: how severe news is, inside a sentence.
    Severity.CRITICAL: marked("critical"),
    # Translators: how severe news is, inside a sentence.
    Severity.HIGH: marked("high"),
    # Translators: how severe news is, inside a sentence.
    Severity.MEDIUM: marked("medium"),
    # Translators: how severe news is, inside a sentence.
    Severity.LOW: marked("low"),
    # Translators: how severe news is, inside a sentence; less than "low": good to know.
    Severity.INFO: marked("info"),
}
_FACTS: Final = {
    # Translators: something that an article does not say of itself.
    Fact.LANGUAGE: marked("language"),
    # Translators: something that an article does not say of itself.
    Fact.DATE: marked("date"),
    # Translators: something that is not known of an article: who its publisher is.
    Fact.PUBLISHER: marked("publisher"),
}
# Translators: stands between the members of a list that has no "and".
_COMMA: Final = marked(", ")
_ENGLISH: Final = "en"
# Not %a and %b: names must not follow the machine's locale.
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Reader:
    """The language and the clock of whoever reads a message."""

    words: Words
    #: An IANA time zone.
    zone: str = "UTC"

    def label(self, severity: Severity) -> str:
        """Return *severity* as it stands alone: "CRITICAL"."""
        return self.words.of(_LABELS[severity])

    def level(self, severity: Severity) -> str:
        """Return *severity* as it stands in a sentence: "critical"."""
        return self.words.of(_LEVELS[severity])

    def moment(self, at: datetime) -> str:
        """Return *at* by the reader's clock: "3 Nov, 17:00 UTC"; in English with the day of the week."""
        said = self.words.moment(at, self.zone)
        if self.words.language != _ENGLISH:
            return said
        return f"{_DAYS[at.astimezone(ZoneInfo(self.zone)).weekday()]} {said}"

    def dated(self, at: datetime) -> str:
        """Return *at* by the reader's clock, in English with the year: "3 Nov 2025, 17:00 UTC"."""
        said = self.words.moment(at, self.zone)
        if self.words.language != _ENGLISH:
            return said
        day, _, clock = said.partition(", ")
        return f"{day} {at.astimezone(ZoneInfo(self.zone)).year}, {clock}"

    def facts(self, facts: Iterable[Fact]) -> Markup:
        """Return what an article does not say: "language, date"."""
        return self.listed(self.words.of(_FACTS[fact]) for fact in facts)

    def value(self, text: object) -> Markup:
        """Return *text* from outside, escaped, and isolated where it runs the other way."""
        if hasattr(text, "__html__"):
            return escape(text)
        return escape(isolated(str(text), is_rtl=self.words.is_rtl))

    def listed(self, items: Iterable[object]) -> Markup:
        """Return *items* one after the other, each as a value: "a, b, c"."""
        return escape(self.words.of(_COMMA)).join(map(self.value, items))

    def and_more(self, things: Markup, more: int) -> Markup:
        """Return *things*, and how many *more* there are: "a, b and 3 more"."""
        if not more:
            return things
        # Translators: {things} is a list: "drone, Idlib and 3 more".
        return self.words.many(
            "{things} and {count} more", "{things} and {count} more", more, things=things
        )


#: Whoever says nothing of language and clock.
ENGLISH: Final = Reader(words_of(_ENGLISH))


def reader_of(receiver: Receiver | None) -> Reader:
    """Return how *receiver* reads; None: nobody knows."""
    return Reader(words_of(receiver.language), receiver.time_zone) if receiver else ENGLISH
