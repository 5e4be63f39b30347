"""How fast is one article matched against a thousand to a million watchlists, and who is faster?

Each engine runs in a process of its own, so that its memory shows; all of them read the same articles
in turns, and the median of the turns counts.  First those that look for the same must agree on a sample.
`+sound` stands behind those that also find names by how they sound, which no peer can.  Sizes and engines
can be named: `python -m tests.bench matching 1000 1000000 engine ahocorasick`; a million takes some
minutes.  `plot FILE` draws the speeds.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.figures import Figure, percentile
from tests.bench.plot import Line, drawn

SIZES = (1_000, 10_000, 100_000, 1_000_000)
#: The size that the goals of issue 4 are about.
MILLION = 1_000_000
SOUND = "+sound"
ENGINES = ("engine", f"engine{SOUND}", "ahocorasick", "mokaccino")
#: Their answers, with evidence, are what the others are held against.
REFERENCES = ("dictionaries", f"dictionaries{SOUND}")
#: What has no use beyond so many watchlists: it would take hours or all of the memory.
MOST = dict.fromkeys(REFERENCES, 10_000)
#: Those whose watchlists can be edited.
EDITED = ("engine", f"engine{SOUND}", *REFERENCES)
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
            f"{self.size:>10,} {self.name:<18} {self.speed:>9,.0f} {self.latency(0.5):>9.3f}"
            f" {self.latency(0.99):>9.3f} {matches:>9,.0f} {self.report['resident_mb']:>9,.0f}"
            f" {own:>9,.0f} {self.report['build_s']:>9.1f} {edit}"
        )


async def measure() -> list[Figure]:
    """Print the table of the engines and sizes that the command names; return the goals."""
    words = sys.argv[1:]
    sizes = [int(word) for word in words if word.isdigit()] or SIZES
    names = [word for word in words if word in (*ENGINES, *REFERENCES)] or [*ENGINES, *REFERENCES]
    print(" ".join(f"{head:<18}" if head == "engine" else f"{head:>9}" for head in _HEAD))
    runs: dict[tuple[str, int], Run] = {}
    for size in sizes:
        for run in _size(size, [name for name in names if size <= MOST.get(name, size)]):
            runs[run.name, size] = run
            print(run.row(), flush=True)
    if "plot" in words:
        _plot(words[words.index("plot") + 1], runs)
    return list(_figures(runs))


def _size(size: int, names: Sequence[str]) -> list[Run]:
    with ExitStack() as stack:
        workers = {name: stack.enter_context(_worker(name, size)) for name in names}
        runs = {name: Run(name, size, worker.read(), [], []) for name, worker in workers.items()}
        answers = {name: worker.ask("answers", 0, SAMPLE) for name, worker in workers.items()}
        for sound in (False, True):
            _agree({name: each for name, each in answers.items() if (SOUND in name) is sound})
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
    first, expected = next(iter(answers.items()), ("", []))
    for name, found in answers.items():
        for number, (one, other) in enumerate(zip(expected, found, strict=True)):
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
def _worker(name: str, size: int) -> Iterator[_Worker]:
    peer, sound, _ = name.partition(SOUND)
    command = [sys.executable, "-m", "tests.bench.peers", peer, str(size)]
    with subprocess.Popen(
        command + ["spelling"] * bool(sound),
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
        if not name.startswith("engine"):
            continue
        peers = [runs[peer, size] for peer in ("ahocorasick", "mokaccino") if (peer, size) in runs]
        if size <= 10_000 and peers:
            share = max(peer.speed for peer in peers) / run.speed
            yield Figure(what=f"{size:,}: best peer / {name}", value=share, unit="x", limit=1)
        if run.edits:
            edit = median(run.edits)
            yield Figure(what=f"{size:,}: an edit, {name}", value=edit, unit="ms", limit=10)
        if size == MILLION:
            yield from _at_a_million(run, runs)


def _at_a_million(run: Run, runs: dict[tuple[str, int], Run]) -> Iterator[Figure]:
    name = run.name
    if peer := runs.get(("ahocorasick", run.size)):
        share = peer.speed / run.speed
        yield Figure(what=f"1M: ahocorasick-rs / {name}", value=share, unit="x", limit=0.1)
    if small := runs.get((name, 10_000)):
        slower = small.speed / run.speed
        yield Figure(what=f"1M: slower than 10k, {name}", value=slower, unit="x", limit=3)
    yield Figure(what=f"1M: p99, {name}", value=run.latency(0.99), unit="ms", limit=1)
    resident, built = run.report["resident_mb"], run.report["build_s"] + run.report["made_s"]
    yield Figure(what=f"1M: resident, {name}", value=resident, unit="MB", limit=300)
    yield Figure(what=f"1M: stored to ready, {name}", value=built, unit="s", limit=15)


def _plot(path: str, runs: dict[tuple[str, int], Run]) -> None:
    names = dict.fromkeys(name for name, _ in runs)
    picture = drawn(
        [
            Line(name, [(size, run.speed) for (one, size), run in runs.items() if one == name])
            for name in names
        ],
        title="Articles a second of CPU, by watchlists",
    )
    Path(path).write_text(picture, encoding="utf-8")
