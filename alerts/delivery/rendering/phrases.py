"""What stands around the words of an article in an alert: sentences in the reader's language.  Pure.

They are Telegram's HTML; without their tags (`bare`) they are what plain text says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup, escape

from alerts.delivery.rendering.reader import Reader
from alerts.delivery.rendering.templates import isolated
from alerts.delivery.rendering.view import AlertView, Reason, Source, Word

#: How a name from outside is shown: as it is, or so that it rings nobody (`inert`).
_Shown = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Phrases:
    """The sentences of one alert."""

    view: AlertView
    reader: Reader
    shown: _Shown = str

    @property
    def label(self) -> str:
        """How severe it is: "CRITICAL"."""
        return self.reader.label(self.view.severity)

    def byline(self, *when: str) -> Markup:
        """Say who reported it, and *when*: "Levant Wire · 12 min ago"."""
        publisher = self._value(self.view.publisher)
        return Markup("{} · {}").format(publisher, self.reader.listed(when))

    @property
    def excerpt_from(self) -> Markup:
        """Who wrote the excerpt; or empty."""
        return self._value(self.view.excerpt_from)

    @property
    def reasons(self) -> tuple[Markup, ...]:
        """Why it rang, a watchlist each."""
        return tuple(map(self._reason, self.view.reasons))

    @property
    def more_reasons(self) -> Markup:
        """How many watchlists are not named; or empty."""
        return more_watchlists(self.view.more_reasons, self.reader)

    @property
    def sources(self) -> Markup:
        """Who else reported it; or empty."""
        if not self.view.sources:
            return Markup()
        sources = self.reader.listed(map(self._source, self.view.sources))
        # Translators: {publishers} who report the same story.
        return self.reader.words.say(
            "Also reported by {publishers}",
            publishers=self.reader.and_more(sources, self.view.more_sources),
        )

    def item(self, sign: str) -> Markup:
        """Return the alert in two lines of a list."""
        headline = self.view.headline.map(self.shown)
        title = escape(isolated(headline, is_rtl=self.reader.words.is_rtl))
        # Translators: one of a list of alerts: "Drones over Latakia — Levant Wire, 5 h ago".
        line = self.reader.words.say(
            "{headline} — {publisher}, {age}",
            headline=_linked(title, self.view.url),
            publisher=self.shown(self.view.publisher),
            age=self.view.age,
        )
        why = self.reader.and_more(self._reason(self.view.reasons[0]), self.view.more_reasons)
        return Markup("{} {}\n{}").format(sign, line, why)

    def _reason(self, reason: Reason) -> Markup:
        words = self.reader.listed(map(self._word, reason.words))
        # Translators: why an alert rang: "matched drones, Idlib, watchlist Attacks".
        said = self.reader.words.say(
            "matched {words}, watchlist <b>{watchlist}</b>",
            words=self.reader.and_more(words, reason.more_words),
            watchlist=self.shown(reason.watchlist),
        )
        return said + reason.doubt

    def _word(self, word: Word) -> Markup:
        return meaning(self._value(word.surface), self._value(word.term))

    def _source(self, source: Source) -> Markup:
        return _linked(self._value(source.publisher), source.url)

    def _value(self, text: str) -> Markup:
        return self.reader.value(self.shown(text))


def meaning(surface: Markup, term: Markup) -> Markup:
    """Return what stood in the text, and what it stands for: "Hmeymim = Khmeimim Air Base"."""
    return Markup("{} = {}").format(surface, term) if term else surface


def more_watchlists(more: int, reader: Reader) -> Markup:
    """Return how many watchlists are not named; or empty."""
    if not more:
        return Markup()
    return reader.words.many("and {count} more watchlist", "and {count} more watchlists", more)


def _linked(text: Markup, url: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url, text) if url else text
