"""What would a watchlist have brought in the last days?  Asked in a chat, answered beside the polls.

It is a backtest of one watchlist for one receiver: the same judge, the same counting.  The newest days
come first, so that what is known when the time is up is what matters most.  At most one look runs at a
time, in a thread of its own and a few articles at a time: the loop that polls and sends goes on.  For
its sake a look ends, too, when thousands of matches have shown that everything is met.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final, TypeVar, TypeVarTuple

from alerts.model import Address, Receiver, Route, RuleSet, Watchlist
from alerts.storage import Storage
from alerts.workbench.backtest import Sample, Window
from alerts.workbench.backtest.judging import Judge, Judged
from alerts.workbench.backtest.running import sliced
from alerts.workbench.backtest.tallies import Tally

#: How long somebody in a chat waits for an answer.
BUDGET: Final = timedelta(seconds=8)
#: Alerts a day: more than one in each waking hour is more than anybody reads.
MOST_A_DAY: Final = 20
#: What matches one article in so many tells nobody anything, ...
EVERYTHING_OF: Final = 3
#: ... where there were enough to tell: of a handful half may be what somebody asked for.
FEWEST_ARTICLES: Final = 50
#: Matches of everything, after which another day tells nothing.  They are kept to be counted in the
#: order of time, and the interpreter walks them while everybody waits: 6,000 cost pauses of 0.15 s.
ENOUGH: Final = 1_000
#: Stories that are shown.
MOST_SHOWN: Final = 3
#: Articles are made of rows on the event loop: a thousand would hold it up for 25 ms.  With so many its
#: lag has a p99 of 5 to 7 ms (`tests/bench/preview.py`).
_TOGETHER: Final = 50
_DAY: Final = timedelta(days=1)
_Given = TypeVarTuple("_Given")
_Found = TypeVar("_Found")
#: Who hears, and what routes call it.
_LISTENER: Final = Receiver(name="preview", addresses=(Address(channel="preview"),))


class Breadth(Enum):
    """How much a watchlist asks for."""

    #: Nobody would have heard anything.
    NOTHING = auto()
    FINE = auto()
    #: More than `MOST_A_DAY`.
    BROAD = auto()
    #: More than one article in three.
    EVERYTHING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A story that would have rung."""

    title: str
    url: str
    publisher: str
    seen_at: datetime
    #: The words that met the watchlist, as they stand in the article; each once.
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a watchlist would have brought since *since*."""

    since: datetime
    #: Whole days that were looked through; 0: less than one.
    days: int
    #: That were news when they were seen; 0: nothing was read, and nothing can be said.
    articles: int
    #: A story is one, and one more after each `repeat_after`.
    alerts: int
    #: The newest first, `MOST_SHOWN` at most.
    headlines: tuple[Headline, ...]
    breadth: Breadth
    #: Fewer days than were asked for: time ran out, or so much of `EVERYTHING` was enough.
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """A day that was looked through, as far as there was time."""

    window: Window
    judged: Judged
    #: When its oldest article that was looked at was seen, news or not; None: it has none.
    oldest_at: datetime | None
    is_whole: bool


async def _at_once() -> None:
    """Wait for nobody."""


class Previews:
    """Tries watchlists on the archive, one after the other."""

    def __init__(
        self,
        storage: Storage,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        quiet: Callable[[], Awaitable[None]] = _at_once,
    ) -> None:
        """Ask *now* for the moment that days are counted back from, and *clock* for seconds.

        *quiet* is waited for before each look: those who are answered in milliseconds go first.
        """
        self._archive = storage.archive
        self._now, self._clock, self._quiet = now, clock, quiet
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="preview")

    async def look(
        self, watchlist: Watchlist, rules: RuleSet, *, days: int = 7, budget: timedelta = BUDGET
    ) -> Preview:
        """Return what *watchlist*, whose names mean what *rules* say, would have brought.

        It need not be one of *rules*.  The *budget* runs from when its turn comes.

        Raises:
            StorageError: the database cannot be read.
            ValueError: RE2 refuses one of its regexes.
        """
        async with self._turn:
            await self._quiet()
            ends_at = self._clock() + budget.total_seconds()
            until = self._now()
            judge = await self._beside(Judge, heard_alone(watchlist, rules))
            window = Window(since=until - days * _DAY, until=until)
            seen: list[_Day] = []
            for day in reversed(sliced(window, days)):
                seen.append(await self._through(day, judge, ends_at))
                if not seen[-1].is_whole or _is_enough(seen):
                    break
            return await self._beside(_preview, watchlist, seen, days)

    async def _through(self, window: Window, judge: Judge, ends_at: float) -> _Day:
        """Judge the articles of a day, the newest first: one stretch at least, whatever the time."""
        parts: list[Judged] = []
        oldest_at, is_whole = None, True
        reading = self._archive.read(
            since=window.since, until=window.until, newest_first=True, together=_TOGETHER
        )
        async with aclosing(reading) as stretches:
            async for stretch in stretches:
                if parts and self._clock() >= ends_at:
                    is_whole = False
                    break
                parts.append(await self._beside(judge.judge, stretch))
                oldest_at = stretch[-1].article.seen_at
        judged = Judged.of(parts)
        return _Day(window=window, judged=judged, oldest_at=oldest_at, is_whole=is_whole)

    async def _beside(self, work: Callable[[*_Given], _Found], *given: *_Given) -> _Found:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, work, *given)


def heard_alone(watchlist: Watchlist, rules: RuleSet) -> RuleSet:
    """Return *rules* in which *watchlist* is the only one, and one receiver hears of it at once."""
    return replace(
        rules,
        watchlists=(watchlist,),
        route=Route(receiver=_LISTENER.name),
        receivers={_LISTENER.name: _LISTENER},
    )


def _preview(watchlist: Watchlist, seen: Sequence[_Day], days: int) -> Preview:
    """Count what rang on the days that were *seen*, the newest first, of so many as were asked for.

    Of a day that was cut short nothing counts, unless there is no other.
    """
    whole = [day for day in seen if day.is_whole]
    counted = whole or seen
    judged = Judged.of(day.judged for day in counted)
    tally = Tally(watchlist=watchlist)
    for heard in reversed(judged.heard):
        for item in heard.routed[0]:
            tally.hear(item, heard.headline)
    last, alerts = counted[-1], tally.by_day.total()
    return Preview(
        since=last.window.since if last.is_whole else last.oldest_at or last.window.since,
        days=len(whole),
        articles=judged.articles,
        alerts=alerts,
        headlines=tuple(map(_headline, tally.samples(MOST_SHOWN, {}))),
        breadth=_breadth(counted, alerts),
        is_cut=len(whole) < days,
    )


def _length(seen: Sequence[_Day]) -> timedelta:
    """Return how long articles have come: a day at least, and less than all where we just began."""
    oldest_at = min((day.oldest_at for day in seen if day.oldest_at), default=None)
    return max(seen[0].window.until - (oldest_at or seen[-1].window.since), _DAY)


def _breadth(seen: Sequence[_Day], alerts: int) -> Breadth:
    if _is_everything(seen):
        return Breadth.EVERYTHING
    if not alerts:
        return Breadth.NOTHING
    return Breadth.BROAD if alerts > MOST_A_DAY * (_length(seen) / _DAY) else Breadth.FINE


def _is_everything(seen: Sequence[_Day]) -> bool:
    articles = sum(day.judged.articles for day in seen)
    return articles >= FEWEST_ARTICLES and _matched(seen) * EVERYTHING_OF > articles


def _is_enough(seen: Sequence[_Day]) -> bool:
    return _matched(seen) >= ENOUGH and _is_everything(seen)


def _matched(seen: Sequence[_Day]) -> int:
    return sum(len(day.judged.heard) for day in seen)


def _headline(sample: Sample) -> Headline:
    shown = sample.headline
    return Headline(
        title=shown.title,
        url=shown.url,
        publisher=shown.publisher,
        seen_at=shown.seen_at,
        words=tuple(dict.fromkeys(one.surface for one in sample.match.evidence)),
    )
