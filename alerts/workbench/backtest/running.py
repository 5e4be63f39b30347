"""Running a backtest: stored articles are read and judged in slices of time, and counted in order.

Many are judged by a process for each core, each with the rules and a reading hand on the database of
its own; few are judged here.  What is counted is the same.  Nothing is written, and nothing asked of the
network but the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from alerts.model import RuleSet
from alerts.storage import open_beside
from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_contents
from alerts.workbench.backtest.comparing import differences
from alerts.workbench.backtest.judging import Judge, Judged
from alerts.workbench.backtest.report import Report, Window
from alerts.workbench.backtest.tallies import Tallies

#: Articles of a slice, where they are spread evenly: a second or two of work.
_SLICE: Final = 2_000
#: From so many articles on, further processes are worth the second that they take to start.
MANY: Final = 10_000
#: Each takes some 100 MB.
_MOST_WORKERS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Rule files, and what they are called."""

    name: str
    contents: Contents

    def load(self, environment: Mapping[str, str]) -> RuleSet:
        """Return what the files say.

        Raises:
            RulesError: with every complaint.
        """
        return load_contents(self.contents, environment=environment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a backtest is to find out."""

    rules: Rules
    against: Rules | None = None
    #: Ids of watchlists; empty: all.
    only: frozenset[str] = frozenset()
    window: Window
    #: Stories that are shown of each watchlist.
    samples: int = 3
    #: For `${NAME}` in receivers.
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def loaded(self) -> tuple[RuleSet, RuleSet | None]:
        """Return both rule sets.

        Raises:
            RulesError: with every complaint about the first that has any.
        """
        rules = self.rules.load(self.environment)
        return rules, self.against.load(self.environment) if self.against else None


async def count(database_url: str, window: Window) -> int:
    """Return how many articles there are to judge.

    Raises:
        StorageError: there is no database yet, or it cannot be read.
    """
    async with open_beside(database_url) as storage:
        return await storage.archive.count(since=window.since, until=window.until)


async def backtest(
    question: Question,
    database_url: str,
    *,
    articles: int,
    advance: Callable[[int], None],
    workers: int | None = None,
) -> Report:
    """Return what would have rung.

    *articles* is about how many there are; *advance* is told how many more were judged, and *workers*
    how many processes judge (None: as many as there are cores, where it is worth it).  The same
    articles and rules give the same report, however they were judged.

    Raises:
        RulesError: one of the rule sets cannot be loaded.
        StorageError: the database cannot be read.
    """
    loaded = question.loaded()
    names = (question.rules, question.against)
    sides = [
        Tallies(rules, named.name, question.only)
        for rules, named in zip(loaded, names, strict=True)
        if rules is not None and named is not None
    ]
    parts: list[Judged] = []
    async for part in _judged(question, loaded, database_url, articles, workers):
        for heard in part.heard:
            for side, routed in zip(sides, heard.routed, strict=True):
                side.hear(routed, heard.headline)
        parts.append(replace(part, heard=()))
        advance(part.articles + part.aside)
    return _report(question, sides, Judged.of(parts))


def _report(question: Question, sides: Sequence[Tallies], judged: Judged) -> Report:
    days, samples = question.window.days, question.samples
    trials = [side.trial(days, samples) for side in sides]
    changed = differences(sides[1], sides[0], samples) if len(sides) > 1 else ()
    return Report(
        window=question.window,
        articles=judged.articles,
        aside=judged.aside,
        crashes=judged.crashes,
        trial=trials[0],
        against=trials[1] if len(trials) > 1 else None,
        differences=changed,
    )


async def _judged(
    question: Question,
    loaded: tuple[RuleSet, RuleSet | None],
    database_url: str,
    articles: int,
    workers: int | None,
) -> AsyncGenerator[Judged, None]:
    """Yield what came of each slice, in the order of time."""
    slices = sliced(question.window, articles // _SLICE + 1)
    workers = _workers(articles) if workers is None else workers
    if workers > 1:
        async with contextlib.aclosing(_beside(question, database_url, slices, workers)) as parts:
            async for part in parts:
                yield part
        return
    judge = Judge(*loaded, only=question.only)
    for window in slices:
        async with contextlib.aclosing(_read(judge, database_url, window)) as parts:
            async for part in parts:
                yield part


def sliced(window: Window, count: int) -> list[Window]:
    """Return *window* in *count* parts of one length."""
    length = (window.until - window.since) / count
    edges = [*(window.since + length * number for number in range(count)), window.until]
    return [Window(since=since, until=until) for since, until in pairwise(edges)]


def _workers(articles: int) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, _MOST_WORKERS) if articles >= MANY else 1


async def _read(judge: Judge, database_url: str, window: Window) -> AsyncGenerator[Judged, None]:
    async with open_beside(database_url) as storage:
        stretches = storage.archive.read(since=window.since, until=window.until)
        async for stretch in stretches:
            yield judge.judge(stretch)


async def _beside(
    question: Question, database_url: str, slices: Sequence[Window], workers: int
) -> AsyncGenerator[Judged, None]:
    """Judge *slices* in processes of their own."""
    # Not forked: this process has threads, and a lock that one of them holds would stay locked.
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_settle_in,
        initargs=(question, database_url),
    )
    try:
        loop = asyncio.get_running_loop()
        coming = deque(loop.run_in_executor(pool, _slice, window) for window in slices)
        while coming:  # and not a loop over all, which would keep what has been counted
            yield await coming.popleft()
    finally:
        # What is under way ends by itself within seconds.
        pool.shutdown(cancel_futures=True)


#: In a process of the pool: its judge, and the database's URL.
_here: dict[str, tuple[Judge, str]] = {}


def _settle_in(question: Question, database_url: str) -> None:
    # Ctrl-C reaches every process of a terminal; the first one tells the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    judge = Judge(*question.loaded(), only=question.only)
    _here["judge"] = judge, database_url


def _slice(window: Window) -> Judged:
    judge, database_url = _here["judge"]
    return asyncio.run(_whole(judge, database_url, window))


async def _whole(judge: Judge, database_url: str, window: Window) -> Judged:
    return Judged.of([part async for part in _read(judge, database_url, window)])
