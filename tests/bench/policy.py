"""How long do articles wait until they are seen, by when feeds are polled?  At equal requests.

Simulated feeds (tests/bench/worlds.py) are polled by our rule, which runs the production functions, and
by others that are scaled to the same number of polls.  Constants were chosen on seeds below 100; the
figures come from seeds above.  `python -m tests.bench policy` takes a minute; with `1200 21` behind it,
feeds and days, half an hour: these are the figures of docs/polling.md.  `plot FILE` draws the delays in
the last world.
"""

from __future__ import annotations

import heapq
import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np

from alerts.feeds.budget import POLLS_PER_FEED_PER_DAY, Census, tuned
from alerts.feeds.rhythm import Rhythm, learned, met, rate
from alerts.feeds.schedule import BOUNDS, jittered, learned_wait
from alerts.model import Feed, FeedState, Pace
from tests.bench.figures import Figure
from tests.bench.plot import Line, drawn
from tests.bench.worlds import DAY, WORLDS, World, publications

HELD_OUT_SEED = 20261122
FEEDS, DAYS = 1200, 21
QUICK_FEEDS, QUICK_DAYS = 300, 4
GOAL = 2.5
FIXED = 15.0
SHORTEST, LONGEST = 2.0, 60.0
_START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
_FEED = Feed(url="", publisher="")
_LISTED = 30
_WEEK = 7 * DAY

#: After a poll at a time that brought so many articles: minutes to the next one.
Waits = Callable[[float, int], float]


@dataclass(slots=True)
class Outcome:
    """What a policy did in a world."""

    policy: str
    polls: int = 0
    delays: list[float] = field(default_factory=list)

    def line(self, fixed: Outcome, feeds: int, days: int) -> str:
        """Return its figures, the first beside those of *fixed*."""
        mean, p95, p99 = self.figures()
        better = fixed.figures()[0] / mean
        per_day = self.polls / feeds / days
        return (
            f"  {self.policy:<22} {per_day:6.1f} polls/d   mean {mean:6.2f}"
            f"  p95 {p95:6.2f}  p99 {p99:6.2f} min   {better:5.2f} x"
        )

    def figures(self) -> tuple[float, float, float]:
        """Return mean, p95 and p99 of the delays in minutes."""
        p95, p99 = np.percentile(self.delays, [95, 99])
        return float(np.mean(self.delays)), float(p95), float(p99)


def ours(feeds: Sequence[list[float]], days: int, *, seed: int) -> Outcome:
    """Poll *feeds* for so many days by the production rule."""
    outcome, random = Outcome("Tocsin"), Random(seed)
    census, pace = Census(), Pace()
    states = [FeedState(url=str(place), next_due_at=_START) for place in range(len(feeds))]
    counts = [0] * len(feeds)
    heap = [(random.uniform(0, FIXED), place, -1.0) for place in range(len(feeds))]
    heapq.heapify(heap)
    polls, tune_at = 0, 0.0
    while heap[0][0] < days * DAY:
        at, place, before = heap[0]
        now, times, state = _moment(at), feeds[place], states[place]
        seen = bisect_right(times, at)
        listed = [_moment(time) for time in times[max(0, seen - _LISTED) : seen]]
        if before < 0:
            rhythm = met(listed, now=now).write()
            newest = listed[-1] if listed else now
            states[place] = replace(state, rhythm=rhythm, last_new_at=newest)
        elif seen > counts[place]:
            outcome.delays += [at - time for time in times[counts[place] : seen]]
            dates = [_moment(time) for time in times[counts[place] : seen]]
            rhythm = learned(_read(state), dates, after=_moment(before), now=now).write()
            states[place] = replace(state, rhythm=rhythm, last_new_at=now)
        counts[place], polls = seen, polls + 1
        outcome.polls += 1
        census.note(state.url, rate(_read(states[place]), now=now))
        if at >= tune_at:
            per_day = POLLS_PER_FEED_PER_DAY
            pace = tuned(pace, census, polls=polls, per_day=per_day, bounds=BOUNDS, now=now)
            polls, tune_at = 0, at + 10
        wait = learned_wait(states[place], _FEED, threshold=pace.threshold, now=now)
        after = at + jittered(wait, random.random()) / timedelta(minutes=1)
        heapq.heapreplace(heap, (after, place, at))
    return outcome


def theirs(
    name: str,
    feeds: Sequence[list[float]],
    days: int,
    waits: Callable[[list[float]], Waits],
    *,
    seed: int,
) -> Outcome:
    """Poll *feeds* by a rule that looks at one feed alone."""
    outcome, random = Outcome(name), Random(seed)
    for times in feeds:
        wait, at = waits(times), random.uniform(0, FIXED)
        count = bisect_right(times, at)
        while at < days * DAY:
            seen = bisect_right(times, at)
            outcome.delays += [at - time for time in times[count:seen]]
            outcome.polls += 1
            new, count = seen - count, seen
            at += min(max(wait(at, new), SHORTEST), LONGEST) * (1 + 0.1 * random.random())
    return outcome


