"""How words next to one another sound as one name: "Kafr Zita", "Kafr-Zita", "Kafrzita".

A window is a run of tokens.  Articles inside it are not heard ("Khan al-Asal", "Khan Asal").  In
scripts with capitals a name is written with them, but for particles and what a hyphen joins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from alerts.text.normalize import HYPHENS
from alerts.text.spelling.affixes import Reading, article, articles, bare, is_word_too, readings
from alerts.text.spelling.sounds import SILENCE
from alerts.text.spelling.words import FUNCTION_WORDS
from alerts.text.tokens import Token, Word

#: Tokens of a window, articles included.
MOST_TOKENS = 8
#: Ways to hear one window.
_MOST_READINGS = 24
#: Capitals alone, so many of them: "HMS" is no Homs.
_ACRONYM = 4
_SMALL = """
bin ibn ben bint abu abou umm um oum e i ye de du des del da di la le les o ou va wa w y
и бин ибн
"""
#: Small words inside names.
_PARTICLES = frozenset(_SMALL.split())
#: No name of several words begins or ends with them: "The Bab", "Homs In"; articles may.
_NO_ENDS = frozenset(one for one in FUNCTION_WORDS if article(one) is None)
#: What may stand in a name in small letters.
SMALL_WORDS = _PARTICLES | articles()
_BETWEEN = frozenset(("", *HYPHENS))


class Heard(NamedTuple):
    """What was heard so far."""

    readings: tuple[Reading, ...]
    #: An article, until it is known what it stands before.
    pending: Word | None = None
    #: It ends with a small word that names do not end with.
    ends_small: bool = False

    @property
    def whole(self) -> tuple[Reading, ...]:
        """The ways to hear the window; none if it ends with an article or another small word."""
        return () if self.pending is not None or self.ends_small else self.readings


NOTHING = Heard((Reading(SILENCE),))


def name(
    tokens: Iterable[Token], ways_to_read: Callable[[str], tuple[Reading, ...]] = bare
) -> tuple[Reading, ...]:
    """Return how the name *tokens* of a watchlist sounds; none: too many words, or no letters."""
    heard = NOTHING
    for number, token in enumerate(tokens):
        ways = ways_to_read(token.word.written)
        if number == MOST_TOKENS or not _is_heard(token, ways):
            return ()
        heard = _further(heard, token.word, ways)
    return tuple(one for one in heard.whole if one.sound.consonants)


def hear(heard: Heard, token: Token, language: str) -> Heard | None:
    """Return *heard* with *token* behind it; None: no name goes on, or begins, so."""
    word = token.word
    begins = heard is NOTHING
    joined = token.joined and not begins
    if heard.pending is not None and not joined and _is_small_word(heard.pending):
        return None
    if word.dotted or (word.capitals and word.length <= _ACRONYM):
        return None
    if word.folded in _NO_ENDS and not joined:
        return None
    small = word.written[:1].islower() and not joined and article(word.folded) is None
    if small and (begins or word.folded not in _PARTICLES):
        return None
    ways = readings(word.written, language)
    if not _is_heard(token, ways):
        return None
    further = _further(heard, word, ways)
    if not further.readings:
        return None
    return further._replace(ends_small=True) if small else further


def windows(
    tokens: tuple[Token, ...], text: str, language: str
) -> Iterator[tuple[int, int, Heard]]:
    """Yield every window of the *tokens* of *text* that may be a name.

    The first token, the one behind the last, and how it sounds.
    """
    for first in range(len(tokens)):
        heard = NOTHING
        for last in range(first, min(first + MOST_TOKENS, len(tokens))):
            if last > first and is_apart(text[tokens[last - 1].end : tokens[last].start]):
                break
            further = hear(heard, tokens[last], language)
            if further is None:
                break
            heard = further
            yield first, last + 1, heard


def is_apart(between: str) -> bool:
    """Tell whether what stands *between* two tokens parts them: a name has no comma inside."""
    return "".join(between.split()) not in _BETWEEN


def _is_small_word(word: Word) -> bool:
    """Tell whether the article *word* reads as a word of its own, unless a hyphen follows."""
    return word.written[:1].islower() and is_word_too(word.folded)


def _is_heard(token: Token, ways: tuple[Reading, ...]) -> bool:
    """Tell whether all that *token* says is in its sound: no number, no word of vowels alone."""
    written = token.word.written
    if any(map(str.isdigit, written)):
        return False
    return token.joined or ways[0].sound.consonants != () or token.word.folded in _PARTICLES


def _further(heard: Heard, word: Word, ways: tuple[Reading, ...]) -> Heard:
    before = heard.readings
    if heard.pending is not None and not _stands_before(heard.pending, ways):
        before = _joined(before, bare(heard.pending.written))
    if article(word.folded) is not None:
        return Heard(before, word)
    return Heard(_joined(before, ways))


def _stands_before(word: Word, ways: tuple[Reading, ...]) -> bool:
    sounds = article(word.folded)
    if not sounds:
        return True
    consonants = ways[0].sound.consonants
    return consonants[:1] != () and consonants[0] in sounds.split()


def _joined(before: tuple[Reading, ...], behind: tuple[Reading, ...]) -> tuple[Reading, ...]:
    if before is NOTHING.readings:
        return behind[:_MOST_READINGS]
    every = (
        Reading(one.sound.then(other.sound), one.weight + other.weight)
        for one in before
        for other in behind
    )
    return tuple(dict.fromkeys(every))[:_MOST_READINGS]
