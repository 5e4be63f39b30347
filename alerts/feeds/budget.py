"""How patient may all feeds be together?  The one threshold, from the budget of requests.  Pure.

From the rates of all feeds follows how many polls a threshold costs, so that the threshold can be
computed and need not be searched for: it is right at once when feeds are added by the thousand.
What the rates cannot foretell (days and nights, publishers' wishes, failures) is measured slowly, and
corrects what is foretold by a factor; since the factor hardly depends on the threshold, nothing
swings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from math import exp, log, sqrt

from alerts.feeds.rhythm import Bounds
from alerts.model import Pace

#: A request budget that nobody is hurt by: what 15 minutes between polls cost.
POLLS_PER_FEED_PER_DAY = 96.0

_DAY = timedelta(days=1)
_MINUTES = 1440.0
#: A day must not be mistaken for a trend.
_MEASURED_OVER = timedelta(days=3)
#: What is foretold counts as much as the measurement of so long.
_TRUST = timedelta(hours=6)
_STOOD_STILL = timedelta(hours=1)
_MOST_TRIM = 4.0
#: Rates are told apart to a tenth or so.
_BINS = 8
_PATIENT, _IMPATIENT = 1e4, 1e-4


class Census:
    """How many feeds have which rate; a feed that is not here is not paid from the budget."""

    def __init__(self) -> None:
        self._bins: dict[str, int] = {}
        self._counts: Counter[int] = Counter()

    def __len__(self) -> int:
        return len(self._bins)

    def note(self, url: str, rate: float) -> None:
        """Count the feed at *url* with *rate* articles a minute, and no other way any more."""
        self.drop(url)
        place = round(log(max(rate, 1e-9)) * _BINS)
        self._bins[url] = place
        self._counts[place] += 1

    def drop(self, url: str) -> None:
        """Forget the feed at *url*, if it is known."""
        place = self._bins.pop(url, None)
        if place is not None:
            self._counts[place] -= 1

    def keep(self, urls: frozenset[str]) -> None:
        """Forget all feeds but those at *urls*."""
        for url in self._bins.keys() - urls:
            self.drop(url)

    def rates(self) -> Iterator[tuple[float, int]]:
        """Return rates with how many feeds have them."""
        return ((exp(place / _BINS), count) for place, count in self._counts.items() if count)


def foretold(census: Census, threshold: float, bounds: Bounds) -> float:
    """Return the polls a day of all feeds together, when each waits by its mean rate."""
    shortest, longest = bounds.shortest / _DAY, bounds.longest / _DAY
    return sum(
        count / min(max(sqrt(2 * threshold / rate) / _MINUTES, shortest), longest)
        for rate, count in census.rates()
    )


def tuned(
    pace: Pace, census: Census, *, polls: int, per_day: float, bounds: Bounds, now: datetime
) -> Pace:
    """Return the pace from *now* on, after *polls* at the one before.

    *per_day* is the budget for each feed.
    """
    told = foretold(census, pace.threshold, bounds)
    pace = _measured(pace, polls, told, now)
    if not len(census):
        return pace
    wanted = per_day * len(census) / trim(pace, told)
    return replace(pace, threshold=_threshold(census, wanted, bounds))


def trim(pace: Pace, told: float) -> float:
    """Return how many polls there are for each that was foretold, when *told* a day are."""
    trust = told * (_TRUST / _DAY)
    if not trust:
        return 1.0
    return min(max((pace.polled + trust) / (pace.foretold + trust), 1 / _MOST_TRIM), _MOST_TRIM)


def _measured(pace: Pace, polls: int, told: float, now: datetime) -> Pace:
    if pace.tuned_at is None or now - pace.tuned_at > _STOOD_STILL:
        # While the process stood still nothing was polled, and nothing is to be learned from it.
        return replace(pace, tuned_at=now)
    passed = max(now - pace.tuned_at, timedelta(0))
    faded = exp(-(passed / _MEASURED_OVER))
    return replace(
        pace,
        polled=pace.polled * faded + polls,
        foretold=pace.foretold * faded + told * (passed / _DAY),
        tuned_at=now,
    )


def _threshold(census: Census, wanted: float, bounds: Bounds) -> float:
    """Return the threshold at which *wanted* polls a day are foretold, or the nearest to it."""
    low, high = log(_IMPATIENT), log(_PATIENT)
    for _ in range(30):
        middle = (low + high) / 2
        if foretold(census, exp(middle), bounds) > wanted:
            low = middle
        else:
            high = middle
    return exp(high)
