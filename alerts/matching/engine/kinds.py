"""What words are compared by, as numbers that no two kinds share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Longs, inlined
from alerts.text.stems import LANGUAGES

#: The folded word; the same, written in capitals; as written; its first letters.
FOLDED, SHOUTED, WRITTEN, BEGINS_WITH = 1, 2, 3, 4
#: The first three of what a word is without what clings to it.
BARE, BARE_SHOUTED, BARE_WRITTEN = 5, 6, 7
#: Of the language with the number n these and 8 n: a stem; the same, of a word in capitals; the stem of
#: two words with a hyphen read as one.
STEM, STEM_SHOUTED, STEM_OF_PAIR = 8, 9, 10
#: A chunk of a text, in a language.
CHUNK = 11

#: BCP 47 -> number.
LANGUAGE_NUMBERS = {language: number for number, language in enumerate(LANGUAGES)}

#: Where these stand in the array of wants.
WRITTEN_TOO, LENGTHS, SOUNDS = 0, 1, 2
#: A beginning of more letters counts as one of so many.
LONGEST = 62


@inlined
def kind_of_stem(kind: int, language: int) -> int:
    """Return the *kind* of stems in the language of this number."""
    return kind + 8 * language


def bit_of_beginning(letters: int) -> int:
    """Return the bit of a beginning of so many letters in `Wants.lengths`."""
    return 1 << min(letters, LONGEST)


class Wants(NamedTuple):
    """Classes that cost room and are rarely asked for: kept once some watchlist asks."""

    #: Words as they are written.
    written: bool = False
    #: Of how many letters beginnings are asked for, as bits; the last: so many and more.
    lengths: int = 0
    #: How words sound.
    sounds: bool = False
    #: Words without what clings to them.  No concern of compiled code: simple words have nothing of that.
    bared: bool = False

    def and_(self, other: Wants) -> Wants:
        """Return what either wants."""
        return Wants(
            self.written or other.written,
            self.lengths | other.lengths,
            self.sounds or other.sounds,
            self.bared or other.bared,
        )

    def array(self) -> Longs:
        """Return them as compiled code reads them."""
        return np.array([self.written, self.lengths, self.sounds], np.int64)
