"""How long does `tocsin check` take on large folders, as a whole command?"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.figures import Figure
from tests.watchlists.speed import write_rules

#: Watchlists -> (runs, the limit in ms).
SIZES = {1_000: (7, 1_000), 10_000: (3, 10_000)}


async def measure() -> list[Figure]:
    """Time the command in turns on folders of each size; medians, after a run that is not counted.

    CPU time stands beside, since that is what a busy machine leaves as it is.
    """
    runs: dict[int, list[tuple[float, float]]] = {size: [] for size in SIZES}
    with tempfile.TemporaryDirectory() as name:
        for size in SIZES:
            folder = Path(name) / str(size)
            folder.mkdir()
            write_rules(folder, size)
        _timed(Path(name) / str(min(SIZES)))
        for turn in range(max(count for count, _ in SIZES.values())):
            for size, (count, _) in SIZES.items():
                if turn < count:
                    runs[size].append(_timed(Path(name) / str(size)))
    return [_figure(size, runs[size]) for size in SIZES]


def _figure(size: int, runs: list[tuple[float, float]]) -> Figure:
    wall, cpu = (median(values) for values in zip(*runs, strict=True))
    return Figure(
        what=f"tocsin check, {size:,} watchlists, median of {len(runs)}",
        value=wall,
        unit="ms",
        limit=SIZES[size][1],
        note=f"{cpu:.0f} ms of CPU",
    )


def _timed(folder: Path) -> tuple[float, float]:
    """Return wall and CPU time of one run, in milliseconds, the interpreter's start included."""
    command = [sys.executable, "-m", "alerts", "check", "--rules", str(folder)]
    before, begun = os.times(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    wall, after = time.perf_counter() - begun, os.times()
    user = after.children_user - before.children_user
    return wall * 1000, (user + after.children_system - before.children_system) * 1000
