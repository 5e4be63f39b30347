"""How tokens sound, in words of 64 bits: four bits for each class of consonants."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from alerts.matching.engine.memory import ARTICLE, BEGINS, GOES_ON
from alerts.text.spelling.affixes import article, readings
from alerts.text.spelling.letters import CLASS_OF
from alerts.text.spelling.windows import NOTHING, Heard, hear
from alerts.text.tokens import Token

#: Class of consonants -> its four bits, from 1 on; 0 is the end of a key.
CODES = {letter: code for code, letter in enumerate(sorted(set(CLASS_OF.values())), 1)}
#: Bits of a letter.
LETTER = 4
#: Something was heard, whatever it was.
_ANY = Heard(NOTHING.readings)


class Sounding(NamedTuple):
    """What a name may hear of a token."""

    #: BEGINS, GOES_ON, ARTICLE; 0: no name has it.
    flags: int = 0
    #: The keys that it may be read as, packed.
    readings: tuple[int, ...] = ()


@lru_cache(maxsize=1 << 8)
def sounding(token: Token, language: str) -> Sounding:
    """Return how *token* sounds in an article in *language*."""
    flags = BEGINS * (hear(NOTHING, token, language) is not None)
    flags |= GOES_ON * (hear(_ANY, token, language) is not None)
    if not flags:
        return Sounding()
    flags |= ARTICLE * (article(token.word.folded) is not None)
    keys = dict.fromkeys(one.sound.key for one in readings(token.word.written, language))
    return Sounding(flags, tuple(map(packed, keys)))


def packed(key: str) -> int:
    """Return *key*, of `MOST_CONSONANTS` at most, in one word, its first letter in the lowest bits."""
    return sum(CODES[letter] << (LETTER * place) for place, letter in enumerate(key))
