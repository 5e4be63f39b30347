"""How long does `tocsin backtest` take over 100,000 stored articles with 1,000 watchlists?

Twice over the same archive, and once against an edit of one watchlist in fifty; each in a process of its
own, as a whole command.  The articles are sentences of the matcher's workload, as long as what feeds
list (a title and some 70 words).  Three in four hold none of the names and keywords that are watched; of
the others half match, so that one article in eight does.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import yaml

from alerts.alerting.stories import digest, story_keys
from alerts.model import Article, Novelty, Sighting
from alerts.storage import open_storage
from tests.bench.figures import Figure
from tests.bench.workload import NAMES, Plan, Workload
from tests.builders import an_article, hashed
from tests.storage.databases import list_feeds, record

WATCHLISTS = 1_000
ARTICLES = 100_000
DAYS = 30
#: One in so many stories is reported by two articles.
_TWICE = 10
#: One article in so many speaks of what is watched.
_SPEAKS = 4
#: Workload articles of which the sentences are taken.
_SOURCES = 4_000


async def measure(articles: int = ARTICLES) -> list[Figure]:
    """Make the archive, then run the command three times."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workload = Workload()
        write_rules(folder / "rules", workload, edited=False)
        write_rules(folder / "edited", workload, edited=True)
        await write_archive(folder, workload, articles)
        del workload
        ran = [
            await asyncio.to_thread(_ran, folder),
            await asyncio.to_thread(_ran, folder),
            await asyncio.to_thread(_ran, folder, "--against", "edited"),
        ]
    what = f"backtest, {articles:,} articles x {WATCHLISTS:,} watchlists"
    is_same = ran[0][2] == ran[1][2]
    told = f"the same report twice: {'yes' if is_same else 'NO'} {ran[0][2][:12]}"
    told = f"{ran[0][3]:.0f} s of CPU, {told}"
    return [
        Figure(what=what, value=ran[0][0], unit="s", limit=60, note=told),
        Figure(what=f"{what}, reports that differ", value=float(not is_same), unit="", limit=0.5),
        Figure(
            what="its memory, all processes, proportional", value=ran[0][1], unit="MB", limit=500
        ),
        Figure(
            what="the same --against an edit",
            value=ran[2][0],
            unit="s",
            limit=60,
            note=f"{ran[2][3]:.0f} s of CPU",
        ),
        Figure(what="its memory", value=ran[2][1], unit="MB", limit=500),
    ]


def _ran(folder: Path, *options: str) -> tuple[float, float, str, float]:
    """Return the seconds, the megabytes at most, the hash of the report and the seconds of CPU."""
    since = (BEGINS - timedelta(days=1)).isoformat()
    until = (BEGINS + timedelta(days=DAYS + 1)).isoformat()
    command = [sys.executable, "-m", "alerts", "backtest", "--format", "json", *options]
    command += ["--rules", "rules", "--since", since, "--until", until]
    root = Path(__file__).parents[2]
    environment = os.environ | {
        "PYTHONPATH": str(root),
        "TOCSIN_DATABASE_URL": "sqlite:///tocsin.db",
    }
    begun, most, before = time.perf_counter(), 0.0, os.times()
    with (folder / "report.json").open("wb") as report:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=report)
        while process.poll() is None:
            most = max(most, _megabytes(process.pid))
            time.sleep(0.5)
    assert process.returncode == 0
    seconds, after = time.perf_counter() - begun, os.times()
    # What a busy machine leaves as it is.
    user = after.children_user - before.children_user
    cpu = user + after.children_system - before.children_system
    report_hash = hashlib.sha256((folder / "report.json").read_bytes()).hexdigest()
    return seconds, most, report_hash, cpu


def _megabytes(pid: int) -> float:
    total = 0
    try:
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            total += each.memory_full_info().pss
    except psutil.NoSuchProcess:
        pass
    return total / 2**20


# --- what is looked at ------------------------------------------------------------------------

BEGINS = datetime(2026, 3, 1, tzinfo=UTC)


def write_rules(folder: Path, workload: Workload, *, edited: bool) -> None:
    """Write the first watchlists of *workload*; *edited*: one in fifty asks for something else."""
    folder.mkdir()
    watchlists = [_written(plan, workload, edited) for plan in workload.plans(WATCHLISTS)]
    document = {"version": 1, "watchlists": watchlists}
    (folder / "rules.yml").write_text(yaml.safe_dump(document), encoding="utf-8")


def _written(plan: Plan, workload: Workload, edited: bool) -> dict[str, object]:
    clauses = (
        [plan.clauses[0][:1], *plan.clauses[1:]]
        if edited and not plan.number % 50
        else plan.clauses
    )
    words = [[_term(number, workload) for number in dict.fromkeys(one)] for one in clauses]
    said: dict[str, object] = {"id": f"w{plan.number}", "title": f"Watchlist {plan.number}"}
    said["query"] = " AND ".join(f"({' OR '.join(several)})" for several in words)
    if plan.vetoes:
        said["query"] = f"{said['query']} AND NOT {_term(plan.vetoes[0], workload)}"
    return said


def _term(number: int, workload: Workload) -> str:
    text = workload.terms[number]
    return f'"{text}"' if number < NAMES or " " in text else text


async def write_archive(folder: Path, workload: Workload, count: int, days: int = DAYS) -> None:
    """Store *count* articles, spread over so many *days*."""
    ends = BEGINS + timedelta(days=days)
    async with open_storage(f"sqlite:///{folder}/tocsin.db", now=BEGINS) as storage:
        await list_feeds(storage)
        waiting: list[Sighting] = []
        for sighting in _sightings(workload, count, days):
            waiting.append(sighting)
            if len(waiting) == 5_000:
                await record(storage, *waiting, now=ends)
                waiting.clear()
        await record(storage, *waiting, now=ends)


def _sightings(workload: Workload, count: int, days: int) -> Iterator[Sighting]:
    dice = random.Random(7)
    sentences = [
        sentence
        for article in workload.articles(min(_SOURCES, count))
        for sentence in article.content.replace(", ", ". ").split(". ")
    ]
    prose = frozenset(workload._prose)
    plain = [" ".join(word for word in one.split() if word in prose) for one in sentences]
    for number in range(count):
        article = _article(number, plain if number % _SPEAKS else sentences, days, dice)
        story = number - 1 if number % _TWICE == 1 else number
        yield Sighting(
            article=article,
            novelty=Novelty.BASELINE if number % 20 == 3 else Novelty.NEW,
            digest=digest(article),
            story_keys=(f"url:{story}", *story_keys(article)),
        )


def _article(number: int, sentences: list[str], days: int, dice: random.Random) -> Article:
    chosen = dice.choices(sentences, k=4)
    at = BEGINS + timedelta(days=days) * dice.random()
    return an_article(
        str(number),
        id=hashed("bench", str(number)),
        url=f"https://news.example/{number}",
        title=" ".join(chosen[0].split()[:10]),
        summary=". ".join(chosen[1:]),
        language="en",
        published_at=at,
        seen_at=at,
    )
