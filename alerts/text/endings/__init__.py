"""Inflections that Snowball's stemmers miss, and words that they take for forms of others.

    romance, germanic, slavic, turkish, arabic      the rules, one language a function
    found                                           what a rule returns

Words that follow no rule are in `word_forms`; English has rules of its own (`english`).
"""

from __future__ import annotations

from collections.abc import Callable

from alerts.text.endings import arabic, germanic, romance, slavic, turkish
from alerts.text.endings.found import NOTHING, Found

_RULES: dict[str, Callable[[str], Found]] = {
    "ar": arabic.arabic,
    "ckb": arabic.kurdish,
    "da": germanic.nordic,
    "de": germanic.german,
    "es": romance.spanish,
    "fa": arabic.persian,
    "fr": romance.french,
    "it": romance.italian,
    "nb": germanic.nordic,
    "nl": germanic.dutch,
    "nn": germanic.nordic,
    "no": germanic.nordic,
    "pl": slavic.polish,
    "pt": romance.portuguese,
    "ru": slavic.russian,
    "sv": germanic.nordic,
    "tr": turkish.turkish,
    "uk": slavic.ukrainian,
}


#: Longer "words" are addresses, or script without spaces.
_LONGEST = 40


def found(language: str, word: str) -> Found:
    """Return what the rules of *language* know of *word*.

    It comes in small letters; German with its capitals, because nouns have one and verbs have not,
    and words of the Arabic script folded.
    """
    rule = _RULES.get(language)
    if rule is None or len(word) > _LONGEST or word.isdecimal():
        return NOTHING
    return rule(word)
