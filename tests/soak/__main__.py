"""`make soak`: hostile publishers beside two hundred good ones; a few minutes, or `SECONDS` a phase."""

from __future__ import annotations

import asyncio
import sys

from tests.bench.figures import Figure, percentile
from tests.soak.hostile import run

GOOD = 200


async def main(seconds: float) -> int:
    alone, beside = await run(seconds=seconds, good=GOOD)
    usual = percentile(alone.good, 0.99)
    figures = [
        Figure(what=f"{GOOD} good feeds alone: lateness, p99", value=usual * 1000, unit="ms"),
        Figure(
            what="  beside hostile ones",
            value=percentile(beside.good, 0.99) * 1000,
            unit="ms",
            limit=max(usual * 1200, 1.0),
            note=f"{len(beside.good)} polls of {len(alone.good)} alone, {beside.hostile} hostile",
        ),
        Figure(what="loop lag, p99", value=percentile(alone.lags, 0.99), unit="ms"),
        Figure(
            what="  beside hostile ones", value=percentile(beside.lags, 0.99), unit="ms", limit=100
        ),
        Figure(what="  worst", value=max(beside.lags), unit="ms"),
        Figure(what="resident, at most", value=alone.own / 2**20, unit="MB"),
        Figure(what="  beside hostile ones", value=beside.own / 2**20, unit="MB", limit=400),
        Figure(what="  its parser processes", value=beside.parsers / 2**20, unit="MB", limit=1024),
    ]
    for figure in figures:
        print(figure)
    return int(not all(figure.is_met for figure in figures))


if __name__ == "__main__":
    sys.exit(asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 120.0)))
