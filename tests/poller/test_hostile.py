"""Every hostile publisher at once: nobody dies, nothing grows, and good feeds are still on time.

The short form of `make soak`, with limits that a busy machine keeps.
"""

from __future__ import annotations

from tests.bench.figures import percentile
from tests.soak.hostile import hostile_answers, run

GOOD = 20
MEGABYTE = 2**20


async def test_hostile_publishers_beside_good_ones_hold_up_nobody() -> None:
    most = len(hostile_answers()) // 2
    alone, beside = await run(seconds=8, good=GOOD, until=most)
    assert beside.hostile >= most
    # Every good feed was read in the time, and as often as without them but for one round.
    assert len(beside.good) >= len(alone.good) / alone.seconds * beside.seconds - GOOD
    assert percentile(beside.good, 0.9) < 2
    assert percentile(beside.lags, 0.99) < 100
    assert beside.own < alone.own + 150 * MEGABYTE
    assert beside.parsers < 2 * 512 * MEGABYTE
