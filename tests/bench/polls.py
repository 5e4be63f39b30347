"""What does a poll cost?  CPU for fetch, parse, match and store, beside a peer and beside next to nothing.

A publisher in a process of its own serves feeds of 30 items, 17 KB and 126 KB long.  Cold: each feed is
polled for the first time.  Warm, as publishers are: of 100 polls 70 are answered by 304, 15 by the
same bytes again, 10 by one new item, and 5 by other bytes without news.  The peer is the `reader`
package (feedparser, requests, SQLite) on the same documents; the least there can be is aiohttp's
conditional GET that throws the answer away.  All take turns in each round, and the median of the
warm rounds counts.  Threads and processes are counted, the publisher is not.

`python -m tests.bench polls 1000 10000` follows so many feeds; 100 by default.  The peer follows 200 of
them at most: it needs minutes for a thousand, and each costs it the same.
"""

from __future__ import annotations

import contextlib
import resource
import statistics
import sys
import threading
from collections import Counter
from collections.abc import Mapping

import aiohttp
import psutil

from alerts import log
from tests.bench.figures import Figure
from tests.bench.polls_made import Polling, bare, ours, peer
from tests.bench.polls_served import SIZES, serve
from tests.bench.polls_stored import storing
from tests.bench.publisher import elsewhere

WARM_ROUNDS = 3
_OF_PEER = 200
#: Of FEEDS.md: how many times less than the peer, and how many times the bare GET.
_LESS_THAN_PEER = {"cold": 3, "warm": 30}
_MORE_THAN_GET = 3

#: Milliseconds of CPU of one poll, by who took them, in each round; the first is cold.
Rounds = list[dict[str, float]]


async def measure() -> list[Figure]:
    """Return the CPU of a poll, cold and warm, for each size; and the speed of storing."""
    log.configure(form="json", level="critical")
    counts = [int(each) for each in sys.argv[2:] if each.isdecimal()] or [100]
    figures = []
    async with elsewhere(serve) as port:
        for count in counts:
            for size in SIZES:
                figures += await _compare(f"http://127.0.0.1:{port}", size, count)
    return [*figures, *await storing()]


async def _compare(server: str, size: int, count: int) -> list[Figure]:
    urls = [f"{server}/{size}/{number}.xml" for number in range(count)]
    some = urls[:_OF_PEER]
    async with bare(urls) as get, ours(urls) as poll, peer(some) as update:
        contenders = {"get": (get, count), "ours": (poll, count)}
        if update is not None:
            contenders["peer"] = (update, len(some))
        costs = await _take_turns(server, contenders)
    what = f"{count} feeds of {size} KB: CPU per poll"
    return [
        *_figures("cold", what, {name: rounds[0] for name, rounds in costs.items()}, len(some)),
        *_figures(
            "warm", what, {name: _median(rounds) for name, rounds in costs.items()}, len(some)
        ),
    ]


async def _take_turns(
    server: str, contenders: Mapping[str, tuple[Polling, int]]
) -> dict[str, Rounds]:
    costs: dict[str, Rounds] = {name: [] for name in contenders}
    async with aiohttp.ClientSession() as session:
        for number in range(WARM_ROUNDS + 1):
            await (await session.get(f"{server}/round/{number}")).read()
            for name, (poll, count) in contenders.items():
                before = _cpu()
                await poll()
                spent = _cpu() - before
                costs[name].append({who: ms / count for who, ms in spent.items()})
    return costs


def _median(rounds: Rounds) -> dict[str, float]:
    """Return the warm round of the median cost."""
    middle = statistics.median_low(sum(each.values()) for each in rounds[1:])
    return next(each for each in rounds[1:] if sum(each.values()) == middle)


def _figures(
    phase: str, what: str, costs: Mapping[str, dict[str, float]], sample: int
) -> list[Figure]:
    totals = {name: sum(cost.values()) for name, cost in costs.items()}
    parts = ", ".join(f"{name} {ms:.2f}" for name, ms in sorted(costs["ours"].items()))
    what, value = f"{phase}, {what}", totals["ours"]
    figures = [Figure(what=what, value=value, unit="ms", note=parts)]
    if "peer" in totals:
        peers = totals["peer"]
        note = f"the reader package on {sample} of them: {peers:.2f} ms, {peers / value:.1f} times"
        limit = peers / _LESS_THAN_PEER[phase]
        figures.append(Figure(what=what, value=value, unit="ms", limit=limit, note=note))
    note = (
        f"a conditional GET alone: {totals['get']:.2f} ms, ours {value / totals['get']:.1f} times"
    )
    least = totals["get"] * _MORE_THAN_GET if phase == "warm" else None
    figures.append(Figure(what=what, value=value, unit="ms", limit=least, note=note))
    return figures


def _cpu() -> Counter[str]:
    """Return the milliseconds of CPU so far: of the loop, of each kind of thread, and of parsers."""
    process = psutil.Process()
    names = {thread.native_id: thread.name for thread in threading.enumerate()}
    spent: Counter[str] = Counter()
    for thread in process.threads():
        name = names.get(thread.id, "ended")
        kind = "loop" if name == "MainThread" else name.partition("_")[0].partition("-")[0]
        spent[kind] += round((thread.user_time + thread.system_time) * 1000)
    # A parser lives for a thousand documents: what the ended ones took is counted with the living.
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent["parsers"] += round((ended.ru_utime + ended.ru_stime) * 1000)
    for child in process.children():
        with contextlib.suppress(psutil.Error):
            if "alerts.feeds.worker" in child.cmdline():
                times = child.cpu_times()
                spent["parsers"] += round((times.user + times.system) * 1000)
    return spent
