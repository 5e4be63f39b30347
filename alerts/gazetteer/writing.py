"""How the places of an area are written, as texts are compared with it.  Pure.

"{in: US}" is 117,000 names; cut into words, folded, and compared with those of all other places
while rules load they cost seconds.  So the table holds for each place which names are its own, and
their words (`making`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from alerts.text.capitals import asked_capitals
from alerts.text.tokens import tokenize

#: Letters of a name that nobody chose by hand; shorter ones are words and initials everywhere.
LEAST_LETTERS = 4
#: In a script in which a character is a syllable or a word.
_LEAST_SYLLABLES = 2
#: Before a line: the name is another's of the same country.
_ELSEWHERE = "-"
#: Before a word: it asks for capitals.
_CAPITALS = "^"
#: Between words; no word has it.
_SPACE = "\t"


class Written(NamedTuple):
    """A way to write a place."""

    #: The name of the place that is shown.
    place: str
    #: Folded (`alerts.text.normalize`).
    words: tuple[str, ...]
    #: For each word: whether capitals are asked for in the text.
    capitals: tuple[bool, ...]


def line(name: str, *, is_elsewhere: bool) -> str:
    """Return *name* as the table holds it; empty: it has no words."""
    tokens = tokenize(name)
    words = _SPACE.join(
        _CAPITALS * (capitals or token.word.dotted) + token.word.folded
        for token, capitals in zip(tokens, asked_capitals(tokens), strict=True)
    )
    return _ELSEWHERE * is_elsewhere + words if words else ""


def read(place: str, line: str) -> Written:
    """Return what *line* of the table says of *place*."""
    words = line.removeprefix(_ELSEWHERE).split(_SPACE)
    if _CAPITALS not in line:
        return Written(place, tuple(words), (False,) * len(words))
    return Written(
        place,
        tuple(word.removeprefix(_CAPITALS) for word in words),
        tuple(word.startswith(_CAPITALS) for word in words),
    )


def paragraph(rank: int, place: str, lines: list[str]) -> str:
    """Return the *lines* of *place*, which comes before places of a higher *rank*."""
    return "\n".join((f"{rank}{_SPACE}{place}", *lines))


def compressed(paragraphs: Iterable[str]) -> bytes:
    """Return the *paragraphs* of an area as the table holds them."""
    return zlib.compress("\n\n".join(paragraphs).encode())


def written(texts: Iterable[bytes], *, in_area: bool) -> Iterator[Written]:
    """Yield what *texts* say, by rank; of an area only what is its own there."""
    paragraphs = []
    for text in texts:
        for each in zlib.decompress(text).decode().split("\n\n"):
            head, *lines = each.split("\n")
            rank, _, place = head.partition(_SPACE)
            paragraphs.append((int(rank), place, lines))
    for _, place, lines in sorted(paragraphs):
        yield from (read(place, one) for one in lines if not in_area or is_in_area(one))


def is_in_area(line: str) -> bool:
    """Tell whether *line* is a name of the place also where only its area is asked for."""
    return not line.startswith(_ELSEWHERE)


def is_telling(name: str, least: int = LEAST_LETTERS) -> bool:
    """Tell whether *name* is long enough to be looked for unasked: *least* letters."""
    return sum(map(str.isalpha, name)) >= (least if _is_alphabetic(name) else _LEAST_SYLLABLES)


def _is_alphabetic(name: str) -> bool:
    """Tell whether the script of *name* writes sounds one by one: not Han, Kana or Hangul."""
    return not any(letter >= "\u2e80" for letter in name)
