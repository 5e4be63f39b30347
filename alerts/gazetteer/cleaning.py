"""Which of the names that GeoNames lists for a place are names, and which of them is shown.

Pure; used when the table is made.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from alerts.gazetteer.keys import name_key
from alerts.text.normalize import APOSTROPHES

# As `fold` reads them, so that the unmarked name has the key of the marked one.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys(APOSTROPHES.replace("'", "")),
        **dict(zip("łđøħŧðŋəıŁĐØĦŦÐŊƏ", "ldohtdneiLDOHTDNE", strict=True)),
        **dict(zip("ßæÆœŒþÞ", ("ss", "ae", "AE", "oe", "OE", "th", "Th"), strict=True)),
        **dict.fromkeys("\u2010\u2011\u2013", "-"),
    }
)
# Romanisations by machine are written small: "de li bo li", "dmshq".  An article may stand before a
# name: "al-Bab", "la Seu d'Urgell", "'s-Hertogenbosch".
_BY_MACHINE = re.compile(r"[\Wʰ-˿]*[a-zß-öø-ÿāăąēĕėęěīĭįıōŏőūŭůűų]")
_ARTICLE = re.compile(r"['’‘]?[^\W\d_]{1,3}['’ʼ -]+[^\W\d_]")
# A list of several names, or a remark about one.
_NO_NAME = re.compile(r"[/\[(@,*]|://|www\.")
# Airports (Goma's GOM), ports and stations; UN/LOCODE has the country before it.
_CODE = re.compile(r"[A-Z]{2,4}")
# Burmese writes "Sittwe town" where the news says Sittwe.
_TOWN = "မြို့"
# Scripts in which a character is a syllable or a word.
_SYLLABIC = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "ETHIOPIC", "YI ")


def unmarked(name: str) -> str:
    """Return *name* as an English newspaper prints it: "Khan Shaykhun" for "Khān Shaykhūn".

    A name in another script stays as it is.  The lookup key is the same.
    """
    name = name.strip(" *")
    if name.isascii():
        return name
    parts = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    plain = "".join(letter for letter in parts if not unicodedata.combining(letter))
    plain = plain.translate(_PLAIN)
    return plain if plain.isascii() and plain.strip() else name


def is_name(text: str, country: str = "") -> bool:
    """Tell whether *text* is a name of a place: no code, no romanisation by machine, no remark.

    Alphabets ask for three letters ("Ii" is too often another word), syllabic scripts for two.
    """
    if _NO_NAME.search(text) or _CODE.fullmatch(text):
        return False
    if country and len(text) == 5 and text.isupper() and text.startswith(country):
        return False
    if _BY_MACHINE.match(text) and not (_ARTICLE.match(text) and _capital_follows(text)):
        return False
    letters = [letter for letter in text if unicodedata.category(letter)[0] in "LM"]
    return len(letters) >= 3 or (len(letters) == 2 and _syllabic(letters[0]))


def with_short_form(name: str) -> tuple[str, ...]:
    """Return *name*, and it without the word for town that GeoNames has behind it."""
    return (name, name.removesuffix(_TOWN)) if name.endswith(_TOWN) else (name,)


def by_key(names: Iterable[str]) -> dict[str, str]:
    """Return *names* by their keys, in their order; of those with one key the first."""
    found: dict[str, str] = {}
    for name in names:
        if key := name_key(name):
            found.setdefault(key, name)
    return found


def _capital_follows(text: str) -> bool:
    return any(word[0].isupper() for word in re.split(r"[\W_]+", text) if word)


def _syllabic(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_SYLLABIC)
