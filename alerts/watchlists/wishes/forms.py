"""Which words besides itself a keyword finds, for whoever is about to watch it: attack, attacks, attacked.

Words are proposed by common endings and by the tables of irregular forms; what is said is only what the
matcher's own stems take for a form.  By endings in English alone, where a list of words tells which of
the proposals exist; other languages have their tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain, islice
from typing import Final

from alerts.text import english_words, word_forms
from alerts.text.normalize import fold
from alerts.text.spelling.words import is_word
from alerts.text.stems import answered, asked, parted
from alerts.text.tokens import tokenize

#: Enough to see what is meant.
MOST_FORMS: Final = 5

_ENGLISH: Final = "en"
_ENDINGS: Final = ("s", "es", "ed", "d", "ing", "ation", "ion", "")
#: The key of "bodies" is "bodi".
_FOR_I: Final = ("ies", "ied", "y", "ying")
_VOWELS: Final = "aeiou"
#: Behind a last letter that is doubled: bomb has none, stop has.
_DOUBLED: Final = ("ed", "ing")


def forms(text: str) -> tuple[str, ...]:
    """Return at most `MOST_FORMS` words that the keyword *text* finds, too, in small letters.

    Of several words the last one is varied.  Not all that it finds, but nothing that it does not.
    """
    tokens = tokenize(text)
    if not tokens or tokens[-1].word.dotted or tokens[-1].end != len(text):
        return ()
    last = tokens[-1]
    written, before = last.word.written, text[: last.start]
    found = chain(_by_ending(written), _by_table(written), _apart(written, alone=len(tokens) == 1))
    others = dict.fromkeys(form for form in found if fold(form) != last.word.folded)
    return tuple(f"{before}{form}" for form in islice(others, MOST_FORMS))


def _by_ending(written: str) -> Iterator[str]:
    keys = asked(written, _ENGLISH)
    if not fold(written).isascii():
        return
    for form in chain.from_iterable(map(_proposed, dict.fromkeys((fold(written), *keys)))):
        if is_word(form) and not set(keys).isdisjoint(answered(form, _ENGLISH)):
            yield form


def _proposed(stem: str) -> Iterator[str]:
    if stem.endswith(("i", "y")):
        yield from (stem[:-1] + ending for ending in _FOR_I)
    if stem.endswith("y") and stem[-2:-1] not in _VOWELS:
        return
    stems = (stem, stem.removesuffix("e"))
    yield from (each + ending for ending in _ENDINGS for each in dict.fromkeys(stems))
    yield from (stem + stem[-1:] + ending for ending in _DOUBLED)


def _by_table(written: str) -> Iterator[str]:
    for language in (_ENGLISH, *word_forms.FORMS):
        keys = set(asked(written, language))
        for form in _lines(language).get(fold(written), ()):
            if not keys.isdisjoint(answered(form, language)):
                yield form


def _apart(written: str, *, alone: bool) -> Iterator[str]:
    """Yield the two words that *written*, if it stands *alone*, is found as: air strike."""
    pair = parted(written, _ENGLISH) if alone else None
    if pair is not None:
        yield " ".join(pair)


@cache
def _lines(language: str) -> dict[str, tuple[str, ...]]:
    """Return the line of each word of the tables of *language*, by the word folded."""
    rows = word_forms.of(language)
    if language == _ENGLISH:
        rows = tuple(tuple(line.split()) for line in english_words.FORMS.strip().splitlines())
    lines: dict[str, tuple[str, ...]] = {}
    for row in rows:
        words = tuple(word.removeprefix("~") for word in row)
        for word in words:
            lines[fold(word)] = (*lines.get(fold(word), ()), *words)
    return lines
