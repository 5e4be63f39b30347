"""What two ways to write the name of a place are compared by.  Pure; not for showing.

Only letters, digits and the marks that belong to them count; where words part is a single space.
"""

from __future__ import annotations

import re
import unicodedata

from alerts.text.normalize import fold

# Behind a letter of an abbreviation a full stop says nothing ("D.C.", "St. Louis"); between two
# words it parts them ("St.Louis").
_MUTE_STOP = re.compile(r"\.(?=\w\b|\W|\Z)")


def name_key(name: str) -> str:
    """Return what *name* is looked up by: "Khan-Sheikhoun" is "Khan Sheikhoun", "Ra's" is "Ras".

    Folded as in articles (`alerts.text.normalize`), without punctuation, hyphens as spaces; empty
    for a text without letters and digits.  Any string is accepted; the key of a key is itself.
    """
    folded = fold(name)
    if not folded.isascii() or not folded.isalnum():
        folded = "".join(
            letter if _belongs(letter) else " " for letter in _MUTE_STOP.sub("", folded)
        )
    # Without the stop between them two jamo are a syllable.
    return unicodedata.normalize("NFC", " ".join(folded.split()))


def _belongs(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LMN"
