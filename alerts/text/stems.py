"""Which words of a text are inflections of a keyword, in the language of the article.

English has rules of its own (`english`); the rest is Snowball's, by language, and the word itself
where nobody has written a stemmer.  A word in another script than the article's language uses is
read in the language that this script suggests: "дроны" in an English article is Russian.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Any

import snowballstemmer

from alerts.text import english
from alerts.text.english import Keys
from alerts.text.normalize import fold

_LATIN, _CYRILLIC, _ARABIC, _DEVANAGARI = "LATIN", "CYRILLIC", "ARABIC", "DEVANAGARI"

#: Primary language subtag (BCP 47) -> script, and the stemmer's name; "": the word itself.
#: Ukrainian, Belarusian, Bulgarian and Macedonian lean on Russian's case endings.
LANGUAGES: dict[str, tuple[str, str]] = {
    "en": (_LATIN, "english"),
    "ar": (_ARABIC, "arabic"),
    "be": (_CYRILLIC, "russian"),
    "bg": (_CYRILLIC, "russian"),
    "ca": (_LATIN, "catalan"),
    "ckb": (_ARABIC, ""),
    "cs": (_LATIN, "czech"),
    "da": (_LATIN, "danish"),
    "de": (_LATIN, "german"),
    "el": ("GREEK", "greek"),
    "es": (_LATIN, "spanish"),
    "et": (_LATIN, "estonian"),
    "eu": (_LATIN, "basque"),
    "fa": (_ARABIC, "persian"),
    "fi": (_LATIN, "finnish"),
    "fr": (_LATIN, "french"),
    "ga": (_LATIN, "irish"),
    "hi": (_DEVANAGARI, "hindi"),
    "hr": (_LATIN, "serbian"),
    "hu": (_LATIN, "hungarian"),
    "hy": ("ARMENIAN", "armenian"),
    "id": (_LATIN, "indonesian"),
    "it": (_LATIN, "italian"),
    "lt": (_LATIN, "lithuanian"),
    "mk": (_CYRILLIC, "russian"),
    "nb": (_LATIN, "norwegian"),
    "ne": (_DEVANAGARI, "nepali"),
    "nl": (_LATIN, "dutch"),
    "nn": (_LATIN, "norwegian"),
    "no": (_LATIN, "norwegian"),
    "pl": (_LATIN, "polish"),
    "ps": (_ARABIC, ""),
    "pt": (_LATIN, "portuguese"),
    "ro": (_LATIN, "romanian"),
    "ru": (_CYRILLIC, "russian"),
    "sr": (_CYRILLIC, "serbian"),
    "sv": (_LATIN, "swedish"),
    "ta": ("TAMIL", "tamil"),
    "tr": (_LATIN, "turkish"),
    "uk": (_CYRILLIC, "russian"),
    "ur": (_ARABIC, ""),
    "yi": ("HEBREW", "yiddish"),
}

# What a word in this script is read as when the article's language is written in another.
_BY_SCRIPT = {_LATIN: "en", _CYRILLIC: "ru", _ARABIC: "ar", _DEVANAGARI: "hi"} | {
    script: language
    for language, (script, _) in LANGUAGES.items()
    if script in ("GREEK", "ARMENIAN", "TAMIL")
}

# And, so: written together with what follows, which the stemmer takes for a part of the word.
_ARABIC_CONJUNCTION = re.compile(r"\A[وف](?=ال..)")
_PORTUGUESE_PLURAL = re.compile(r"(?:õe|ãe)s\Z")

# Stemmers keep the word in hand in themselves: one set for each thread.
_stemmers = threading.local()


def language_of(tag: str) -> str:
    """Return which of `LANGUAGES` the BCP 47 *tag* of an article means; English if none."""
    primary = tag.partition("-")[0].partition("_")[0].lower()
    return primary if primary in LANGUAGES else "en"


def asked(written: str, language: str) -> tuple[str, ...]:
    """Return the keys that the word *written* asks for as a keyword; never empty."""
    return _keys(written, language).asked


def answered(written: str, language: str) -> tuple[str, ...]:
    """Return the keys that the word *written* answers to in a text.

    It is an inflection of a keyword when it answers to one of the keys that the keyword asks for.
    *written* is `Word.written`; *language* is what `language_of` returned.
    """
    return _keys(written, language).answered


def parted(written: str, language: str) -> tuple[str, str] | None:
    """Return the two words that *written* is also written as: airstrikes -> (air, strike)."""
    if _read_as(written, language) != "en":
        return None
    compounds = english.compounds()
    return next((compounds[key] for key in asked(written, language) if key in compounds), None)


@lru_cache(maxsize=1 << 13)
def _keys(written: str, language: str) -> Keys:
    # A lone hamza or stretching line folds to nothing, and would equal every other such word.
    folded = fold(written) or written
    language = _read_as(written, language)
    if language == "en":
        return english.keys(folded)
    stem = _stem(_lower(written, language), language)
    # Only the stem is folded: stemmers know the language's own letters.  The word itself is a key
    # too: where the stemmer takes off one ending of two (saldırılar -> saldırı -> saldır), the stem
    # of the longer form is the shorter form.
    key = tuple(dict.fromkeys((fold(stem) or folded, folded)))
    return Keys(key, key)


def _read_as(written: str, language: str) -> str:
    letter = next(filter(str.isalpha, written), "a")
    script = unicodedata.name(letter, "").partition(" ")[0]
    if LANGUAGES[language][0] == script or (script == _LATIN and language == "sr"):
        return language
    return _BY_SCRIPT.get(script, "")


def _lower(written: str, language: str) -> str:
    if language == "tr":
        written = written.replace("I", "ı").replace("İ", "i")
    lower = written.lower()
    if language == "pt":
        # The stemmer has no rule for them: explosões, explosão; alemães, alemão.
        lower = _PORTUGUESE_PLURAL.sub("ão", lower)
    if language == "ar":
        lower = _ARABIC_CONJUNCTION.sub("", lower)
    return lower


def _stem(word: str, language: str) -> str:
    name = LANGUAGES[language][1] if language else ""
    if not name:
        return word
    stemmer: Any = getattr(_stemmers, name, None)
    if stemmer is None:
        stemmer = snowballstemmer.stemmer(name)
        setattr(_stemmers, name, stemmer)
    stem: str = stemmer.stemWord(word)
    return stem
