"""What may stand before and behind a name in a text and is no part of it.

Articles of Arabic ("al-", "ash-", glued or not), its proclitics, the case endings of Slavic
languages, and the suffixes of Turkish.  Each way to read a word is tried; a way that takes
something off weighs a little, so that the plain one is believed first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from alerts.text.normalize import fold
from alerts.text.spelling.letters import MARKED, is_arabic, is_cyrillic
from alerts.text.spelling.sounds import Sound, sound


class Reading(NamedTuple):
    """One way to read a word."""

    sound: Sound
    #: How much was taken off, as `guard.difference` weighs it.
    weight: float = 0.0


#: Article -> what the word behind it begins with (its first consonant); empty: anything.
_ARTICLES: dict[str, str] = {
    **dict.fromkeys(
        ["al", "el", "ul", "il", "all", "ell", "аль", "эль", "ель", "ал", "эл", "ال"], ""
    ),
    **dict.fromkeys(["ar", "er", "ur", "ир", "ар", "эр", "ер"], "r"),
    **dict.fromkeys(["an", "en", "un", "ан", "эн", "ен"], "n"),
    **dict.fromkeys(["as", "es", "us", "ас", "эс", "ес"], "s sh"),
    **dict.fromkeys(["ash", "esh", "ush", "ach", "ech", "as", "es", "аш", "эш", "еш"], "sh ch s"),
    **dict.fromkeys(["at", "et", "ut", "ath", "eth", "ат", "эт", "ет"], "t th"),
    **dict.fromkeys(["ad", "ed", "ud", "adh", "edh", "ад", "эд", "ед"], "d dh"),
    **dict.fromkeys(["az", "ez", "uz", "аз", "эз", "ез"], "z dh d"),
}
#: Words of English and French in small letters, unless a hyphen joins them to the name.
_ALSO_WORDS = frozenset(["all", "an", "as", "at", "ad", "en", "es", "et", "un", "us", "ед", "ар"])

# "Alraqqa"; "Arrakka", "Essaouira", "Ashsham": the sun letters are doubled.
_GLUED = re.compile(
    r"(?:[ae]l(?=[^aeiouyl])|[ae](?=(ss|rr|nn|dd|tt|zz)|shsh|ssh|chch|cch|dhdh|ddh))(?=....)"
)
_TURKISH = re.compile(
    r"(?:n?[dt][ae]n?|[dt][ae]ki(?:ler)?|y?[aeiıuü]|n?[ıiuü]n|n[ıiuüae]|l[ıiuü]|y?l[ae]|[dt]ır)\Z"
)
_TURKISH_GLUED = re.compile(r"n?[dt][ae]n?|n[ıiuü]n|y[aeıiuü]|y?l[ae]|[dt][ae]ki")
# Instrumental, genitive plural, dative and prepositional plural, adjectives.
_CASES = re.compile(
    r"(?<=...)(?:[оеєёыиі]м|[ая]ми|[ая]м|[ая]х|[оеєі]в|[оеє]го|[оеє]му|[ыиі]х|[ыиі]ми|[оеєё][йю]|ью)\Z"
)
_CASE_VOWEL = re.compile(r"(?<=..)[аяуюеєиіїыо]\Z")
_CASE_ENDINGS = (
    # Ukrainian locatives: Авдіївка, в Авдіївці.
    (re.compile(r"(?<=..)ці\Z"), ("ка",)),
    (_CASES, ("", "а", "ый", "ой")),
    (_CASE_VOWEL, ("", "а")),
)


class _Letters(NamedTuple):
    """How languages with Latin letters write sounds that English writes otherwise."""

    pattern: re.Pattern[str]
    sounds: Mapping[str, str]

    def english(self, written: str) -> str:
        return self.pattern.sub(lambda found: self.sounds[found.group()], written)


_LETTERS = (
    # German, Polish, Czech, Croatian: Chan Junis, Zchinwali, Srebreniza, Srebrenica.
    _Letters(
        re.compile(r"(?<![st])ch|t?z(?![hs])|c(?![hkz])|j|w"),
        {"ch": "kh", "tz": "ts", "z": "ts", "c": "ts", "j": "y", "w": "v"},
    ),
    # Turkish, Azerbaijani: Cerablus.
    _Letters(re.compile(r"c(?![hkz])"), {"c": "j"}),
)
#: What it weighs that a word is read as one of another language.
_ANOTHER_LANGUAGES = 0.2
# And, with, for, so, like; the article behind them, which لل has swallowed.
_PROCLITIC = re.compile(r"(?:[وف]?(?:[بكل]?ال|لل)|[وف]?[بكل]|[وف])(?=..)")
_ARTICLE = re.compile(r"ال(?=..)")


def article(folded: str) -> str | None:
    """Return the sounds that the article *folded* stands before ("": any); None: no article."""
    return _ARTICLES.get(folded)


def articles() -> frozenset[str]:
    """Return every article, folded."""
    return frozenset(_ARTICLES)


def is_word_too(folded: str) -> bool:
    """Tell whether the article *folded* is a word of its own where nothing joins it."""
    return folded in _ALSO_WORDS


@lru_cache(maxsize=1 << 10)
def bare(written: str) -> tuple[Reading, ...]:
    """Return the ways to read *written* as a name that somebody watches: it, or its article off."""
    if not is_arabic(written[:1]):
        return (Reading(sound(written)),)
    rest = _ARTICLE.sub("", fold(written), count=1)
    forms = [written, rest]
    if written.endswith("ة"):
        # Heard as t before another word: معرة النعمان is Maarat al-Numan.
        forms += [form[:-1] + "ت" for form in forms]
    return tuple(dict.fromkeys(Reading(sound(form)) for form in forms))


@lru_cache(maxsize=1 << 12)
def plain_forms(written: str) -> tuple[str, ...]:
    """Return *written*, folded, and what it may be without its affixes, as dictionaries have it."""
    forms = [fold(written)]
    name, apostrophe, suffix = written.rpartition("'")
    if is_cyrillic(written[:1]):
        ends = _CASES.search(written.casefold()), _CASE_VOWEL.search(written.casefold())
        stems = [written[: end.start()] for end in ends if end]
        forms += [fold(stem + ending) for stem in stems for ending in ("", "а", "я", "ь", "й")]
    elif is_arabic(written[:1]):
        rest = _PROCLITIC.sub("", forms[0], count=1)
        forms += [rest, "ال" + rest]
    elif apostrophe and _TURKISH.fullmatch(suffix.lower()):
        forms.append(fold(name))
    return tuple(dict.fromkeys(forms))


@lru_cache(maxsize=1 << 11)
def readings(written: str, language: str) -> tuple[Reading, ...]:
    """Return the ways to read *written* in a text in *language*, the plain one first."""
    found = [*bare(written)]
    if is_arabic(written[:1]):
        folded = fold(written)
        found += (
            Reading(sound(folded[taken.end() :]), 0.05)
            for taken in [_PROCLITIC.match(folded)]
            if taken
        )
        # بالباب: the preposition may also be a letter of the name.
        if folded[:1] in "وف" and len(folded) > 4:
            found.append(Reading(sound(folded[1:]), 0.05))
    elif is_cyrillic(written[:1]):
        found += _cyrillic(written.casefold())
    else:
        found += _latin(written, language)
    return tuple(dict.fromkeys(found))


def _cyrillic(folded: str) -> list[Reading]:
    """Return *folded* without its case ending, alone and with the ending of the nominative."""
    found: dict[str, None] = {}
    for case, nominatives in _CASE_ENDINGS:
        if ending := case.search(folded):
            found |= dict.fromkeys(folded[: ending.start()] + each for each in nominatives)
    readings = [Reading(sound(form), 0.1) for form in found]
    # What English has with w: Шабва, Зувейд.
    glides = (form.replace("в", "у") for form in (folded, *found) if "в" in form)
    return readings + [Reading(sound(form), 0.15) for form in glides]


def _latin(written: str, language: str) -> list[Reading]:
    found = []
    name, apostrophe, suffix = written.rpartition("'")
    if apostrophe and len(name) > 2 and _TURKISH.fullmatch(suffix.lower()):
        found.append(Reading(sound(name)))
    elif language == "tr":
        found += (
            Reading(sound(written[:end]), 0.1)
            for end in range(3, len(written))
            if _TURKISH_GLUED.fullmatch(written, end)
        )
    folded = written.lower()
    # Polish, German, Turkish and Persian write v where others write w: Kharkiw, Tevhid.
    found += (
        Reading(sound(folded.replace(letter, other)), 0.15)
        for letter, other in ("wv", "vw")
        if letter in folded
    )
    marked = written.translate(MARKED).lower()
    found += (
        Reading(sound(respelt), _ANOTHER_LANGUAGES)
        for letters in _LETTERS
        if (respelt := letters.english(marked)) != marked
    )
    if taken := _GLUED.match(folded):
        # Not the last letter: of "Arr" the second r begins the name, "Alr" has only one.
        start = taken.end() + (1 if taken.group(1) else 0)
        found.append(Reading(sound(written[start:]), 0.3))
    return found
