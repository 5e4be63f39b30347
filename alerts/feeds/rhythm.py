"""When does a feed publish, as far as its articles have told?  Pure: no clock, no chance.

Learned are the rate of articles, the weekdays, and the steps of five minutes of the day (UTC) in
which something appeared; what is recent counts more.  Nothing changes but when articles come: how
long there were none follows from the time.  How a rhythm becomes a time for the next poll is at the
end; what an operator, a publisher or a failure has to say about it is `alerts.feeds.schedule`'s.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import exp, log, sqrt
from typing import Self

from alerts.feeds.steps import STEP, STEPS, Likeness, likeness

#: A feed of which nothing is known is polled so often, whatever the threshold.
USUAL_INTERVAL = timedelta(minutes=15)
#: Dates before that are not looked at when a feed is met.
HISTORY = timedelta(days=28)
#: An article counts half as much after so long.
HALF_LIFE = timedelta(days=14)

_MINUTE = timedelta(minutes=1)
_DAY = 1440.0
_HALF_LIFE = HALF_LIFE / _MINUTE
#: Eight articles a day, as far as nothing was learned yet: it counts as much as three hours.
_USUAL_RATE = 8 / _DAY
_USUAL_COUNTS = _DAY / 8
#: A weekday's own rate counts as much as the mean when so many articles came on it.
_WEEKDAY_PROOF = 6.0
#: News comes in swarms: this share of the rate is what came within about so many minutes.
_SWARM = 0.1
_SWARM_LASTS = 90.0
#: Weights grow with time instead of shrinking; here they begin anew.
_HEAVIEST = 16.0
_LAYOUT = struct.Struct(f"<B3d4f7f24e{STEPS}e")
_HEAD = struct.Struct("<B3df")
_VERSION = 1
_MOST = 60000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How soon and how late after a poll the next one may be."""

    shortest: timedelta = timedelta(minutes=2)
    longest: timedelta = timedelta(minutes=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What a feed's articles told of its publication.  Times are minutes since 1970 in UTC.

    An article at `zero_at` weighs 1, one that came a half-life later 2: so nothing must be rewritten
    as it grows old.
    """

    #: The publication is known from here on.
    since: float
    zero_at: float
    #: Weighted articles: all, and by weekday from Monday.
    articles: float = 0.0
    weekdays: tuple[float, ...] = (0.0,) * 7
    #: How many articles came of late, each counting less by the minute; at `recent_at`.
    recent: float = 0.0
    recent_at: float
    #: Weighted occasions by step of the day: many articles at once are one occasion and a little.
    steps: tuple[float, ...] = (0.0,) * STEPS
    #: What `steps` say of hours, and whether there is a timetable.
    likeness: Likeness = field(default_factory=Likeness)

    @classmethod
    def read(cls, stored: bytes | None) -> Self | None:
        """Return what `write` wrote; None for anything else, as for a feed that was just met."""
        if stored is None or len(stored) != _LAYOUT.size or stored[0] != _VERSION:
            return None
        values = _LAYOUT.unpack(stored)
        return cls(
            since=values[1],
            zero_at=values[2],
            recent_at=values[3],
            articles=values[4],
            recent=values[5],
            likeness=Likeness(proof=values[6], occasions=values[7], hours=values[15:39]),
            weekdays=values[8:15],
            steps=values[39:],
        )

    @classmethod
    def glance(cls, stored: bytes | None) -> Self | None:
        """Return of a stored rhythm what `rate` and `usual_gap` need: for 100,000 feeds at once."""
        if stored is None or len(stored) != _LAYOUT.size or stored[0] != _VERSION:
            return None
        _, since, zero_at, recent_at, articles = _HEAD.unpack_from(stored)
        return cls(since=since, zero_at=zero_at, recent_at=recent_at, articles=articles)

    def write(self) -> bytes:
        """Return the rhythm in 700 bytes."""
        return _LAYOUT.pack(
            _VERSION,
            self.since,
            self.zero_at,
            self.recent_at,
            self.articles,
            self.recent,
            self.likeness.proof,
            self.likeness.occasions,
            *self.weekdays,
            *self.likeness.hours,
            *self.steps,
        )


def met(dates: Sequence[datetime | None], *, now: datetime) -> Rhythm:
    """Return the rhythm of a feed whose first document lists articles with these *dates*.

    It is known from its oldest article on, which therefore counts for nothing; undated articles tell
    nothing at all.
    """
    end = _minutes(now)
    known = sorted(_minutes(date) for date in dates if date is not None and now - HISTORY < date)
    older = any(date is not None and date <= now - HISTORY for date in dates)
    since = end - HISTORY / _MINUTE if older else min(known, default=end)
    blank = Rhythm(since=min(since, end), zero_at=end, recent_at=end)
    return _counted(blank, [at for at in known if since < at <= end], end) if known else blank


def learned(
    rhythm: Rhythm, dates: Sequence[datetime | None], *, after: datetime, now: datetime
) -> Rhythm:
    """Return *rhythm* with the articles that a poll at *now* brought, the one before at *after*.

    One that has no date, or a date from before *after*, appeared at some time between the polls:
    they are spread evenly over it.
    """
    if not dates:
        return rhythm
    start, end = _minutes(after), _minutes(now)
    dated = [_minutes(date) for date in dates if date is not None and after < date <= now]
    rest = len(dates) - len(dated)
    span = max(end - start, 0.0)
    spread = [end - span * (place + 0.5) / rest for place in range(rest)]
    return _counted(rhythm, sorted(dated + spread), end)


def rate(rhythm: Rhythm | None, *, now: datetime) -> float:
    """Return the articles a minute to be expected on average, in these weeks."""
    return _USUAL_RATE if rhythm is None else _rate(rhythm, _minutes(now))


def usual_gap(rhythm: Rhythm | None, *, now: datetime) -> timedelta | None:
    """Return the mean time between two articles in these weeks; None: too little is known."""
    if rhythm is None:
        return None
    at = _minutes(now)
    articles = rhythm.articles * _faded(rhythm, at)
    return _MINUTE * (_observed(rhythm, at) / articles) if articles >= 2 else None


def due_after(
    rhythm: Rhythm | None, last_polled_at: datetime, threshold: float, bounds: Bounds
) -> datetime:
    """Return when the articles to be expected since the last poll have waited *threshold* minutes.

    For a constant rate that is the square-root law (Cho and Garcia-Molina, 2003): polls as the root
    of the rate.  Right after a time at which something always appears it is at once.
    """
    wait = USUAL_INTERVAL
    if rhythm is not None:
        longest = bounds.longest / _MINUTE
        wait = _wait(rhythm, _minutes(last_polled_at), threshold, longest) * _MINUTE
    return last_polled_at + min(max(wait, bounds.shortest), bounds.longest)


def _wait(rhythm: Rhythm, start: float, threshold: float, longest: float) -> float:
    """Walk the steps of the day from *start*, each with its rate; return minutes."""
    mean = (1 - _SWARM) * _rate(rhythm, start)
    swarm = _SWARM * rhythm.recent / _SWARM_LASTS
    swarm *= exp(min(rhythm.recent_at - start, 0.0) / _SWARM_LASTS)
    likely, steps = rhythm.likeness, rhythm.steps
    day, weekday = -1, 1.0
    waited = expected = passed = 0.0
    while passed < longest:
        at = start + passed
        if at // _DAY != day:
            day = int(at // _DAY)
            weekday = _weekday(rhythm, day, start)
        step = int(at % _DAY // STEP)
        length = STEP - at % STEP
        here = mean * weekday * likely.at(step, steps[step]) + swarm * exp(-passed / _SWARM_LASTS)
        left = threshold - waited
        if expected * length + here * length * length / 2 >= left:
            # expected·x + here·x²/2 = left, solved for x.
            return passed + 2 * left / (expected + sqrt(expected * expected + 2 * here * left))
        waited += expected * length + here * length * length / 2
        expected += here * length
        passed += length
    return longest


def _rate(rhythm: Rhythm, at: float) -> float:
    articles = rhythm.articles * _faded(rhythm, at)
    return (articles + _USUAL_RATE * _USUAL_COUNTS) / (_observed(rhythm, at) + _USUAL_COUNTS)


def _observed(rhythm: Rhythm, at: float) -> float:
    """Return for how many minutes the publication is known, the recent ones counting more."""
    return _HALF_LIFE / log(2) * (1 - _halved(max(at - rhythm.since, 0.0)))


def _faded(rhythm: Rhythm, at: float) -> float:
    return _halved(at - rhythm.zero_at)


def _halved(minutes: float) -> float:
    return exp(-log(2) * minutes / _HALF_LIFE)


def _weekday(rhythm: Rhythm, day: int, at: float) -> float:
    """Return how much busier the weekday of *day* is than the mean, as far as that is proven."""
    observed = _observed(rhythm, at)
    if observed < 7 * _DAY / 2:
        return 1.0
    same = range(day - 7, int(rhythm.since // _DAY), -7)
    share = sum(_halved(at - past * _DAY - _DAY / 2) for past in same)
    # 1 January 1970 was a Thursday.
    articles = rhythm.weekdays[(day + 3) % 7] * _faded(rhythm, at)
    usual = rhythm.articles * _faded(rhythm, at) * share * _DAY / observed
    return (articles + _WEEKDAY_PROOF) / (usual + _WEEKDAY_PROOF)


def _counted(rhythm: Rhythm, times: Sequence[float], now: float) -> Rhythm:
    """Return *rhythm* with articles at *times*, in order."""
    rhythm = _lightened(rhythm, now)
    steps, weekdays, articles = list(rhythm.steps), list(rhythm.weekdays), rhythm.articles
    for place, count in Counter(int(at // STEP) for at in times).items():
        weight = 1 / _halved(place * STEP - rhythm.zero_at)
        steps[place % STEPS] = min(steps[place % STEPS] + weight * (1 + log(count)), _MOST)
        weekdays[(place // STEPS + 3) % 7] += weight * count
        articles += weight * count
    recent = rhythm.recent * exp(min(rhythm.recent_at - now, 0.0) / _SWARM_LASTS)
    recent += sum(exp(min(at - now, 0.0) / _SWARM_LASTS) for at in times)
    return replace(
        rhythm,
        articles=articles,
        weekdays=tuple(weekdays),
        steps=tuple(steps),
        recent=recent,
        recent_at=now,
        likeness=likeness(steps, since=rhythm.since, now=now, unit=1 / _faded(rhythm, now)),
    )


def _lightened(rhythm: Rhythm, now: float) -> Rhythm:
    """Begin the weights anew before they grow too heavy."""
    faded = _faded(rhythm, now)
    if faded * _HEAVIEST > 1:
        return rhythm
    return replace(
        rhythm,
        zero_at=now,
        articles=rhythm.articles * faded,
        weekdays=tuple(weight * faded for weight in rhythm.weekdays),
        steps=tuple(weight * faded for weight in rhythm.steps),
    )


def _minutes(moment: datetime) -> float:
    return moment.timestamp() / 60
