"""How long does `tocsin lint` take on 1,000 watchlists and an archive of 100,000 articles?

The articles are those of `workload`, in a database as `tocsin run` leaves it, and the watchlists ask for
their words.  Beside it what the other checks take, also of watchlists that have most terms in common.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.model import Article
from alerts.storage import open_storage
from tests.bench.figures import Figure
from tests.bench.workload import Workload
from tests.builders import FEED, a_sighting, hashed
from tests.storage.databases import list_feeds, record
from tests.watchlists.speed import write_rules

ARTICLES, WATCHLISTS = 100_000, 1_000
#: Articles whose words are their own; the archive holds them again and again.
DISTINCT = 10_000
#: Seconds, with articles and without.
LIMIT, LIMIT_WITHOUT = 30.0, 10.0


async def measure() -> list[Figure]:
    """Time the command with the archive and without it, the interpreter's start included."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rules").mkdir()
        write_watchlists(folder / "rules")
        await _store(folder / "tocsin.db")
        _timed(folder, "--no-archive")
        without, with_ = _timed(folder, "--no-archive"), _timed(folder)
        (folder / "loaded").mkdir()
        write_rules(folder / "loaded", WATCHLISTS)
        alike = _timed(folder, "--no-archive", "--rules", "loaded")
    what = f"tocsin lint, {WATCHLISTS:,} watchlists"
    return [
        _figure(f"{what}, {ARTICLES:,} stored articles", with_, LIMIT),
        _figure(f"{what}, no articles", without, LIMIT_WITHOUT),
        _figure(f"{what} that are much alike", alike, LIMIT_WITHOUT),
    ]


def _figure(what: str, times: tuple[float, float], limit: float) -> Figure:
    wall, cpu = times
    return Figure(what=what, value=wall, unit="s", limit=limit, note=f"{cpu:.1f} s of CPU")


def write_watchlists(folder: Path) -> None:
    """Write watchlists of places, keywords and queries over the words of the workload."""
    workload = Workload()
    text = "".join(
        f"  - {{id: w{plan.number}, title: W {plan.number}, keywords: [{_words(workload, plan.clauses[0])}]}}\n"
        for plan in workload.plans(WATCHLISTS)
    )
    (folder / "watchlists.yml").write_text(f"watchlists:\n{text}")


def _words(workload: Workload, numbers: tuple[int, ...]) -> str:
    return ", ".join(f"'{workload.terms[number]}'" for number in dict.fromkeys(numbers))


async def _store(path: Path) -> None:
    now = datetime.now(UTC)
    async with open_storage(f"sqlite:///{path}", now=now) as storage:
        await list_feeds(storage)
        for stretch in _stretches(now):
            sightings = (a_sighting(article, watchlists=()) for article in stretch)
            await record(storage, *sightings, now=now)


def _stretches(now: datetime) -> Iterator[list[Article]]:
    words = Workload().articles(DISTINCT)
    for first in range(0, ARTICLES, 500):
        yield [
            replace(
                words[number % DISTINCT],
                id=hashed(f"{number}"),
                feed=FEED,
                guid=f"{number}",
                url=f"https://news.example/{number}",
                seen_at=now - timedelta(seconds=number + 1),
            )
            for number in range(first, first + 500)
        ]


def _timed(folder: Path, *arguments: str) -> tuple[float, float]:
    """Return wall and CPU time of one run, in seconds; findings are no failure."""
    command = [sys.executable, "-m", "alerts", "lint", *arguments]
    before, begun = os.times(), time.perf_counter()
    ran = subprocess.run(command, cwd=folder, check=False, capture_output=True)
    wall, after = time.perf_counter() - begun, os.times()
    if ran.returncode not in (0, 1):
        raise RuntimeError(ran.stderr.decode())
    user = after.children_user - before.children_user
    return wall, user + after.children_system - before.children_system
