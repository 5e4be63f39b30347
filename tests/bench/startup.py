"""How soon does the command answer?"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from tests.bench.figures import Figure

RUNS = 9


async def measure() -> list[Figure]:
    """Time `tocsin --help`, the median of several runs after a first one."""
    times = [_run() for _ in range(RUNS + 1)][1:]
    return [Figure(what="tocsin --help, median", value=median(times), unit="ms", limit=400)]


def _run() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "alerts", "--help"], check=True, capture_output=True)
    return (time.perf_counter() - begun) * 1000
