"""The words that the interface speaks: texts in seven languages, and dates and numbers as they are read there.

What a text is about stays out: whoever has something to say writes it in English where it is said,
`words.say("Paused until {when}.", when=words.moment(at, zone))`, and `make texts` collects it for
the translators.
"""

from __future__ import annotations

from alerts.locales.catalogues import LANGUAGES
from alerts.locales.words import Words, marked, words_of

__all__ = ["LANGUAGES", "Words", "marked", "words_of"]
