"""`make bench`: speed and memory as figures, each beside the limit or the peer it is held to.

All in one run on one machine; on a noisy one, run it again before believing a single figure.
`python -m tests.bench NAME…` runs only these; `matching` takes sizes and engines
behind it, `polls` numbers of feeds, `policy` a number of feeds and one of days.
"""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from collections.abc import Awaitable, Callable

from tests.bench import (
    backtest,
    bot,
    check,
    crowd,
    deliveries,
    lag,
    latency,
    lint,
    mails,
    matching,
    memory,
    policy,
    polls,
    preview,
    regexes,
    startup,
)
from tests.bench.figures import Figure

BENCHES: dict[str, Callable[[], Awaitable[list[Figure]]]] = {
    "startup": startup.measure,
    "check": check.measure,
    "memory": memory.measure,
    "latency": latency.measure,
    "lag": lag.measure,
    "backtest": backtest.measure,
    "bot": bot.measure,
    "lint": lint.measure,
    "crowd": crowd.measure,
    "deliveries": deliveries.measure,
    "mails": mails.measure,
    "matching": matching.measure,
    "policy": policy.measure,
    "polls": polls.measure,
    "preview": preview.measure,
    "regexes": regexes.measure,
}


async def main(names: list[str]) -> int:
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}\n")
    missed = 0
    for name in [name for name in names if name in BENCHES] or BENCHES:
        for figure in await BENCHES[name]():
            print(figure)
            missed += not figure.is_met
    print(f"\n{missed} over the limit" if missed else "\nall within their limits")
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
