"""At which times of the day does something appear?  Pure.

The day has 288 steps of five minutes.  From how often something appeared in each, smooth hours are
made, and a timetable only where the steps differ by more than chance would make them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

#: Minutes.
STEP = 5
STEPS = 288
_HOUR_STEPS = 12
#: Each hour begins as if it had seen so many occasions: a few articles make no shape of a day.
_HOUR_BEGINS_WITH = 1.5
#: Chance alone exceeds so many standard deviations in one feed of forty.
_CHANCE = 2.0
#: A timetable is what comes again: one day shows none.
_PROOF_TAKES = 2 * 1440
#: Where no timetable shows.
NO_PROOF = -1.0
_LEAST_PROOF = 0.02


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely each time of the day is, against the mean of 1."""

    #: How many occasions a step's own count must have to weigh as much as its hour's; less than
    #: zero: there is no timetable.
    proof: float = NO_PROOF
    #: All weighted occasions.
    occasions: float = 0.0
    hours: tuple[float, ...] = (1.0,) * 24

    def at(self, step: int, count: float) -> float:
        """Return the likeness of *step*, which has seen *count* weighted occasions."""
        hour = self.hours[step // _HOUR_STEPS]
        if self.proof < 0:
            return hour
        return hour * (count + self.proof) / (self.occasions * hour / STEPS + self.proof)


def likeness(steps: Sequence[float], *, since: float, now: float, unit: float) -> Likeness:
    """Return what *steps*, the weighted occasions of each step, tell; one of today weighs *unit*.

    They were watched between two times, in minutes from some midnight.
    """
    hours = [sum(steps[place : place + _HOUR_STEPS]) for place in range(0, STEPS, _HOUR_STEPS)]
    occasions = sum(hours)
    begin = _HOUR_BEGINS_WITH * unit
    shape = tuple(
        (seen + begin) / (occasions * watched + begin)
        for seen, watched in zip(_smooth(hours), _smooth(_watched(since, now)), strict=True)
    )
    proof = _proof(steps, shape, occasions, unit) if now - since >= _PROOF_TAKES else NO_PROOF
    return Likeness(proof, occasions, shape)


def _smooth(hours: Sequence[float]) -> list[float]:
    return [(hours[hour - 1] + 2 * hours[hour] + hours[(hour + 1) % 24]) / 4 for hour in range(24)]


def _watched(since: float, now: float) -> list[float]:
    """Return the share of each hour of the day in the time from *since* to *now*."""
    whole, rest = divmod(now - since, 1440)
    first = since % 1440
    ends = ((first, first + rest), (first - 1440, first + rest - 1440))
    minutes = [
        whole * 60
        + sum(max(min(end, 60 * hour + 60) - max(start, 60 * hour), 0) for start, end in ends)
        for hour in range(24)
    ]
    total = sum(minutes)
    return [part / total for part in minutes] if total else [1 / 24] * 24


def _proof(steps: Sequence[float], hours: Sequence[float], occasions: float, unit: float) -> float:
    """Return how far the steps differ from their hours, as the shape of a gamma distribution.

    By its moments: if a step's mean m varied so, counts would vary by m + m²/proof around the
    hour's.  What chance explains is left out.
    """
    varied = chance = noise = squares = 0.0
    for hour, factor in enumerate(hours):
        mean = occasions * factor / STEPS / unit
        for count in steps[hour * _HOUR_STEPS : (hour + 1) * _HOUR_STEPS]:
            varied += (count / unit - mean) ** 2
        chance += _HOUR_STEPS * mean
        noise += _HOUR_STEPS * mean * (1 + 2 * mean)
        squares += _HOUR_STEPS * mean * mean
    excess = varied - chance - _CHANCE * sqrt(noise)
    return max(squares / excess, _LEAST_PROOF) * unit if excess > 0 else NO_PROOF
