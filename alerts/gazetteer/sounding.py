"""Which place is meant by a name that no place has: one whose name sounds nearly so.  Pure.

The table holds the sounds of its Latin names (`making`), so that "Hodeyda" or "Wadmadani" is looked
up and not compared with half a million names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from math import inf, log10

from alerts.gazetteer.places import Place
from alerts.text.spelling import LEAST_CONSONANTS, keys
from alerts.text.spelling.affixes import Reading, readings
from alerts.text.spelling.guard import difference
from alerts.text.spelling.sounds import Sound
from alerts.text.spelling.windows import name
from alerts.text.tokens import tokenize

#: By the number of consonants: how much may differ (`guard.difference`); more of them: the last.
#: Less than in a text: there the name was chosen, here somebody's other name is taken for it.
_ALLOWED = (-1.0, -1.0, 0.12, 0.55)
#: What a name weighs that is not the one that papers print.
_VARIANT = 0.1
#: What ten times as many people make up for: Harat is rather Herat than a village of that name.
_PEOPLE = 0.08
#: What a place is taken for whose people nobody has counted.
_UNCOUNTED = 1_000
#: Places that fit worse than the best by so much are not meant beside it.
_WORSE = 0.15


def sounds(names: Iterable[str]) -> frozenset[str]:
    """Return by what the Latin ones of *names* are found."""
    return frozenset(key for name in names if is_latin(name) for key in keys(name))


def sought(spelling: str) -> frozenset[str]:
    """Return the sounds to look for, of a name that any language may have spelt."""
    return frozenset(reading.sound.key for reading in _readings(spelling))


def best(spelling: str, named: Mapping[Place, Sequence[str]]) -> list[Place]:
    """Return those of the places that *spelling* fits best; with each its names, the printed one first."""
    typed = _readings(spelling)
    fits = {place: _fit(typed, names) - _renown(place) for place, names in named.items()}
    least = min(fits.values(), default=inf)
    return [place for place, fit in fits.items() if fit < inf and fit <= least + _WORSE]


def is_latin(name: str) -> bool:
    """Tell whether *name* begins in Latin letters, with marks or without."""
    return name[:1] < "\u0250" or "\u1e00" <= name[:1] <= "\u1eff"


def _renown(place: Place) -> float:
    return _PEOPLE * log10(max(place.population, _UNCOUNTED) / _UNCOUNTED)


def _fit(typed: Sequence[Reading], names: Sequence[str]) -> float:
    """Return how far the nearest of *names* is; inf: none is near enough."""
    return min(
        (
            _weight(mine, yours.sound) + _VARIANT * (number > 0)
            for number, each in enumerate(names)
            if is_latin(each)
            for yours in name(tokenize(each))
            for mine in typed
        ),
        default=inf,
    )


def _weight(mine: Reading, yours: Sound) -> float:
    if mine.sound.key != yours.key:
        return inf
    weight = mine.weight + difference(mine.sound, yours)
    allowed = _ALLOWED[min(len(yours.key), len(_ALLOWED) - 1)]
    return weight if weight <= allowed else inf


def _readings(spelling: str) -> list[Reading]:
    found = name(tokenize(spelling), partial(readings, language=""))
    return [one for one in found if len(one.sound.consonants) >= LEAST_CONSONANTS]
