"""How fast is one article matched against a thousand to a million watchlists, and who is faster?

Each engine runs in a process of its own, so that its memory shows; all of them read the same articles
in turns, and the median of the turns counts.  First they must agree on a sample.  Sizes and engines can
be named: `python -m tests.bench matching 1000 1000000 engine ahocorasick`; without them it takes the
smaller sizes and a minute; a million takes some minutes.  `spelling` looks for names by how they sound
too, in those engines that can.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.figures import Figure, percentile
from tests.bench.peers import PEERS

SIZES = (1_000, 10_000)
#: The size that the goals of issue 4 are about.
MILLION = 1_000_000
#: What has no use beyond so many watchlists: it would take hours or all of the memory.
MOST = {"matcher": 10_000}
#: Those that find spellings too.
SPELLING = ("engine", "matcher")
#: Those whose watchlists can be edited.
EDITED = ("engine", "matcher")
TURNS = 5
ARTICLES = 200
SAMPLE = 60
EDITS = 20

_HEAD = (
    "watchlists",
    "engine",
    "art/s",
    "p50 ms",
    "p99 ms",
    "matches",
    "MB",
    "MB own",
    "build s",
    "edit ms",
)


@dataclass(slots=True)
class Run:
    """One engine at one size."""

    name: str
    size: int
    report: dict[str, float]
    #: Of each turn: CPU seconds, and milliseconds of each article.
    turns: list[dict[str, Any]]
    edits: list[float]

    @property
    def speed(self) -> float:
        """Articles in a second of CPU, in the median turn."""
        return ARTICLES / float(median(turn["cpu_s"] for turn in self.turns))

    def latency(self, share: float) -> float:
        """Milliseconds that *share* of the articles do not exceed, in the median turn."""
        return median(percentile(turn["ms"], share) for turn in self.turns)

    def row(self) -> str:
        """Return the columns of `_HEAD`."""
        matches = sum(turn["matches"] for turn in self.turns) / (TURNS * ARTICLES)
        edit = f"{median(self.edits):9.1f}" if self.edits else f"{'-':>9}"
        own = self.report["own_mb"]
        return (
            f"{self.size:>10,} {self.name:<12} {self.speed:>9,.0f} {self.latency(0.5):>9.3f}"
            f" {self.latency(0.99):>9.3f} {matches:>9,.0f} {self.report['resident_mb']:>9,.0f}"
            f" {own:>9,.0f} {self.report['build_s']:>9.1f} {edit}"
        )


async def measure() -> list[Figure]:
    """Print the table of the engines and sizes that the command names; return the goals."""
    words = sys.argv[1:]
    sizes = [int(word) for word in words if word.isdigit()] or SIZES
    names = [word for word in words if word in PEERS] or list(PEERS)
    spelling = "spelling" in words
    print(" ".join(f"{head:<12}" if head == "engine" else f"{head:>9}" for head in _HEAD))
    runs: dict[tuple[str, int], Run] = {}
    for size in sizes:
        for run in _size(size, [name for name in names if _takes(name, size, spelling)], spelling):
            runs[run.name, size] = run
            print(run.row(), flush=True)
    return list(_figures(runs))


def _takes(name: str, size: int, spelling: bool) -> bool:
    return size <= MOST.get(name, size) and (name in SPELLING or not spelling)


def _size(size: int, names: Sequence[str], spelling: bool) -> list[Run]:
    with ExitStack() as stack:
        workers = {name: stack.enter_context(_worker(name, size, spelling)) for name in names}
        runs = {name: Run(name, size, worker.read(), [], []) for name, worker in workers.items()}
        _agree({name: worker.ask("answers", 0, SAMPLE) for name, worker in workers.items()})
        for turn in range(TURNS):
            for name, worker in workers.items():
                runs[name].turns.append(worker.ask("run", 1_000 + turn * ARTICLES, ARTICLES))
        for name in EDITED:
            if name in workers:
                runs[name].edits = workers[name].ask("edits", 0, EDITS)
    return list(runs.values())


def _agree(answers: dict[str, list[str]]) -> None:
    """Compare the answers of all engines with those of the first.

    Raises:
        AssertionError: two of them differ.
    """
    first, *others = answers
    for name in others:
        for number, (one, other) in enumerate(zip(answers[first], answers[name], strict=True)):
            if one != other:
                raise AssertionError(f"article {number}: {first} {one}, {name} {other}")


class _Worker:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def ask(self, *command: str | int) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self.read()


@contextmanager
def _worker(name: str, size: int, spelling: bool) -> Iterator[_Worker]:
    command = [sys.executable, "-m", "tests.bench.peers", name, str(size)]
    with subprocess.Popen(
        command + ["spelling"] * spelling,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield _Worker(process)
        finally:
            process.kill()


def _figures(runs: dict[tuple[str, int], Run]) -> Iterator[Figure]:
    """Yield the goals of issue 4 that these *runs* tell of; each is for smaller values."""
    for (name, size), run in runs.items():
        if name != "engine":
            continue
        peers = [other for (_, count), other in runs.items() if count == size and other is not run]
        if size < 10_000 and peers:
            best = max(peer.speed for peer in peers)
            yield Figure(
                what=f"{size:,}: best peer / ours", value=best / run.speed, unit="x", limit=1
            )
        if run.edits:
            yield Figure(what=f"{size:,}: an edit", value=max(run.edits), unit="ms", limit=10)
        if size == MILLION:
            yield from _at_a_million(run, runs)


def _at_a_million(run: Run, runs: dict[tuple[str, int], Run]) -> Iterator[Figure]:
    if peer := runs.get(("ahocorasick", run.size)):
        share = peer.speed / run.speed
        yield Figure(what="1M: ahocorasick-rs + index / ours", value=share, unit="x", limit=0.1)
    if small := runs.get(("engine", 10_000)):
        slower = small.speed / run.speed
        yield Figure(what="1M: slower than with 10k", value=slower, unit="x", limit=3)
    yield Figure(what="1M: p99", value=run.latency(0.99), unit="ms", limit=1)
    resident, built = run.report["resident_mb"], run.report["build_s"] + run.report["made_s"]
    yield Figure(what="1M: resident", value=resident, unit="MB", limit=300)
    yield Figure(what="1M: from stored watchlists to ready", value=built, unit="s", limit=15)
