"""Do two sounds of one key spell one name?  The weights of what spellings vary.  Pure.

Each difference has a weight; what they may add up to grows with the number of consonants, since a
short name is a slip away from many others.  The weights were chosen by hand, by what they find and
mistake among names of the press and of GeoNames (docs/names.md has the figures).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile
from operator import eq

from alerts.text.spelling.letters import AS_LATIN, AYN
from alerts.text.spelling.sounds import Sound

#: By the number of consonants: what all differences together may weigh; more of them: the last.
ALLOWED = (-1.0, -1.0, 0.28, 0.55, 0.8, 1.0, 1.2)
#: Where one of the two is written without short vowels, and so might be many names.
ALLOWED_ACROSS = (-1.0, -1.0, -1.0, 0.25, 0.5, 0.6)
#: No single place may differ by more: there another vowel is another name.
_AT_ONE_PLACE = 0.55

_CONSONANTS = {
    "g gh": 0.05,
    "gh q": 0.3,
    "g q": 0.4,
    "g k": 0.5,
    "gh k": 0.6,
    "k q": 0.0,
    "h kh": 0.3,
    "ch sh": 0.25,
    "j zh": 0.1,
    "s z": 0.5,
    "t th": 0.1,
    "d dh": 0.1,
    "b p": 0.5,
    "f v": 0.4,
}
_OTHER = {
    "a e": 0.2,
    "e i": 0.1,
    "o u": 0.1,
    "a o": 0.35,
    "a i": 0.45,
    "a u": 0.5,
    "i u": 0.5,
    "e o": 0.6,
    "i o": 0.6,
    "e u": 0.65,
}
_LEFT_OUT = {"a": 0.35, "e": 0.3, "i": 0.3, "o": 0.4, "u": 0.4, AYN: 1.0}
#: Between two words in the Arabic script: it writes no vowel that may be left out.
_WRITTEN_OUT = 2.0
#: Of vowels at the end, which endings vary: -a, -eh, or nothing.
_AT_END = 0.5
#: Of an -i at the end, which makes another word: "Zabadan" is no Zabadani.
_NISBA = 2.0
#: Of vowels at the beginning, which few spellings leave out.
_AT_START = 1.6
#: A vowel that the Arabic script does not write, and a letter of it that romanisations lack.
_UNWRITTEN, _UNHEARD = 0.04, 0.5

_FORMS = (
    (re.compile("aa+"), "a"),
    (re.compile("ee+|ie(?=.)"), "i"),
    (re.compile("oo+|ou"), "u"),
    (re.compile("[ae][iy](?![aeou])|ae"), "e"),
    (re.compile("[au]u|ao|ow"), "o"),
    (re.compile("y"), "i"),
    (re.compile(r"(.)\1+"), r"\1"),
)


def agree(one: Sound, other: Sound, weight: float = 0.0, most: float = ALLOWED[-1]) -> bool:
    """Tell whether two sounds with one key spell one name.

    *weight* was used up already of what the differences may weigh; they may at *most*.
    """
    by_length = ALLOWED if one.abjad == other.abjad else ALLOWED_ACROSS
    allowed = by_length[min(len(one.consonants), len(by_length) - 1)]
    return weight + difference(one, other) <= min(allowed, most)


def difference(one: Sound, other: Sound) -> float:
    """Return what two sounds with one key differ by; inf: in one place it is too much."""
    total = 0.0
    for mine, yours in zip(one.consonants, other.consonants, strict=True):
        total += _consonants(mine, yours)
    last = len(one.consonants)
    pairs = [*zip(one.vowels, other.vowels, strict=True)]
    if one.abjad != other.abjad:
        pairs[0] = _without_alef(*pairs[0])
    for place, (mine, yours) in enumerate(pairs):
        if mine == yours:
            continue
        weight = _vowels(mine, yours, one.abjad, other.abjad)
        if one.abjad and other.abjad:
            weight *= _WRITTEN_OUT
        weight *= _AT_START if place == 0 else _at_end(mine, yours) if place == last else 1.0
        if weight > _AT_ONE_PLACE:
            return float("inf")
        total += weight
    return total


@lru_cache(maxsize=1 << 12)
def _at_end(one: str, other: str) -> float:
    """Return how much of its weight a difference at the end has: -a, -eh and nothing are one."""
    shared = sum(takewhile(bool, map(eq, one, other)))
    differ = {one[shared:], other[shared:]}
    if differ == {"", "i"}:
        return _NISBA
    return _AT_END if differ <= {"", "a", "e"} else 1.0


def _without_alef(one: str, other: str) -> tuple[str, str]:
    """Return how two names begin, one of them in Arabic: there an alef stands for any vowel."""
    return (one[1:], other[1:]) if "a" in (one[:1], other[:1]) and one and other else (one, other)


@lru_cache(maxsize=1 << 12)
def _consonants(one: str, other: str) -> float:
    if one == other:
        return 0.0
    ours, theirs = AS_LATIN.get(one), AS_LATIN.get(other)
    if ours and theirs:
        return 1.0
    if ours or theirs:
        heard, letter = (ours, other) if ours else (theirs, one)
        assert heard is not None
        # The usual romanisation first, the rare ones behind it.
        return 0.2 * heard.index(letter) if letter in heard else 0.9
    return _CONSONANTS[" ".join(sorted((one, other)))]


@lru_cache(maxsize=1 << 12)
def _vowels(one: str, other: str, abjad: bool, other_abjad: bool) -> float:  # noqa: FBT001 - cached
    """Return the least weight of changes that make *one* of *other* (Wagner and Fischer, 1974)."""
    if one == other:
        return 0.0
    across = abjad != other_abjad
    ours = [(each, _left_out(each, unwritten=other_abjad, across=across)) for each in _plain(one)]
    theirs = [(each, _left_out(each, unwritten=abjad, across=across)) for each in _plain(other)]
    row = [0.0]
    for _, missing in theirs:
        row.append(row[-1] + missing)
    for mine, lost in ours:
        before, row = row, [row[0] + lost]
        for place, (yours, missing) in enumerate(theirs):
            changed = before[place] + _changed(mine, yours, across=across)
            row.append(min(changed, before[place + 1] + lost, row[place] + missing))
    return row[-1]


def _plain(vowels: str) -> str:
    for pattern, form in _FORMS:
        vowels = pattern.sub(form, vowels)
    return vowels


def _left_out(letter: str, *, unwritten: bool, across: bool) -> float:
    if across:
        return _UNWRITTEN if unwritten or letter == AYN else _UNHEARD
    return _LEFT_OUT[letter]


def _changed(one: str, other: str, *, across: bool) -> float:
    if one == other:
        return 0.0
    if AYN in (one, other):
        return _UNWRITTEN if across else 1.0
    return _OTHER[" ".join(sorted((one, other)))]
