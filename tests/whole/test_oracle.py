"""Promise 1, from outside: nothing lost, nothing extra, and repeats say so and are bounded.

The long form is `make soak`.
"""

from __future__ import annotations

from pathlib import Path

from tests.soak.oracle import Oracle, Plan


async def test_under_faults_and_kills_everybody_gets_everything(tmp_path: Path) -> None:
    plan = Plan(articles=30, chats=12, kills=10, seed=20261122, pause=0.8)
    outcome = await Oracle(plan).run(tmp_path)
    print(outcome)
    assert outcome.lost == outcome.extra == set()
    assert outcome.unmarked == 0
    assert outcome.repeats <= outcome.unsure
    assert not outcome.states.get("dead")
