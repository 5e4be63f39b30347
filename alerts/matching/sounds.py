"""Names that are known by how they sound, and where in a text one may begin.

A window of words is heard token by token while its key still begins a key of some name.  What ends
inside of a chunk is remembered with it; what may go on behind it is heard anew each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from alerts.matching.patterns import Pattern
from alerts.text.spelling.windows import MOST_TOKENS, NOTHING, Heard, hear, is_apart
from alerts.text.tokens import Token, cut

#: Names are looked up by their beginnings up to so many consonants.  Few windows get so far and are
#: no name: all beginnings took three times the room, and found no sooner that nothing goes on.
_LONGEST_HEAD = 6
#: Something was heard, whatever it was.
_ANY = Heard(NOTHING.readings)


@lru_cache(maxsize=1 << 13)
def may_follow(chunk: str, language: str) -> bool:
    """Tell whether a name that was begun may go on with *chunk*: a cheap first look."""
    tokens = cut(chunk)
    return not tokens or hear(_ANY, tokens[0], language) is not None


class Begun(NamedTuple):
    """A window that has reached the end of its chunk."""

    #: Its first token, counted from the beginning of the chunk.
    offset: int
    #: Its tokens so far.
    width: int
    heard: Heard


class Sounds:
    """The patterns of respellings, by the keys of their sounds."""

    def __init__(self) -> None:
        self._patterns: dict[str, list[Pattern]] = {}
        #: How many patterns have a longer key that begins so (`_heads`).
        self._heads: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return how many keys, and beginnings of keys, are listened for."""
        return len(self._patterns) + len(self._heads)

    def add(self, pattern: Pattern) -> None:
        """Listen for *pattern* from now on."""
        key = _key(pattern)
        self._patterns.setdefault(key, []).append(pattern)
        self._heads.update(_heads(key))

    def remove(self, pattern: Pattern) -> None:
        """Listen for *pattern*, the value that was given to `add`, no more."""
        key = _key(pattern)
        kept = [one for one in self._patterns.pop(key) if one is not pattern]
        if kept:
            self._patterns[key] = kept
        for head in _heads(key):
            self._heads[head] -= 1
            if not self._heads[head]:
                del self._heads[head]

    def begin(
        self, chunk: str, tokens: tuple[Token, ...], language: str
    ) -> Iterator[tuple[int, int, Pattern | Heard]]:
        """Yield what begins in *chunk*: first token, tokens, and the pattern that they are.

        Or, of those that go on to the end of the chunk, what was heard.
        """
        for offset in range(len(tokens) if self._patterns else 0):
            heard = NOTHING
            for last in range(offset, min(len(tokens), offset + MOST_TOKENS)):
                if last > offset and is_apart(chunk[tokens[last - 1].end : tokens[last].start]):
                    break
                further = hear(heard, tokens[last], language)
                if further is None:
                    break
                heard = further
                yield from ((offset, last + 1 - offset, one) for one in self._met(heard))
                if not self._may_go_on(heard):
                    break
            else:
                if not is_apart(chunk[tokens[-1].end :]):
                    yield offset, len(tokens) - offset, heard

    def go_on(
        self, begun: Begun, behind: Iterable[Token], language: str
    ) -> Iterator[tuple[int, Pattern]]:
        """Yield the patterns that *begun* is with the tokens *behind* it, and their tokens."""
        heard = begun.heard
        for width, token in zip(range(begun.width + 1, MOST_TOKENS + 1), behind, strict=False):
            further = hear(heard, token, language) if self._may_go_on(heard) else None
            if further is None:
                return
            heard = further
            yield from ((width, one) for one in self._met(heard))

    def _met(self, heard: Heard) -> Iterator[Pattern]:
        for key in dict.fromkeys(one.sound.key for one in heard.whole):
            for pattern in self._patterns.get(key, ()):
                if pattern.respelling and pattern.respelling.is_heard(heard):
                    yield pattern

    def _may_go_on(self, heard: Heard) -> bool:
        if heard.pending is not None:
            return True
        return any(one.sound.key[:_LONGEST_HEAD] in self._heads for one in heard.readings)


def _key(pattern: Pattern) -> str:
    assert pattern.respelling is not None
    return pattern.respelling.sound.key


def _heads(key: str) -> Iterator[str]:
    """Return how a window begins that may go on to sound like *key*."""
    return accumulate(key[:-1][:_LONGEST_HEAD])
