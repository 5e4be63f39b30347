"""Which words of a text are inflections of a keyword, in the language of the article.

English has rules of its own (`english`).  The rest is Snowball's, by language, with rules for what
it misses or joins (`endings`), and tables of irregular forms (`word_forms`); or the word itself
where there is neither.  A word in another script than the article's language uses is
read in the language that this script suggests: "дроны" in an English article is Russian.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

import Stemmer

from alerts.text import endings, english, word_forms
from alerts.text.endings.found import Stem
from alerts.text.endings.romance import sounds
from alerts.text.english import Keys
from alerts.text.normalize import fold

_LATIN, _CYRILLIC, _ARABIC, _DEVANAGARI = "LATIN", "CYRILLIC", "ARABIC", "DEVANAGARI"

#: Primary language subtag (BCP 47) -> script, and the stemmer's name; "": the word itself.
#: Belarusian, Bulgarian and Macedonian lean on Russian's case endings.
LANGUAGES: dict[str, tuple[str, str]] = {
    "en": (_LATIN, "english"),
    "ar": (_ARABIC, ""),
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
    "fa": (_ARABIC, ""),
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
    "uk": (_CYRILLIC, ""),
    "ur": (_ARABIC, ""),
    "yi": ("HEBREW", "yiddish"),
}

# What a word in this script is read as when the article's language is written in another.
_BY_SCRIPT = {_LATIN: "en", _CYRILLIC: "ru", _ARABIC: "ar", _DEVANAGARI: "hi"} | {
    script: language
    for language, (script, _) in LANGUAGES.items()
    if script in ("GREEK", "ARMENIAN", "TAMIL")
}

_LEAST_STEM = 3
_RULED_FOLDED = frozenset({"ar", "ckb", "fa"})
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
    if folded.isdigit():
        return Keys((folded,), (folded,))
    language = _read_as(written, language)
    if language == "en":
        return english.keys(folded)
    if alone := word_forms.alone(language).get(folded):
        return Keys((f"={alone}",), (f"={alone}",))
    keys, links = _ruled(written, folded, language), _links(language)
    return Keys(_linked(keys.asked, links), _linked(keys.answered, links))


def _ruled(written: str, folded: str, language: str) -> Keys:
    """Return the keys of a word by the rules, before `word_forms` is looked up."""
    lower = _lower(written, language)
    as_ruled = folded if language in _RULED_FOLDED else written if language == "de" else lower
    known = endings.found(language, as_ruled)
    # Only the stem is folded: stemmers know the language's own letters.  The word itself is a key
    # too: where the stemmer takes off one ending of two (saldırılar, saldırı, saldır), the stem
    # of the longer form is the shorter form.
    stems = [_stem(one, language) for one in (lower, *known.also)]
    asked = known.both + ((*stems, folded) if known.stem is Stem.ASKS else ())
    answered = (*asked, *known.answers, *(_stem(one, language) for one in known.perhaps))
    if known.stem is Stem.ANSWERS:
        answered += tuple(stems)
    return Keys(_folded(asked) or (folded,), _folded(answered) or (folded,))


def _folded(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(fold, keys))))


def _linked(keys: Iterable[str], links: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(links.get(key, key) for key in keys))


@cache
def _links(language: str) -> Mapping[str, str]:
    """Return the key of each irregular form, with that of its word."""
    links: dict[str, str] = {}
    for word, *forms in word_forms.of(language):
        base, *others = _ruled(word, fold(word), language).asked
        for form in forms:
            others += _ruled(form, fold(form), language).asked
        for key in others:
            links.setdefault(key, base)
    return links


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
    return lower


def _stem(word: str, language: str) -> str:
    name = LANGUAGES[language][1] if language else ""
    if not name:
        return word
    stemmer: Any = getattr(_stemmers, name, None)
    if stemmer is None:
        # Without a memo of its own: `_keys` has one.
        stemmer = Stemmer.Stemmer(name, 0)
        setattr(_stemmers, name, stemmer)
    stem = sounds(language, stemmer.stemWord(word))
    # Of a short Turkish word two letters may be left: of another one.
    return word if language == "tr" and len(stem) < _LEAST_STEM else stem
