"""What a rule says of a word: values and nothing else."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple


class Stem(Enum):
    """What the stem that Snowball finds is good for."""

    ASKS = auto()
    #: It tells what the word is made of: who watches "manifestante" does not want "manifesto".
    ANSWERS = auto()
    #: It is another word: "charité" is no form of "char".
    NOTHING = auto()


class Found(NamedTuple):
    """What a rule knows of a word besides its stem.

    Keys end in "-": they are compared with keys of rules and with nothing else.
    """

    #: Keys that the word asks for as a keyword, and answers to in a text.
    both: tuple[str, ...] = ()
    #: Keys that it only answers to.
    answers: tuple[str, ...] = ()
    #: Other spellings, of which the stems are further keys like those of `both`, or of `answers`.
    also: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    stem: Stem = Stem.ASKS


NOTHING = Found()
