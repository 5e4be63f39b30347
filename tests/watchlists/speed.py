"""How long 1,000 and 10,000 watchlists take to load: `python -m tests.watchlists.speed`."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from alerts.watchlists.load import load_rules
from alerts.watchlists.source import read

ENTITIES = 150
#: Of one file, which must stay below a megabyte.
IN_A_FILE = 1_000


def a_watchlist(number: int) -> str:
    return f"""
  - id: idlib-{number}
    title: Chemical weapons in Idlib {number}
    owner: syria-desk
    severity: critical
    places: [Idlib, Khan Sheikhun, Homs {number}]
    keywords: [chemical, sarin, chlorine, nerve agent]
    query: '@e{number % ENTITIES} NEAR/15 (attack* OR drone OR rocket) AND NOT "air show"'
    exclude: 'title:(anniversary OR retrospective)'
    mask: [chemical industry]
    tests:
      - {{name: spelling, article: {{title: "Sarin used in Khan Shaykhun"}}, expect: match}}
      - {{name: fair, article: {{title: "Chemical industry fair in Idlib"}}, expect: no-match}}
"""


def write_rules(folder: Path, count: int) -> None:
    entities = (
        f"  e{number}: {{type: group, name: Group {number}, aliases: [Other {number}]}}\n"
        for number in range(ENTITIES)
    )
    (folder / "entities.yml").write_text("entities:\n" + "".join(entities))
    for first in range(0, count, IN_A_FILE):
        text = "watchlists:" + "".join(map(a_watchlist, range(first, first + IN_A_FILE)))
        (folder / f"watchlists-{first}.yml").write_text(text)


def measure_parsers() -> None:
    body = ("watchlists:" + "".join(map(a_watchlist, range(IN_A_FILE)))).encode()
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        cpu = time.process_time()
        read(body, "a.yml", loader)
        cpu = time.process_time() - cpu
        print(f"{IN_A_FILE:6} watchlists to a tree, {loader.__name__}: {cpu:.2f} s of CPU")


def measure_loading(count: int) -> None:
    with TemporaryDirectory() as folder:
        write_rules(Path(folder), count)
        wall, cpu = time.perf_counter(), time.process_time()
        rules = load_rules(Path(folder), environment={})
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{len(rules.watchlists):6} watchlists: {wall:.2f} s, {cpu:.2f} s of CPU")


if __name__ == "__main__":
    measure_parsers()
    measure_loading(1_000)
    measure_loading(10_000)
