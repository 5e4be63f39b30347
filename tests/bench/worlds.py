"""Worlds of feeds for the policy bench: when does each publish?  Minutes, from four weeks before.

Rates follow Zipf's law; every feed has its days and nights (where it lives) and its weekends.  What
differs is what else makes articles come when they do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]
#: Feeds list what they published before the simulation begins.
PAST_DAYS = 28
DAY = 1440.0
_PAST = PAST_DAYS * DAY


@dataclass(frozen=True, slots=True)
class World:
    """A way in which articles come."""

    name: str
    #: The busiest feed publishes so much a day, the feed of rank r by r to this power less.
    busiest: float
    zipf: float
    #: Shares of feeds that keep a timetable, and that answer news with more news.
    timetables: float
    swarms: float


WORLDS = (
    World("days and nights", 300, 1.2, 0.0, 0.0),
    World("timetables", 300, 1.2, 0.5, 0.0),
    World("swarms", 300, 1.2, 0.0, 0.6),
    World("of everything, more even", 200, 1.0, 0.3, 0.3),
)


def publications(world: World, *, feeds: int, days: int, seed: int) -> list[list[float]]:
    """Return for each feed the sorted minutes of its articles; 0 is the simulation's first."""
    random = np.random.default_rng(seed)
    kinds = random.choice(
        3, feeds, p=[1 - world.timetables - world.swarms, world.timetables, world.swarms]
    )
    makers: tuple[Callable[..., Times], ...] = (_cycles, _timetable, _swarms)
    ranks = np.arange(1, feeds + 1)
    random.shuffle(ranks)
    span = (PAST_DAYS + days) * DAY
    return [
        sorted((makers[kind](random, world.busiest / rank**world.zipf, span) - _PAST).tolist())
        for kind, rank in zip(kinds, ranks, strict=True)
    ]


def _cycles(random: np.random.Generator, per_day: float, span: float) -> Times:
    """Articles by chance, more by day than by night, fewer at weekends."""
    peak, depth = random.uniform(0, DAY), random.uniform(0.5, 1.0)
    weekend = random.uniform(0.2, 1.0)
    times = random.uniform(0, span, random.poisson(2 * per_day * span / DAY))
    busy = (1 + depth * np.cos((times - peak) * 2 * np.pi / DAY)) / 2
    busy *= np.where(times // DAY % 7 >= 5, weekend, 1)
    kept: Times = times[random.uniform(0, 1, len(times)) < busy]
    return kept


def _timetable(random: np.random.Generator, per_day: float, span: float) -> Times:
    """Four in five articles at fixed times of the day, give or take a minute; often several at once."""
    slots = random.uniform(0, DAY, max(1, min(48, round(per_day / random.uniform(1, 3)))))
    if random.uniform() < 0.3:  # by the hour
        minute = random.uniform(0, 60)
        slots = np.floor(slots / 60) * 60 + minute
    chance = 0.8 * per_day / len(slots)
    times = [
        day * DAY + slot
        for day in range(int(span // DAY))
        for slot in slots
        for _ in range(random.poisson(chance))
    ]
    exact = np.array(times, dtype=np.float64) + random.normal(0, 1, len(times))
    kept: Times = np.concatenate([exact, _cycles(random, 0.2 * per_day, span)])
    return kept[(kept > 0) & (kept < span)]


def _swarms(random: np.random.Generator, per_day: float, span: float) -> Times:
    """Each article brings half another one, within an hour or so (Hawkes, 1971)."""
    generation = _cycles(random, per_day / 2, span)
    every = [generation]
    while len(generation):
        children = random.poisson(0.5, len(generation))
        generation = np.repeat(generation, children) + random.exponential(60, children.sum())
        every.append(generation)
    times: Times = np.concatenate(every)
    return times[times < span]