def fixed(wait: float) -> Callable[[list[float]], Waits]:
    """Every feed in the same time."""
    return lambda _: lambda _at, _new: wait


def by_frequency(scale: float) -> Callable[[list[float]], Waits]:
    """As Miniflux' entry frequency: the mean gap of the last week's entries, scaled."""

    def waits(times: list[float]) -> Waits:
        return lambda at, _: scale * _WEEK / max(_between(times, at - _WEEK, at), 0.1)

    return waits


def by_root(scale: float) -> Callable[[list[float]], Waits]:
    """As the root of the mean gap in four weeks: what is best for constant rates."""

    def waits(times: list[float]) -> Waits:
        return lambda at, _: scale * (4 * _WEEK / (_between(times, at - 4 * _WEEK, at) + 1)) ** 0.5

    return waits


def halve_and_grow(growth: float) -> Callable[[list[float]], Waits]:
    """Half the wait after news, a little more after none."""

    def waits(_: list[float]) -> Waits:
        wait = FIXED

        def after(_at: float, new: int) -> float:
            nonlocal wait
            wait = min(max(wait / 2 if new else wait * (1 + growth), SHORTEST), LONGEST)
            return wait

        return after

    return waits


PEERS: dict[str, tuple[Callable[[float], Callable[[list[float]], Waits]], float, float]] = {
    "fixed": (fixed, 5, 30),
    "entry frequency": (by_frequency, 1e-4, 10),
    "halve and grow": (halve_and_grow, 1e-4, 1),
    "1/sqrt(rate)": (by_root, 1e-3, 10),
}


def outcomes(world: World, *, feeds: int, days: int, seed: int) -> list[Outcome]:
    """Return what each policy does in *world*, ours first."""
    published = publications(world, feeds=feeds, days=days, seed=seed)
    found = [ours(published, days, seed=seed)]
    for name, (policy, low, high) in PEERS.items():
        scale = _scaled(policy, published, low, high, days=min(days, 7))
        found.append(theirs(name, published, days, policy(scale), seed=seed))
    return found


async def measure() -> list[Figure]:
    """Measure our mean delay as a share of that of polls every 15 minutes, and the tails."""
    sizes = [int(word) for word in sys.argv[2:] if word.isdecimal()]
    feeds, days = (*sizes, *(QUICK_FEEDS, QUICK_DAYS)[len(sizes) :])[:2]
    figures = []
    for world in WORLDS:
        found = outcomes(world, feeds=feeds, days=days, seed=HELD_OUT_SEED)
        steady = next(each for each in found if each.policy == "fixed")
        print(f"{world.name}, {feeds} feeds, {days} days, seed {HELD_OUT_SEED}")
        print(*(each.line(steady, feeds, days) for each in found), sep="\n", flush=True)
        mean, p95, _ = found[0].figures()
        if world is WORLDS[-1] and "plot" in sys.argv:
            _plot(found, Path(sys.argv[sys.argv.index("plot") + 1]))
        figures += [
            Figure(
                what=f"policy: mean delay, {world.name}",
                # At equal requests.
                value=mean * found[0].polls / steady.polls,
                unit="min",
                # The goal of issue 5 is about a fleet as large as the benchmark's full size.
                limit=steady.figures()[0] / GOAL if feeds >= FEEDS else None,
            ),
            Figure(
                what=f"policy: p95, {world.name}",
                value=p95,
                unit="min",
                limit=steady.figures()[1],
            ),
        ]
    return figures


def _plot(found: Sequence[Outcome], file: Path) -> None:
    """Draw how many articles of 1,000 waited longer than so many minutes."""
    lines = []
    for each in found:
        delays = np.sort(each.delays)
        points = [
            (minutes, 1000 * (1 - np.searchsorted(delays, minutes) / len(delays)))
            for minutes in (1, 1.5, 2, 3, 4, 6, 8, 10, 12, 14, 18, 24, 32, 42, 54)
        ]
        lines.append(Line(each.policy, [(x, float(y)) for x, y in points if y >= 1]))
    title = "Of 1,000 articles, so many waited longer than so many minutes"
    file.write_text(drawn(lines, title=title), encoding="utf-8")


def _scaled(
    policy: Callable[[float], Callable[[list[float]], Waits]],
    feeds: Sequence[list[float]],
    low: float,
    high: float,
    *,
    days: int,
) -> float:
    """Return the scale at which the policy spends the budget."""
    wanted = POLLS_PER_FEED_PER_DAY * len(feeds) * days
    for _ in range(10):
        middle = (low * high) ** 0.5
        if theirs("", feeds, days, policy(middle), seed=0).polls > wanted:
            low = middle
        else:
            high = middle
    return float((low * high) ** 0.5)


def _read(state: FeedState) -> Rhythm:
    rhythm = Rhythm.read(state.rhythm)
    assert rhythm is not None
    return rhythm


def _between(times: list[float], start: float, end: float) -> int:
    return bisect_right(times, end) - bisect_right(times, start)


def _moment(minutes: float) -> datetime:
    return _START + timedelta(minutes=minutes)
