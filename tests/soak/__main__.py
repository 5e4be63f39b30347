"""`make soak`: what takes minutes to show.  `python -m tests.soak NAME…` runs only these.

hostile: publishers who mean harm beside two hundred good ones; oracle: a hundred kills and many
faults; stopped: a process that sleeps through its lease; disk: the disk is full (wants the right to
mount a small one).
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench.figures import Figure, percentile
from tests.soak.full_disk import full_disk
from tests.soak.hostile import run
from tests.soak.oracle import Oracle, Plan
from tests.soak.stopped import stopped

GOOD = 200
#: A phase of the hostile publishers.
SECONDS = 120.0


async def _hostile() -> list[Figure]:
    alone, beside = await run(seconds=SECONDS, good=GOOD)
    usual = percentile(alone.good, 0.99)
    return [
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


async def _oracle() -> list[Figure]:
    # Some kills meet a process that starts, most one that works.
    plan = Plan(articles=200, chats=40, kills=100, seed=7, pause=4)
    with tempfile.TemporaryDirectory() as folder:
        found = await Oracle(plan).run(Path(folder))
    note = f"{found.messages} messages, {found.kills} kills, left over {found.states}"
    return [
        Figure(what="alerts lost", value=len(found.lost), unit="", limit=0.5, note=note),
        Figure(what="alerts that were not due", value=len(found.extra), unit="", limit=0.5),
        Figure(what="repeats", value=found.repeats, unit="", limit=max(found.unsure, 0.5)),
        Figure(what="  of them not marked", value=found.unmarked, unit="", limit=0.5),
    ]


async def _stopped() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        found = await stopped(Path(folder))
    return [
        Figure(what="sent around a stop of minutes", value=found.accepted, unit="", limit=2),
        Figure(
            what="  of them not marked as repeats",
            value=found.accepted - found.marked,
            unit="",
            limit=1,
        ),
    ]


async def _disk() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        found = await full_disk(Path(folder))
    note = f"{found.due} due"
    return [
        Figure(what="lost on a full disk", value=found.lost, unit="", limit=0.5, note=note),
        Figure(what="  repeated", value=found.repeats, unit="", limit=0.5),
        Figure(what="  the operator not told", value=not found.alarmed, unit="", limit=0.5),
    ]


SOAKS: dict[str, Callable[[], Awaitable[list[Figure]]]] = {
    "hostile": _hostile,
    "oracle": _oracle,
    "stopped": _stopped,
    "disk": _disk,
}


async def main(names: list[str]) -> int:
    missed = 0
    for name in names or SOAKS:
        for figure in await SOAKS[name]():
            print(figure)
            missed += not figure.is_met
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
