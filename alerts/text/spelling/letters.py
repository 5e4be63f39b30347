"""How the letters of four scripts sound: consonants by their class, vowels as they are.  Tables.

A consonant is written as the press romanises it ("kh"); letters of the Arabic script stay
themselves, since they are more exact than any romanisation, and are compared by `AS_LATIN`.
"""

from __future__ import annotations

from alerts.text.normalize import fold

#: Letters that stand for vowels, and for glides that spellings vary as vowels: "Suwayda", "Sweida".
VOWELS = frozenset("aeiouy")

#: Consonants that spellings exchange for one another, a letter of the key for each.
_CLASSES = {
    "h": "h kh",
    "k": "k q g gh",
    "c": "sh ch",
    "j": "j zh",
    "s": "s z",
    "t": "t th",
    "d": "d dh",
    "p": "b p",
    "f": "f v",
    "m": "m",
    "n": "n",
    "l": "l",
    "r": "r",
}

#: Latin letters that sound as one; the longest first.
_DIGRAPHS = {
    "tsch": "ch",
    "dsch": "j",
    "sch": "sh",
    "tch": "ch",
    "tsh": "ch",
    "dzh": "j",
    "ddzh": "j",
    "ddj": "j",
    "shh": "sh",
    "sh": "sh",
    "ch": "ch",
    "kh": "kh",
    "gh": "gh",
    "zh": "zh",
    "dj": "j",
    "th": "th",
    "dh": "dh",
    "ph": "f",
    "bh": "b",
    "ck": "k",
}
_SINGLE = {letter: letter for letter in "hkqgjsztdbpfvmnlr"} | {"x": "kh", "c": "k"}

#: Latin letters whose mark says how they sound, which folding forgets.
MARKED = str.maketrans(
    {
        **dict.fromkeys("šşșśŝ", "sh"),
        **dict.fromkeys("ŠŞȘŚŜ", "Sh"),
        **dict.fromkeys("čçćĉ", "ch"),
        **dict.fromkeys("ČÇĆĈ", "Ch"),
        **dict.fromkeys("žź", "zh"),
        **dict.fromkeys("ŽŹ", "Zh"),
        **dict.fromkeys("ğġǧ", "gh"),
        **dict.fromkeys("ĞĠǦ", "Gh"),
        **dict.fromkeys("ḩẖ", "h"),
        **dict.fromkeys("ḫ", "kh"),
        **dict.fromkeys("Ḫ", "Kh"),
        **dict.fromkeys("ẕ", "z"),
        **dict.fromkeys("đ", "dj"),
    }
)

_CYRILLIC = dict(
    zip(
        "абвгґдеёєжзиіїйклмнопрстуўфхцчшщъыьэюяјљњћђџқғҳңөүұәһҷӯӣ",
        [
            "a",
            "b",
            "v",
            "g",
            "g",
            "d",
            "e",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "i",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "sh",
            "-",
            "i",
            "-",
            "e",
            "iu",
            "ia",
            "i",
            "l",
            "n",
            "ch",
            "j",
            "j",
            "k",
            "g",
            "h",
            "n",
            "o",
            "u",
            "u",
            "a",
            "h",
            "j",
            "u",
            "i",
        ],
        strict=True,
    )
)

#: Arabic letter -> the consonants that the press writes for it, the usual one first.
AS_LATIN: dict[str, tuple[str, ...]] = {
    "ب": ("b", "p"),
    "پ": ("p",),
    "ت": ("t",),
    "ٹ": ("t",),
    "ث": ("th", "t", "s"),
    "ج": ("j", "zh"),
    "چ": ("ch",),
    "ح": ("h", "kh"),
    "خ": ("kh", "h"),
    "د": ("d",),
    "ڈ": ("d",),
    "ذ": ("dh", "d"),
    "ر": ("r",),
    "ڕ": ("r",),
    "ڑ": ("r",),
    "ز": ("z",),
    "ژ": ("zh", "j"),
    "س": ("s",),
    "ش": ("sh", "ch"),
    "ص": ("s",),
    "ض": ("d", "dh"),
    "ط": ("t",),
    "ظ": ("z",),
    "غ": ("gh", "g"),
    "ف": ("f", "v"),
    "ڤ": ("v",),
    "ق": ("q", "k", "g", "gh"),
    "ك": ("k",),
    "گ": ("g",),
    "ل": ("l",),
    "ڵ": ("l",),
    "م": ("m",),
    "ن": ("n",),
    "ه": ("h",),
}
#: Ayn is a vowel to romanisations ("Aarsal"), or nothing at all.
AYN = "ع"
_ARABIC_VOWELS = {"ا": "a", "و": "u", "ۆ": "o", "ي": "i", "ێ": "e", "ې": "e", AYN: AYN}

CLASS_OF: dict[str, str] = {
    sound: name for name, sounds in _CLASSES.items() for sound in sounds.split()
} | {
    letter: next(name for name, every in _CLASSES.items() if sounds[0] in every.split())
    for letter, sounds in AS_LATIN.items()
}

#: Letters, folded, -> the consonant (of `CLASS_OF`) or the vowels that they stand for.
SOUNDS: dict[str, str] = (
    _DIGRAPHS
    | _SINGLE
    | {vowel: vowel for vowel in VOWELS}
    | {"w": "u"}
    | {fold(letter): letter for letter in AS_LATIN}
    | {fold(letter): vowel for letter, vowel in _ARABIC_VOWELS.items()}
)
#: Cyrillic letters (casefolded, since folding makes й an и) -> Latin ones.
CYRILLIC = str.maketrans(
    {letter: "" if text == "-" else text for letter, text in _CYRILLIC.items()}
)


def is_arabic(letter: str) -> bool:
    """Tell whether *letter* is of the Arabic script."""
    return "\u0600" <= letter <= "\u06ff" or "\ufb50" <= letter <= "\ufeff"


def is_cyrillic(letter: str) -> bool:
    """Tell whether *letter* is of the Cyrillic script."""
    return "\u0400" <= letter <= "\u052f"
