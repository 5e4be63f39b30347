"""Fold words so that every way to type one compares equal (MATCHING.md, section 1).

Folding is for comparing and never for showing: it forgets capitals, marks, and the letter forms
that one keyboard has and another lacks.  Where words begin and end is `alerts.text.tokens`.
"""

from __future__ import annotations

import unicodedata

#: What joins the parts of one word: hyphens, the dashes that stand in for them, the minus.
HYPHENS = "-\u2010\u2011\u2012\u2013\u2212\u058a\u05be\ufe63\uff0d"

#: Apostrophes, and the marks of ayn and hamza that romanisations write in their place.
APOSTROPHES = (
    "'`\u00b4\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u05f3\uff07"
)

#: What Hebrew acronyms carry before their last letter.
GERSHAYIM = '"\u05f4\u201d'

#: Format characters inside words: soft hyphen, (non-)joiners, direction marks, byte order mark.
IGNORABLE = "\u00ad\u061c\u200c\u200d\u200e\u200f\u2060\ufeff" + "".join(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)

# Marks that a reader of the script may leave out.  Vowel signs of Indic and South-East Asian
# scripts are marks to Unicode too, but a word without them is another word: they stay.
_OPTIONAL_MARKS = (
    *range(0x0300, 0x0370),
    *range(0x0483, 0x0488),
    *range(0x0591, 0x05BE),
    0x05BF,
    *range(0x05C1, 0x05C3),
    *range(0x05C4, 0x05C6),
    0x05C7,
    *range(0x0610, 0x061B),
    *range(0x064B, 0x0660),
    0x0670,
    *range(0x06D6, 0x06DD),
    *range(0x06DF, 0x06E5),
    *range(0x06E7, 0x06E9),
    *range(0x06EA, 0x06EE),
    *range(0x08D3, 0x0900),
    *range(0x1AB0, 0x1B00),
    *range(0x1DC0, 0x1E00),
    *range(0x20D0, 0x2100),
    *range(0xFE00, 0xFE10),
    *range(0xFE20, 0xFE30),
)

# Letters that carry no mark to take off and yet are typed as another: barred and joined Latin
# letters, Turkish dotless i, the final, Persian and Kurdish forms of Arabic letters.
_LETTERS = {
    **dict(
        zip("łđøħŧðþŋəıſ", ("l", "d", "o", "h", "t", "d", "th", "n", "e", "i", "s"), strict=True)
    ),
    **dict(zip("æœĸ", ("ae", "oe", "k"), strict=True)),
    **dict(zip("ةىٱکیےہھەۀۃ", "هياكييههههه", strict=True)),
    "ς": "σ",
    # Arabic: the stretching line and the hamza on the line, which the press leaves out (صنعاء).
    "ـ": "",
    "ء": "",
    **{chr(zero + digit): str(digit) for zero in (0x0660, 0x06F0) for digit in range(10)},
}

_FOLDED = str.maketrans(
    {
        **_LETTERS,
        **dict.fromkeys(map(chr, _OPTIONAL_MARKS), ""),
        **dict.fromkeys(IGNORABLE + APOSTROPHES + GERSHAYIM, ""),
        **dict.fromkeys(HYPHENS, "-"),
    }
)
_WRITTEN = str.maketrans(
    {
        **dict.fromkeys(IGNORABLE, ""),
        **dict.fromkeys(APOSTROPHES, "'"),
        **dict.fromkeys(GERSHAYIM, '"'),
    }
)


def fold(text: str) -> str:
    """Return *text* as it is compared: without capitals, optional marks, apostrophes, joiners.

    Any string is accepted.  Folding twice is folding once.
    """
    if text.isascii():
        return text.lower() if text.isalpha() else text.lower().translate(_FOLDED)
    # Decomposed twice: casefolding may compose (U+0130) and compatibility forms may have capitals.
    text = unicodedata.normalize("NFKD", text).translate(_FOLDED).casefold()
    text = unicodedata.normalize("NFKD", text).translate(_FOLDED)
    # Composed at the end, for Hangul syllables and Japanese voicing marks.
    return unicodedata.normalize("NFC", text)


def as_written(text: str) -> str:
    """Return *text* with its capitals and marks, but one code for each character.

    What `=Term` compares: composed, joiners off, every apostrophe a straight one.
    """
    if text.isascii():
        return text.replace("`", "'")
    return unicodedata.normalize("NFKC", text).translate(_WRITTEN)
